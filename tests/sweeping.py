"""An office with people and a sweep: mails come in, days pass by another `now`, and what was told is a list."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.looking import look
from tests.matters import make_stationery, write_mail
from tests.office import Office as Desk
from tests.watched_worlds import OFFICE, POLICY, QUEBEC, STAFF, local
from triage.model.agents.staff import Staff
from triage.model.escalation.steps import EscalationPolicy
from triage.store.database import Database
from triage.store.engine import snapshot
from triage.store.raw import read_bytes
from triage.workflows.deadlines import Deadlines, Swept, sweep_deadlines
from triage.workflows.record import Stationery

HALF_HOUR = timedelta(minutes=30)
IDLE = timedelta(hours=7)


@dataclass(slots=True)
class Watch:
    """One body: `desk` takes mail in and sends; `sweep` watches its deadlines. `rung` counts calls of delivery."""

    database: Database
    staff: Staff = STAFF
    policy: EscalationPolicy = POLICY
    stationery: Stationery = field(default_factory=make_stationery)
    rung: int = 0
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, jitter=0.0)

    async def receive(self, at: str, raw: bytes | None = None) -> None:
        """A complaint arrives at that local time and is acknowledged."""
        self.desk.now = local(at)
        await self.desk.handle(raw or write_mail())

    async def sweep(self, at: str | datetime) -> Swept:
        """One sweep at that local time."""
        self.desk.now = local(at) if isinstance(at, str) else at
        tools = Deadlines(self.database, self.staff, OFFICE, self.policy, self.stationery, self._ring)
        return await sweep_deadlines(tools, now=self.desk.now)

    async def pass_time(self, until: str, *, twice: bool = False) -> None:
        """Sweeps on each half hour at which something may be due, and a few between, up to that local time."""
        end = local(until)
        while self.desk.now < end:
            due = [local(at.replace(" ", "T")) for at in self.reviews() if at is not None]
            wanted = min([*due, self.desk.now + IDLE])
            halves = max(1, -((self.desk.now - wanted) // HALF_HOUR))
            self.desk.now = min(end, self.desk.now + halves * HALF_HOUR)
            for _ in range(1 + twice):
                await self.sweep(self.desk.now)

    def restart(self, database: Database) -> None:
        """A new process: nothing but the database is kept."""
        sent, now = self.desk.sender, self.desk.now
        self.database, self.desk = database, Desk(database)
        self.desk.sender, self.desk.now = sent, now
        self.desk.restart()

    def told(self) -> list[str]:
        """Each notice to staff, in order: local time, kind, recipient, what its subject says after the mark."""
        rows = look(
            self.database.engine,
            "SELECT created_at, kind, recipient, raw_sha256 FROM outbox WHERE kind != 'acknowledgement' ORDER BY id",
        )
        with snapshot(self.database.engine) as tx:
            mails = [message_from_bytes(read_bytes(tx, digest), policy=policy.default) for *_, digest in rows]
        return [
            f"{_local(at):%m-%d %H:%M} {kind} {recipient.partition('@')[0]}: {mail['Subject'].partition('] ')[2]}"
            for (at, kind, recipient, _), mail in zip(rows, mails, strict=True)
        ]

    def sent(self) -> list[EmailMessage]:
        """Every mail that the server took, in order."""
        return [message_from_bytes(each.raw, policy=policy.default) for each in self.desk.sender.kept]

    def reviews(self) -> list[str | None]:
        """When each ticket is looked at again, in local time."""
        rows = look(self.database.engine, "SELECT next_review_at FROM ticket ORDER BY id")
        return [None if at is None else f"{_local(at):%Y-%m-%d %H:%M}" for (at,) in rows]

    def change(self, **said: object) -> None:
        """What the body decides otherwise from now on, by field of the policy."""
        self.policy = replace(self.policy, **said)  # type: ignore[arg-type]  # fields by name

    def _ring(self) -> None:
        self.rung += 1


def _local(at: object) -> datetime:
    """An instant as a database gives it to a plain query: a text in SQLite."""
    instant = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.astimezone(QUEBEC)
