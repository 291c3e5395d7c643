"""What tests look up and put into a database, past the store's own functions."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Row, select, text
from sqlmodel import col

from tests.matters import NOW, SINCE, ZONE, make_policy, make_stationery, write_mail
from triage.mail.reading.parse import parse_message
from triage.model.decision import Arrival, Decision, IntakeFacts
from triage.model.delivery import OutgoingMail
from triage.model.mailbox import Announced, FolderStatus
from triage.model.message import ParsedMessage, RawMail, ServerPosition
from triage.rules.intake.decision import decide
from triage.store import folders, inbox, outbox
from triage.store.engine import Transaction, snapshot
from triage.store.folders import WatchedFolder
from triage.store.tables import FolderRow, MailRow
from triage.workflows.record import Recorded, record_intake

SINCE_AT = datetime.combine(SINCE, datetime.min.time(), ZONE)


def look(engine: Engine, query: str, **values: object) -> list[tuple[Any, ...]]:
    """The rows of a query, as tuples."""
    with snapshot(engine) as tx:
        return [tuple(row) for row in tx.execute(text(query), values)]


def mail_row(tx: Transaction, uid: int) -> Row[*tuple[Any, ...]]:
    """Everything in the ledger on the newest message of that UID."""
    table = MailRow.__table__  # type: ignore[attr-defined]  # the table class's own
    query = select(*table.columns).where(col(MailRow.uid) == uid).order_by(col(MailRow.id).desc())
    return tx.execute(query).first()  # type: ignore[return-value]  # it is there


def watch(tx: Transaction, *, uidvalidity: int = 1, name: str = "INBOX") -> int:
    """A watched folder; its row."""
    status = FolderStatus(folder=name, uidvalidity=uidvalidity, uidnext=1000, messages=0)
    return folders.watch_folder(tx, status, since_on=SINCE, now=NOW).id


def known(tx: Transaction, folder_id: int) -> WatchedFolder:
    """A watched folder as the ledger knows it."""
    name = tx.execute(select(col(FolderRow.name)).where(col(FolderRow.id) == folder_id)).scalar_one()
    found = folders.find_folder(tx, name)
    assert found is not None
    return found


def receive(tx: Transaction, folder_id: int, uid: int, raw: bytes, *, at: datetime = NOW) -> int:
    """A message is seen and its bytes are kept; the row of the mail."""
    folder = known(tx, folder_id)
    inbox.observe(tx, folder, [Announced(uid=uid, size=len(raw), internal_date=at)], now=at, since=SINCE_AT)
    place = ServerPosition(folder.name, folder.uidvalidity, uid)
    assert inbox.keep(tx, folder_id, folder.epoch, RawMail(place, raw, at, len(raw)))
    return int(mail_row(tx, uid).id)


def take_in(
    tx: Transaction, mail_id: int, raw: bytes, facts: IntakeFacts | None = None, *, now: datetime = NOW
) -> Recorded:
    """Decide and record a mail as the workflow does, in the caller's transaction."""
    message = parse_message(raw)
    decision = judge(message, facts or IntakeFacts(), now=now)
    return record_intake(tx, mail_id=mail_id, message=message, decision=decision, stationery=make_stationery(), now=now)


def judge(message: ParsedMessage, facts: IntakeFacts, *, now: datetime = NOW) -> Decision:
    """What the rules decide of a mail that has just come."""
    return decide(message, Arrival(now, now), facts, make_policy())


def open_matter(tx: Transaction, folder_id: int, uid: int = 1, raw: bytes | None = None) -> str:
    """A mail becomes a ticket with an acknowledgement in the outbox; its number."""
    raw = raw or write_mail()
    reference = take_in(tx, receive(tx, folder_id, uid, raw), raw).reference
    assert reference is not None
    return reference


def put_in_outbox(
    tx: Transaction,
    key: str = "k1",
    *,
    priority: int = 2,
    hold_reason: str | None = None,
    due_in: timedelta = timedelta(0),
) -> bool:
    """A composed mail of fiction that belongs to no ticket; whether its key was new."""
    mail = OutgoingMail(
        key=key,
        kind="notice",
        message_id=f"{key}@organisme.example",
        envelope_from="plaintes@organisme.example",
        recipient="jeanne@client.example",
        raw=f"Subject: {key}\r\n\r\nBonjour.\r\n".encode(),
    )
    return outbox.enqueue(
        tx,
        mail,
        ticket_id=None,
        mail_id=None,
        sequence=1,
        priority=priority,
        hold_reason=hold_reason,
        now=NOW + due_in,
    )
