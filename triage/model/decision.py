"""What rules return: a reason from a closed list and the actions that follow; `workflows.record` carries them out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from triage.model.agents.staff import NOBODY, Staff, StaffMember
from triage.model.codes import Channel, EventKind, NoticeKind, TicketKind, TicketStatus
from triage.model.delivery import ReturnedLetter
from triage.model.judgement import (
    AnsweringCaps,
    AskedInAWord,
    Evidence,
    NatureVerdict,
    TicketSurroundings,
    WithholdReason,
)
from triage.model.letters.plan import AnswerPlan
from triage.model.mailbox import Renumbering
from triage.model.message import Address
from triage.model.standard import BusinessCalendar, Due, ServiceStandard
from triage.model.ticket import TicketSnapshot
from triage.model.trust import TrustPolicy


class Reason(StrEnum):
    """Why a mail was treated as it was; stored with the mail, shown by `triage mail list`."""

    NEW_MATTER = "new_matter"
    FOLLOW_UP = "follow_up"
    AUTOMATION = "automation"
    DUPLICATE = "duplicate"
    OWN_LOOP = "own_loop"
    OVERSIZE = "oversize"
    UNREADABLE = "unreadable"
    OLDER_THAN_SINCE = "older_than_since"
    ASKED_IN_A_WORD = "asked_in_a_word"  # the requester asked or answered by one word of a closed list
    STAFF_ACTED = "staff_acted"  # a member of staff wrote, and what they asked for was judged
    STAFF_CHALLENGED = "staff_challenged"  # nothing was done: its writer was asked to confirm
    STAFF_UNVERIFIED = "staff_unverified"  # somebody wrote with the token of another: nothing was done
    STAFF_QUARANTINED = "staff_quarantined"  # it claims to be from staff and is not to be believed: for a person


class Carrier(StrEnum):
    """What in a mail pointed to a ticket (MUST 33)."""

    SUBJECT = "subject"
    OUR_MESSAGE_ID = "our_message_id"
    REPLY_ADDRESS = "reply_address"
    REFERENCE_LINE = "reference_line"
    EARLIER_MESSAGE = "earlier_message"


SIGNED_CARRIERS = frozenset({Carrier.OUR_MESSAGE_ID, Carrier.REPLY_ADDRESS, Carrier.REFERENCE_LINE})
"""What nobody can write who was never given it: a server's report may speak of a ticket by these alone (MUST 27)."""


@dataclass(frozen=True, slots=True)
class TicketPointer:
    """A ticket that the mail points to, and by what. A pointer alone grants nothing."""

    carrier: Carrier
    ticket: TicketSnapshot


@dataclass(frozen=True, slots=True)
class Citations:
    """What a mail cites of ours, read with our keys before the database is asked.

    `signed` are numbers of tickets that stand in Message-IDs which a key of ours signed. The tokens are texts of the
    right shape, lower-case: only the database knows whether they are ours.
    """

    signed: tuple[str, ...] = ()
    address_tokens: tuple[str, ...] = ()
    line_tokens: tuple[str, ...] = ()


NOTHING_CITED = Citations()


@dataclass(frozen=True, slots=True)
class EarlierMail:
    """A mail we already hold, and its ticket if it has one."""

    mail_id: int
    reference: str | None


@dataclass(frozen=True, slots=True)
class AnsweredLately:
    """Acknowledgements that the machine let go before this mail, and what was said of those that it held (MUST 26).

    `sender_hour`, `sender_day`, `domain_hour` and, of everybody together, `total_hour` are counts, looked for up to the
    cap and no further. The three alerts say that an acknowledgement was already held over this cap within the hour.
    `same_words` says that the very same subject and parts of this sender were acknowledged within a day.
    """

    sender_hour: int = 0
    sender_day: int = 0
    domain_hour: int = 0
    sender_alerted: bool = False
    domain_alerted: bool = False
    same_words: bool = False
    total_hour: int = 0
    total_alerted: bool = False


@dataclass(frozen=True, slots=True)
class ReturnedAnswer:
    """A letter of ours that ended a clock of the ticket `reference`, and that a mail names as a bounce would.

    `is_first` says that it is the answer which counts.
    """

    reference: str
    message_id: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """What the database knows that bears on one mail, gathered in the transaction that records the decision."""

    pointers: tuple[TicketPointer, ...] = ()
    same_mail: EarlierMail | None = None  # same fingerprint and same Message-ID, or none within seven days (MUST 11)
    message_id_reused: bool = False  # same Message-ID, another content
    own_references: tuple[str, ...] = ()  # those that it refers to of our letters' ids, as the outbox holds them
    is_own_letter: bool = False  # its Message-ID is that of a letter in our outbox, or the one that a server gave it
    answered: AnsweredLately = AnsweredLately()
    surroundings: Mapping[str, TicketSurroundings] = field(default_factory=dict)  # by number, of each ticket pointed to
    renumbering: Renumbering | None = None
    returned: tuple[ReturnedAnswer, ...] = ()  # answers of ours that it names
    letters: tuple[ReturnedLetter, ...] = ()  # all letters of ours that it names and that were sent


