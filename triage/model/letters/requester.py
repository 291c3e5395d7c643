"""What each letter to a requester says (R-32, R-33): typed facts, which `mail.writing.letters` turns into words.

A letter states a commitment and no guarantee. What a member of staff wrote is text: it is shown, never obeyed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from triage.model.agents.commands import Conclusion
from triage.model.codes import TicketKind
from triage.model.decision import Thread
from triage.model.letters.plan import AnswerPlan


@dataclass(frozen=True, slots=True)
class Matter:
    """The ticket as each letter about it names it. `received_at` is aware, in the body's zone.

    `thread` puts the letter beneath the requester's mail; `code` is the letter's last line (MUST 33).
    """

    reference: str
    received_at: datetime
    thread: Thread
    code: str


@dataclass(frozen=True, slots=True)
class Signatory:
    """The member of staff whom a letter names; title and direct line are "" where `staff.toml` has none."""

    name: str
    title: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Recourse:
    """Where somebody may go who does not agree. `review_by` is the instance of review, "" where none is configured."""

    review_by: str = ""
    ombudsman: bool = True


@dataclass(frozen=True, slots=True)
class TakenChargeFacts:
    """F2: a person has it. `summary` is an agent's neutral summary, "" for none."""

    matter: Matter
    kind: TicketKind
    handler: Signatory
    plan: AnswerPlan
    summary: str = ""


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """F3: a later message was added. `written_at` is when it was received, aware, in the body's zone."""

    matter: Matter
    written_at: datetime
    plan: AnswerPlan


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """F4: what a member of staff writes. It ends no clock of a complaint."""

    matter: Matter
    text: str
    signatory: Signatory


@dataclass(frozen=True, slots=True)
class DelayFacts:
    """F5 and F5-R. `due_on` is the day that was announced, `until_on` the new one; `done` the steps already behind."""

    matter: Matter
    due_on: date
    until_on: date
    reason: str
    handler: Signatory
    done: str = ""


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What a final answer says, by its headings; `body` is what stands under none, each "" where nothing was written.

    `summary` is the matter as it was understood, `measures` what is corrected, by whom and when.
    """

    body: str = ""
    summary: str = ""
    checked: str = ""
    found: str = ""
    reasons: str = ""
    measures: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """F6, and F13 where the matter is no complaint: then it has no conclusion.

    `told_on` is the local day on which the answer was given by word of mouth, None where it was not.
    """

    matter: Matter
    kind: TicketKind
    conclusion: Conclusion | None
    text: AnswerText
    signatory: Signatory
    recourse: Recourse = field(default=Recourse())
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """F7: the ticket is closed, may be opened again until a local day, and one question is asked."""

    matter: Matter
    reopen_until_on: date


class PublicStanding(StrEnum):
    """Where a ticket stands, as its requester is told."""

    NEW = "new"
    IN_WORK = "in_work"
    WAITING = "waiting"  # for what the requester was asked
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REDIRECTED = "redirected"


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """The answer to « STATUT ». The plan says nothing where an answer was given or is not to come."""

    matter: Matter
    standing: PublicStanding
    plan: AnswerPlan


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """A complaint that its requester withdraws: to be confirmed, or confirmed."""

    matter: Matter


LetterFacts = (
    TakenChargeFacts
    | FollowUpFacts
    | MessageFacts
    | DelayFacts
    | AnswerFacts
    | ClosingFacts
    | StatusFacts
    | WithdrawalFacts
)
