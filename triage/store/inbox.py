"""The ledger of received mail: observed, received, settled, moved; one row a message of the server, for ever.

Nothing here judges: `workflows.receiving` and `workflows.intake` say what state follows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import cast

from sqlalchemy import ColumnElement, bindparam, func, insert, select, update
from sqlmodel import col

from triage.model.codes import MailState, RemoteState
from triage.model.decision import Decision, Reason
from triage.model.mailbox import Announced, Moved
from triage.model.message import ParsedMessage, RawMail, fold_address
from triage.store.engine import Transaction
from triage.store.folders import WatchedFolder
from triage.store.raw import keep_bytes
from triage.store.tables import MailRow

DOUBTED_BEFORE = timedelta(days=7)
"""So long before our first look at a folder no mail was received that came into it later."""

CLAIM_BYTES = 16 << 20
"""So many bytes of mail are claimed together; a larger mail is claimed alone (MUST 7)."""

# What runs for each mail is built once: to build a statement costs several times what it costs to run.
_CHANGE = update(MailRow).where(col(MailRow.id) == bindparam("row_id"))
_NEWLY_SEEN = {"imported": False, "truncated": False, "attempts": 0, "remote_state": RemoteState.IN_PLACE}
_STATE = select(col(MailRow.state)).where(col(MailRow.id) == bindparam("row_id")).with_for_update()
_PLACE = (
    col(MailRow.folder_id) == bindparam("of_folder"),
    col(MailRow.epoch) == bindparam("of_epoch"),
    col(MailRow.uid) == bindparam("of_uid"),
)
_AT_PLACE = select(col(MailRow.id), col(MailRow.state)).where(
    *_PLACE, col(MailRow.uidvalidity) == bindparam("numbering")
)
_MOVED = update(MailRow).where(*_PLACE).values(remote_state=RemoteState.MOVED)


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail whose bytes are here and which nobody has understood yet. `attempts` were booked before this one."""

    id: int
    raw_sha256: str
    internal_date_at: datetime | None
    observed_at: datetime
    truncated: bool
    attempts: int
    date_doubted: bool = False
    imported: bool = False


def known_uids(tx: Transaction, folder_id: int, epoch: int, first: int, last: int) -> set[int]:
    """The UIDs of one window that are in the ledger."""
    query = select(col(MailRow.uid)).where(*_in(folder_id, epoch), col(MailRow.uid).between(first, last))
    return set(tx.execute(query).scalars())


def newest(tx: Transaction, folder_id: int, epoch: int, *, limit: int) -> tuple[Announced, ...]:
    """The messages of the highest UIDs in the ledger that have a date, as the server announced them."""
    query = (
        select(col(MailRow.uid), col(MailRow.announced_size), col(MailRow.internal_date_at))
        .where(*_in(folder_id, epoch), col(MailRow.internal_date_at).is_not(None))
        .order_by(col(MailRow.uid).desc())
        .limit(limit)
    )
    return tuple(Announced(uid=uid, size=size, internal_date=at) for uid, size, at in tx.execute(query))


def observe(
    tx: Transaction, folder: WatchedFolder, seen: Sequence[Announced], *, now: datetime, since: datetime
) -> None:
    """Enter messages whose UIDs are new; those that arrived before `since` are noted and stay where they are.

    What arrived while we watched is ours whatever its date says; a date long before our first look is doubted.
    """
    if seen:
        rows = [_observed(folder, each, now=now, since=since) for each in seen]
        tx.execute(insert(MailRow), rows)


def look_again(tx: Transaction, folder_id: int, epoch: int, listed: Sequence[int]) -> int:
    """Vanished messages that the server lists again are to be fetched after all; the answer is how many."""
    if not listed:
        return 0
    back = (
        *_in(folder_id, epoch),
        col(MailRow.state) == MailState.VANISHED,
        col(MailRow.uid).between(min(listed), max(listed)),
    )
    vanished = set(tx.execute(select(col(MailRow.uid)).where(*back)).scalars()) & set(listed)
    for uid in vanished:
        tx.execute(
            update(MailRow)
            .where(*_in(folder_id, epoch), col(MailRow.uid) == uid)
            .values(state=MailState.OBSERVED, remote_state=RemoteState.IN_PLACE, missing_since_at=None, settled_at=None)
        )
    return len(vanished)


