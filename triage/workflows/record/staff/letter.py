"""`#répondre` and `#annuler`: a letter that waits before it leaves, and what may be taken back (MUST 31, MUST 34).

A letter goes to the requester whom the ticket knows, never to an address of the mail that asked for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.mail.writing.internal.own_text import read_own_text
from triage.model.agents.commands import Command
from triage.model.codes import EventKind, NoticeKind, TicketStatus
from triage.model.decision import Thread
from triage.model.letters.requester import MessageFacts, Signatory
from triage.rules.agents.acting import MET_BY_TAKING_CHARGE
from triage.rules.agents.drafts import Draft, judge_draft
from triage.rules.agents.telling import HOLDS
from triage.store.engine import Transaction
from triage.store.facts.staff import (
    LoggedAct,
    WorkedTicket,
    find_requester,
    list_acts,
    list_internal,
    list_waiting,
)
from triage.store.journal import append_event
from triage.store.journal.work import Standing, put_standing, standing_of
from triage.store.ledgers import handling
from triage.workflows.record.requester import Addressed, put_letter
from triage.workflows.record.staff.desk import Asked, context_of
from triage.workflows.record.staff.rows import as_payload

UNDO_WINDOW = timedelta(minutes=5)
"""So long a message waits before it leaves."""

UNDOABLE = timedelta(minutes=30)
"""So long the last act may be put back."""

TAKEN_BACK = "taken_back"
"""Why a letter that its writer took back shall not leave."""

_ACTS = (EventKind.TAKEN_CHARGE, EventKind.ASSIGNED, EventKind.NOTED, EventKind.WRITTEN, EventKind.UNDONE)
_PUT_BACK = frozenset({EventKind.TAKEN_CHARGE, EventKind.ASSIGNED, EventKind.NOTED})


@dataclass(frozen=True, slots=True)
class Undo:
    """What `#annuler` takes back: letters by their rows, or else the acts of one mail, newest first."""

    letters: tuple[int, ...] = ()
    acts: tuple[LoggedAct, ...] = ()


def draft_of(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Draft:
    """What would leave, compared with all that was ever written to staff about this ticket, and their notes."""
    notes = list_acts(tx, worked.id, kinds=(EventKind.NOTED,))
    unit = asked.stationery.letterhead.unit
    internal = (
        *(read_own_text(raw).replace(unit, "") for raw in list_internal(tx, worked.id)),
        *(str(each.payload["text"]) for each in notes),
    )
    signer = context_of(asked).sender.name
    return judge_draft(command.text, reference=worked.ticket.reference, internal=internal, signer=signer)


def why_not_send(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Every reason why the letter may not leave, in French."""
    if find_requester(tx, worked.id) is None:
        return ("Ce dossier n’a pas d’adresse à laquelle écrire.",)
    return tuple(HOLDS[hold] for hold in draft_of(tx, asked, command, worked).holds)


def put_message(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> bool:
    """F4 in the outbox, to leave when the undo window is over; False where it cannot be made."""
    requester = find_requester(tx, worked.id)
    if requester is None:
        return False
    sender, now = context_of(asked).sender, asked.mail.now
    key = f"{NoticeKind.MESSAGE}:{asked.mail.mail_id}:{worked.id}:{sender.id}"
    addressed = Addressed(
        ticket_id=worked.id,
        reference=worked.ticket.reference,
        received_at=worked.ticket.received_at,
        recipient=requester.address,
        thread=Thread(in_reply_to=requester.message_id, references=()),
        key=key,
        mail_id=asked.mail.mail_id,
        actor=asked.mail.actor,
    )
    text = draft_of(tx, asked, command, worked).text
    signatory = Signatory(sender.name, sender.title, sender.phone)
    added = put_letter(
        tx,
        NoticeKind.MESSAGE,
        addressed,
        lambda matter: MessageFacts(matter, text, signatory),
        stationery=asked.stationery,
        now=now,
    )
    outbox_id = handling.find_by_key(tx, key)
    if outbox_id is not None:
        handling.hold_back(tx, outbox_id, until_at=now + UNDO_WINDOW)
    return added


def find_undo(tx: Transaction, asked: Asked, worked: WorkedTicket) -> Undo | None:
    """What the writer may take back on a ticket: their letters that wait, else what their last mail did to it."""
    sender, now = context_of(asked).sender, asked.mail.now
    waiting = list_waiting(tx, worked.id, kind=NoticeKind.MESSAGE, now=now)
    letters = tuple(outbox_id for outbox_id, key in waiting if key.endswith(f":{sender.id}"))
    if letters:
        return Undo(letters=letters)
    acts = list_acts(tx, worked.id, kinds=_ACTS)
    last = acts[0] if acts else None
    if last is None or last.actor != asked.mail.actor or last.at < now - UNDOABLE or last.kind not in _PUT_BACK:
        return None
    mine = tuple(each for each in acts if each.mail_id == last.mail_id)
    may = all(each.kind in _PUT_BACK for each in mine)
    unchanged = as_payload(standing_of(tx, worked.id)) == last.payload["after"]
    return Undo(acts=mine) if may and unchanged else None


def undo(tx: Transaction, asked: Asked, worked: WorkedTicket, what: Undo) -> str:
    """Take it back, and say what was; the story keeps both."""
    mail = asked.mail
    for outbox_id in what.letters:
        handling.cancel(tx, outbox_id, reason=TAKEN_BACK)
    if what.acts:
        put_standing(
            tx, worked.id, _standing(what.acts[-1].payload["before"]), met_by=MET_BY_TAKING_CHARGE, now=mail.now
        )
    payload = {
        "letters": list(what.letters),
        "acts": [each.sequence for each in what.acts],
        "evidence": mail.authority.evidence.as_detail(),
    }
    append_event(tx, worked.id, EventKind.UNDONE, at=mail.now, payload=payload, mail_id=mail.mail_id, actor=mail.actor)
    if what.letters:
        return "votre message ne partira pas"
    return "votre dernière demande est défaite"


def _standing(said: dict[str, str | None]) -> Standing:
    taken_at = said["taken_charge_at"]
    return Standing(
        TicketStatus(said["status"] or ""),
        said["assigned_to"],
        None if taken_at is None else datetime.fromisoformat(taken_at),
    )
