"""Carrying out what a member of staff asked, whole or not at all; text alone is kept and never sent (MUST 31)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from triage.model.agents.authority import Risk, TokenScope
from triage.model.agents.commands import Command, CommandBlock, CommandContext, HelpTopic, Verb
from triage.model.agents.policy import PlainReply
from triage.model.agents.receipts import ReceiptFacts, ReceiptKind, Shown
from triage.model.codes import EventKind
from triage.rules.agents.acting import (
    NOT_THERE,
    OFFERED,
    Act,
    Worked,
    is_draft,
    judge_acts,
)
from triage.rules.agents.commands.table import spec_of
from triage.rules.agents.commands.transcript import write_transcript
from triage.rules.agents.telling import tell_help, tell_status, tell_why
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, find_answered_kind, list_acts
from triage.wording.spacing import NO_BREAK
from triage.workflows.record.staff.acknowledging import acknowledge, acknowledge_all, answered_notice
from triage.workflows.record.staff.deeds import DEEDS
from triage.workflows.record.staff.desk import (
    Asked,
    Handled,
    context_of,
    find_all_seen,
    find_seen,
    finish,
    new_words,
    shown_text,
)
from triage.workflows.record.staff.handover import hand_over
from triage.workflows.record.staff.letter import find_undo, undo
from triage.workflows.record.staff.letters.approving import approval_of
from triage.workflows.record.staff.letters.leaving import letter_key, letter_text
from triage.workflows.record.staff.rows import record_act, record_judged

_WHICH_FILE = (
    "Votre courriel ne dit pas de quel dossier il s’agit. Répondez à un courriel de travail, ou écrivez une commande."
)
_SAME_WORDS_FOR = timedelta(days=1)
NOT_CONFIRMED = "La demande qui attendait votre confirmation n’est pas faite, et ne le sera plus."


def act_on_text(tx: Transaction, asked: Asked) -> Handled:
    """Text alone is never sent: a draft in answer to a working mail, otherwise a note (MUST 31)."""
    context, message = context_of(asked), asked.mail.message
    worked = find_seen(tx, asked, context.reference)
    text = new_words(message.text, context.sender)
    facts = ReceiptFacts(ReceiptKind.DRAFT, context.sender, thread=asked.thread, shown=shown_text("Votre texte", text))
    notice = answered_notice(tx, asked)
    if notice is not None and notice.ticket_id is None:
        told = acknowledge_all(tx, asked, notice, text=text)
        return finish(tx, asked, replace(facts, kind=ReceiptKind.ACKNOWLEDGED, results=told), {})
    if worked is None:
        why = _WHICH_FILE if context.reference is None else NOT_THERE
        return finish(tx, asked, replace(facts, kind=ReceiptKind.NOT_DONE, results=(why,)), {})
    if notice is not None:
        acknowledge(tx, asked, (worked,))
    ids = tuple(dict.fromkeys((*message.in_reply_to, *message.references)))
    keeps = asked.agents.plain_reply is PlainReply.NOTE
    if text and (keeps or not is_draft(find_answered_kind(tx, ids), context.sender)):
        return _note_alone(tx, asked, worked, text)
    results = () if text else ("Votre courriel ne contient pas de texte nouveau.",)
    button = f"#répondre\n\n{text}" if text and Verb.REPLY in OFFERED else ""
    record_judged(tx, asked.mail, worked.id, said={"draft": text})
    facts = replace(facts, results=results, button=button)
    return finish(tx, asked, facts, {worked.ticket.reference: worked})


def _note_alone(tx: Transaction, asked: Asked, worked: WorkedTicket, text: str) -> Handled:
    context = context_of(asked)
    if _was_noted(tx, asked, worked, text):
        # A program that answers each receipt in the same words, and says nowhere that it is one, would never end.
        record_judged(tx, asked.mail, worked.id, said={"again": True})
        return Handled(worked.id, worked.ticket.reference)
    command = Command(Verb.NOTE, line=1, risk=Risk.LOW, reference=worked.ticket.reference, text=text)
    note = _act(command, worked, context)
    record_act(tx, asked.mail, worked.id, note, note=text)
    facts = ReceiptFacts(ReceiptKind.NOTED, context.sender, thread=asked.thread, shown=shown_text("Votre texte", text))
    if asked.token is not None and asked.token.token.scope is TokenScope.NONCE:
        facts = replace(facts, results=(NOT_CONFIRMED,))
    return finish(tx, asked, facts, {worked.ticket.reference: worked})


def _was_noted(tx: Transaction, asked: Asked, worked: WorkedTicket, text: str) -> bool:
    """Whether the writer's newest note on the ticket said the very same within the day."""
    mail = asked.mail
    notes = (each for each in list_acts(tx, worked.id, kinds=(EventKind.NOTED,)) if each.actor == mail.actor)
    newest = next(notes, None)
    return newest is not None and newest.payload["text"] == text and newest.at > mail.now - _SAME_WORDS_FOR


def _act(command: Command, worked: WorkedTicket, context: CommandContext) -> Act:
    """A note may be left on a ticket in any state."""
    block = CommandBlock((command,), "", ())
    acting = judge_acts(
        block,
        {worked.ticket.reference: Worked(worked.ticket, worked.concerned)},
        member=context.sender,
        staff=context.staff,
    )
    return acting.acts[0]