@dataclass(frozen=True, slots=True)
class Arrival:
    """The three instants of one mail (R-57), all aware UTC, and how its bytes came.

    `date_doubted` says that the mail arrived while we watched and its server date lies before that. `imported` says
    that it lay in an archive: `internal_date` is then what the archive told, and nobody is answered or told.
    """

    internal_date: datetime | None
    observed_at: datetime
    truncated: bool = False
    date_doubted: bool = False
    imported: bool = False


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """What the body decided about intake. Addresses and hosts are lower-case.

    `observing` says that the mailbox belongs to people still, and nothing in it may be moved. `closing_imports` says
    that what an archive holds is over: its files are opened closed, and no clock runs.
    """

    own_addresses: frozenset[str]
    own_domain: str
    received_by: str | None
    calendar: BusinessCalendar
    standards: tuple[ServiceStandard, ...]
    trust: TrustPolicy = field(default=TrustPolicy())
    caps: AnsweringCaps = field(default=AnsweringCaps())
    observing: bool = False
    staff: Staff = NOBODY
    closing_imports: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """The ids that put our mail under the sender's in their mail client, without angle brackets.

    `references` are ids of our own letters only: what else the sender refers to is a text of their choosing.
    """

    in_reply_to: str | None
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket; later actions of the same decision are about it. `possibly_related` is shown, never acted on.

    `evidence` is told where the reception was not seen by us. Nobody is reminded of a ticket that is not `watched`
    until a person acts on it.
    """

    kind: TicketKind
    channel: Channel
    requester: Address | None
    received_at: datetime
    dues: tuple[Due, ...]
    flags: tuple[str, ...] = ()
    possibly_related: str | None = None
    restricted: bool = False
    concerned: tuple[StaffMember, ...] = ()
    status: TicketStatus = TicketStatus.NEW
    evidence: Evidence | None = None
    watched: bool = True


@dataclass(frozen=True, slots=True)
class AddEvent:
    """Leave one event on the ticket `reference`: a follow-up, a machine's mail that cites it, a duplicate."""

    reference: str
    kind: EventKind
    reason: str


@dataclass(frozen=True, slots=True)
class AcknowledgementTerms:
    """To whom F1 goes, under which message, and the two local days that it announces."""

    recipient: Address
    thread: Thread
    answer_due_on: date
    information_due_on: date


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Send F1 for the ticket just opened."""

    terms: AcknowledgementTerms


@dataclass(frozen=True, slots=True)
class WithholdAcknowledgement:
    """F1 is owed but a person must release it; without terms there is nothing to release."""

    terms: AcknowledgementTerms | None
    reason: WithholdReason


@dataclass(frozen=True, slots=True)
class TellStaff:
    """Send what was written to the people in charge; `reference` None is the ticket just opened.

    Nobody in `recipients` says that the file is about everybody who could read it: then a person must find who may.
    """

    kind: NoticeKind
    recipients: tuple[StaffMember, ...]
    reference: str | None = None
    caution: str = ""  # a sentence that stands above what was written


@dataclass(frozen=True, slots=True)
class ReopenClock:
    """The answer of a ticket did not arrive: its clock is open again."""

    answer: ReturnedAnswer


@dataclass(frozen=True, slots=True)
class NoteReturned:
    """A letter that was sent did not arrive: it is shown to a person as one that was given up."""

    letter: ReturnedLetter


@dataclass(frozen=True, slots=True)
class ConfirmFollowUp:
    """Send F3 for the ticket `reference`."""

    reference: str
    recipient: Address
    thread: Thread
    plan: AnswerPlan


Return = ReopenClock | NoteReturned
Action = (
    OpenTicket | AddEvent | Acknowledge | WithholdAcknowledgement | TellStaff | ConfirmFollowUp | Return | AskedInAWord
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that follows from one mail. `move` is False where the message must stay in the inbox (oversize).

    `received_at` is the instant that counts, `stamped_at` the own host's stamp if legible (R-57), both aware UTC.
    """

    reason: Reason
    nature: NatureVerdict
    received_at: datetime
    stamped_at: datetime | None
    actions: tuple[Action, ...]
    move: bool = True
