"""What follows when an answer of ours comes back: its clock is open again, and whoever is in charge is told.

Only a bounce that says so, and names the very letter, is believed (MUST 27).
"""

from datetime import date

from triage.model.agents.staff import Staff
from triage.model.codes import NoticeKind
from triage.model.decision import Action, IntakeFacts, ReopenClock, TellStaff, TicketSurroundings
from triage.model.message import ParsedMessage
from triage.rules.tickets.charge import find_ids, find_in_charge
from triage.rules.tickets.ending import has_failed

CAUTION = "La réponse à la personne n’a pas été remise. Le délai court de nouveau. Voici l’avis du serveur."


def tell_of_returned(message: ParsedMessage, facts: IntakeFacts, staff: Staff, *, today: date) -> tuple[Action, ...]:
    """The actions for a bounce, none where it names no answer or does not say that it failed."""
    if not has_failed(message):
        return ()
    tickets = {each.ticket.reference: each.ticket for each in facts.pointers}
    actions: list[Action] = []
    for answer in facts.returned:
        ticket = tickets.get(answer.reference)
        actions.append(ReopenClock(answer))
        if ticket is None or not staff.members:
            continue
        around = facts.surroundings.get(answer.reference, TicketSurroundings())
        recipients = find_in_charge(
            staff,
            today=today,
            restricted=ticket.restricted,
            assigned_to=ticket.assigned_to,
            concerned=find_ids(staff, around.concerned),
        )
        actions.append(TellStaff(NoticeKind.FOLLOW_UP, recipients, answer.reference, CAUTION))
    return tuple(actions)
