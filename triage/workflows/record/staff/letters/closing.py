"""`#fermer` and `#rouvrir`: what must be there before a ticket is closed, and F7, which any reply cancels."""

from collections.abc import Iterator
from datetime import datetime

from triage.model.agents.commands import Closing, Command
from triage.model.codes import DeliveryMode, Language, NoticeKind, TicketKind, TicketStatus
from triage.model.letters.requester import ClosingFacts
from triage.rules.clocks.due import local_day
from triage.rules.tickets.closing import REOPENS_FOR, closing_leaves_at, find_lacking
from triage.store.engine import Transaction
from triage.store.facts.coding import find_coding
from triage.store.facts.staff import WorkedTicket
from triage.store.journal.answers import put_criteria
from triage.store.ledgers import handling
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.workflows.record.answering import OVERTAKEN
from triage.workflows.record.staff.desk import Asked
from triage.workflows.record.staff.letters.leaving import letter_key, put_held


def why_not_close(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """What is missing, in French."""
    _ = asked
    if worked.ticket.status is not TicketStatus.ANSWERED:
        return ()
    coding = find_coding(tx, worked.id)
    return find_lacking(
        worked.ticket.kind, conclusion=coding.conclusion, criteria=(*coding.criteria, *_criteria(command))
    )


def close(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> dict[str, object]:
    """The criteria that were given now, and F7 of a complaint that was answered; what the story keeps."""
    ticket, criteria = worked.ticket, _criteria(command)
    if criteria:
        put_criteria(tx, worked.id, criteria)
    if ticket.kind is TicketKind.COMPLAINT and ticket.answered_at is not None:
        leave = _leaves_at(asked, ticket.answered_at)
        until_on = local_day(leave, calendar=asked.policy.calendar) + REOPENS_FOR
        put_held(tx, asked, NoticeKind.CLOSING, worked, lambda matter: ClosingFacts(matter, until_on), leave=leave)
    return {"criteria": list(criteria)}


def tell_closing(tx: Transaction, asked: Asked, worked: WorkedTicket) -> Iterator[str]:
    """When F7 leaves, in French; nothing where there is none."""
    answered_at, kind = worked.ticket.answered_at, NoticeKind.CLOSING
    if answered_at is None or handling.find_by_key(tx, letter_key(kind, asked, worked)) is None:
        return
    match asked.stationery.modes.mode_of(kind):
        case DeliveryMode.OBSERVE:
            yield "La lettre de fermeture ne part pas, car ces lettres sont en observation."
        case DeliveryMode.APPROVE:
            yield "La lettre de fermeture attend une approbation."
        case DeliveryMode.LIVE:
            at = _leaves_at(asked, answered_at).astimezone(asked.stationery.zone)
            day = long_date(at.date(), language=Language.FRENCH, weekday=True, article=True)
            hour = clock_time(at.time(), language=Language.FRENCH)
            yield f"La lettre de fermeture part {day} à {hour}, sauf si la personne écrit d’ici là."


def _leaves_at(asked: Asked, answered_at: datetime) -> datetime:
    return closing_leaves_at(
        asked.mail.now, hold=asked.agents.undo_final, answered_at=answered_at, calendar=asked.policy.calendar
    )


def drop_closing(tx: Transaction, ticket_id: int) -> None:
    """F7 shall not leave any more."""
    handling.cancel_unsent(tx, ticket_id, kind=NoticeKind.CLOSING, reason=OVERTAKEN)


def _criteria(command: Command) -> tuple[str, ...]:
    return command.argument.criteria if isinstance(command.argument, Closing) else ()
