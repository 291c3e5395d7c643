"""The mails behind a ticket as they came: how large they are, and their bytes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.raw import read_bytes
from triage.store.tables import MailRow


def list_sizes(tx: Transaction, mail_ids: Sequence[int]) -> dict[int, int]:
    """Bytes of each of these mails that is here whole, by row."""
    if not mail_ids:
        return {}
    query = select(col(MailRow.id), col(MailRow.raw_size)).where(
        col(MailRow.id).in_(mail_ids), col(MailRow.raw_sha256).is_not(None), col(MailRow.truncated).is_(False)
    )
    return {key: size for key, size in tx.execute(query) if size is not None}


def find_received_bytes(tx: Transaction, mail_id: int) -> bytes | None:
    """The very bytes that came, None where they are not here (any more)."""
    digest = tx.execute(select(col(MailRow.raw_sha256)).where(col(MailRow.id) == mail_id)).scalar_one_or_none()
    if digest is None:
        return None
    try:
        return read_bytes(tx, digest)
    except LookupError:  # destroyed
        return None
