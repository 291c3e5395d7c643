"""What each command does beyond the ticket's own row: the table that `doing` carries out, one row a verb.

A deed says why it may not be done, does it before the act is written down, and tells what was done, in French.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from triage.model.agents.commands import Coded, Command, Verb
from triage.model.codes import EventKind, NoticeKind
from triage.model.judgement import WithholdReason
from triage.rules.agents.acting import Act
from triage.rules.agents.commands.phrases import KINDS, word_of, word_of_code
from triage.rules.agents.commands.table import spec_of
from triage.rules.agents.telling import tell_status
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, list_acts
from triage.wording.spacing import NO_BREAK
from triage.wording.standing import STATUS_WORDS
from triage.workflows.record.staff.coding import change_kind, change_of, put_coded, why_not_recode
from triage.workflows.record.staff.desk import Asked, context_of, leaves_out_words
from triage.workflows.record.staff.letter import put_message
from triage.workflows.record.staff.letters.approving import (
    approve,
    ask_approvers,
    must_wait,
    send_back,
    why_not_approve,
    why_not_ask,
    why_not_judge,
)
from triage.workflows.record.staff.letters.closing import close, drop_closing, tell_closing, why_not_close
from triage.workflows.record.staff.letters.concluding import (
    concluded_payload,
    put_answer,
    tell_missing,
    why_not_conclude,
)
from triage.workflows.record.staff.letters.extending import DELAYS, put_delay, tell_delay, why_not_extend
from triage.workflows.record.staff.letters.leaving import tell_leaving, why_not_send
from triage.workflows.record.staff.letters.taking import drop_taken_charge, put_taken_charge

Said = Mapping[str, object]
_NOTHING: Said = MappingProxyType({})

WhyNot = Callable[[Transaction, Asked, Command, WorkedTicket], tuple[str, ...]]
Do = Callable[[Transaction, Asked, Act, WorkedTicket], Said]
Tell = Callable[[Transaction, Asked, Command, WorkedTicket], Iterator[str]]


def _never(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    _ = tx, asked, command, worked
    return ()


def _nothing_more(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    _ = tx, asked, act, worked
    return _NOTHING


@dataclass(frozen=True, slots=True)
class Deed:
    """One row: `letters` are the kinds that it may send to the requester, to be shown in the receipt."""

    tell: Tell
    why_not: WhyNot = _never
    do: Do = _nothing_more
    letters: tuple[NoticeKind, ...] = ()


def _take(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    _ = act
    put_taken_charge(tx, asked, worked)
    return _NOTHING


def _tell_taken(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, command, worked
    yield f"pris en charge par {context_of(asked).sender.name}"


def _assign(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    if act.assigned_to == context_of(asked).sender.id:
        put_taken_charge(tx, asked, worked)
    else:
        # It names somebody who has the matter no more; whoever has it now may take it.
        drop_taken_charge(tx, worked.id)
    return _NOTHING


def _tell_assigned(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, command
    owner = context_of(asked).staff.by_id(worked.ticket.assigned_to or "")
    yield f"attribué à {'' if owner is None else owner.name}"


def _tell_noted(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, worked
    yield "votre note est gardée"
    if leaves_out_words(command.text, context_of(asked).sender):
        yield "Le texte cité sous votre note n’en fait pas partie. Il reste conservé avec votre courriel."


def _reply(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    put_message(tx, asked, act.command, worked)
    return _NOTHING


def _tell_replied(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, command
    yield tell_leaving(asked, NoticeKind.MESSAGE, worked, what="votre message")


def _why_not_conclude(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    return why_not_conclude(tx, asked, command, worked) or why_not_ask(asked, command, worked)


def _conclude(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    waits = must_wait(asked, act.command, worked)
    put_answer(tx, asked, act.command, worked, hold=WithholdReason.APPROVAL if waits else None)
    if waits:
        ask_approvers(tx, asked, worked)
    return concluded_payload(act.command)


def _tell_concluded(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    held = must_wait(asked, command, worked)
    yield tell_leaving(asked, NoticeKind.ANSWER, worked, what="votre réponse finale", is_held=held)
    if missing := tell_missing(tx, asked, command, worked):
        yield missing


def _why_not_judge(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    _ = command
    return why_not_judge(tx, asked, worked)


def _why_not_approve(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    _ = command
    return why_not_approve(tx, asked, worked)


def _approve(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    _ = act
    return approve(tx, asked, worked)


def _tell_approved(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, command, worked
    yield "la réponse finale est approuvée"


def _send_back(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    return send_back(tx, asked, act.command, worked)


def _tell_sent_back(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, command, worked
    yield "la réponse finale est rendue à la personne qui l’a écrite"


def _extend(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    return put_delay(tx, asked, act.command, worked)


def _tell_extended(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, command
    # The ticket as it was: the day that is put off, and not the new one.
    kept = list_acts(tx, worked.id, kinds=(EventKind.EXTENDED,))[0].payload
    yield tell_delay(asked, worked, announced_on=date.fromisoformat(kept["announced_on"]))
    yield "Le dossier compte toujours comme en retard si la première date est dépassée."


def _close(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    return close(tx, asked, act.command, worked)


def _tell_closed(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = command
    yield "fermé"
    yield from tell_closing(tx, asked, worked)


def _reopen(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    _ = asked, act
    drop_closing(tx, worked.id)
    return _NOTHING


def _tell_reopened(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, command, worked
    yield "rouvert"


def _recode(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    return change_kind(tx, asked, act.command, worked)


def _tell_recoded(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx
    yield f"type{NO_BREAK}: {word_of(change_of(command).kind, KINDS)}. Les délais sont recalculés depuis la réception"
    yield from tell_status(worked.ticket, staff=context_of(asked).staff, zone=asked.stationery.zone)


def _code(tx: Transaction, asked: Asked, act: Act, worked: WorkedTicket) -> Said:
    _ = asked
    return put_coded(tx, act.command, worked)


def _tell_coded(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, worked
    said = word_of_code(command.argument.code) if isinstance(command.argument, Coded) else ""
    yield f"classé, {spec_of(command.verb).name}{NO_BREAK}: {said}"


def _tell_waiting(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, command
    yield f"{STATUS_WORDS[worked.ticket.status]}. Le délai court toujours"


def _tell_resumed(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> Iterator[str]:
    _ = tx, asked, command, worked
    yield "l’attente est finie"


DEEDS: Mapping[Verb, Deed] = MappingProxyType(
    {
        Verb.TAKE: Deed(_tell_taken, do=_take),
        Verb.ASSIGN: Deed(_tell_assigned, do=_assign),
        Verb.NOTE: Deed(_tell_noted),
        Verb.REPLY: Deed(_tell_replied, why_not_send, _reply, (NoticeKind.MESSAGE,)),
        Verb.CONCLUDE: Deed(_tell_concluded, _why_not_conclude, _conclude, (NoticeKind.ANSWER,)),
        Verb.APPROVE: Deed(_tell_approved, _why_not_approve, _approve),
        Verb.SEND_BACK: Deed(_tell_sent_back, _why_not_judge, _send_back),
        Verb.EXTEND: Deed(_tell_extended, why_not_extend, _extend, DELAYS),
        Verb.CLOSE: Deed(_tell_closed, why_not_close, _close),
        Verb.REOPEN: Deed(_tell_reopened, do=_reopen),
        Verb.KIND: Deed(_tell_recoded, why_not_recode, _recode),
        Verb.CLIENT: Deed(_tell_coded, do=_code),
        Verb.SERVICE: Deed(_tell_coded, do=_code),
        Verb.PRIORITY: Deed(_tell_coded, do=_code),
        Verb.WAIT: Deed(_tell_waiting),
        Verb.RESUME: Deed(_tell_resumed),
    }
)
"""Commands that change something; what only reads, and `#annuler`, stand in `doing`."""
