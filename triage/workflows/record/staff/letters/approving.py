"""A final answer that waits for an approver: who is asked, and what their word does with it (R-32).

Besides the working mail, what is sent to an approver is the only place for the whole text of a letter. Nobody
approves what they wrote themself.
"""

from dataclasses import dataclass

from triage.model.agents.commands import Command
from triage.model.agents.policy import ApprovalPolicy, ApprovalScope
from triage.model.agents.receipts import ReceiptFacts, ReceiptKind, Shown
from triage.model.agents.staff import StaffMember
from triage.model.codes import DeliveryMode, NoticeKind
from triage.model.decision import Thread
from triage.rules.agents.acting import Worked, may_see
from triage.rules.agents.telling import tell_status
from triage.rules.tickets.ending import needs_approval
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, list_held
from triage.store.ledgers import handling
from triage.store.ledgers.outgoing import find_outgoing
from triage.workflows.record.answering import record_withdrawn
from triage.workflows.record.staff.desk import Asked, context_of, new_words, with_new_token
from triage.workflows.record.staff.letters.concluding import concluding_of
from triage.workflows.record.staff.letters.leaving import leaves_at, letter_key, letter_text, said_when
from triage.workflows.record.staff.rows import put_receipt

NOBODY_ELSE = "Cette réponse doit être approuvée, et aucune autre personne ne peut le faire."
OWN_ANSWER = "Votre propre réponse est approuvée par une autre personne."
NOT_READ = "Pour approuver cette réponse, répondez au dernier courriel qui montre la lettre. Elle a pu changer depuis."
NOTHING_WAITS = "Aucune réponse n’attend d’approbation dans ce dossier."
SENT_BACK = "sent_back"
"""Why a final answer that an approver gave back shall not leave."""

_ANSWERS_THAT_WAIT = ApprovalPolicy(ApprovalScope.ALL)
_NO_THREAD = Thread(in_reply_to=None, references=())


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """A final answer that waits: its row, its outbox key, and the id of who wrote it."""

    outbox_id: int
    key: str
    author_id: str


def approval_of(asked: Asked) -> ApprovalPolicy:
    """Which answers wait: those of the policy, and all where letters of this kind leave on a person's word only."""
    held = asked.stationery.modes.mode_of(NoticeKind.ANSWER) is DeliveryMode.APPROVE
    return _ANSWERS_THAT_WAIT if held else asked.agents.approval


def must_wait(asked: Asked, command: Command, worked: WorkedTicket) -> bool:
    """Whether this conclusion waits for an approver."""
    return needs_approval(worked.ticket.kind, concluding_of(command), approval_of(asked))


