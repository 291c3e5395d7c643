"""Sizes first, then bytes: many small mails in one command, a large one in pieces of 1 MiB, no flag set.

A mail that another session removed comes back on Dovecot as one of no size from 1970, without any error; here it
is missing from the answer (R-57). RFC822.SIZE is a hint: nothing is cut off or waited for because of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from imapclient import IMAPClient

from triage.model.errors import MailboxUnavailable
from triage.model.mailbox import Announced
from triage.model.message import RawMail, ServerPosition

CHUNK_BYTES = 1024 * 1024
_BLOCK_BYTES = 4 * CHUNK_BYTES
_BLOCK_COUNT = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Source:
    """Where fetched mails stand, and how many bytes of one are wanted at most."""

    folder: str
    uidvalidity: int
    limit_bytes: int


def describe(client: IMAPClient, *, uids: tuple[int, ...]) -> tuple[Announced, ...]:
    """Size and arrival of at most a few hundred mails, in the order asked."""
    answers = client.fetch(list(uids), ["RFC822.SIZE", "INTERNALDATE"])
    announced = (_read_announced(uid, answers.get(uid)) for uid in uids)
    return tuple(mail for mail in announced if mail is not None)


def plan_blocks(wanted: Iterable[Announced]) -> tuple[tuple[Announced, ...], ...]:
    """Group mails into one command each: at most 200 mails and 4 MiB, as far as the announced sizes tell."""
    blocks: list[list[Announced]] = []
    room = 0
    for mail in wanted:
        if not blocks or mail.size > room or len(blocks[-1]) == _BLOCK_COUNT:
            blocks.append([])
            room = _BLOCK_BYTES
        blocks[-1].append(mail)
        room -= mail.size
    return tuple(tuple(block) for block in blocks)


def fetch_block(client: IMAPClient, *, block: Sequence[Announced], source: Source) -> tuple[RawMail, ...]:
    """The mails of one block that still exist. Raises `MailboxUnavailable` where an answer fits no question."""
    heads = client.fetch([mail.uid for mail in block], [f"BODY.PEEK[]<0.{CHUNK_BYTES}>"])
    mails = []
    for mail in block:
        head = _read_chunk(heads.get(mail.uid), offset=0)
        if head:
            mails.append(_complete(client, mail=mail, head=head, source=source))
    return tuple(mail for mail in mails if mail is not None)


def _complete(client: IMAPClient, *, mail: Announced, head: bytes, source: Source) -> RawMail | None:
    """Fetch what follows the first piece; None where the mail vanished meanwhile."""
    # One buffer that grows, whose bytes are handed out as they are: pieces and their sum would be two mails in memory.
    whole = BytesIO()
    had = last = whole.write(head)
    while last == CHUNK_BYTES and max(had, mail.size) <= source.limit_bytes:
        answer = client.fetch([mail.uid], [f"BODY.PEEK[]<{had}.{CHUNK_BYTES}>"])
        piece = _read_chunk(answer.get(mail.uid), offset=had)
        if piece is None and had < mail.size:
            return None
        last = whole.write(piece or b"")
        had += last
    truncated = max(had, mail.size if len(head) == CHUNK_BYTES else 0) > source.limit_bytes
    return RawMail(
        position=ServerPosition(folder=source.folder, uidvalidity=source.uidvalidity, uid=mail.uid),
        raw=head if truncated else whole.getvalue(),
        internal_date=mail.internal_date,
        announced_size=mail.size,
        truncated=truncated,
    )


def _read_announced(uid: int, answer: Mapping[bytes, object] | None) -> Announced | None:
    size = (answer or {}).get(b"RFC822.SIZE")
    arrival = _read_instant((answer or {}).get(b"INTERNALDATE"))
    if not isinstance(size, int) or (size == 0 and arrival in (None, _EPOCH)):
        return None
    return Announced(uid=uid, size=size, internal_date=arrival)


def _read_instant(value: object) -> datetime | None:
    try:
        return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else None
    except OverflowError:  # the last day of all, in a zone to the west
        return None


def _read_chunk(answer: Mapping[bytes, object] | None, *, offset: int) -> bytes | None:
    """The piece at `offset`; None where the server has none. A piece that was not asked for breaks the protocol."""
    bodies = {key: value for key, value in (answer or {}).items() if key.startswith(b"BODY[")}
    value = bodies.pop(b"BODY[]<%d>" % offset, None)
    if value is None and offset == 0:
        value = bodies.pop(b"BODY[]", None)  # a server that leaves out the origin where it sends a mail whole
    if bodies or not (value is None or isinstance(value, bytes)):
        raise MailboxUnavailable("the mail server sent a piece of a mail that was not asked for")
    return value
