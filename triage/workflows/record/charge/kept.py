"""What somebody wrote, as the events of a ticket keep it, and the mails as they came: for whoever has the ticket later.

A mail is parsed in the sandbox once; what it said then stays in the payload of its event, which a lawful destruction
removes. Attachments are never opened: the mail that carries them is handed on whole (R-73, R-83).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.mail.writing.letters.working import MOST_BYTES
from triage.model.codes import Content
from triage.model.letters.working import ListedAttachment, Original, Written
from triage.model.message import Attachment, ParsedMessage
from triage.rules.tickets.attachments import may_hand_on, tell_withheld, warn_of
from triage.store.engine import Transaction
from triage.store.facts.originals import find_received_bytes, list_sizes
from triage.store.ledgers.scanning import find_standings, want_scan

MOST_KEPT = MOST_BYTES + 1
"""So many characters of one text: what no working mail shows is in the mail itself."""

MOST_ATTACHED_BYTES = 10 << 20
"""Bytes of originals in one mail; on the wire they are a third more, and servers commonly take 25 MB."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Original mails for one mail of ours; `some_missing` says that some are too large, or are not here whole.

    `withheld` are sentences on those that the scanner for viruses keeps back, or has not looked at yet.
    """

    originals: tuple[Original, ...] = ()
    some_missing: bool = False
    withheld: tuple[str, ...] = ()


NOTHING_CARRIED = Carried()


def as_said(message: ParsedMessage) -> dict[str, object]:
    """What a message says, as an event keeps it."""
    senders = ", ".join(
        f"{each.name} ({each.address})" if each.name and each.address else each.address or each.name
        for each in message.senders
    )
    return {
        "sender": senders,
        "subject": message.subject,
        "text": message.text[:MOST_KEPT],
        "new_text": None if message.new_text == message.text else message.new_text[:MOST_KEPT],
        "attachments": [
            {
                "name": each.name,
                "type": each.type,
                "size": each.size,
                "inline": each.inline,
                "sha256": each.sha256,
                "content": each.content,
            }
            for each in message.attachments
        ],
    }


def read_said(said: Mapping[str, Any]) -> Written:
    """The same, as a working mail prints it."""
    text, new_text = said["text"], said["new_text"]
    listed = (Attachment(**{**each, "content": Content(each["content"])}) for each in said["attachments"])
    return Written(
        sender=said["sender"],
        subject=said["subject"],
        new_text=text if new_text is None else new_text,
        text=text,
        attachments=tuple(ListedAttachment(each.name, each.type, each.size, warn_of(each)) for each in listed),
    )


def find_originals(tx: Transaction, reference: str, mail_ids: Sequence[int], *, scans: bool, now: datetime) -> Carried:
    """These received mails, in order, as many as one mail may carry; what nobody has scanned yet waits if `scans`."""
    if scans:
        for mail_id in mail_ids:
            want_scan(tx, mail_id, now=now)
    standings = find_standings(tx, mail_ids)
    free = {each for each in mail_ids if each not in standings or may_hand_on(standings[each], scans=scans)}
    found: list[Original] = []
    room = MOST_ATTACHED_BYTES
    sizes = list_sizes(tx, mail_ids)
    for number, mail_id in enumerate(mail_ids, start=1):
        size = sizes.get(mail_id)
        if mail_id not in free or size is None or size > room:
            continue
        raw = find_received_bytes(tx, mail_id)
        if raw is not None:
            room -= size
            found.append(Original(f"{reference}-{number}.eml", raw))
    withheld = tell_withheld([standings[each] for each in mail_ids if each not in free])
    return Carried(tuple(found), some_missing=len(found) < len(free), withheld=withheld)