def act_on_block(tx: Transaction, asked: Asked) -> Handled:
    """Do all that is asked, or nothing where a line is not understood or may not be done."""
    context, block = context_of(asked), asked.block
    worked = find_all_seen(tx, asked)
    facts = ReceiptFacts(
        ReceiptKind.NOT_DONE, context.sender, lines=write_transcript(block, context), thread=asked.thread
    )
    own = new_words(block.text, context.sender)
    if block.faults:
        return finish(tx, asked, replace(facts, shown=shown_text("Votre texte", own)), worked)
    block = _with_note(block, own)
    acting = judge_acts(
        block,
        {key: Worked(each.ticket, each.concerned) for key, each in worked.items()},
        member=context.sender,
        staff=context.staff,
        approval=approval_of(asked),
    )
    refusals = acting.refusals or _more_refusals(tx, asked, acting.acts, worked)
    if refusals:
        facts = replace(facts, results=refusals, shown=shown_text("Votre texte", own))
        return finish(tx, asked, facts, worked)
    if block.is_dry_run:
        return finish(tx, asked, replace(facts, kind=ReceiptKind.DRY_RUN), worked)
    undone = {key: line for act in acting.acts for key, line in _carry_out(tx, asked, act, worked)}
    hand_over(tx, asked, acting.acts, worked)
    if answered_notice(tx, asked) is not None:
        acknowledge(tx, asked, worked.values())
    results = (*(line for each in block.commands for line in _tell(tx, asked, each)), *undone.values())
    shown = tuple(
        Shown("Votre lettre", text)
        for act in acting.acts
        for letter in (DEEDS[act.command.verb].letters if act.command.verb in DEEDS else ())
        if (text := letter_text(tx, letter_key(letter, asked, worked[act.command.reference or ""])))
    )
    return finish(tx, asked, replace(facts, kind=ReceiptKind.DONE, results=results, shown=shown), worked)


def _more_refusals(
    tx: Transaction, asked: Asked, acts: tuple[Act, ...], worked: dict[str, WorkedTicket]
) -> tuple[str, ...]:
    """What only the database knows: a text that may not leave, and nothing that could be taken back."""
    found: list[str] = []
    for act in acts:
        ticket = _as_it_stands(act, worked)
        deed = DEEDS.get(act.command.verb)
        found += () if deed is None else deed.why_not(tx, asked, act.command, ticket)
        if act.command.verb is Verb.UNDO and find_undo(tx, asked, ticket) is None:
            found.append("Il n’y a rien à annuler.")
    return tuple(dict.fromkeys(found))


def _carry_out(tx: Transaction, asked: Asked, act: Act, worked: dict[str, WorkedTicket]) -> Iterator[tuple[str, str]]:
    """Do one act; yields what was taken back, by ticket."""
    command = act.command
    ticket = _as_it_stands(act, worked)
    if command.verb is Verb.UNDO:
        what = find_undo(tx, asked, ticket)
        if what is not None:
            said = undo(tx, asked, ticket, what)
            yield ticket.ticket.reference, f"Dossier {ticket.ticket.reference}{NO_BREAK}: {said}."
        return
    deed = DEEDS.get(command.verb)
    kept = {} if deed is None else deed.do(tx, asked, act, ticket)
    note = new_words(command.text, context_of(asked).sender) or command.text
    record_act(tx, asked.mail, ticket.id, act, note=note, said=kept)


def _as_it_stands(act: Act, worked: dict[str, WorkedTicket]) -> WorkedTicket:
    """The ticket when the command's turn comes, where one before it said of what kind it is."""
    found = worked[act.command.reference or ""]
    return replace(found, ticket=replace(found.ticket, kind=act.kind))


def _with_note(block: CommandBlock, own: str) -> CommandBlock:
    """Text below commands of which none takes it, or several have their own, is a note on the first ticket changed."""
    changing = [each for each in block.commands if each.risk is not Risk.READING and each.reference is not None]
    takers = [each for each in block.commands if spec_of(each.verb).needs_text]
    if not own or not changing or len(takers) == 1:
        return block
    note = Command(Verb.NOTE, changing[0].line, Risk.LOW, reference=changing[0].reference, text=own)
    return replace(block, commands=(*block.commands, note))


def _tell(tx: Transaction, asked: Asked, command: Command) -> Iterator[str]:
    """What was done, or is known, of one command."""
    worked = find_seen(tx, asked, command.reference)
    context, policy = context_of(asked), asked.policy
    if isinstance(command.argument, HelpTopic):
        yield from tell_help(context.sender, command.argument)
    elif worked is not None and command.verb is Verb.STATUS:
        yield from tell_status(worked.ticket, staff=context.staff, zone=asked.stationery.zone)
    elif worked is not None and command.verb is Verb.WHY:
        yield from tell_why(worked.ticket, standards=policy.standards, calendar=policy.calendar)
    elif worked is not None and command.verb in DEEDS:
        first, *others = DEEDS[command.verb].tell(tx, asked, command, worked)
        yield f"Dossier {worked.ticket.reference}{NO_BREAK}: {first}."
        yield from others
