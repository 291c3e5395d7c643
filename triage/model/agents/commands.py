"""What staff ask for by mail: verbs, their arguments, and a block of them as it was understood (MUST 31)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from triage.model.agents.authority import Ask, Risk
from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import ClientCategory, Priority, ServiceLine, TicketKind


class Verb(StrEnum):
    """What may be asked for; events keep these codes."""

    TAKE = "take"
    ASSIGN = "assign"
    REPLY = "reply"
    NOTE = "note"
    CONCLUDE = "conclude"
    UNDO = "undo"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    STATUS = "status"
    WHY = "why"
    HELP = "help"
    SIMULATE = "simulate"
    ACCEPT = "accept"
    KIND = "kind"
    CLIENT = "client"
    SERVICE = "service"
    PRIORITY = "priority"
    WAIT = "wait"
    RESUME = "resume"
    EXTEND = "extend"
    CLOSE = "close"
    REOPEN = "reopen"
    LIST = "list"
    UNDESIRABLE = "undesirable"
    LEGITIMATE = "legitimate"
    RELEASE = "release"


class Conclusion(StrEnum):
    """What a matter came to."""

    FOUNDED = "founded"
    PARTLY_FOUNDED = "partly_founded"
    UNFOUNDED = "unfounded"
    UNDETERMINED = "undetermined"  # the facts cannot be established
    SETTLED = "settled"  # before any finding
    WITHDRAWN = "withdrawn"
    INADMISSIBLE = "inadmissible"
    REDIRECTED = "redirected"
    NO_NEWS = "no_news"  # after two reminders


class Criterion(StrEnum):
    """Why a complaint is founded (R-30)."""

    COMMITMENT = "commitment"  # breach of a general commitment
    STANDARD = "standard"  # below a service standard
    ERROR = "error"  # omission, wrong information, misunderstanding
    GAP = "gap"  # between practice and law, rule or policy
    CULTURE = "culture"  # plainly contrary to a culture of good service


class WaitingFor(StrEnum):
    """Whom a ticket waits for."""

    CLIENT = "client"
    INTERNAL = "internal"
    SUPPLIER = "supplier"


class ListFilter(StrEnum):
    """Which tickets a list shows."""

    MINE = "mine"
    LATE = "late"
    UNASSIGNED = "unassigned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who is to have the ticket."""

    staff_id: str


@dataclass(frozen=True, slots=True)
class Concluding:
    """The conclusion of a final answer, and whether it was given by word of mouth."""

    conclusion: Conclusion
    criteria: tuple[Criterion, ...] = ()
    verbal: bool = False


@dataclass(frozen=True, slots=True)
class KindChange:
    """Another kind for a ticket; `reason` is "" where none was given."""

    kind: TicketKind
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """The code of the client's category, of the service, or of the priority."""

    code: ClientCategory | ServiceLine | Priority


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom the ticket waits for from now on."""

    party: WaitingFor


@dataclass(frozen=True, slots=True)
class Extension:
    """A later local day for the answer, and the reason that the requester will read."""

    until_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Closing:
    """Why a complaint is founded, where the conclusion did not say it."""

    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """Which list."""

    which: ListFilter


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """The command that help is asked about, None for all."""

    verb: Verb | None


Argument = Assignee | Concluding | KindChange | Coded | Waiting | Extension | Closing | Listing | HelpTopic


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `line` counts from 1; `reference` is its ticket, None where it needs none.

    `text` is what belongs to it alone: the text to send or note, or a remark on its line, which is a note. `item` is
    the number in a list that the line named.
    """

    verb: Verb
    line: int
    risk: Risk
    reference: str | None = None
    argument: Argument | None = None
    text: str = ""
    item: int | None = None


class FaultReason(StrEnum):
    """Why a line was not understood, or may not be done."""

    UNKNOWN_COMMAND = "unknown_command"
    AMBIGUOUS_COMMAND = "ambiguous_command"
    NOT_YET = "not_yet"  # a command of a later release
    ROLE = "role"
    TICKET_MISSING = "ticket_missing"
    ITEM_UNKNOWN = "item_unknown"  # « #7 … » where the digest lists six
    UNEXPECTED = "unexpected"  # something stands behind a command that takes nothing
    PERSON_MISSING = "person_missing"
    PERSON_UNKNOWN = "person_unknown"
    PERSON_AMBIGUOUS = "person_ambiguous"
    PERSON_UNFIT = "person_unfit"
    CONCLUSION = "conclusion"
    KIND = "kind"
    CODE = "code"
    WAITING = "waiting"
    DATE = "date"
    DATE_PAST = "date_past"
    REASON_MISSING = "reason_missing"
    LISTING = "listing"
    TOPIC = "topic"
    TEXT_MISSING = "text_missing"
    TWO_TEXTS = "two_texts"
    TWICE = "twice"
    BELOW_TEXT = "below_text"  # a command stands under the text and would be sent with it
    NOTHING_TO_TRY = "nothing_to_try"  # a dry run of nothing
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line of the block as it was typed, counted from 1 in the mail's text."""

    number: int
    typed: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line; `choices` are the words that may have been meant, to be shown."""

    line: int
    typed: str
    reason: FaultReason
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CommandBlock:
    """A mail's commands, all or nothing. `text` is all that stands below them, quotation included, as typed."""

    commands: tuple[Command, ...]
    text: str
    faults: tuple[Fault, ...]
    lines: tuple[TypedLine, ...] = ()
    is_dry_run: bool = False

    @property
    def may_run(self) -> bool:
        """Whether something is asked, and every line of it was understood."""
        return bool(self.commands) and not self.faults

    @property
    def ask(self) -> Ask:
        """What `rules.agents.authority` must know: a dry run only reads, and what is not understood asks nothing more.

        A line with a fault counts as asking to read: its answer goes to the registered address.
        """
        if not self.lines:
            return Ask()
        risks = {Risk.READING} if self.is_dry_run else {command.risk for command in self.commands}
        highest = next((risk for risk in (Risk.HIGH, Risk.LOW) if risk in risks), Risk.READING)
        references = frozenset(each.reference for each in self.commands if each.reference is not None)
        named = all(fault.reason is not FaultReason.TICKET_MISSING for fault in self.faults)
        return Ask(risk=highest, references=references, is_addressed=named)


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What a block is read with: who writes, on which local day, about which ticket, in answer to which list.

    `reference` is the ticket of the token or of the subject; `items` are the numbers that a digest gave its tickets.
    """

    staff: Staff
    sender: StaffMember
    today: date
    reference: str | None = None
    items: Mapping[int, str] = field(default_factory=dict)
