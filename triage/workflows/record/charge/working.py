"""What somebody wrote, to each person in charge of the ticket, with a token of their own (MUST 30; R-73 to R-78)."""

from dataclasses import dataclass, replace
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
from triage.model.letters.working import Later, WorkingMailFacts, Written
from triage.model.message import ParsedMessage
from triage.model.standard import ClockUnit, Due
from triage.model.ticket import TicketSnapshot
from triage.rules.agents.commands.card import card_for
from triage.rules.tickets.cautions import find_cautions
from triage.store import outbox, tickets
from triage.store.engine import Transaction
from triage.store.journal import OpenedTicket
from triage.store.staff_tokens import issue_token
from triage.workflows.record.charge.kept import NOTHING_CARRIED, Carried, as_said, find_originals, read_said
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


@dataclass(frozen=True, slots=True)
class WorkingMail:
    """One mail to one person in charge, by its outbox key: what it carries beside the ticket's number and due times.

    `mail_id` is the received mail from which it follows; `received_at` (aware UTC) when `written` was received.
    """

    kind: NoticeKind
    member: StaffMember
    ticket: OpenedTicket
    mail_id: int
    key: str
    received_at: datetime
    written: Written
    possibly_related: str | None = None
    caution: str = ""
    later: tuple[Later, ...] = ()
    left_out: int = 0
    carried: Carried = NOTHING_CARRIED
    given_by: str = ""


def put_working_mails(tx: Transaction, told: Told, *, stationery: Stationery, now: datetime) -> int:
    """One mail for each recipient; how many entered the outbox. Where nobody may read it, the ticket says so.

    Attachments go to nobody but the person who has the ticket.
    """
    snapshot = tickets.find_ticket(tx, told.ticket.reference)
    if snapshot is None:
        return 0
    if not told.tell.recipients:
        posting = Posting(told.ticket.id, told.mail_id, sequence=0)
        withhold(tx, posting, told.tell.kind, WithholdReason.NOBODY_LEFT, now=now)
    mails = [_mail_for(tx, told, each, snapshot, scans=stationery.scans, now=now) for each in told.tell.recipients]
    return sum(put_working_mail(tx, each, snapshot, stationery=stationery, now=now) for each in mails)


def _mail_for(
    tx: Transaction, told: Told, member: StaffMember, snapshot: TicketSnapshot, *, scans: bool, now: datetime
) -> WorkingMail:
    has_it = snapshot.assigned_to == member.id
    with_files = [told.mail_id] if has_it and told.message.attachments else []
    carried = find_originals(tx, told.ticket.reference, with_files, scans=scans, now=now)
    return WorkingMail(
        kind=told.tell.kind,
        member=member,
        ticket=told.ticket,
        mail_id=told.mail_id,
        key=working_key(told.tell.kind, told.mail_id, member.id),
        received_at=told.received_at,
        written=read_said(as_said(told.message)),
        possibly_related=told.possibly_related,
        caution=told.tell.caution,
        carried=carried,
    )


def put_working_mail(
    tx: Transaction, mail: WorkingMail, snapshot: TicketSnapshot, *, stationery: Stationery, now: datetime
) -> bool:
    """Compose one working mail with a token of its reader's own, into the outbox; False where its key is there."""
    sequence = outbox.next_sequence(tx, mail.ticket.id)
    posting = Posting(mail.ticket.id, mail.mail_id, sequence)
    _, token = issue_token(
        tx,
        scope=TokenScope.TICKET,
        staff_id=mail.member.id,
        ticket_id=mail.ticket.id,
        expires_at=now + TOKEN_LIFE,
        now=now,
    )
    mailbox = stationery.letterhead.address
    reply_to = reply_address(mailbox, token) if stationery.plus_addressing else None
    envelope = Envelope(
        recipient=mail.member.address,
        message_id=make_message_id(
            kind=mail.kind,
            reference=mail.ticket.reference,
            seq=sequence,
            domain=stationery.domain,
            key=stationery.signing_key,
        ),
        key=mail.key,
        now=now.astimezone(stationery.zone),
        reply_to=reply_to,
    )
    facts = _facts(mail, snapshot, stationery, code=write_code(token), reply_to=reply_to or mailbox)
    try:
        composed = compose_working_mail(
            mail.kind, facts, envelope, letterhead=stationery.letterhead, templates=stationery.templates
        )
    except UnsafeMail:
        withhold(tx, posting, mail.kind, WithholdReason.ADDRESS_REFUSED, now=now)
        return False
    return post(tx, composed, posting, modes=stationery.modes, now=now)


def _facts(
    mail: WorkingMail, snapshot: TicketSnapshot, stationery: Stationery, *, code: str, reply_to: str
) -> WorkingMailFacts:
    zone = stationery.zone
    take_before = None if snapshot.taken_charge_at is not None else _take_before(snapshot.dues)
    thread_id = make_thread_id(reference=mail.ticket.reference, domain=stationery.domain, key=stationery.signing_key)
    return WorkingMailFacts(
        reference=mail.ticket.reference,
        recipient=mail.member,
        restricted=snapshot.restricted,
        received_at=mail.received_at.astimezone(zone),
        written=mail.written,
        card=card_for(mail.member.roles),
        reply_to=reply_to,
        code=code,
        thread=Thread(in_reply_to=thread_id, references=()),
        take_before_at=None if take_before is None else take_before.astimezone(zone),
        answer_due_on=max((due.due_on for due in snapshot.dues if due.due_on is not None), default=None),
        cautions=(
            *([mail.caution] if mail.caution else ()),
            *find_cautions(snapshot.flags, possibly_related=mail.possibly_related),
        ),
        later=tuple(replace(each, received_at=each.received_at.astimezone(zone)) for each in mail.later),
        left_out=mail.left_out,
        originals=mail.carried.originals,
        originals_missing=mail.carried.some_missing,
        withheld=mail.carried.withheld,
        given_by=mail.given_by,
    )


def _take_before(dues: tuple[Due, ...]) -> datetime | None:
    return min((due.due_at for due in dues if due.unit is ClockUnit.ELAPSED_HOURS), default=None)
