"""What the demo keeps of a run: what was written, what the daemon said of it, what left, and what was checked.

Values only; `story` judges them, `narrator` tells them, `gallery` shows them.
"""

from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from triage.demo.people import Letter

LogLine = dict[str, object]  # one JSON object of the daemon's log


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail that the daemon handed to the mail server, with its envelope."""

    sent_at: datetime
    envelope_from: str
    recipient: str
    raw: bytes

    def read(self) -> EmailMessage:
        """The mail, understood by the standard parser."""
        return message_from_bytes(self.raw, _class=EmailMessage, policy=default)


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What the daemon's log says of one mail: codes of the closed lists, and the ticket if it has one."""

    reason: str
    nature: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One mail of the story, as it was written and as it was taken in. `key` names its scene."""

    key: str
    written_at: datetime
    letter: Letter
    taken_in: TakenIn


@dataclass(frozen=True, slots=True)
class DueTime:
    """One due time as `triage tickets --json` gives it; `due_on` is the local day, for day-counted standards."""

    standard: str
    due_at: datetime
    due_on: date | None


@dataclass(frozen=True, slots=True)
class TicketLine:
    """One ticket as `triage tickets --json` gives it; instants are aware UTC."""

    reference: str
    status: str
    received_at: datetime
    acknowledged_at: datetime | None
    dues: tuple[DueTime, ...]
    taken_charge_at: datetime | None = None
    answered_at: datetime | None = None
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class MailboxCount:
    """How many mails lie in the inbox and in the folder for processed mail."""

    inbox: int
    processed: int


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence that the run had to make true, and whether it did; `found` says what was seen instead."""

    sentence: str
    held: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """Everything that one run of the demo saw."""

    happenings: tuple[Happening, ...]
    sent: tuple[SentMail, ...]
    tickets: tuple[TicketLine, ...]
    mailbox: MailboxCount


def read_headers(message: EmailMessage) -> tuple[tuple[str, str], ...]:
    """Name and value of each header, decoded; as it was written where the standard parser breaks on it."""
    return tuple((make_legible(name), _read_value(message, name, value)) for name, value in message.raw_items())


def _read_value(message: EmailMessage, name: str, value: object) -> str:
    try:
        return make_legible(message.policy.header_fetch_parse(name, str(value)))
    except Exception:  # noqa: BLE001  it raises whatever its slips raise: IndexError for « From: < »
        return " ".join(make_legible(value).split())


def read_part(message: EmailMessage, subtype: str) -> str:
    """The text of a mail in its `plain` or `html` part, "" where it has none; whatever its charset claims."""
    try:
        body = message.get_body(preferencelist=(subtype,))
    except Exception:  # noqa: BLE001  as above, for the headers of the parts
        return ""
    if body is None:
        return ""
    try:
        return make_legible(str(body.get_content()))
    except Exception:  # noqa: BLE001  a charset that nobody knows, bytes that are not of it, or a slip as above
        payload = body.get_payload(decode=True)
        return payload.decode("latin-1") if isinstance(payload, bytes) else ""


def make_legible(value: object) -> str:
    """Text that UTF-8 can write: bare bytes in a header come out of the parser as surrogates."""
    return str(value).encode("utf-8", errors="replace").decode("utf-8")
