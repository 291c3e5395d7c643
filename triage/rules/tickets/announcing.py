"""What a letter may say of the day of the answer: a commitment while it holds, never a day that has passed (R-03).

Only a complaint has a day for its answer; what was promised for the telephone is less, and is said as a forecast.
"""

from collections.abc import Iterable
from datetime import date

from triage.model.codes import TicketKind
from triage.model.letters.plan import AnswerPlan
from triage.model.letters.requester import Recourse
from triage.model.standard import Due
from triage.rules.tickets.ending import ENDED_BY_AN_ANSWER

PUBLIC_BODIES = frozenset({"MO", "RSSS", "EDU", "ES", "MUN", "SE"})
"""Client categories that are public bodies themselves: the ombudsman is for persons and groups of persons."""


def plan_answer(
    dues: Iterable[Due], *, kind: TicketKind, today: date, extended_to_on: date | None = None
) -> AnswerPlan:
    """The plan that a letter of `today` (a local day) may announce for a ticket with these due times.

    A day that a notice of delay announced (`extended_to_on`) takes the place of the first one, as a forecast.
    """
    if kind is not TicketKind.COMPLAINT:
        return AnswerPlan()
    if extended_to_on is not None and extended_to_on >= today:
        return AnswerPlan(due_on=extended_to_on, committed=False)
    latest = max((due for due in dues if due.due_on is not None), key=lambda due: due.due_at, default=None)
    if latest is None:
        return AnswerPlan()
    if latest.due_on is not None and latest.due_on < today:
        return AnswerPlan(committed=latest.committed, late=True)
    return AnswerPlan(due_on=latest.due_on, committed=latest.committed)


def find_announced_day(dues: Iterable[Due], *, extended_to_on: date | None) -> date | None:
    """The local day of the answer that the requester was told last, None where none is due."""
    days = [due.due_on for due in dues if due.due_on is not None and due.standard in ENDED_BY_AN_ANSWER]
    return extended_to_on or max(days, default=None)


def find_recourse(client: str | None, *, review_by: str) -> Recourse:
    """Where the requester may go after a final answer, by the category of client (R-32); unknown is a person."""
    return Recourse(review_by=review_by, ombudsman=client not in PUBLIC_BODIES)
