"""An answer of somebody who was told of a due time acknowledges it: they are not told that level again (R-62).

Text alone stands for every file that the notice names; a command stands for the tickets that it is about.
"""

from collections.abc import Collection

from triage.mail.writing.internal.own_text import read_own_text
from triage.model.codes import REMINDING_KINDS, EventKind
from triage.model.ticket import find_references
from triage.store.engine import Transaction
from triage.store.facts.staff import AnsweredNotice, WorkedTicket, find_answered_notice, list_acts
from triage.store.journal import append_event
from triage.wording.spacing import NO_BREAK
from triage.workflows.record.staff.desk import Asked, context_of, find_seen

_TOLD = (EventKind.ESCALATED, EventKind.ESCALATION_ACKNOWLEDGED)


def answered_notice(tx: Transaction, asked: Asked) -> AnsweredNotice | None:
    """The reminder, escalation or list to this very person that their mail answers."""
    message = asked.mail.message
    ids = tuple(dict.fromkeys((*message.in_reply_to, *message.references)))
    recipient = context_of(asked).sender.address
    return find_answered_notice(tx, ids, recipient=recipient, kinds=REMINDING_KINDS)


def acknowledge_all(tx: Transaction, asked: Asked, notice: AnsweredNotice, *, text: str) -> tuple[str, ...]:
    """Note it on each ticket that the notice names and its reader may still see; their numbers, in French."""
    references = find_references(read_own_text(notice.raw))
    seen = [worked for each in references if (worked := find_seen(tx, asked, each)) is not None]
    acknowledge(tx, asked, seen, text=text)
    return tuple(f"Dossier {each.ticket.reference}{NO_BREAK}: réponse notée." for each in seen)


def acknowledge(tx: Transaction, asked: Asked, tickets: Collection[WorkedTicket], *, text: str = "") -> None:
    """Leave on each ticket that its reader answered to what they were told; nothing where they had answered before."""
    mail, sender = asked.mail, context_of(asked).sender
    for worked in tickets:
        acts = list_acts(tx, worked.id, kinds=_TOLD)
        answered = {
            step["key"]
            for each in acts
            if each.kind is EventKind.ESCALATION_ACKNOWLEDGED and each.payload["by"] == sender.id
            for step in each.payload["steps"]
        }
        steps = [
            {"key": step["key"], "step": step["step"], "level": step["level"]}
            for each in acts
            if each.kind is EventKind.ESCALATED
            for step in each.payload["steps"]
            if sender.id in step["to"] and step["key"] not in answered
        ]
        if steps:
            payload = {"by": sender.id, "steps": steps, "text": text, "evidence": mail.authority.evidence.as_detail()}
            append_event(
                tx,
                worked.id,
                EventKind.ESCALATION_ACKNOWLEDGED,
                at=mail.now,
                payload=payload,
                mail_id=mail.mail_id,
                actor=mail.actor,
            )
