"""Who is told of a new matter or of a later message, and whether F3 confirms it. Without staff nothing is told.

A file is born restricted where its text names somebody of the staff (R-80); whom it is about never hears of it (R-75).
"""

from dataclasses import dataclass
from datetime import date, datetime

from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import NoticeKind
from triage.model.decision import Action, ConfirmFollowUp, IntakePolicy, TellStaff, Thread, TicketPointer
from triage.model.judgement import AskedInAWord, RequesterWord, TicketSurroundings
from triage.model.letters.plan import AnswerPlan
from triage.model.message import Address, ParsedMessage
from triage.model.ticket import TicketSnapshot
from triage.rules.clocks.due import local_day
from triage.rules.intake.following import may_confirm
from triage.rules.intake.joining import is_other_matter
from triage.rules.tickets.announcing import plan_answer
from triage.rules.tickets.asking import find_word, is_asked, score_of
from triage.rules.tickets.charge import find_ids, find_in_charge
from triage.rules.tickets.ending import OPEN
from triage.rules.tickets.restriction import find_named

OTHER_MATTER = "L’objet a changé. Ce message parle peut-être d’une autre affaire."
WITHDRAWN = "La personne a retiré sa plainte et l’a confirmé. Le délai est terminé."


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A later message on a ticket. `thread` is None where no machine may answer it."""

    message: ParsedMessage
    ticket: TicketSnapshot
    surroundings: TicketSurroundings
    observed_at: datetime
    thread: Thread | None


def judge_concerned(message: ParsedMessage, staff: Staff) -> tuple[StaffMember, ...]:
    """Whom a new matter is about, as far as its words tell; it is restricted where this is anybody."""
    return find_named(message, staff)


def tell_of_new(staff: Staff, *, concerned: tuple[StaffMember, ...], today: date) -> tuple[Action, ...]:
    """The working mail of a ticket that was just opened."""
    if not staff.members:
        return ()
    ids = {member.id for member in concerned}
    recipients = find_in_charge(staff, today=today, restricted=bool(concerned), concerned=ids)
    return (TellStaff(NoticeKind.WORKING_MAIL, recipients),)


def tell_of_follow_up(follow_up: FollowUp, policy: IntakePolicy) -> tuple[Action, ...]:
    """What was written later, to the people in charge, and F3 to who wrote it."""
    if not policy.staff.members:
        return ()
    today = local_day(follow_up.observed_at, calendar=policy.calendar)
    ticket = follow_up.ticket
    recipients = find_in_charge(
        policy.staff,
        today=today,
        restricted=ticket.restricted,
        assigned_to=ticket.assigned_to,
        concerned=find_ids(policy.staff, follow_up.surroundings.concerned),
    )
    is_other = is_other_matter(follow_up.message.subject, opened_with=follow_up.surroundings.subject)
    told = TellStaff(NoticeKind.FOLLOW_UP, recipients, ticket.reference, OTHER_MATTER if is_other else "")
    return (told, *_confirmation(follow_up, policy, today))


def _confirmation(follow_up: FollowUp, policy: IntakePolicy, today: date) -> tuple[Action, ...]:
    told_at = follow_up.surroundings.told_at
    told_on = None if told_at is None else local_day(told_at, calendar=policy.calendar)
    ticket, message = follow_up.ticket, follow_up.message
    if follow_up.thread is None or not may_confirm(status=ticket.status, today=today, told_on=told_on, message=message):
        return ()
    plan = plan_answer(ticket.dues, kind=ticket.kind, today=today, extended_to_on=ticket.extended_to_on)
    return (ConfirmFollowUp(ticket.reference, Address("", message.sender), follow_up.thread, plan),)


def tell_of_word(follow_up: FollowUp, pointers: tuple[TicketPointer, ...], policy: IntakePolicy) -> tuple[Action, ...]:
    """What follows from a word of the requester; nothing where the message is to be read by people."""
    message, ticket, around = follow_up.message, follow_up.ticket, follow_up.surroundings
    word = None if follow_up.thread is None else find_word(message, ticket, around, pointers)
    if word is None:
        return ()
    today = local_day(follow_up.observed_at, calendar=policy.calendar)
    plan = plan_answer(ticket.dues, kind=ticket.kind, today=today) if ticket.status in OPEN else AnswerPlan()
    asked = AskedInAWord(ticket.reference, word, message.sender, message.message_id, plan, score_of(message))
    if word is not RequesterWord.CONFIRM or not policy.staff.members:
        return (asked,)
    recipients = find_in_charge(
        policy.staff,
        today=today,
        restricted=ticket.restricted,
        assigned_to=ticket.assigned_to,
        concerned=find_ids(policy.staff, around.concerned),
    )
    return asked, TellStaff(NoticeKind.FOLLOW_UP, recipients, ticket.reference, WITHDRAWN)


def tell_of_score(follow_up: FollowUp, pointers: tuple[TicketPointer, ...]) -> tuple[Action, ...]:
    """The digit of the survey above a comment: the digit is kept, and people read the comment."""
    message, ticket, around = follow_up.message, follow_up.ticket, follow_up.surroundings
    score = score_of(message) if around.is_surveyed and is_asked(message, ticket, around, pointers) else None
    if score is None:
        return ()
    word = RequesterWord.SCORE
    return (AskedInAWord(ticket.reference, word, message.sender, message.message_id, AnswerPlan(), score),)
