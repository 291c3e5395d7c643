"""Raw bytes in rows of at most 1 MiB, addressed by the SHA-256 of the whole; the same bytes are kept once."""

from hashlib import sha256
from io import BytesIO

from sqlalchemy import bindparam, insert, select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import RawPartRow

PART_BYTES = 1 << 20

_OF_DIGEST = col(RawPartRow.sha256) == bindparam("digest")
_IS_HELD = select(col(RawPartRow.part)).where(_OF_DIGEST).limit(1)
_CONTENT = select(col(RawPartRow.content)).where(_OF_DIGEST).order_by(col(RawPartRow.part))
_ADD = insert(RawPartRow)


def keep_bytes(tx: Transaction, raw: bytes) -> str:
    """Store `raw` unless it is stored already; the answer is its SHA-256 in hexadecimal."""
    digest = sha256(raw).hexdigest()
    if tx.execute(_IS_HELD, {"digest": digest}).first() is None:
        # One part at a time, or the mail would be in memory twice; an empty message is kept too, as one empty part.
        for number, at in enumerate(range(0, max(len(raw), 1), PART_BYTES)):
            tx.execute(_ADD, {"sha256": digest, "part": number, "content": raw[at : at + PART_BYTES]})
    return digest


def read_bytes(tx: Transaction, digest: str, *, most_parts: int | None = None) -> bytes:
    """The bytes that `keep_bytes` stored, or their first parts; LookupError where there are none (destroyed)."""
    wanted = _CONTENT if most_parts is None else _CONTENT.limit(most_parts)
    whole, found = BytesIO(), False
    for part in tx.execute(wanted, {"digest": digest}).scalars():
        whole.write(part)
        found = True
    if not found:
        raise LookupError("these bytes are not in the database")
    return whole.getvalue()
