"""What follows when a letter of ours comes back: a person sees it, an answer's clock is open again, staff are told.

Only a bounce that says so, and names the very letter, is believed (MUST 27).
"""

from datetime import date

from triage.model.agents.staff import Staff
from triage.model.codes import NoticeKind
from triage.model.decision import Action, IntakeFacts, NoteReturned, ReopenClock, TellStaff
from triage.model.judgement import TicketSurroundings
from triage.model.message import ParsedMessage
from triage.rules.tickets.charge import find_ids, find_in_charge
from triage.rules.tickets.ending import has_failed

_UNACKNOWLEDGED = (
    "L’accusé de réception n’a pas été remis. Cette personne ne sait pas que nous avons sa plainte. "
    "Joignez-la autrement. Voici l’avis du serveur."
)
CAUTION = "La réponse à la personne n’a pas été remise. Le délai court de nouveau. Voici l’avis du serveur."


def tell_of_returned(message: ParsedMessage, facts: IntakeFacts, staff: Staff, *, today: date) -> tuple[Action, ...]:
    """The actions for a bounce, none where it names no letter of ours or does not say that it failed."""
    if not has_failed(message):
        return ()
    told = {each.reference: _UNACKNOWLEDGED for each in facts.letters if each.kind is NoticeKind.ACKNOWLEDGEMENT}
    told |= {each.reference: CAUTION for each in facts.returned}
    return (
        *(NoteReturned(letter) for letter in facts.letters),
        *(ReopenClock(answer) for answer in facts.returned),
        *(tell for reference, words in told.items() for tell in _tell(reference, words, facts, staff, today=today)),
    )


def _tell(reference: str, words: str, facts: IntakeFacts, staff: Staff, *, today: date) -> tuple[Action, ...]:
    ticket = next((each.ticket for each in facts.pointers if each.ticket.reference == reference), None)
    if ticket is None or not staff.members:
        return ()
    around = facts.surroundings.get(reference, TicketSurroundings())
    recipients = find_in_charge(
        staff,
        today=today,
        restricted=ticket.restricted,
        assigned_to=ticket.assigned_to,
        concerned=find_ids(staff, around.concerned),
    )
    return (TellStaff(NoticeKind.FOLLOW_UP, recipients, reference, words),)
