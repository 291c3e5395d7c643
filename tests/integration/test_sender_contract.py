"""What every `MailSender` promises, kept by the fake and by the real one against a scripted server."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.fakes_sender import FakeSender, PlannedEnd
from tests.servers.scripted_smtp import Ending, Fault, Point, ScriptedSmtpServer
from tests.smtp_sending import access_to, mail
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.transport.smtp import SmtpSender
from triage.workflows.ports import MailSender


@dataclass(frozen=True, slots=True)
class Rig:
    """A sender, a way to spoil its next attempt, and how many mails its server keeps."""

    sender: MailSender
    spoil: Callable[[SendOutcome], None]
    count_kept: Callable[[], int]


class Watch:
    """A `before_dot` that counts its calls and what the server kept by then."""

    def __init__(self, count_kept: Callable[[], int]) -> None:
        self.kept_by_then: list[int] = []
        self._count_kept = count_kept

    async def __call__(self) -> None:
        self.kept_by_then.append(self._count_kept())


FAULTS = {
    SendOutcome.REFUSED_FOR_NOW: Fault(Point.RCPT, reply="450 4.2.0 later"),
    SendOutcome.REFUSED: Fault(Point.DOT, reply="550 5.7.1 no"),
    SendOutcome.SERVER_TROUBLE: Fault(Point.CONNECT, reply="421 4.3.2 closed"),
    SendOutcome.LOGIN_REFUSED: Fault(Point.MAIL, reply="550 5.7.60 not as this sender"),
    SendOutcome.UNCERTAIN: Fault(Point.DOT, ending=Ending.EOF),
}
ENDS = {
    SendOutcome.REFUSED_FOR_NOW: SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 450),
    SendOutcome.REFUSED: SendResult(SendOutcome.REFUSED, SendPhase.DOT, 550),
    SendOutcome.SERVER_TROUBLE: SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.CONNECT, 421),
    SendOutcome.LOGIN_REFUSED: SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.MAIL, 550),
    SendOutcome.UNCERTAIN: SendResult(SendOutcome.UNCERTAIN, SendPhase.DOT),
}


@pytest.fixture(params=["fake", "smtp"])
async def rig(request: pytest.FixtureRequest, smtp_server: ScriptedSmtpServer) -> AsyncIterator[Rig]:
    if request.param == "fake":
        fake = FakeSender()
        yield Rig(fake, lambda outcome: fake.plan(PlannedEnd(ENDS[outcome])), lambda: len(fake.kept))
        return
    real = SmtpSender(access_to(smtp_server))
    yield Rig(real, lambda outcome: smtp_server.script(FAULTS[outcome]), lambda: len(smtp_server.kept))
    await real.close()


@pytest.fixture
def watch(rig: Rig) -> Watch:
    return Watch(rig.count_kept)


async def test_a_mail_is_accepted_and_kept_once(rig: Rig, watch: Watch) -> None:
    """The server's yes is ACCEPTED at the dot, and the server answers for one mail."""
    result = await rig.sender.send(mail(), before_dot=watch)

    assert (SendOutcome.ACCEPTED, SendPhase.DOT, 250) == (result.outcome, result.phase, result.code)
    assert 1 == rig.count_kept()


async def test_before_dot_is_awaited_once_and_before_anything_is_kept(rig: Rig, watch: Watch) -> None:
    """When the caller books the dot, no server has the mail yet."""
    await rig.sender.send(mail(), before_dot=watch)

    assert [0] == watch.kept_by_then


async def test_an_exception_before_the_dot_reaches_the_caller_and_nothing_is_sent(rig: Rig, watch: Watch) -> None:
    """If the dot could not be booked it is not written; the next mail goes out as if nothing had been."""

    async def fail() -> None:
        raise LookupError("the database is gone")

    with pytest.raises(LookupError):
        await rig.sender.send(mail(), before_dot=fail)
    kept_after_failure = rig.count_kept()
    result = await rig.sender.send(mail(), before_dot=watch)

    assert 0 == kept_after_failure
    assert result.outcome is SendOutcome.ACCEPTED
    assert 1 == rig.count_kept()


@pytest.mark.parametrize("outcome", list(ENDS))
async def test_each_end_is_a_value_and_the_next_mail_is_sent(rig: Rig, watch: Watch, outcome: SendOutcome) -> None:
    """A spoilt attempt is told by its outcome, phase and code; the sender then serves the next mail by itself."""
    rig.spoil(outcome)
    spoilt = await rig.sender.send(mail(), before_dot=watch)
    asked = len(watch.kept_by_then)
    after = await rig.sender.send(mail(), before_dot=watch)

    expected = ENDS[outcome]
    assert (expected.outcome, expected.phase, expected.code) == (spoilt.outcome, spoilt.phase, spoilt.code)
    assert (1 if expected.phase is SendPhase.DOT else 0) == asked
    assert after.outcome is SendOutcome.ACCEPTED
    assert 1 == rig.count_kept()


async def test_a_closed_sender_may_be_closed_again(rig: Rig, watch: Watch) -> None:
    """Closing never raises, before the first mail, after one, and twice."""
    await rig.sender.close()
    result = await rig.sender.send(mail(), before_dot=watch)
    await rig.sender.close()
    await rig.sender.close()

    assert result.outcome is SendOutcome.ACCEPTED
