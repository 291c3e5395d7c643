"""The closed lists that arguments choose from, in words and codes, and how a phrase is taken from a line.

The first words of each entry are the ones that are shown. A phrase is up to three words; what follows it is left.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from triage.model.agents.commands import Conclusion, Criterion, ListFilter, WaitingFor
from triage.model.codes import ClientCategory, Priority, ServiceLine, TicketKind
from triage.rules.agents.commands.grammar import trim
from triage.rules.agents.commands.resolving import key_of, resolve

_Code = TypeVar("_Code", bound=StrEnum)

CONCLUSIONS: dict[Conclusion, tuple[str, ...]] = {
    Conclusion.FOUNDED: ("fondée", "fondé", "founded"),
    Conclusion.PARTLY_FOUNDED: (
        *("partiellement fondée", "partiellement fondé", "fondée en partie", "en partie fondée"),
        *("partly founded", "partially founded"),
    ),
    Conclusion.UNFOUNDED: ("non fondée", "non fondé", "infondée", "infondé", "unfounded", "not founded"),
    Conclusion.UNDETERMINED: ("indéterminée", "indéterminé", "undetermined"),
    Conclusion.SETTLED: ("réglée", "réglé", "settled", "resolved"),
    Conclusion.WITHDRAWN: ("retirée", "retiré", "withdrawn"),
    Conclusion.INADMISSIBLE: ("irrecevable", "inadmissible"),
    Conclusion.REDIRECTED: ("redirigée", "redirigé", "redirected"),
    Conclusion.NO_NEWS: ("sans suite", "no news", "dropped"),
}
CRITERIA: dict[Criterion, tuple[str, ...]] = {
    Criterion.COMMITMENT: ("engagement", "commitment"),
    Criterion.STANDARD: ("norme", "délai", "norme de service", "standard"),
    Criterion.ERROR: ("erreur", "error"),
    Criterion.GAP: ("écart", "règle", "gap"),
    Criterion.CULTURE: ("culture", "qualité du service", "culture de service"),
}
KINDS: dict[TicketKind, tuple[str, ...]] = {
    TicketKind.COMPLAINT: ("plainte", "complaint", "PLA"),
    TicketKind.COMMENT: ("commentaire", "comment", "COM"),
    TicketKind.SUGGESTION: ("suggestion", "SUG"),
    TicketKind.PRAISE: ("félicitations", "félicitation", "praise", "FEL"),
    TicketKind.INFORMATION: (
        *("information", "renseignement", "demande d’information", "demande de renseignement", "question", "INF"),
    ),
    TicketKind.OUT_OF_SCOPE: ("hors mandat", "out of scope", "HM"),
    TicketKind.DUPLICATE: ("doublon", "duplicate", "DOU"),
    TicketKind.AUTOMATED: ("message automatique", "automatique", "automated", "AUT"),
    TicketKind.UNDESIRABLE: ("indésirable", "pourriel", "spam", "IND"),
}
CLIENTS: dict[ClientCategory, tuple[str, ...]] = {
    ClientCategory.MINISTRY: ("ministère ou organisme", "ministère", "organisme", "MO"),
    ClientCategory.HEALTH: ("santé", "hôpital", "RSSS"),
    ClientCategory.EDUCATION: ("éducation", "école", "EDU"),
    ClientCategory.HIGHER_EDUCATION: ("enseignement supérieur", "cégep", "université", "ES"),
    ClientCategory.MUNICIPALITY: ("municipalité", "ville", "MUN"),
    ClientCategory.STATE_COMPANY: ("société d’État", "SE"),
    ClientCategory.SUPPLIER: ("fournisseur", "soumissionnaire", "supplier", "FOU"),
    ClientCategory.CITIZEN: ("citoyenne ou citoyen", "citoyenne", "citoyen", "association", "citizen", "CIT"),
    ClientCategory.UNKNOWN: ("inconnu", "anonyme", "unknown", "INC"),
}
SERVICES: dict[ServiceLine, tuple[str, ...]] = {
    ServiceLine.GROUPED: ("regroupements d’achats", "regroupement d’achats", "regroupement", "RA"),
    ServiceLine.MANDATED: ("achats mandatés", "achat mandaté", "AM"),
    ServiceLine.DISPOSAL: ("disposition des biens", "disposition", "DB"),
    ServiceLine.ADVERTISING: ("publicité", "PUB"),
    ServiceLine.MEDIA: ("placement média", "placements médias", "PM"),
    ServiceLine.CUSTOMERS: ("clientèle", "SC"),
    ServiceLine.SOFTWARE: ("logiciel d’achats", "logiciel", "LAC"),
    ServiceLine.GENERAL: ("général", "GEN"),
}
PRIORITIES: dict[Priority, tuple[str, ...]] = {each: (each.value, f"P{each.value}") for each in Priority}
PARTIES: dict[WaitingFor, tuple[str, ...]] = {
    WaitingFor.CLIENT: ("client", "cliente", "clientèle", "requérant", "plaignant", "customer", "requester"),
    WaitingFor.INTERNAL: ("interne", "à l’interne", "collègue", "internal"),
    WaitingFor.SUPPLIER: ("fournisseur", "supplier", "vendor"),
}
LISTS: dict[ListFilter, tuple[str, ...]] = {
    ListFilter.MINE: ("à moi", "moi", "mes dossiers", "miens", "mine"),
    ListFilter.LATE: ("en retard", "retard", "late", "overdue"),
    ListFilter.UNASSIGNED: ("sans responsable", "libres", "non assignés", "unassigned"),
    ListFilter.ALL: ("toutes", "tous", "tout", "all"),
}
_VERBAL = "verbal"
_VERBALS = (_VERBAL, "verbale", "verbalement", "de vive voix", "oral", "oralement")

_WORD = re.compile(r"[^\s,;:.()\u2013\u2014]+")
_ENDS = ",;:.()\u2013\u2014-"
_MOST_WORDS = 3
_LOOKED_AT = 400
_MOST_CRITERIA = 12


@dataclass(frozen=True, slots=True)
class Taken(Generic[_Code]):
    """The code that a line begins with, and what follows it; or None and the words that may have been meant."""

    code: _Code | None
    rest: str
    choices: tuple[str, ...] = ()


def word_of(code: _Code, words: Mapping[_Code, tuple[str, ...]]) -> str:
    """The word by which a code is shown."""
    return words[code][0]


def word_of_code(code: ClientCategory | ServiceLine | Priority) -> str:
    """The word by which a code of coding is shown."""
    match code:
        case ClientCategory():
            return CLIENTS[code][0]
        case ServiceLine():
            return SERVICES[code][0]
        case Priority():
            return PRIORITIES[code][0]


def take_code(line: str, words: Mapping[_Code, tuple[str, ...]]) -> Taken[_Code]:
    """The code that the first words of a line mean: the longest phrase that is exact, else the shortest near miss."""
    index = {key_of(phrase): code for code, phrases in words.items() for phrase in phrases}
    found = [match for _, match in zip(range(_MOST_WORDS), _WORD.finditer(line[:_LOOKED_AT]), strict=False)]
    keys = [key_of(line[found[0].start() : match.end()]) for match in found]
    for key, match in reversed(list(zip(keys, found, strict=True))):
        if key in index:
            return Taken(index[key], trim(line[match.end() :]))
    choices: tuple[_Code, ...] = ()
    for key, match in zip(keys, found, strict=True):
        near = resolve(key, index, least_beginning=4)
        if near.entry is not None:
            return Taken(near.entry, trim(line[match.end() :]))
        choices = choices or near.choices
    return Taken(None, line, tuple(word_of(code, words) for code in choices or tuple(words)))


def take_criteria(line: str) -> tuple[tuple[Criterion, ...], bool, str]:
    """The criteria and « verbal » that a line begins with, and what follows them.

    They count only if a mark, or the end of the line, closes them: « erreur de notre part » begins a sentence.
    """
    index: dict[str, Criterion | str] = {key_of(each): code for code, phrases in CRITERIA.items() for each in phrases}
    index |= {key_of(each): _VERBAL for each in _VERBALS}
    codes: list[Criterion | str] = []
    accepted, rest = 0, line
    position = 0
    for _ in range(_MOST_CRITERIA):
        taken = _take_exact(line, position, index)
        if taken is None:
            break
        code, position = taken
        codes.append(code)
        if not (behind := line[position:].lstrip()) or behind[0] in _ENDS:
            accepted, rest = len(codes), trim(line[position:])
    said = dict.fromkeys(codes[:accepted])
    criteria = tuple(code for code in said if isinstance(code, Criterion))
    return criteria, _VERBAL in said, rest


def _take_exact(line: str, start: int, index: Mapping[str, Criterion | str]) -> tuple[Criterion | str, int] | None:
    words = zip(range(_MOST_WORDS), _WORD.finditer(line, start, start + _LOOKED_AT), strict=False)
    found = [match for _, match in words]
    for match in reversed(found):
        key = key_of(line[found[0].start() : match.end()])
        if key in index and key_of(line[start : found[0].start()]) == "":
            return index[key], match.end()
    return None
