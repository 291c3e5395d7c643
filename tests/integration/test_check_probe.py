"""`triage check --probe`: one mail to a plus address, looked for by its UID, in whichever folder it has reached."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from tests.fakes_mailbox import FakeMailbox
from tests.fakes_sender import FakeSender, PlannedEnd
from tests.matters import make_policy
from triage.daemon.checking.probe import Probe, make_probe, run_probe
from triage.mail.reading.parse import parse_message
from triage.model.codes import Nature
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.model.health import Finding, Level
from triage.rules.intake.nature import judge_nature

OWN = "plaintes@organisme.example"
NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


class Ticking:
    """A clock that moves by ten seconds whenever it is read, so that a minute's patience ends by itself."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=10)
        return self.now


class Courier(FakeSender):
    """A mail server that delivers what it accepts into a mailbox, with an arrival of the test's choice."""

    def __init__(self, mailbox: FakeMailbox | None, *, arrival: datetime = NOW + timedelta(seconds=15)) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._arrival = arrival

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        result = await super().send(mail, before_dot=before_dot)
        if self._mailbox is not None and result.outcome is SendOutcome.ACCEPTED:
            self._mailbox.deliver(mail.raw, internal_date=self._arrival)
        return result


def probe() -> Probe:
    """A probe with a known token."""
    return make_probe(OWN, token="0123456789abcdef", now=NOW)


async def ask(mailboxes: tuple[FakeMailbox, FakeMailbox], sender: FakeSender) -> dict[str, Finding]:
    """Run the probe; its findings by check."""
    found = await run_probe(probe(), mailboxes=mailboxes, sender=sender, clock=Ticking())
    return {each.check: each for each in found}


async def test_a_probe_that_comes_back_proves_plus_addressing() -> None:
    """It is found by its UID, and the two clocks agree; older mail with the same words is not looked at."""
    inbox, processed = FakeMailbox(), FakeMailbox(folder="Traités")
    inbox.deliver(probe().mail.raw)
    found = await ask((inbox, processed), Courier(inbox))

    assert {"plus addressing": Level.OK, "clock": Level.OK} == {name: each.level for name, each in found.items()}
    assert "plaintes+triage-0123456789abcdef@organisme.example" in found["plus addressing"].sentence


async def test_it_is_found_where_a_running_daemon_moved_it() -> None:
    """A daemon takes it for its own loop and moves it at once: the other folder is looked through too."""
    inbox, processed = FakeMailbox(), FakeMailbox(folder="Traités")
    found = await ask((inbox, processed), Courier(processed))

    assert Level.OK is found["plus addressing"].level


async def test_one_that_gets_lost_is_a_problem() -> None:
    """After a minute the address is said not to work, with whom to ask."""
    found = await ask((FakeMailbox(), FakeMailbox(folder="Traités")), Courier(None))

    assert (Level.PROBLEM, True) == (found["plus addressing"].level, "subaddresses" in found["plus addressing"].mend)


async def test_a_mailbox_whose_clock_is_off_is_a_problem() -> None:
    """What arrives before it was sent betrays a clock (R-88)."""
    inbox = FakeMailbox()
    found = await ask((inbox, FakeMailbox(folder="Traités")), Courier(inbox, arrival=NOW - timedelta(minutes=2)))

    assert (Level.OK, Level.PROBLEM) == (found["plus addressing"].level, found["clock"].level)
    assert re.search(r"\d+ s behind ours", found["clock"].sentence)


async def test_a_server_that_refuses_it_is_told() -> None:
    """The answer of the mail server is the finding; nobody waits for a mail that never left."""
    sender = FakeSender()
    sender.plan(PlannedEnd(SendResult(SendOutcome.REFUSED, SendPhase.RCPT, 550, "5.1.1", "5.1.1 no such user")))
    found = await ask((FakeMailbox(), FakeMailbox(folder="Traités")), sender)

    assert "550 5.1.1 no such user" in found["sending"].sentence


def test_the_daemon_knows_it_for_its_own() -> None:
    """It opens no ticket and provokes no answer: to intake it is a loop of ours (MUST 24)."""
    policy = make_policy()
    message = parse_message(probe().mail.raw)
    verdict = judge_nature(message, own_addresses=policy.own_addresses)

    assert Nature.LOOP is verdict.nature
