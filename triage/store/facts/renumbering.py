"""What stood in a folder when its numbers changed: how many of those mails nobody here has seen (MUST 8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, literal, or_, select
from sqlmodel import col

from triage.model.codes import MailState
from triage.model.decision import Reason
from triage.model.mailbox import Renumbering
from triage.store.engine import Transaction
from triage.store.folders import WatchedFolder
from triage.store.tables import FolderRow, MailRow

COUNTED_UP_TO = 100
"""A count ends here: more than that is many for every rule."""

TOGETHER_WITHIN = timedelta(hours=24)
"""Mails of a doubtful date that come within this time came together."""

_MATTERS = (Reason.NEW_MATTER, Reason.UNREADABLE, Reason.OVERSIZE)

# Built once, since it runs for each mail.
_STANDING: Select[*tuple[Any, ...]] = (
    select(
        col(MailRow.folder_id),
        col(MailRow.epoch),
        col(MailRow.uid),
        col(MailRow.internal_date_at),
        col(MailRow.date_doubted),
        col(MailRow.observed_at),
        col(FolderRow.epoch).label("folder_epoch"),
        col(FolderRow.epoch_began_at),
        col(FolderRow.first_uidnext),
        col(FolderRow.unknown_at_first),
    )
    .join(FolderRow, col(FolderRow.id) == col(MailRow.folder_id))
    .where(col(MailRow.id) == bindparam("mail_id"))
)


def count_unknown(tx: Transaction, folder: WatchedFolder, *, older_than: datetime) -> int:
    """How many mails that stood there when the epoch was first seen are old, ours, and not evidently known.

    Evidently known is one that an earlier epoch saw with the same date and size. What only looks unknown is found out
    when it is read; here it counts, for a brake that is too early costs less than one that is too late.
    """
    earlier = {tuple(row) for row in tx.execute(_dates_and_sizes(folder).where(col(MailRow.epoch) < folder.epoch))}
    present = _dates_and_sizes(folder).where(
        col(MailRow.epoch) == folder.epoch,
        col(MailRow.uid) < folder.first_uidnext,
        col(MailRow.internal_date_at) < older_than,
        col(MailRow.reason).is_(None),
    )
    return sum(tuple(row) not in earlier for row in tx.execute(present))


def find_renumbering(tx: Transaction, mail_id: int) -> Renumbering | None:
    """What came up together with this mail; None where it came as mails come every day."""
    own = _standing(tx, mail_id)
    if own is None:
        return None
    same_epoch = (col(MailRow.folder_id) == own.folder_id, col(MailRow.epoch) == own.epoch)
    if own.date_doubted:
        recent = col(MailRow.observed_at) >= own.observed_at - TOGETHER_WITHIN
        open_or_matter = or_(col(MailRow.reason).is_(None), col(MailRow.reason).in_(_MATTERS))
        return Renumbering(
            own.observed_at, _count(tx, (*same_epoch, col(MailRow.date_doubted).is_(True), recent, open_or_matter))
        )
    if not _stood_there(own):
        return None
    opened = (col(MailRow.uid) < own.first_uidnext, col(MailRow.reason).in_(_MATTERS))
    settled = _count(tx, (*same_epoch, col(MailRow.state) == MailState.PROCESSED, *opened))
    return Renumbering(own.epoch_began_at, max(own.unknown_at_first or 0, settled + 1))


def seen_in_an_earlier_epoch(tx: Transaction, mail_id: int) -> ColumnElement[bool]:
    """Which other mails are this one under an older number, if their content is the same, however long ago."""
    own = _standing(tx, mail_id)
    if own is None:
        return literal(value=False)
    earlier = and_(col(MailRow.folder_id) == own.folder_id, col(MailRow.epoch) < own.epoch)
    # What was there when the numbers changed came in earlier; of what came later, its date must say so.
    return earlier if _stood_there(own) else and_(earlier, col(MailRow.internal_date_at) == own.internal_date_at)


def _standing(tx: Transaction, mail_id: int) -> Row[*tuple[Any, ...]] | None:
    return tx.execute(_STANDING, {"mail_id": mail_id}).first()


def _stood_there(own: Row[*tuple[Any, ...]]) -> bool:
    """Whether a mail was in its folder when the present epoch, which is not the first, was first seen."""
    return bool(own.epoch > 1 and own.epoch == own.folder_epoch and own.uid < own.first_uidnext)


def _dates_and_sizes(folder: WatchedFolder) -> Select[*tuple[Any, ...]]:
    columns = (col(MailRow.internal_date_at), col(MailRow.announced_size))
    return select(*columns).where(col(MailRow.folder_id) == folder.id)


def _count(tx: Transaction, where: Sequence[ColumnElement[bool]]) -> int:
    found = select(col(MailRow.id)).where(*where).limit(COUNTED_UP_TO)
    return int(tx.execute(select(func.count()).select_from(found.subquery())).scalar_one())
