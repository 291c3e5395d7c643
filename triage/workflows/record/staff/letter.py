"""`#répondre` and `#annuler`: a letter that waits before it leaves, and what may be taken back (MUST 31, MUST 34).

Letters are put in the outbox by `leaving`; what has left cannot be taken back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from triage.model.agents.commands import Command
from triage.model.codes import EventKind, NoticeKind, TicketStatus
from triage.model.judgement import WithholdReason
from triage.model.letters.requester import MessageFacts
from triage.rules.agents.acting import MET_BY_TAKING_CHARGE
from triage.store.engine import Transaction
from triage.store.facts.staff import (
    LoggedAct,
    WorkedTicket,
    list_acts,
    list_waiting,
)
from triage.store.journal import append_event
from triage.store.journal.answers import put_extension
from triage.store.journal.work import Standing, put_standing, standing_of
from triage.store.ledgers import handling
from triage.workflows.record.answering import record_withdrawn
from triage.workflows.record.staff.desk import Asked, context_of
from triage.workflows.record.staff.letters.closing import drop_closing
from triage.workflows.record.staff.letters.extending import DELAYS
from triage.workflows.record.staff.letters.leaving import draft_of, put_held, signatory_of
from triage.workflows.record.staff.letters.taking import drop_taken_charge
from triage.workflows.record.staff.rows import as_payload

UNDOABLE = timedelta(minutes=30)
"""So long the last act may be put back."""

TAKEN_BACK = "taken_back"
"""Why a letter that its writer took back shall not leave."""

_ACTS = (
    *(EventKind.TAKEN_CHARGE, EventKind.ASSIGNED, EventKind.NOTED, EventKind.WRITTEN, EventKind.CONCLUDED),
    *(EventKind.EXTENDED, EventKind.CLOSED, EventKind.REOPENED, EventKind.WAITING, EventKind.RESUMED),
    *(
        EventKind.RECODED,
        EventKind.APPROVED,
        EventKind.SENT_BACK,
        EventKind.ANSWERED,
        EventKind.ANSWER_RETURNED,
        EventKind.UNDONE,
    ),
)
_TAKEN_BACK = MappingProxyType(
    {
        NoticeKind.ANSWER: "votre réponse finale ne partira pas",
        NoticeKind.DELAY: "votre avis de prolongation ne partira pas",
        NoticeKind.DELAY_LATE: "votre avis de prolongation ne partira pas",
        NoticeKind.MESSAGE: "votre message ne partira pas",
    }
)
"""What is told of each kind of letter that a person writes."""

_PUT_BACK = frozenset(
    {
        *(EventKind.TAKEN_CHARGE, EventKind.ASSIGNED, EventKind.NOTED, EventKind.CLOSED, EventKind.WAITING),
        EventKind.RESUMED,
    }
)


@dataclass(frozen=True, slots=True)
class Undo:
    """What `#annuler` takes back: letters by their rows, or else the acts of one mail, newest first."""

    letters: tuple[int, ...] = ()
    kinds: frozenset[str] = frozenset()  # of these letters
    acts: tuple[LoggedAct, ...] = ()
    let_go: tuple[int, ...] = ()  # answers of others, by their rows, that wait for an approver again


def put_message(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> bool:
    """F4 in the outbox, to leave when the undo window is over; False where it cannot be made."""
    text = draft_of(tx, asked, command, worked).text
    signatory = signatory_of(asked)
    return put_held(tx, asked, NoticeKind.MESSAGE, worked, lambda matter: MessageFacts(matter, text, signatory))


def find_undo(tx: Transaction, asked: Asked, worked: WorkedTicket) -> Undo | None:
    """What the writer may take back on a ticket: their letters that wait, else what their last mail did to it."""
    sender, now = context_of(asked).sender, asked.mail.now
    waiting = list_waiting(tx, worked.id, kinds=tuple(_TAKEN_BACK), now=now)
    # What the same mail asks for is not what it takes back.
    now_asked = f":{asked.mail.mail_id}:{worked.id}:{sender.id}"
    mine = f":{sender.id}"
    letters = {row: key for row, key in waiting if key.endswith(mine) and not key.endswith(now_asked)}
    if letters:
        return Undo(tuple(letters), frozenset(key.partition(":")[0] for key in letters.values()))
    acts = list_acts(tx, worked.id, kinds=_ACTS)
    last = acts[0] if acts else None
    if last is None or last.actor != asked.mail.actor or last.at < now - UNDOABLE:
        return None
    together = tuple(each for each in acts if each.mail_id == last.mail_id)
    approved = {each.payload["letter"] for each in together if each.kind is EventKind.APPROVED}
    let_go = tuple(row for row, key in waiting if key in approved)
    may = all(each.kind in _PUT_BACK or (each.kind is EventKind.APPROVED and let_go) for each in together)
    unchanged = as_payload(standing_of(tx, worked.id)) == last.payload["after"]
    return Undo(acts=together, let_go=let_go) if may and unchanged else None


def undo(tx: Transaction, asked: Asked, worked: WorkedTicket, what: Undo) -> str:
    """Take it back, and say what was; the story keeps both."""
    mail = asked.mail
    for outbox_id in what.letters:
        handling.cancel(tx, outbox_id, reason=TAKEN_BACK)
    for outbox_id in what.let_go:
        handling.hold_again(tx, outbox_id, reason=WithholdReason.APPROVAL)
    _undo_what_follows(tx, worked, what, now=mail.now)
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
    for kind, said in _TAKEN_BACK.items():
        if kind in what.kinds:
            return said
    return "votre dernière demande est défaite"


def _undo_what_follows(tx: Transaction, worked: WorkedTicket, what: Undo, *, now: datetime) -> None:
    """What the letters and acts had led to, beyond the ticket's standing."""
    if NoticeKind.ANSWER in what.kinds:
        record_withdrawn(tx, worked.id, now=now)
    if what.kinds.intersection(DELAYS):
        kept = list_acts(tx, worked.id, kinds=(EventKind.EXTENDED,))[0].payload["previous"]
        put_extension(tx, worked.id, None if kept is None else date.fromisoformat(kept))
    if any(each.kind is EventKind.CLOSED for each in what.acts):
        drop_closing(tx, worked.id)
    if any(each.kind is EventKind.TAKEN_CHARGE for each in what.acts):
        drop_taken_charge(tx, worked.id)


def _standing(said: dict[str, str | None]) -> Standing:
    taken_at = said["taken_charge_at"]
    return Standing(
        TicketStatus(said["status"] or ""),
        said["assigned_to"],
        None if taken_at is None else datetime.fromisoformat(taken_at),
    )
