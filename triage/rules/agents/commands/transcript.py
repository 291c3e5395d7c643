"""What is told of each line of a block, in French: understood and what it does, or not and why (MUST 31).

The words quote what was typed: they go to the writer's registered address only, never into a log.
"""

from triage.model.agents.commands import (
    Assignee,
    Closing,
    Coded,
    Command,
    CommandBlock,
    CommandContext,
    Concluding,
    Extension,
    Fault,
    FaultReason,
    HelpTopic,
    KindChange,
    Listing,
    Waiting,
)
from triage.model.agents.staff import Staff
from triage.model.codes import Language
from triage.rules.agents.commands.phrases import CONCLUSIONS, CRITERIA, KINDS, LISTS, PARTIES, word_of, word_of_code
from triage.rules.agents.commands.reading import show_name
from triage.rules.agents.commands.table import spec_of
from triage.wording.dates import long_date
from triage.wording.spacing import NO_BREAK

_SHOWN = 80  # characters of a typed line

FAULTS: dict[FaultReason, str] = {
    FaultReason.UNKNOWN_COMMAND: "commande inconnue; écrivez #aide pour voir la liste",
    FaultReason.AMBIGUOUS_COMMAND: "vouliez-vous dire {choices}?",
    FaultReason.NOT_YET: "la commande {choices} n’est pas encore offerte",
    FaultReason.ROLE: "votre rôle ne permet pas cette commande",
    FaultReason.TICKET_MISSING: "de quel dossier s’agit-il? Ajoutez son numéro sur cette ligne",
    FaultReason.ITEM_UNKNOWN: "ce numéro n’est pas dans le bilan auquel vous répondez",
    FaultReason.UNEXPECTED: "cette commande ne prend rien sur sa ligne; écrivez #note sur une autre ligne",
    FaultReason.PERSON_MISSING: "à qui? Ajoutez un nom sur cette ligne",
    FaultReason.PERSON_UNKNOWN: "personne ne porte ce nom dans l’équipe",
    FaultReason.PERSON_AMBIGUOUS: (
        "plusieurs personnes portent ce nom, soit {choices}; écrivez le nom au complet ou l’identifiant"
    ),
    FaultReason.PERSON_UNFIT: "aucun dossier ne peut être attribué à {choices}",
    FaultReason.CONCLUSION: "conclusion non reconnue; choisissez {choices}",
    FaultReason.KIND: "type non reconnu; choisissez {choices}",
    FaultReason.CODE: "code non reconnu; choisissez {choices}",
    FaultReason.WAITING: "de qui attend-on des nouvelles? Choisissez {choices}",
    FaultReason.DATE: f"date non reconnue; écrivez le jour et le mois, par exemple 18{NO_BREAK}décembre",
    FaultReason.DATE_PAST: "cette date n’est pas à venir",
    FaultReason.REASON_MISSING: "ajoutez le motif après la date; la personne le lira",
    FaultReason.LISTING: "liste non reconnue; choisissez {choices}",
    FaultReason.TOPIC: "commande non reconnue; écrivez #aide seul pour voir la liste",
    FaultReason.TEXT_MISSING: "il manque le texte; écrivez-le sous les commandes, au-dessus du message cité",
    FaultReason.TWO_TEXTS: "une autre commande prend déjà le texte; envoyez deux courriels",
    FaultReason.TWICE: "cette commande est déjà demandée plus haut",
    FaultReason.BELOW_TEXT: "cette commande est sous votre texte; placez-la au-dessus",
    FaultReason.NOTHING_TO_TRY: "il n’y a rien à simuler; écrivez une commande sur la ligne suivante",
    FaultReason.TOO_MANY: "il y a trop de commandes dans ce courriel; envoyez-en plusieurs",
}
NOTHING_DONE = "Une ligne au moins n’est pas comprise. Les autres ne sont donc pas faites non plus."


def write_transcript(block: CommandBlock, context: CommandContext) -> tuple[str, ...]:
    """One sentence a line of the block, in order, behind a first one where a faulty line holds others back."""
    by_line: dict[int, list[str]] = {line.number: [] for line in block.lines}
    typed = {line.number: line.typed for line in block.lines}
    for command in block.commands:
        by_line[command.line].append(f"compris. {describe(command, context.staff)}")
    for fault in block.faults:
        typed.setdefault(fault.line, fault.typed)
        by_line.setdefault(fault.line, []).append(f"pas compris, {describe_fault(fault)}")
    lines = (_line(number, typed[number], said) for number in sorted(by_line) for said in by_line[number])
    return (*((NOTHING_DONE,) if block.faults and block.commands else ()), *lines)


def describe(command: Command, staff: Staff) -> str:
    """What a command does, as a sentence."""
    spec = spec_of(command.verb)
    details = [] if command.reference is None else [f"dossier {command.reference}"]
    details += _details(command, staff)
    behind = f" ({', '.join(details)})" if details else ""
    return f"Cette commande {spec.effect}{behind}."


def describe_fault(fault: Fault) -> str:
    """Why a line is not understood, with the words that may have been meant, ended by a full stop."""
    said = FAULTS[fault.reason].format(choices=_either(fault.choices))
    return said if said.endswith("?") else f"{said}."


def _line(number: int, typed: str, said: str) -> str:
    shown = typed if len(typed) <= _SHOWN else f"{typed[:_SHOWN]}…"
    return f"Ligne{NO_BREAK}{number}, «{NO_BREAK}{' '.join(shown.split())}{NO_BREAK}»{NO_BREAK}: {said}"


def _details(command: Command, staff: Staff) -> list[str]:
    found: list[str] = []
    match command.argument:
        case Assignee(staff_id):
            member = staff.by_id(staff_id)
            found = [staff_id if member is None else member.name]
        case Concluding() | Closing() as ending:
            found = _conclusion(ending)
        case KindChange() | Coded() as coding:
            found = [word_of(coding.kind, KINDS) if isinstance(coding, KindChange) else word_of_code(coding.code)]
        case Waiting(party):
            found = [word_of(party, PARTIES)]
        case Extension(until_on):
            found = [long_date(until_on, language=Language.FRENCH)]
        case Listing(which):
            found = [word_of(which, LISTS)]
        case HelpTopic(verb) if verb is not None:
            found = [show_name(verb)]
    return found


def _conclusion(concluding: Concluding | Closing) -> list[str]:
    criteria = [word_of(each, CRITERIA) for each in concluding.criteria]
    if isinstance(concluding, Closing):
        return criteria
    words = [word_of(concluding.conclusion, CONCLUSIONS), *criteria]
    return [*words, "de vive voix"] if concluding.verbal else words


def _either(choices: tuple[str, ...]) -> str:
    *others, last = choices or ("",)
    return f"{', '.join(others)} ou {last}" if others else last
