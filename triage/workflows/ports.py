"""What a workflow needs from outside: the mailbox, the mail server, and the reader in its sandbox.

Every result and exception is a noun of `model`. The fakes are `tests/fakes_mailbox.py`, `tests/fakes_sender.py` and
`tests/fakes_reader.py`; the same tests run against fake and real.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.model.agents.authority import Authority
from triage.model.decision import Decision, IntakeFacts
from triage.model.delivery import ClaimedMail, SendResult
from triage.model.health import AlertKind
from triage.model.judgement import ScanResult
from triage.model.mailbox import Announced, ArchivedMail, FolderStatus, Moved
from triage.model.message import ParsedMessage, RawMail
from triage.store.engine import Transaction


class Alarm(Protocol):
    """Where a workflow tells of what a person must hear of at once."""

    def __call__(self, kind: AlertKind, count: int = 1) -> None:
        """So many more occurrences. From any thread; never blocks, never raises."""


def no_alarm(kind: AlertKind, count: int = 1) -> None:
    """Tells nobody: for whoever works without a daemon around."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail that is being taken in, with what intake would decide of it."""

    mail_id: int
    message: ParsedMessage
    facts: IntakeFacts
    decision: Decision


@dataclass(frozen=True, slots=True)
class StaffAnswer:
    """What became of a mail in the name of staff; `decision` stands for it. All of it is written already."""

    decision: Decision
    authority: Authority
    reference: str | None
    has_mail_to_send: bool


class StaffDesk(Protocol):
    """Who deals with mail in the name of staff, in the transaction that takes it in."""

    def __call__(self, tx: Transaction, arrived: Arrived, *, now: datetime) -> StaffAnswer | None:
        """What became of the mail, None where intake's own rules hold."""


def no_staff_desk(tx: Transaction, arrived: Arrived, *, now: datetime) -> StaffAnswer | None:
    """Nobody works here: all mail is ordinary mail."""


class Mailbox(Protocol):
    """One watched folder and the folder for processed mail, on one connection.

    Every method raises `MailboxUnavailable` when the connection is lost (call `open` again after a pause) and
    `MailboxRefused` when only a person can mend it. Nothing but `move` changes anything on the server.
    """

    async def open(self) -> FolderStatus:
        """Connect, log in, select the inbox, and say how it stands; safe to call again after a failure."""

    async def status(self) -> FolderStatus:
        """How the inbox stands now."""

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        """The UIDs that exist in one numeric window, both ends included, ascending."""

    async def describe(self, uids: Sequence[int]) -> tuple[Announced, ...]:
        """Size and arrival of each message; one that has vanished is missing from the answer."""

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        """The bytes, in chunks of at most 1 MiB, never setting a flag; one that has vanished is missing.

        A message over `limit_bytes` comes back truncated: its headers and first MiB.
        """

    async def move(self, uids: Sequence[int]) -> tuple[Moved, ...]:
        """Move to the processed folder; the answer lists those for which there is evidence. Safe to repeat.

        Raises `MoveRefused` where the server moves none of them and only a person can mend it.
        """

    async def wait(self, seconds: float) -> None:
        """Return when the server announces something, when `wake` is called, or after `seconds`."""

    def wake(self) -> None:
        """End a `wait` under way, or the next one, at once; callable from the event loop, never blocks."""

    async def close(self) -> None:
        """Log out as far as possible; never raises."""


class Archive(Protocol):
    """Existing mail in a file or folder of this machine, in its order. Nothing in it is ever changed."""

    @property
    def name(self) -> str:
        """What identifies it: the same archive has the same name at each run."""

    @property
    def size(self) -> int:
        """How much there is, in the measure of `ArchivedMail.done`."""

    def mails(self, *, limit_bytes: int) -> Iterator[ArchivedMail]:
        """Every mail once; of one over `limit_bytes` the first MiB. Raises `OSError` where it cannot be read."""


class MailSender(Protocol):
    """One connection to the mail server, opened when needed."""

    async def send(self, mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        """Hand over one mail to one recipient. `before_dot` is awaited, once, before the final dot can leave.

        Every end of the conversation is a value; an exception from `before_dot` is raised and nothing is sent.
        """

    async def close(self) -> None:
        """Say goodbye and close; never raises."""


class Scanner(Protocol):
    """A scanner for viruses on this machine or near it."""

    async def scan(self, raw: bytes) -> ScanResult:
        """What it says of one whole mail. Raises `ScannerUnavailable` where it gave no verdict."""


class Reader(Protocol):
    """The parser behind its walls."""

    async def read(self, raw: bytes) -> ParsedMessage:
        """Understand one message. Raises `ReaderFailed` where the parser broke, was killed, or ran out of time."""

    async def close(self) -> None:
        """Stop the workers; never raises."""
