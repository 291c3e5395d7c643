"""What follows from each verdict on a mail of staff: acts, challenge, word to the token's owner, or quarantine.

Every mail that is written here goes to a member of staff at their registered address.
"""

from dataclasses import replace

from triage.model.agents.authority import TokenScope, TokenStanding
from triage.model.agents.receipts import ReceiptFacts, ReceiptKind, Shown
from triage.model.agents.staff import StaffMember
from triage.model.codes import LETTER_KINDS
from triage.model.decision import OpenTicket, Reason
from triage.rules.agents.acting import CHALLENGE_HOLDS, Worked, may_see
from triage.rules.agents.commands.transcript import write_transcript
from triage.store.engine import Transaction
from triage.store.facts.staff import find_answered_kind, find_worked
from triage.store.staff_tokens import issue_token, note_used, revoke_token
from triage.workflows.record.intake import open_quarantined
from triage.workflows.record.staff.desk import (
    Asked,
    Handled,
    carrying,
    context_of,
    find_all_seen,
    find_seen,
    shown_text,
    with_new_token,
)
from triage.workflows.record.staff.doing import act_on_block, act_on_text
from triage.workflows.record.staff.rows import put_receipt, record_judged


def quarantine(tx: Transaction, asked: Asked) -> Handled:
    """Nothing is done, and nobody is written to; whoever looks after the service is called by the caller.

    What is about no ticket gets one of its own, in quarantine, so that nobody's matter is lost (R-02).
    """
    own = asked.mail.authority.evidence.token is TokenStanding.OWN and asked.token is not None
    handled = _judged(tx, asked, asked.token.ticket_id if own and asked.token is not None else None)
    mail = asked.mail
    opening = next((each for each in mail.decision.actions if isinstance(each, OpenTicket)), None)
    if opening is None or handled.ticket_id is not None or _is_about_a_ticket(tx, asked):
        return handled
    opened = open_quarantined(
        tx,
        mail_id=mail.mail_id,
        message=mail.message,
        decision=replace(mail.decision, reason=Reason.STAFF_QUARANTINED),
        opening=opening,
        stationery=asked.stationery,
        now=mail.now,
    )
    record_judged(tx, mail, opened.id, said={})
    return Handled(opened.id, opened.reference)


def _is_about_a_ticket(tx: Transaction, asked: Asked) -> bool:
    """Whether it names one that its writer may see, or answers a mail to staff: then it is no new matter."""
    message = asked.mail.message
    answered = find_answered_kind(tx, tuple(dict.fromkeys((*message.in_reply_to, *message.references))))
    if answered is not None and answered not in LETTER_KINDS:
        return True
    return bool(find_all_seen(tx, asked)) or find_seen(tx, asked, context_of(asked).reference) is not None


def tell_owner(tx: Transaction, asked: Asked) -> Handled:
    """Nothing is done; the token is good no more, and its owner, told once for that reason, gets a new one."""
    shown = asked.token
    owner = None if shown is None else asked.policy.staff.by_id(shown.token.staff_id)
    if shown is None or owner is None:
        raise ValueError("only a token that somebody has can be told of")
    now = asked.mail.now
    revoke_token(tx, shown.id, now=now)
    handled = _judged(tx, asked, shown.ticket_id)
    facts = ReceiptFacts(ReceiptKind.TOKEN_SHOWN, owner, reference=handled.reference or "")
    if shown.token.scope is TokenScope.TICKET and shown.ticket_id is not None:
        facts = with_new_token(tx, asked, facts, shown.ticket_id)
        facts = replace(facts, results=("Pour la suite, répondez à ce courriel.",), shown=_for_owner(tx, asked, owner))
    sent = put_receipt(tx, asked.mail, facts, ticket_id=handled.ticket_id, stationery=asked.stationery)
    return replace(handled, has_mail_to_send=sent)


def _for_owner(tx: Transaction, asked: Asked, owner: StaffMember) -> tuple[Shown, ...]:
    """What was written, so that it is lost to nobody; nothing where the file is not for the owner any more."""
    shown = asked.token
    references = () if shown is None else sorted(shown.token.references)
    worked = find_worked(tx, references[0]) if references else None
    if worked is None or not may_see(Worked(worked.ticket, worked.concerned), owner, asked.policy.staff):
        return ()
    return shown_text("Ce qui a été écrit", asked.mail.message.new_text)


def challenge(tx: Transaction, asked: Asked) -> Handled:
    """Nothing is done; the commands wait for an answer from the registered mailbox, which proves what was missing."""
    context, now = context_of(asked), asked.mail.now
    worked = next(iter(find_all_seen(tx, asked).values()), None)
    may_wait = worked is not None and asked.block.may_run
    token_id, text = issue_token(
        tx,
        scope=TokenScope.NONCE,
        staff_id=context.sender.id,
        ticket_id=None if worked is None else worked.id,
        # What cannot be confirmed is counted all the same, so that a forger floods nobody.
        expires_at=now + CHALLENGE_HOLDS if may_wait else now,
        now=now,
    )
    facts = ReceiptFacts(ReceiptKind.UNCONFIRMED, context.sender, thread=asked.thread)
    if worked is not None:
        facts = replace(facts, reference=worked.ticket.reference)
        typed = {
            "typed": asked.typed or asked.mail.message.text,
            "reference": context.reference,
            "items": dict(context.items),
            "issued_at": None if asked.read_at is None else asked.read_at.isoformat(),
        }
        record_judged(tx, asked.mail, worked.id, said={"challenge": token_id, **typed} if may_wait else {})
    if may_wait:
        facts = carrying(asked, replace(facts, kind=ReceiptKind.CHALLENGE), text)
    elif asked.block.faults:
        facts = replace(facts, kind=ReceiptKind.NOT_DONE)
    facts = replace(facts, lines=write_transcript(asked.block, context))
    ticket_id = None if worked is None else worked.id
    sent = put_receipt(tx, asked.mail, facts, ticket_id=ticket_id, stationery=asked.stationery)
    return Handled(ticket_id, facts.reference or None, sent)


def act_on(tx: Transaction, asked: Asked) -> Handled:
    """Carry out the block, or keep the text, and tell the writer what came of it."""
    if asked.token is not None and asked.token.token.scope is TokenScope.NONCE:
        note_used(tx, asked.token.id, now=asked.mail.now)
    if asked.block.lines:
        return act_on_block(tx, asked)
    return act_on_text(tx, asked)


def _judged(tx: Transaction, asked: Asked, ticket_id: int | None) -> Handled:
    if ticket_id is None or asked.token is None:
        return Handled()
    record_judged(tx, asked.mail, ticket_id, said={})
    return Handled(ticket_id, next(iter(asked.token.token.references), None))
