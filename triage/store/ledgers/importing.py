"""Mail of archives in the ledger: each archive is a folder of its own, each mail in it known by its hash and size.

So an import may be killed and begun again at any point, and the same bytes are never entered twice from one archive.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, insert, select
from sqlmodel import col

from triage.model.codes import MailState, RemoteState
from triage.model.mailbox import ArchivedMail
from triage.store.engine import Transaction
from triage.store.folders import IMPORT
from triage.store.raw import keep_bytes
from triage.store.tables import FolderRow, MailRow


def open_archive(tx: Transaction, name: str, *, now: datetime) -> int:
    """The folder of an archive; it is added at its first import."""
    known = tx.execute(select(col(FolderRow.id)).where(col(FolderRow.name) == name)).scalar_one_or_none()
    if known is not None:
        return known
    added = insert(FolderRow).values(
        name=name,
        role=IMPORT,
        epoch=1,
        epoch_began_at=now,
        uidvalidity=1,
        first_uidnext=1,
        uidnext=1,
        low_water_uid=0,
        unknown_at_first=None,
        since_on=now.date(),
        known_since_at=now,
        last_scan_at=None,
    )
    return tx.execute(added.returning(col(FolderRow.id))).scalar_one()


def enter(tx: Transaction, folder_id: int, mails: Sequence[ArchivedMail], *, now: datetime) -> int:
    """Commit the bytes of those that are not here yet (state `received`); how many these were.

    Two imports of one archive at the same moment give way to each other: the folder is held until the commit.
    """
    tx.execute(select(col(FolderRow.id)).where(col(FolderRow.id) == folder_id).with_for_update()).one()
    highest = select(func.coalesce(func.max(col(MailRow.uid)), 0)).where(col(MailRow.folder_id) == folder_id)
    uid = tx.execute(highest).scalar_one()
    new = {(sha256(mail.raw).hexdigest(), mail.size): mail for mail in mails}
    for digest, size in _known(tx, folder_id, [digest for digest, _ in new]):
        new.pop((digest, size), None)
    rows = [
        _row(folder_id, uid + number, mail, digest=keep_bytes(tx, mail.raw), now=now)
        for number, mail in enumerate(new.values(), start=1)
    ]
    if rows:
        tx.execute(insert(MailRow), rows)
    return len(rows)


def count_by_reason(tx: Transaction, folder_id: int) -> Mapping[str, int]:
    """How the mails of an archive were treated, by reason; "" counts those that wait to be taken in."""
    query = (
        select(func.coalesce(col(MailRow.reason), ""), func.count())
        .where(col(MailRow.folder_id) == folder_id)
        .group_by(col(MailRow.reason))
        .order_by(col(MailRow.reason))
    )
    return Counter({str(reason): int(count) for reason, count in tx.execute(query)})


def _known(tx: Transaction, folder_id: int, digests: Sequence[str]) -> list[tuple[str, int]]:
    query = select(col(MailRow.raw_sha256), col(MailRow.announced_size)).where(
        col(MailRow.folder_id) == folder_id, col(MailRow.raw_sha256).in_(digests)
    )
    return [(str(digest), int(size)) for digest, size in tx.execute(query)]


def _row(folder_id: int, uid: int, mail: ArchivedMail, *, digest: str, now: datetime) -> dict[str, object]:
    return {
        "folder_id": folder_id,
        "epoch": 1,
        "uidvalidity": 1,
        "uid": uid,
        "announced_size": mail.size,
        "internal_date_at": mail.dated_at,
        "imported": True,
        "date_doubted": False,
        "observed_at": now,
        "raw_sha256": digest,
        "raw_size": len(mail.raw),
        "truncated": mail.truncated,
        "attempts": 0,
        "state": MailState.RECEIVED,
        "remote_state": RemoteState.GONE,
    }
