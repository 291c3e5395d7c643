"""`FakeSender`: a mail server behind the `MailSender` port without a socket; the same contract tests run on it."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult

_ACCEPTED = SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, "2.0.0", "2.0.0 <1@fiction.example> queued")


@dataclass(frozen=True, slots=True)
class PlannedEnd:
    """How one attempt will end; `keeps` says whether the server keeps the mail, whatever it answers.

    What the result's phase says holds: at DOT `before_dot` is awaited first, at earlier phases it is not.
    """

    result: SendResult
    keeps: bool = False


class FakeSender:
    """Accepts every mail, except for the ends that are planned; they come first, in order."""

    def __init__(self) -> None:
        self.sends: list[ClaimedMail] = []  # every attempt
        self.kept: list[ClaimedMail] = []  # what the server answers for
        self.closed = False
        self._plan: deque[PlannedEnd] = deque()

    def plan(self, *ends: PlannedEnd) -> None:
        """The next attempts end so; what was planned before is forgotten."""
        self._plan = deque(ends)

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        self.sends.append(mail)
        end = self._plan.popleft() if self._plan else PlannedEnd(_ACCEPTED, keeps=True)
        if end.result.phase is SendPhase.DOT:
            await before_dot()
        if end.keeps:
            self.kept.append(mail)
        return end.result

    async def close(self) -> None:
        self.closed = True
