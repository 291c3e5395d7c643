"""The workflows around a real database, with a mailbox, a reader and a mail server of fiction, and a clock in hand."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.fakes_mailbox import FakeMailbox
from tests.fakes_reader import FakeReader
from tests.fakes_sender import FakeSender
from tests.looking import look
from tests.matters import NOW, SINCE, ZONE, make_policy, make_stationery
from triage.model.delivery import DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.intake import Intake, TakenIn, take_in_waiting
from triage.workflows.receiving import Receiving, receive, watch
from triage.workflows.tidying import Tidying, tidy


class Office:
    """`now` moves only by `wait`. `rung` counts how often delivery was woken."""

    def __init__(
        self,
        database: Database,
        mailbox: FakeMailbox | None = None,
        *,
        since: date | None = SINCE,
        max_bytes: int = 1 << 20,
        per_minute: int = 6000,
        jitter: float = 0.0,
    ) -> None:
        self.database = database
        self.now = NOW
        self.rung = 0
        self.mailbox, self.reader, self.sender = mailbox or FakeMailbox(), FakeReader(), FakeSender()
        self.receiving = Receiving(database, self.mailbox, ZONE, since, max_bytes)
        self.tidying = Tidying(database, self.mailbox)
        self.intake = Intake(database, self.reader, make_policy(), make_stationery(), self._ring)
        self._per_minute, self._jitter = per_minute, jitter
        self.restart()

    def restart(self) -> None:
        """The dispatcher of a new process: what only memory knew is gone."""
        tools = Delivery(self.database, self.sender, DeliveryPolicy(), lambda: self.now, lambda: self._jitter)
        self.dispatcher = Dispatcher(tools, rate=SendingRate(per_minute=self._per_minute))

    def wait(self, span: timedelta) -> datetime:
        """Time passes."""
        self.now += span
        return self.now

    def deliver(self, *mails: bytes) -> list[int]:
        """Mails arrive in the inbox now; their UIDs."""
        return [self.mailbox.deliver(raw, internal_date=self.now) for raw in mails]

    async def fetch(self, *, whole_folder: bool = False) -> int:
        """One pass over the folder, on a fresh connection."""
        await self.mailbox.open()
        return await receive(self.receiving, now=self.now, whole_folder=whole_folder)

    async def take_in(self) -> TakenIn:
        """One group of mails."""
        return await take_in_waiting(self.intake, now=self.now)

    async def send(self) -> float | None:
        """All that is due; the wait that the dispatcher asks for."""
        return await self.dispatcher.deliver_due()

    async def tidy(self) -> int:
        """Move what is settled."""
        return await tidy(self.tidying, await watch(self.receiving, now=self.now))

    async def handle(self, *mails: bytes) -> None:
        """Mails arrive, are taken in, answered and moved."""
        self.deliver(*mails)
        await self.fetch()
        while (await self.take_in()).settled:
            pass
        await self.send()
        await self.tidy()

    def look(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return look(self.database.engine, query, **values)

    def reasons(self) -> list[tuple[Any, ...]]:
        """Of each mail, in order: what was decided, and the row of its ticket."""
        return self.look("SELECT reason, ticket_id FROM mail ORDER BY id")

    def events(self, ticket_id: int = 1) -> list[str]:
        """What happened on a ticket."""
        query = "SELECT kind FROM event WHERE ticket_id = :ticket_id ORDER BY sequence"
        return [kind for (kind,) in self.look(query, ticket_id=ticket_id)]

    def outbox(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of the outbox, in order of entry."""
        return self.look(f"SELECT {', '.join(columns)} FROM outbox ORDER BY id")  # noqa: S608  our own words

    def _ring(self) -> None:
        self.rung += 1
