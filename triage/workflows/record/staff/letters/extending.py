"""`#prolonger`: the notice of delay, before the day (F5) or after it (F5-R); the file still counts as late (R-33)."""

from dataclasses import replace
from datetime import date, datetime

from triage.model.agents.commands import Command, Extension
from triage.model.agents.staff import Role
from triage.model.codes import Language, NoticeKind, TicketKind
from triage.model.letters.requester import DelayFacts, Signatory
from triage.rules.clocks.due import end_of_day, local_day
from triage.rules.tickets.announcing import find_announced_day
from triage.rules.tickets.ending import leave_at
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, count_letters, has_under_way
from triage.store.journal.answers import put_extension
from triage.wording.dates import long_date
from triage.workflows.record.staff.desk import Asked, context_of
from triage.workflows.record.staff.letters.concluding import ON_ITS_WAY
from triage.workflows.record.staff.letters.leaving import draft_of, put_held, signatory_of, tell_leaving, why_not_send

DELAYS = (NoticeKind.DELAY, NoticeKind.DELAY_LATE)
MOST_DELAYS = 2
"""So many notices of delay leave without the word of a director."""

NOTHING_TO_EXTEND = "Seule une plainte a une date de réponse à prolonger."
TOO_MANY = "Deux avis de prolongation existent déjà. La direction seule peut en envoyer un autre."


def extension_of(command: Command) -> Extension:
    """The new day of a command. Raises `TypeError` for any other command."""
    if not isinstance(command.argument, Extension):
        raise TypeError("only #prolonger has a new day")
    return command.argument


def why_not_extend(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Every reason why the notice may not leave, in French."""
    announced = _announced(worked)
    if announced is None:
        return (NOTHING_TO_EXTEND,)
    if has_under_way(tx, worked.id, kind=NoticeKind.ANSWER):
        return (ON_ITS_WAY,)
    if extension_of(command).until_on <= announced:
        day = long_date(announced, language=Language.FRENCH, weekday=True)
        return (f"La nouvelle date doit venir après le {day}.",)
    if (
        count_letters(tx, worked.id, kinds=DELAYS) >= MOST_DELAYS
        and Role.DIRECTOR not in context_of(asked).sender.roles
    ):
        return (TOO_MANY,)
    return why_not_send(tx, asked, _worded(command), worked)


def put_delay(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> dict[str, object]:
    """F5 or F5-R in the outbox, and the new day on the ticket; what the story keeps."""
    announced, extension = _announced(worked), extension_of(command)
    if announced is None:
        return {}
    owner = context_of(asked).staff.by_id(worked.ticket.assigned_to or "")
    handler = signatory_of(asked) if owner is None else Signatory(owner.name, owner.title, owner.phone)
    reason = draft_of(tx, asked, _worded(command), worked).text
    put_held(
        tx,
        asked,
        _delay_kind(asked, announced),
        worked,
        lambda matter: DelayFacts(matter, announced, extension.until_on, reason, handler),
        leave=_leaves_at(asked, announced),
    )
    put_extension(tx, worked.id, extension.until_on)
    previous = worked.ticket.extended_to_on
    return {
        "until_on": extension.until_on.isoformat(),
        "previous": None if previous is None else previous.isoformat(),
        "announced_on": announced.isoformat(),
        "reason": reason,
    }


def tell_delay(asked: Asked, worked: WorkedTicket, *, announced_on: date) -> str:
    """When the notice leaves and how it is taken back."""
    kind, leave = _delay_kind(asked, announced_on), _leaves_at(asked, announced_on)
    return tell_leaving(asked, kind, worked, what="votre avis de prolongation", leave=leave)


def _leaves_at(asked: Asked, announced: date) -> datetime:
    """Before midnight of the day that it puts off, as long as that can be."""
    too_late = end_of_day(announced, calendar=asked.policy.calendar)
    return leave_at(asked.mail.now, hold=asked.agents.undo_final, too_late=(too_late,))


def _delay_kind(asked: Asked, announced: date) -> NoticeKind:
    """F5, or F5-R where the day is over when it leaves."""
    leaves_on = local_day(_leaves_at(asked, announced), calendar=asked.policy.calendar)
    return NoticeKind.DELAY_LATE if leaves_on > announced else NoticeKind.DELAY


def _announced(worked: WorkedTicket) -> date | None:
    ticket = worked.ticket
    if ticket.kind is not TicketKind.COMPLAINT:
        return None
    return find_announced_day(ticket.dues, extended_to_on=ticket.extended_to_on)


def _worded(command: Command) -> Command:
    return replace(command, text=extension_of(command).reason)
