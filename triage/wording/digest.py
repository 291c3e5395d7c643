"""The daily digest in French words: what a ticket waits for, why a mail waits, how a promise stands.

Numbers, days and states only (R-77). Mail to staff is in French alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from triage.model.codes import Language, NoticeKind, OutboxState, TicketKind
from triage.model.papers.counting import Attainment
from triage.model.papers.digest import Deed, DigestLetter, DigestLine, Section
from triage.model.standard import ClockUnit
from triage.wording.dates import long_date
from triage.wording.holds import HOLD_WORDS
from triage.wording.hours import clock_time
from triage.wording.numbers import counted, number, percent_short_of
from triage.wording.spacing import NO_BREAK

_FRENCH = Language.FRENCH
_COLON = f"{NO_BREAK}:"

SECTION_TITLES: MappingProxyType[Section, str] = MappingProxyType(
    {
        Section.NOBODY: "Dossiers que personne ici ne peut traiter",
        Section.DECIDE: "À décider aujourd’hui",
        Section.LATE: "En retard",
        Section.UNASSIGNED: "Autres dossiers sans responsable",
        Section.APPROVE: "Réponses à approuver",
        Section.QUARANTINED: "Quarantaine",
    }
)

SECTION_COUNTS: MappingProxyType[Section, tuple[str, str]] = MappingProxyType(
    {
        Section.NOBODY: ("dossier que personne ici ne peut traiter", "dossiers que personne ici ne peut traiter"),
        Section.DECIDE: ("dossier à décider aujourd’hui", "dossiers à décider aujourd’hui"),
        Section.LATE: ("dossier en retard", "dossiers en retard"),
        Section.UNASSIGNED: ("autre dossier sans responsable", "autres dossiers sans responsable"),
        Section.APPROVE: ("réponse à approuver", "réponses à approuver"),
        Section.QUARANTINED: ("message en quarantaine", "messages en quarantaine"),
    }
)

KIND_WORDS: MappingProxyType[TicketKind, str] = MappingProxyType(
    {
        TicketKind.COMPLAINT: "plainte",
        TicketKind.COMMENT: "commentaire",
        TicketKind.SUGGESTION: "suggestion",
        TicketKind.PRAISE: "félicitations",
        TicketKind.INFORMATION: "demande d’information",
        TicketKind.OUT_OF_SCOPE: "hors mandat",
        TicketKind.DUPLICATE: "doublon",
        TicketKind.AUTOMATED: "message automatique",
        TicketKind.UNDESIRABLE: "message indésirable",
    }
)

_KINDS = MappingProxyType({TicketKind.COMPLAINT: "Plaintes", TicketKind.INFORMATION: "Demandes d’information"})
_DEED_WORDS = MappingProxyType(
    {
        Deed.TAKE_CHARGE: "prendre en charge",
        Deed.ANSWER: "répondre",
        Deed.APPROVE: "approuver la réponse",
        Deed.JUDGE: "décider si c’est un message indésirable",
    }
)
_GIVEN_UP_WORDS = MappingProxyType(
    {
        "refused": "refusé par le serveur",
        "returned": "revenu sans être remis",
        "exhausted": "refusé par le serveur à chaque essai",
        "unknown": "remise incertaine",
        "address_refused": "adresse d’une forme qui n’est pas acceptée",
    }
)


@dataclass(frozen=True, slots=True)
class _Nouns:
    """What keeps a promise: singular and plural, late or in time, and none."""

    late: tuple[str, str]
    in_time: tuple[str, str]
    none: str


_ANSWERS = _Nouns(
    late=("réponse tardive possible", "réponses tardives possibles"),
    in_time=("réponse à temps", "réponses à temps"),
    none="aucune réponse tardive possible",
)
_TAKINGS = _Nouns(
    late=("prise en charge tardive possible", "prises en charge tardives possibles"),
    in_time=("prise en charge à temps", "prises en charge à temps"),
    none="aucune prise en charge tardive possible",
)
_NOTICE_WORDS = MappingProxyType({NoticeKind.ACKNOWLEDGEMENT.value: "accusé de réception"})


def deadline_words(line: DigestLine, *, today: date, due_at: datetime | None) -> str:
    """Until when, or since when it is late, the part that the eye looks for first; empty where nothing is due.

    `due_at` is the due time in the body's zone. A day of this year goes without it: the title says the year.
    """
    if due_at is None or (line.deed is Deed.JUDGE and not line.restricted):
        return ""
    day = _moment(line, today, due_at)
    if line.restricted:
        return f"échéance{_COLON} {day}"
    if line.late_days is None:
        return f"{day} (jour{NO_BREAK}{line.day} sur{NO_BREAK}{line.days})" if line.days else day
    if line.late_days == 0:
        return f"en retard depuis le {day}"
    days = f"{line.late_days}{NO_BREAK}jours ouvrables"
    by = "d’un jour ouvrable" if line.late_days == 1 else f"de {days}"
    return f"en retard {by} (échéance{_COLON} {day})"


def deed_words(line: DigestLine, *, section: Section) -> str:
    """What a ticket waits for; of a restricted file only that its access is."""
    if line.restricted:
        return "" if line.due_at is not None else "accès restreint"
    if section is Section.UNASSIGNED and line.due_at is None:
        return "désigner une personne responsable"
    if section is Section.DECIDE and line.deed is Deed.ANSWER:
        return "répondre ou prolonger"
    return _DEED_WORDS[line.deed]


def _moment(line: DigestLine, today: date, due_at: datetime) -> str:
    on = due_at.date() if line.due_on is None else line.due_on
    day = "aujourd’hui" if on == today else long_date(on, language=_FRENCH, weekday=True).removesuffix(f" {today.year}")
    return day if line.due_on is not None else f"{day} à {clock_time(due_at.time(), language=_FRENCH)}"


def letter_words(letter: DigestLetter) -> str:
    """Why a mail is shown; of a restricted file not even that."""
    if letter.restricted:
        return "à voir au dossier"
    reason = letter.reason or ""
    if letter.state is OutboxState.HELD:
        return f"retenu{_COLON} {HOLD_WORDS.get(reason, reason)}"
    return f"non remis{_COLON} {_GIVEN_UP_WORDS.get(reason, reason)}"


def notice_words(kind: str) -> str:
    """What kind of mail it is."""
    return _NOTICE_WORDS.get(kind, "courriel interne")


def promise_words(attainment: Attainment) -> str:
    """A promise as the head of its row: « Plaintes traitées dans les 15 jours ouvrables »."""
    kinds = " et ".join(_KINDS.get(kind, KIND_WORDS[kind].capitalize()) for kind in attainment.kinds)
    verb = "traitées" if attainment.is_answer else "prises en charge"
    units = ("heure", "heures") if attainment.unit is ClockUnit.ELAPSED_HOURS else ("jour ouvrable", "jours ouvrables")
    return f"{kinds} {verb} dans les {counted(attainment.amount, *units, language=_FRENCH)}"


def share_words(attainment: Attainment) -> str:
    """The share with its fraction (R-44): « 75,0 % (9/12) », « s. o. (0/0) »."""
    tally = attainment.promised
    fraction = f"({number(tally.met, language=_FRENCH)}/{number(tally.counted, language=_FRENCH)})"
    if tally.share is None:
        return f"s.{NO_BREAK}o. {fraction}"
    return f"{percent_short_of(tally.share, attainment.target_percent, language=_FRENCH)} {fraction}"


def target_words(attainment: Attainment) -> str:
    """The target, and whether the fraction reaches it."""
    reached = {True: " atteinte", False: " non atteinte", None: ""}[attainment.is_reached]
    return f"cible de {attainment.target_percent}{NO_BREAK}%{reached}"


def margin_words(attainment: Attainment, left: int | None) -> str:
    """How many more may be late, or how many in time bring the share back to its target."""
    percent = f"{attainment.target_percent}{NO_BREAK}%"
    nouns = _ANSWERS if attainment.is_answer else _TAKINGS
    if left is None:
        return "la cible ne peut plus être atteinte"
    if left < 0:
        return f"il faut {counted(-left, *nouns.in_time, language=_FRENCH)} pour revenir à {percent}"
    if left == 0:
        return f"{nouns.none} avant de passer sous {percent}"
    return f"encore {counted(left, *nouns.late, language=_FRENCH)} avant de passer sous {percent}"


def apart_words(attainment: Attainment) -> str:
    """What is in no denominator, and what is open and late; empty where there is none of it."""
    tally = attainment.promised
    said = (
        (tally.overdue, "en retard et encore ouvertes"),
        (tally.pending, "en cours, non échues"),
        (attainment.unreachable, "sans adresse de retour"),
        (attainment.tracked.counted, "hors engagement"),
    )
    return "; ".join(f"{words}{_COLON} {number(count, language=_FRENCH)}" for count, words in said if count)
