"""How a file stands when its people are told, from its facts at that instant and never from when they ought to have
been told: what is over is not announced as still to come.
"""

from datetime import date, datetime

from triage.model.agents.staff import Staff
from triage.model.escalation.notices import FileStanding, Situation
from triage.model.escalation.office import Office
from triage.model.escalation.steps import EscalationLevel, EscalationStep, StepEnd, WatchedTicket
from triage.model.standard import Due
from triage.rules.clocks.business_days import count_business_days
from triage.rules.clocks.due import is_met, local_day

_ASKS_FOR_DELAY = frozenset({Situation.DECIDE, Situation.EVE})


def describe_standing(
    step: EscalationStep, watched: WatchedTicket, *, staff: Staff, office: Office, now: datetime
) -> FileStanding:
    """What a notice of this step may say of the file; one of its dues is the one that the step watches."""
    calendar, ticket = office.calendar, watched.ticket
    due = next(each for each in ticket.dues if each.standard == step.standard)
    received_on, today = local_day(ticket.received_at, calendar=calendar), local_day(now, calendar=calendar)
    due_on = due.due_on
    counted = due_on is not None
    days_left = count_business_days(today, due_on, calendar=calendar) if due_on and today <= due_on else 0
    return FileStanding(
        reference=ticket.reference,
        ticket_id=watched.id,
        situation=_after_delay(_situation(step, due, days_left=days_left, now=now), ticket.extended_to_on, today),
        restricted=ticket.restricted,
        status=ticket.status,
        owner=_owner(ticket.assigned_to, staff),
        told_on=today,
        received_on=received_on,
        last_action_on=local_day(watched.last_action_at, calendar=calendar),
        due_at=due.due_at.astimezone(calendar.zone),
        due_on=due_on,
        day=count_business_days(received_on, max(today, received_on), calendar=calendar) if counted else 0,
        of_days=count_business_days(received_on, due_on, calendar=calendar) if due_on else 0,
        days_left=days_left,
        days_late=count_business_days(due_on, today, calendar=calendar) if due_on and due_on < today else 0,
    )


def _situation(step: EscalationStep, due: Due, *, days_left: int, now: datetime) -> Situation:
    if step.until is not StepEnd.ANSWER:
        if not is_met(due, now):
            return Situation.TAKE_LATE
        return Situation.UNOWNED if step.until is StepEnd.OWNER else Situation.TO_TAKE
    if not is_met(due, now):
        return Situation.LATE
    if days_left <= 1:
        return Situation.EVE if days_left else Situation.LAST_DAY
    if step.level is EscalationLevel.FIRST:
        return Situation.MIDWAY
    return Situation.DAYS_LEFT if step.level is EscalationLevel.SECOND else Situation.DECIDE


def _after_delay(situation: Situation, extended_to_on: date | None, today: date) -> Situation:
    """Whoever has announced a delay is not asked to announce one; the first day counts as before (R-33)."""
    is_out = extended_to_on is not None and extended_to_on > today
    return Situation.ANNOUNCED if is_out and situation in _ASKS_FOR_DELAY else situation


def _owner(assigned_to: str | None, staff: Staff) -> str | None:
    """Their function as letters print it, else their initials: a name is no word for a notice (R-77)."""
    member = None if assigned_to is None else staff.by_id(assigned_to)
    if member is None:
        return None
    return member.title or "".join(f"{word[0]}. " for word in member.name.replace("-", " ").split()).strip()
