"""How an event is hashed: over its own fields, the hash of its payload, and the hash of the event before."""

import json
from datetime import datetime
from hashlib import sha256

GENESIS = "0" * 64
"""What stands before the first event of a ticket."""


def hash_payload(salt: str, body: str) -> str:
    """Hash of what may be destroyed; the salt, destroyed with it, keeps short texts from being guessed."""
    return sha256(f"{salt}\n{body}".encode()).hexdigest()


def hash_event(
    *, reference: str, sequence: int, kind: str, at: datetime, actor: str, payload_hash: str, previous_hash: str
) -> str:
    """Hash of one event; `at` is aware UTC and written to the microsecond, so that every database gives the same."""
    fields = [reference, sequence, kind, at.isoformat(timespec="microseconds"), actor, payload_hash, previous_hash]
    return sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()
