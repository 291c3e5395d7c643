"""A desk for tests: mails arrive at chosen instants and are taken in by the real workflow, on a real database."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tests.fakes_reader import FakeReader
from tests.looking import receive, watch
from tests.matters import NOW, make_policy, make_stationery
from triage.model.decision import IntakePolicy
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.folders import find_folder
from triage.workflows.intake import Intake, take_in_waiting
from triage.workflows.record import Stationery


@dataclass(slots=True)
class Desk:
    """One body's intake. `policy` and `stationery` may be replaced between two mails."""

    database: Database
    policy: IntakePolicy = field(default_factory=make_policy)
    stationery: Stationery = field(default_factory=make_stationery)
    reader: FakeReader = field(default_factory=FakeReader)
    uid: int = 0

    async def arrive(self, raw: bytes, *, at: datetime = NOW) -> int:
        """A mail arrives and is taken in at once; its row."""
        self.uid += 1
        mail_id = await self.database.write(lambda tx: receive(tx, _folder(tx), self.uid, raw, at=at))
        await take_in_waiting(self.tools(), now=at)
        return mail_id

    def tools(self) -> Intake:
        """What the workflow works with."""
        return Intake(self.database, self.reader, self.policy, self.stationery, on_enqueued=lambda: None)

    def signing_with(self, key: bytes) -> None:
        """From now on letters are signed with this key."""
        self.stationery = replace(self.stationery, signing_key=key)


def _folder(tx: Transaction) -> int:
    found = find_folder(tx, "INBOX")
    return watch(tx) if found is None else found.id