def wanted(tx: Transaction, folder_id: int, epoch: int, *, exclude: Iterable[int], limit: int) -> tuple[Announced, ...]:
    """Messages that were observed and whose bytes are not here yet, oldest first."""
    query = (
        select(col(MailRow.uid), col(MailRow.announced_size), col(MailRow.internal_date_at))
        .where(*_in(folder_id, epoch), col(MailRow.state) == MailState.OBSERVED, col(MailRow.reason).is_(None))
        .where(col(MailRow.uid).not_in(list(exclude)))
        .order_by(col(MailRow.uid))
        .limit(limit)
    )
    return tuple(Announced(uid=uid, size=size, internal_date=at) for uid, size, at in tx.execute(query))


def keep(tx: Transaction, folder_id: int, epoch: int, mail: RawMail) -> bool:
    """Store the bytes of an observed message (state `received`); False where they are here already.

    Raises `NoResultFound` where no such message was observed, or it was fetched under another UIDVALIDITY.
    """
    place = mail.position
    asked = {"of_folder": folder_id, "of_epoch": epoch, "of_uid": place.uid, "numbering": place.uidvalidity}
    row = tx.execute(_AT_PLACE, asked).one()
    if row.state != MailState.OBSERVED:
        return False
    _set(
        tx,
        row.id,
        raw_sha256=keep_bytes(tx, mail.raw),
        raw_size=len(mail.raw),
        truncated=mail.truncated,
        state=MailState.RECEIVED,
        reason=None,
        missing_since_at=None,
    )
    return True


def miss(tx: Transaction, folder_id: int, epoch: int, uid: int, *, now: datetime, patience: timedelta) -> bool:
    """A fetch found nothing: note it, and after `patience` call the message vanished (True). Never a mail (MUST 6)."""
    where = (*_in(folder_id, epoch), col(MailRow.uid) == uid, col(MailRow.state) == MailState.OBSERVED)
    row = tx.execute(select(col(MailRow.id), col(MailRow.missing_since_at)).where(*where)).first()
    if row is None:
        return False
    if row.missing_since_at is None:
        _set(tx, row.id, missing_since_at=now)
        return False
    if now - row.missing_since_at < patience:
        return False
    _set(tx, row.id, state=MailState.VANISHED, remote_state=RemoteState.GONE, settled_at=now)
    return True


def abandon(tx: Transaction, folder_id: int, epoch: int, *, now: datetime) -> None:
    """What was observed under numbers that hold no more and never fetched: nobody can be asked for it by them."""
    tx.execute(
        update(MailRow)
        .where(*_in(folder_id, epoch), col(MailRow.state) == MailState.OBSERVED, col(MailRow.reason).is_(None))
        .values(state=MailState.VANISHED, remote_state=RemoteState.GONE, settled_at=now)
    )


def claim(
    tx: Transaction, *, limit: int, exclude: Collection[int] = (), imported: bool = False
) -> tuple[ReceivedMail, ...]:
    """Book one try on the next mails before it is made, so that no mail can stop us for ever.

    Mails never tried are claimed together, as far as their bytes fit in memory; one that was tried before is claimed
    alone, so that a mail which kills us does not drag its neighbours to the limit.
    """
    query = (
        select(
            col(MailRow.id),
            col(MailRow.raw_sha256),
            col(MailRow.internal_date_at),
            col(MailRow.observed_at),
            col(MailRow.truncated),
            col(MailRow.attempts),
            col(MailRow.date_doubted),
            col(MailRow.imported),
            col(MailRow.raw_size),
        )
        .where(col(MailRow.state) == MailState.RECEIVED, col(MailRow.raw_sha256).is_not(None))
        .where(col(MailRow.id).not_in(exclude), col(MailRow.imported) == imported)
        .order_by(col(MailRow.attempts), col(MailRow.id))
        .limit(limit)
    )
    rows = tx.execute(query).all()
    totals = accumulate(row.raw_size or 0 for row in rows)
    fitting = [row for row, total in zip(rows, totals, strict=True) if total <= CLAIM_BYTES] or rows[:1]
    mails = [ReceivedMail(row[0], cast("str", row[1]), *row[2:8]) for row in fitting]  # never null, says the query
    mails = [mail for mail in mails if mail.attempts == 0] or mails[:1]
    chosen = col(MailRow.id).in_([mail.id for mail in mails])
    tx.execute(update(MailRow).where(chosen).values(attempts=col(MailRow.attempts) + 1))
    return tuple(mails)


