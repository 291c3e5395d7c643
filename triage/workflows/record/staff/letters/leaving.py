"""A letter of a member of staff in the outbox, to leave when it can be taken back no more (MUST 31, MUST 34).

It goes to the requester whom the ticket knows, never to an address of the mail that asked for it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from triage.mail.writing.headers import is_safe_address
from triage.mail.writing.internal.own_text import read_own_text
from triage.model.agents.commands import Command
from triage.model.codes import DeliveryMode, EventKind, Language, NoticeKind
from triage.model.decision import Thread
from triage.model.judgement import WithholdReason
from triage.model.letters.requester import Signatory
from triage.rules.agents.drafts import Draft, judge_draft
from triage.rules.agents.telling import HOLDS
from triage.rules.tickets.ending import ENDED_BY_AN_ANSWER, is_answer, leave_at
from triage.store.engine import Transaction
from triage.store.facts.staff import RequesterFacts, WorkedTicket, find_requester, list_acts, list_internal
from triage.store.ledgers import handling
from triage.store.ledgers.outgoing import find_outgoing
from triage.store.raw import read_bytes
from triage.wording.numbers import counted
from triage.workflows.record.letters import Addressed, MakeFacts, put_letter
from triage.workflows.record.staff.desk import Asked, context_of

_MINUTE = timedelta(minutes=1)
_BEHIND = timedelta(minutes=5)  # for the server to take the letter
_CODE = "Réf."
_SAID_INSIDE = (EventKind.NOTED, EventKind.SENT_BACK, EventKind.ESCALATION_ACKNOWLEDGED)


def draft_of(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Draft:
    """What would leave, compared with all that was ever written to staff about this ticket, and their notes."""
    notes = list_acts(tx, worked.id, kinds=_SAID_INSIDE)
    unit = asked.stationery.letterhead.unit
    internal = (
        *(read_own_text(raw).replace(unit, "") for raw in list_internal(tx, worked.id)),
        *(str(each.payload["text"]) for each in notes),
    )
    signer = context_of(asked).sender.name
    return judge_draft(command.text, reference=worked.ticket.reference, internal=internal, signer=signer)


def why_not_send(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Every reason why the letter may not leave, in French."""
    requester = find_requester(tx, worked.id)
    if requester is None:
        return ("Ce dossier n’a pas d’adresse à laquelle écrire.",)
    if not is_safe_address(requester.address):
        return ("L’adresse de ce dossier ne peut recevoir aucune lettre. Joignez la personne autrement.",)
    return tuple(HOLDS[hold] for hold in draft_of(tx, asked, command, worked).holds)


def letter_key(kind: NoticeKind, asked: Asked, worked: WorkedTicket) -> str:
    """The outbox key of what one mail of staff sends about one ticket: there can be no second."""
    return f"{kind}:{asked.mail.mail_id}:{worked.id}:{context_of(asked).sender.id}"


def leaves_at(asked: Asked, kind: NoticeKind, worked: WorkedTicket, *, hold: timedelta | None = None) -> datetime:
    """When the letter leaves: after its hold, or before midnight of the day whose clock it ends."""
    ticket = worked.ticket
    ends = is_answer(kind, ticket.kind) and ticket.answered_at is None
    too_late = tuple(due.due_at for due in ticket.dues if ends and due.standard in ENDED_BY_AN_ANSWER)
    if hold is None:
        hold = asked.agents.undo_final if kind is NoticeKind.ANSWER else asked.agents.undo
    return leave_at(asked.mail.now, hold=hold, too_late=too_late)


def addressed_to(asked: Asked, kind: NoticeKind, worked: WorkedTicket, requester: RequesterFacts) -> Addressed:
    """A letter about the ticket, to its requester."""
    return Addressed(
        ticket_id=worked.id,
        reference=worked.ticket.reference,
        received_at=worked.ticket.received_at,
        recipient=requester.address,
        thread=Thread(in_reply_to=requester.message_id, references=()),
        key=letter_key(kind, asked, worked),
        mail_id=asked.mail.mail_id,
        actor=asked.mail.actor,
    )


def put_held(
    tx: Transaction,
    asked: Asked,
    kind: NoticeKind,
    worked: WorkedTicket,
    make_facts: MakeFacts,
    *,
    hold: WithholdReason | None = None,
    leave: datetime | None = None,
) -> bool:
    """The letter in the outbox, to leave at `leave` or after its hold, `hold` for a person; False where it cannot be
    made.
    """
    requester = find_requester(tx, worked.id)
    if requester is None:
        return False
    addressed = replace(addressed_to(asked, kind, worked, requester), hold=hold)
    added = put_letter(tx, kind, addressed, make_facts, stationery=asked.stationery, now=asked.mail.now)
    outbox_id = handling.find_by_key(tx, addressed.key)
    if outbox_id is not None:
        leave = leave or leaves_at(asked, kind, worked)
        handling.hold_back(tx, outbox_id, until_at=leave)
        # While a letter may still leave, nobody needs to be told who has the matter.
        handling.postpone(tx, worked.id, kind=NoticeKind.TAKEN_CHARGE, until_at=leave + _BEHIND)
    return added


def signatory_of(asked: Asked) -> Signatory:
    """The writer, as letters name them."""
    sender = context_of(asked).sender
    return Signatory(sender.name, sender.title, sender.phone)


def tell_leaving(
    asked: Asked,
    kind: NoticeKind,
    worked: WorkedTicket,
    *,
    what: str,
    is_held: bool = False,
    leave: datetime | None = None,
) -> str:
    """When the letter leaves and how it is taken back; `what` is « votre message »."""
    mode = asked.stationery.modes.mode_of(kind)
    back = "Pour la retenir" if kind is NoticeKind.ANSWER else "Pour le retenir"
    match DeliveryMode.APPROVE if is_held and mode is DeliveryMode.LIVE else mode:
        case DeliveryMode.OBSERVE:
            return f"{what} ne part pas, car ces lettres sont en observation"
        case DeliveryMode.APPROVE:
            return f"{what} attend une approbation. {back}, répondez #annuler à ce courriel"
        case DeliveryMode.LIVE:
            when = said_when(asked, leave or leaves_at(asked, kind, worked))
            return f"{what} part {when}. {back}, répondez #annuler à ce courriel"


def said_when(asked: Asked, leave: datetime) -> str:
    """« dans 15 minutes », rounded up."""
    minutes = -(-(leave - asked.mail.now) // _MINUTE)
    said = counted(minutes, "minute", "minutes", language=Language.FRENCH)
    return f"dans {said}" if minutes else "tout de suite"


def letter_text(tx: Transaction, key: str) -> str:
    """The letter of an outbox key as its reader will see it, without the code of its last line."""
    outbox_id = handling.find_by_key(tx, key)
    entry = None if outbox_id is None else find_outgoing(tx, outbox_id)
    if entry is None:
        return ""
    text = read_own_text(read_bytes(tx, entry.sha256))
    return "\n".join(line for line in text.splitlines() if not line.startswith(_CODE)).strip()
