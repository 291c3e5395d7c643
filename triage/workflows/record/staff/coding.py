"""`#type`: a person says what kind of matter it is, and every clock is counted again from reception (R-25)."""

from dataclasses import replace

from triage.model.agents.commands import Coded, Command, KindChange
from triage.model.codes import EventKind, NoticeKind, TicketKind, TicketStatus
from triage.rules.agents.acting import MET_BY_TAKING_CHARGE
from triage.rules.clocks.due import compute_dues
from triage.rules.tickets.ending import ENDED_BY_AN_ANSWER
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, list_acts
from triage.store.journal.answers import ending_of, put_ending
from triage.store.journal.coding import put_code, recode
from triage.workflows.record.staff.desk import Asked

SAME_KIND = "Ce dossier est déjà de ce type."
REASON_WANTED = "Pour qu’une plainte change de type, ajoutez la raison, par exemple #type information; simple question."
OTHER_COMMAND = "Ce type n’est pas encore offert avec cette commande."
CODED = frozenset(
    {
        *(TicketKind.COMPLAINT, TicketKind.COMMENT, TicketKind.SUGGESTION, TicketKind.PRAISE),
        TicketKind.INFORMATION,
    }
)
"""What `#type` gives; the others come with a hand-over, a merge or a quarantine."""


def change_of(command: Command) -> KindChange:
    """The new kind of a command. Raises `TypeError` for any other command."""
    if not isinstance(command.argument, KindChange):
        raise TypeError("only #type has a kind")
    return command.argument


def put_coded(tx: Transaction, command: Command, worked: WorkedTicket) -> dict[str, object]:
    """Write the code of `#client`, `#service` or `#priorité`; what the story keeps."""
    if not isinstance(command.argument, Coded):
        raise TypeError("only a coding command has a code")
    put_code(tx, worked.id, command.argument.code)
    return {"code": command.argument.code}


def why_not_recode(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Why the kind may not be changed, in French."""
    _ = tx, asked
    change, kind = change_of(command), worked.ticket.kind
    if change.kind not in CODED:
        return (OTHER_COMMAND,)
    if change.kind is kind:
        return (SAME_KIND,)
    return (REASON_WANTED,) if kind is TicketKind.COMPLAINT and not change.reason else ()


def change_kind(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> dict[str, object]:
    """The new kind with its clocks; what the story keeps."""
    change, ticket = change_of(command), worked.ticket
    if change.kind is TicketKind.COMPLAINT and _was_answered_by_a_message(tx, worked):
        # A message is no answer to a complaint: it is owed still.
        before = ending_of(tx, worked.id)
        after = replace(before, status=TicketStatus.IN_ANALYSIS, answered_at=None, closed_at=None)
        put_ending(tx, worked.id, after, clocks=ENDED_BY_AN_ANSWER, now=asked.mail.now)
    answered_at = ending_of(tx, worked.id).answered_at
    taken_at = ticket.taken_charge_at or asked.mail.now
    met = {**dict.fromkeys(MET_BY_TAKING_CHARGE, taken_at), **dict.fromkeys(ENDED_BY_AN_ANSWER, answered_at)}
    dues = compute_dues(
        received_at=ticket.received_at,
        kind=change.kind,
        channel=ticket.channel,
        standards=asked.policy.standards,
        calendar=asked.policy.calendar,
    )
    recode(tx, worked.id, change.kind, dues, met=met, now=asked.mail.now)
    return {"from": ticket.kind, "to": change.kind, "reason": change.reason}


def _was_answered_by_a_message(tx: Transaction, worked: WorkedTicket) -> bool:
    if worked.ticket.answered_at is None:
        return False
    acts = list_acts(tx, worked.id, kinds=(EventKind.ANSWERED,))
    return any(each.payload["first"] and each.payload["kind"] == NoticeKind.MESSAGE for each in acts[:1])