def forgive(tx: Transaction, mail_ids: Collection[int]) -> None:
    """Give back one try to mails that were not to blame for its end; settled ones stay as they are."""
    if mail_ids:
        waiting = (col(MailRow.id).in_(mail_ids), col(MailRow.state) == MailState.RECEIVED, col(MailRow.attempts) > 0)
        tx.execute(update(MailRow).where(*waiting).values(attempts=col(MailRow.attempts) - 1))


def is_received(tx: Transaction, mail_id: int) -> bool:
    """Whether the mail still waits to be taken in; its row is held until the end of the transaction that settles it."""
    return bool(tx.execute(_STATE, {"row_id": mail_id}).scalar_one() == MailState.RECEIVED)


def settle(
    tx: Transaction,
    mail_id: int,
    *,
    message: ParsedMessage,
    decision: Decision,
    ticket_id: int | None,
    now: datetime,
) -> None:
    """Write what was understood and decided of a mail; it will be moved on the server if it may."""
    _set(
        tx,
        mail_id,
        message_id=message.message_id,
        fingerprint=message.fingerprint,
        content=message.content or None,
        sender=fold_address(message.sender) or None,
        state=MailState.PROCESSED,
        reason=decision.reason,
        nature=decision.nature.nature,
        nature_reason=decision.nature.reason,
        received_at=decision.received_at,
        header_received_at=decision.stamped_at,
        ticket_id=ticket_id,
        remote_state=RemoteState.MOVE_WANTED if decision.move else RemoteState.IN_PLACE,
        settled_at=now,
    )


def to_move(tx: Transaction, folder_id: int, epoch: int, limit: int) -> tuple[int, ...]:
    """UIDs of settled mails that still stand in the inbox."""
    query = (
        select(col(MailRow.uid))
        .where(*_in(folder_id, epoch), col(MailRow.remote_state) == RemoteState.MOVE_WANTED)
        .order_by(col(MailRow.id))
        .limit(limit)
    )
    return tuple(tx.execute(query).scalars())


def note_moved(tx: Transaction, folder_id: int, epoch: int, moved: Sequence[Moved]) -> None:
    """The server gave evidence that these left the inbox."""
    if moved:
        place = {"of_folder": folder_id, "of_epoch": epoch}
        tx.execute(_MOVED, [{**place, "of_uid": each.uid, "remote_uid": each.new_uid} for each in moved])


def note_gone(tx: Transaction, folder_id: int, epoch: int, uids: Sequence[int]) -> None:
    """Settled mails that are no longer in the inbox, without evidence of who moved them."""
    tx.execute(
        update(MailRow).where(*_in(folder_id, epoch), col(MailRow.uid).in_(uids)).values(remote_state=RemoteState.GONE)
    )


def first_open_uid(tx: Transaction, folder_id: int, epoch: int) -> int | None:
    """The lowest UID whose bytes are still to be fetched; below it the ledger is complete."""
    query = select(func.min(col(MailRow.uid))).where(
        *_in(folder_id, epoch), col(MailRow.state) == MailState.OBSERVED, col(MailRow.reason).is_(None)
    )
    return tx.execute(query).scalar_one()


def _in(folder_id: int, epoch: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return col(MailRow.folder_id) == folder_id, col(MailRow.epoch) == epoch


def _set(tx: Transaction, mail_id: int, **values: object) -> None:
    tx.execute(_CHANGE, {"row_id": mail_id, **values})


def _observed(folder: WatchedFolder, seen: Announced, *, now: datetime, since: datetime) -> dict[str, object]:
    too_old = seen.internal_date is not None and seen.internal_date < since
    watched_from = max(since, folder.known_since_at - DOUBTED_BEFORE)
    in_our_watch = seen.uid >= folder.first_uidnext
    doubted = in_our_watch and seen.internal_date is not None and seen.internal_date < watched_from
    return {
        "folder_id": folder.id,
        "epoch": folder.epoch,
        "uidvalidity": folder.uidvalidity,
        "uid": seen.uid,
        "announced_size": seen.size,
        "internal_date_at": seen.internal_date,
        "date_doubted": doubted,
        "observed_at": now,
        **_NEWLY_SEEN,
        "state": MailState.OBSERVED,
        "reason": Reason.OLDER_THAN_SINCE if too_old and not doubted else None,
    }
