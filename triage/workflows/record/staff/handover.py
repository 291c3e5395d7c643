"""Whoever has a ticket from now on gets all that somebody wrote on it, and the attachments; nobody else does (R-73).

What was written stands in the ticket's events, so that it is told in the transaction that assigns the ticket.
"""

from datetime import datetime

from triage.model.agents.commands import Verb
from triage.model.agents.staff import StaffMember
from triage.model.codes import EventKind, NoticeKind
from triage.model.letters.working import Later, Written
from triage.rules.agents.acting import Act
from triage.store import tickets
from triage.store.engine import Transaction
from triage.store.facts.staff import LoggedAct, WorkedTicket, list_acts
from triage.store.journal import OpenedTicket
from triage.store.ledgers import handling
from triage.workflows.record.charge.kept import find_originals, read_said
from triage.workflows.record.charge.working import WorkingMail, put_working_mail, working_key
from triage.workflows.record.staff.desk import Asked, context_of

MOST_LATER = 20
"""So many later messages are shown, the newest."""

_MESSAGES = (EventKind.OPENED, EventKind.FOLLOW_UP, EventKind.REREAD)
_GIVING = frozenset({Verb.TAKE, Verb.ASSIGN})
_NOTHING = Written("", "", "", "")


def hand_over(tx: Transaction, asked: Asked, acts: tuple[Act, ...], worked: dict[str, WorkedTicket]) -> None:
    """Tell those who have a ticket after all these acts, and had it not before them.

    Who takes a ticket whose working mail they have, and which has no attachments, is told nothing new.
    """
    context = context_of(asked)
    owners = {act.command.reference or "": act.assigned_to for act in acts if act.command.verb in _GIVING}
    for reference, owner in owners.items():
        ticket, member = worked[reference], context.staff.by_id(owner or "")
        if member is None or owner == ticket.ticket.assigned_to:
            continue
        messages = _messages(tx, ticket.id)
        if member != context.sender or _is_news(tx, messages, member):
            _put(tx, asked, ticket, member, messages)


def _messages(tx: Transaction, ticket_id: int) -> tuple[LoggedAct, ...]:
    """The newest event of each mail that says what it said, in the order in which the mails came."""
    found: dict[int, LoggedAct] = {}
    for each in reversed(list_acts(tx, ticket_id, kinds=_MESSAGES)):
        if each.mail_id is not None and "said" in each.payload:
            found[each.mail_id] = each
    return tuple(found.values())


def _is_news(tx: Transaction, messages: tuple[LoggedAct, ...], member: StaffMember) -> bool:
    if any(each.payload["said"]["attachments"] for each in messages):
        return True
    kinds = (NoticeKind.WORKING_MAIL, NoticeKind.FOLLOW_UP)
    return not any(
        handling.find_by_key(tx, working_key(kind, each.mail_id or 0, member.id)) for kind in kinds for each in messages
    )


def _put(
    tx: Transaction, asked: Asked, worked: WorkedTicket, member: StaffMember, messages: tuple[LoggedAct, ...]
) -> None:
    mail, sender = asked.mail, context_of(asked).sender
    # As it stands now: the acts of this very mail have been written.
    snapshot = tickets.find_ticket(tx, worked.ticket.reference) or worked.ticket
    first = messages[0] if messages else None
    later = messages[1:]
    with_files = [each.mail_id or 0 for each in messages if each.payload["said"]["attachments"]]
    carried = find_originals(tx, snapshot.reference, with_files, scans=asked.stationery.scans, now=mail.now)
    put_working_mail(
        tx,
        WorkingMail(
            kind=NoticeKind.HANDOVER,
            member=member,
            ticket=OpenedTicket(worked.id, snapshot.reference),
            mail_id=mail.mail_id,
            key=f"{NoticeKind.HANDOVER}:{mail.mail_id}:{worked.id}:{member.id}",
            received_at=snapshot.received_at if first is None else _received_at(first),
            written=_NOTHING if first is None else read_said(first.payload["said"]),
            possibly_related=None if first is None else first.payload.get("possibly_related"),
            later=tuple(Later(_received_at(each), read_said(each.payload["said"])) for each in later[-MOST_LATER:]),
            left_out=max(0, len(later) - MOST_LATER),
            carried=carried,
            given_by="" if member == sender else sender.name,
        ),
        snapshot,
        stationery=asked.stationery,
        now=mail.now,
    )


def _received_at(message: LoggedAct) -> datetime:
    return datetime.fromisoformat(message.payload["received_at"])
