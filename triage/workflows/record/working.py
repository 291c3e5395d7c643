"""What somebody wrote, to each person in charge of the ticket, with a token of their own (MUST 30; R-73 to R-78)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.letters.compose import Envelope, compose_working_mail
from triage.mail.writing.message_ids import make_message_id, make_thread_id
from triage.mail.writing.tokens import reply_address, write_code
from triage.model.agents.authority import TokenScope
from triage.model.agents.staff import StaffMember
from triage.model.codes import NoticeKind
from triage.model.decision import TellStaff, Thread
from triage.model.judgement import WithholdReason
from triage.model.letters.working import ListedAttachment, WorkingMailFacts, Written
from triage.model.message import ParsedMessage
from triage.model.standard import ClockUnit, Due
from triage.model.ticket import TicketSnapshot
from triage.rules.agents.commands.card import card_for
from triage.rules.tickets.cautions import find_cautions, warn_of
from triage.store import outbox, tickets
from triage.store.engine import Transaction
from triage.store.journal import OpenedTicket
from triage.store.staff_tokens import issue_token
from triage.workflows.record.posting import Posting, post, withhold
from triage.workflows.record.stationery import Stationery

TOKEN_LIFE = timedelta(days=45)
"""How long the token of a working mail is good; each later mail about the ticket brings a new one."""

_KEYS = {NoticeKind.WORKING_MAIL: "working", NoticeKind.FOLLOW_UP: "follow_up"}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to whom: the received mail, what it says, and when it was received (aware UTC)."""

    tell: TellStaff
    ticket: OpenedTicket
    mail_id: int
    message: ParsedMessage
    received_at: datetime
    possibly_related: str | None = None


def working_key(kind: NoticeKind, mail_id: int, staff_id: str) -> str:
    """The outbox key of what one received mail brings one member of staff: there can be no second."""
    return f"{_KEYS[kind]}:{mail_id}:{staff_id}"


def put_working_mails(tx: Transaction, told: Told, *, stationery: Stationery, now: datetime) -> int:
    """One mail for each recipient; how many entered the outbox. Where nobody may read it, the ticket says so."""
    snapshot = tickets.find_ticket(tx, told.ticket.reference)
    if snapshot is None:
        return 0
    if not told.tell.recipients:
        posting = Posting(told.ticket.id, told.mail_id, sequence=0)
        withhold(tx, posting, told.tell.kind, WithholdReason.NOBODY_LEFT, now=now)
    return sum(_put(tx, told, member, snapshot, stationery=stationery, now=now) for member in told.tell.recipients)


def _put(
    tx: Transaction,
    told: Told,
    member: StaffMember,
    snapshot: TicketSnapshot,
    *,
    stationery: Stationery,
    now: datetime,
) -> bool:
    kind = told.tell.kind
    sequence = outbox.next_sequence(tx, told.ticket.id)
    posting = Posting(told.ticket.id, told.mail_id, sequence)
    _, token = issue_token(
        tx,
        scope=TokenScope.TICKET,
        staff_id=member.id,
        ticket_id=told.ticket.id,
        expires_at=now + TOKEN_LIFE,
        now=now,
    )
    mailbox = stationery.letterhead.address
    reply_to = reply_address(mailbox, token) if stationery.plus_addressing else None
    envelope = Envelope(
        recipient=member.address,
        message_id=make_message_id(
            kind=kind,
            reference=told.ticket.reference,
            seq=sequence,
            domain=stationery.domain,
            key=stationery.signing_key,
        ),
        key=working_key(kind, told.mail_id, member.id),
        now=now.astimezone(stationery.zone),
        reply_to=reply_to,
    )
    facts = _facts(told, member, snapshot, stationery, code=write_code(token), reply_to=reply_to or mailbox)
    try:
        mail = compose_working_mail(
            kind, facts, envelope, letterhead=stationery.letterhead, templates=stationery.templates
        )
    except UnsafeMail:
        withhold(tx, posting, kind, WithholdReason.ADDRESS_REFUSED, now=now)
        return False
    return post(tx, mail, posting, modes=stationery.modes, now=now)


def _facts(
    told: Told,
    member: StaffMember,
    snapshot: TicketSnapshot,
    stationery: Stationery,
    *,
    code: str,
    reply_to: str,
) -> WorkingMailFacts:
    zone = stationery.zone
    take_before = None if snapshot.taken_charge_at is not None else _take_before(snapshot.dues)
    thread_id = make_thread_id(reference=told.ticket.reference, domain=stationery.domain, key=stationery.signing_key)
    return WorkingMailFacts(
        reference=told.ticket.reference,
        recipient=member,
        restricted=snapshot.restricted,
        received_at=told.received_at.astimezone(zone),
        written=_written(told.message),
        card=card_for(member.roles),
        reply_to=reply_to,
        code=code,
        thread=Thread(in_reply_to=thread_id, references=()),
        take_before_at=None if take_before is None else take_before.astimezone(zone),
        answer_due_on=max((due.due_on for due in snapshot.dues if due.due_on is not None), default=None),
        cautions=(
            *([told.tell.caution] if told.tell.caution else ()),
            *find_cautions(snapshot.flags, possibly_related=told.possibly_related),
        ),
    )


def _take_before(dues: tuple[Due, ...]) -> datetime | None:
    return min((due.due_at for due in dues if due.unit is ClockUnit.ELAPSED_HOURS), default=None)


def _written(message: ParsedMessage) -> Written:
    senders = ", ".join(
        f"{each.name} ({each.address})" if each.name and each.address else each.address or each.name
        for each in message.senders
    )
    return Written(
        sender=senders,
        subject=message.subject,
        new_text=message.new_text,
        text=message.text,
        attachments=tuple(
            ListedAttachment(each.name, each.type, each.size, warn_of(each)) for each in message.attachments
        ),
    )
