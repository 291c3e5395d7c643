"""`#conclure`: the final answer with its recourse, whole or not at all (R-32; MUST 31).

The ticket is answered when the server has accepted the letter (`record.answering`), and not when somebody wrote it.
"""

from triage.model.agents.commands import Command, Concluding
from triage.model.codes import NoticeKind, TicketKind
from triage.model.judgement import WithholdReason
from triage.model.letters.requester import AnswerFacts
from triage.rules.clocks.due import local_day
from triage.rules.tickets.announcing import find_recourse
from triage.rules.tickets.answer_text import find_missing, find_needed, split_answer
from triage.rules.tickets.ending import WITHOUT_LETTER
from triage.store.engine import Transaction
from triage.store.facts.coding import find_coding
from triage.store.facts.staff import WorkedTicket, has_under_way
from triage.store.journal.answers import put_conclusion
from triage.wording.spacing import NO_BREAK
from triage.workflows.record.staff.desk import Asked
from triage.workflows.record.staff.letters.leaving import draft_of, put_held, signatory_of, why_not_send

ON_ITS_WAY = "Une réponse finale est déjà en route. Pour la retenir, écrivez d’abord #annuler."
NO_LETTER = "Cette conclusion n’a pas de lettre. Écrivez à la personne avec #répondre."


def concluding_of(command: Command) -> Concluding:
    """The conclusion of a command. Raises `TypeError` for any other command."""
    if not isinstance(command.argument, Concluding):
        raise TypeError("only #conclure has a conclusion")
    return command.argument


def why_not_conclude(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> tuple[str, ...]:
    """Every reason why the final answer may not leave, in French."""
    if has_under_way(tx, worked.id, kind=NoticeKind.ANSWER):
        return (ON_ITS_WAY,)
    conclusion = concluding_of(command).conclusion
    is_complaint = worked.ticket.kind is TicketKind.COMPLAINT
    if is_complaint and conclusion in WITHOUT_LETTER:
        return (NO_LETTER,)
    held = why_not_send(tx, asked, command, worked)
    if held or not is_complaint:
        return held
    needed = find_needed(split_answer(draft_of(tx, asked, command, worked).text), conclusion)
    if not needed:
        return ()
    listed = ", ".join(needed)
    return (f"Il manque ces rubriques{NO_BREAK}: {listed}. Écrivez chacune seule sur sa ligne, puis son texte.",)


def put_answer(
    tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket, *, hold: WithholdReason | None = None
) -> bool:
    """F6, or F13 where it is no complaint, in the outbox, `hold` for a person; False where it cannot be made."""
    concluding, ticket = concluding_of(command), worked.ticket
    is_complaint = ticket.kind is TicketKind.COMPLAINT
    text = split_answer(draft_of(tx, asked, command, worked).text)
    signatory = signatory_of(asked)
    recourse = find_recourse(find_coding(tx, worked.id).client, review_by=asked.stationery.letterhead.review_by)
    told_on = local_day(asked.mail.now, calendar=asked.policy.calendar) if concluding.verbal else None
    put_conclusion(tx, worked.id, concluding.conclusion, criteria=concluding.criteria)
    return put_held(
        tx,
        asked,
        NoticeKind.ANSWER,
        worked,
        lambda matter: AnswerFacts(
            matter,
            ticket.kind,
            concluding.conclusion if is_complaint else None,
            text,
            signatory,
            recourse=recourse,
            told_on=told_on,
        ),
        hold=hold,
    )


def tell_missing(tx: Transaction, asked: Asked, command: Command, worked: WorkedTicket) -> str:
    """The headings that the letter does without, "" where it has all."""
    missing = find_missing(split_answer(draft_of(tx, asked, command, worked).text))
    if not missing or worked.ticket.kind is not TicketKind.COMPLAINT:
        return ""
    return f"La lettre part sans ces rubriques{NO_BREAK}: {', '.join(missing)}."


def concluded_payload(command: Command) -> dict[str, object]:
    """What the ticket's story keeps of a conclusion besides its text."""
    concluding = concluding_of(command)
    return {
        "conclusion": concluding.conclusion,
        "criteria": list(concluding.criteria),
        "verbal": concluding.verbal,
    }