def why_not_ask(asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Why no approval can be asked: the policy wants one, and nobody else may give it."""
    wanted = needs_approval(worked.ticket.kind, concluding_of(command), asked.agents.approval)
    return (NOBODY_ELSE,) if wanted and not _approvers(asked, worked) else ()


def ask_approvers(tx: Transaction, asked: Asked, worked: WorkedTicket) -> None:
    """Each approver gets the letter as it would leave, with a token of their own."""
    text = letter_text(tx, letter_key(NoticeKind.ANSWER, asked, worked))
    author = context_of(asked).sender.name
    for member in _approvers(asked, worked):
        facts = ReceiptFacts(
            ReceiptKind.TO_APPROVE,
            member,
            reference=worked.ticket.reference,
            results=(f"Réponse écrite par {author}.", *_standing(asked, worked)),
            shown=(Shown("La lettre", text),),
            thread=_NO_THREAD,
        )
        facts = with_new_token(tx, asked, facts, worked.id)
        put_receipt(tx, asked.mail, facts, ticket_id=worked.id, stationery=asked.stationery)


def find_held_answer(tx: Transaction, worked: WorkedTicket) -> HeldAnswer | None:
    """The answer that waits on a ticket, its row locked, None where none does."""
    held = list_held(tx, worked.id, kind=NoticeKind.ANSWER)
    return next((HeldAnswer(outbox_id, key, key.rpartition(":")[2]) for outbox_id, key in held), None)


def why_not_judge(tx: Transaction, asked: Asked, worked: WorkedTicket) -> tuple[str, ...]:
    """Why the writer may not decide on the answer that waits."""
    held = find_held_answer(tx, worked)
    if held is None:
        return (NOTHING_WAITS,)
    return (OWN_ANSWER,) if held.author_id == context_of(asked).sender.id else ()


def why_not_approve(tx: Transaction, asked: Asked, worked: WorkedTicket) -> tuple[str, ...]:
    """Why the answer that waits may not leave on the writer's word: besides, it may have been written after theirs."""
    refused = why_not_judge(tx, asked, worked)
    held = find_held_answer(tx, worked)
    entry = None if held is None else find_outgoing(tx, held.outbox_id)
    if refused or entry is None:
        return refused
    return () if asked.read_at is not None and asked.read_at >= entry.created_at else (NOT_READ,)


def approve(tx: Transaction, asked: Asked, worked: WorkedTicket) -> dict[str, object]:
    """The answer may leave, and its writer hears of it; what the story keeps."""
    held = find_held_answer(tx, worked)
    if held is None:
        return {}
    leave = leaves_at(asked, NoticeKind.ANSWER, worked, hold=asked.agents.undo)
    handling.requeue(tx, held.outbox_id, now=asked.mail.now)
    handling.hold_back(tx, held.outbox_id, until_at=leave)
    when = f"Elle part {said_when(asked, leave)}. Pour la retenir, répondez #annuler à ce courriel."
    _tell_author(tx, asked, worked, held, ReceiptKind.APPROVED, results=(when,))
    return {"letter": held.key}


def send_back(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> dict[str, object]:
    """The answer shall not leave; its writer gets it back with the reason. What the story keeps."""
    held = find_held_answer(tx, worked)
    if held is None:
        return {}
    letter = letter_text(tx, held.key)
    handling.cancel(tx, held.outbox_id, reason=SENT_BACK)
    record_withdrawn(tx, worked.id, now=asked.mail.now)
    reason = new_words(command.text, context_of(asked).sender) or command.text
    shown = (Shown("La raison", reason), Shown("Votre lettre", letter))
    _tell_author(tx, asked, worked, held, ReceiptKind.SENT_BACK, shown=shown)
    return {"letter": held.key}


def _tell_author(
    tx: Transaction,
    asked: Asked,
    worked: WorkedTicket,
    held: HeldAnswer,
    kind: ReceiptKind,
    *,
    results: tuple[str, ...] = (),
    shown: tuple[Shown, ...] = (),
) -> None:
    context = context_of(asked)
    author = context.staff.by_id(held.author_id)
    if author is None or not may_see(Worked(worked.ticket, worked.concerned), author, context.staff):
        return
    said = (f"Décision de {context.sender.name}.", *results)
    facts = ReceiptFacts(kind, author, reference=worked.ticket.reference, results=said, shown=shown, thread=_NO_THREAD)
    facts = with_new_token(tx, asked, facts, worked.id)
    put_receipt(tx, asked.mail, facts, ticket_id=worked.id, stationery=asked.stationery)


def _approvers(asked: Asked, worked: WorkedTicket) -> tuple[StaffMember, ...]:
    """Who may approve this very answer: never its writer, nor whom the file is about."""
    context = context_of(asked)
    named = (context.staff.by_id(each) for each in context.staff.approvers)
    seen = Worked(worked.ticket, worked.concerned)
    return tuple(
        member
        for member in named
        if member is not None and member != context.sender and may_see(seen, member, context.staff)
    )


def _standing(asked: Asked, worked: WorkedTicket) -> tuple[str, ...]:
    return tell_status(worked.ticket, staff=context_of(asked).staff, zone=asked.stationery.zone)
