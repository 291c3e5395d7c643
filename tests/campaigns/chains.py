"""The chain of a ticket's events, computed anew from the formula that the product documents, with code of its own."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from tests.campaigns.reading import Row


def instant(text: str) -> datetime:
    """An instant as the readers give it: UTC without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def walk_chain(ticket: Row, events: Sequence[Row], payloads: dict[int, Row]) -> Iterator[str]:
    """Where the chain of one ticket breaks, if it does."""
    previous = "0" * 64
    for sequence, event in enumerate(events, start=1):
        payload = payloads[event["id"]]
        payload_hash = _hash(f"{payload['salt']}\n{payload['body']}")
        at = instant(event["at"]).isoformat(timespec="microseconds")
        fields = [ticket["reference"], sequence, event["kind"], at, event["actor"], payload_hash, previous]
        previous = _hash(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))
        if (event["sequence"], event["payload_hash"], event["hash"]) != (sequence, payload_hash, previous):
            yield f"the chain of ticket {ticket['id']} breaks at event {sequence}"
            return
    if (ticket["event_count"], ticket["event_hash"]) != (len(events), previous):
        yield f"the chain of ticket {ticket['id']} does not end where its row says"


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
