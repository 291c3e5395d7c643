"""What the working mail says to the people in charge of a ticket (R-73 to R-78).

It alone carries what somebody wrote. It goes to one member of staff, at the address that `staff.toml` registers.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from triage.model.agents.staff import StaffMember
from triage.model.decision import Thread


@dataclass(frozen=True, slots=True)
class ListedAttachment:
    """An attachment by its cleaned name, type and size in bytes, with what should make somebody careful, in French."""

    name: str
    type: str
    size: int
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote. `new_text` is what is new in `text`; `sender` is a claim, never proof."""

    sender: str
    subject: str
    new_text: str
    text: str
    attachments: tuple[ListedAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """What somebody wrote later on the same ticket. `received_at` is aware, in the body's zone."""

    received_at: datetime
    written: Written


@dataclass(frozen=True, slots=True)
class Original:
    """A mail as it came, to be attached whole under a name that says the ticket's number and nothing else."""

    name: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardLine:
    """One command of the card: the words of its button, what is typed, what it does."""

    label: str
    typed: str
    usage: str
    effect: str


@dataclass(frozen=True, slots=True)
class WorkingMailFacts:
    """I1 of one ticket for one person. Instants are aware, in the body's zone; dates are local days.

    `cautions` and `proposals` are sentences, none where there is nothing to say. `reply_to` is where answers go and
    `code` the last line; both carry the recipient's own token for this ticket.

    `later` are messages of the same ticket after `written`, oldest first, and `left_out` says how many between them are
    not shown. `originals` carry the attachments; `originals_missing` says that some are too large for a mail, or not
    here, and `withheld` are sentences on those that the scanner for viruses keeps back. `given_by` names the colleague
    who assigned the ticket, "" for nobody.
    """

    reference: str
    recipient: StaffMember
    restricted: bool
    received_at: datetime
    written: Written
    card: tuple[CardLine, ...]
    reply_to: str
    code: str
    thread: Thread
    take_before_at: datetime | None = None
    answer_due_on: date | None = None
    cautions: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    later: tuple[Later, ...] = ()
    left_out: int = 0
    originals: tuple[Original, ...] = ()
    originals_missing: bool = False
    withheld: tuple[str, ...] = ()
    given_by: str = ""
