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
        Section.DECIDE: "À décider aujourd’hui",
        Section.LATE: "En retard",
        Section.UNASSIGNED: "Autres dossiers sans responsable",
        Section.APPROVE: "Réponses à approuver",
        Section.QUARANTINED: "Quarantaine",
    }
)

SECTION_COUNTS: MappingProxyType[Section, tuple[str, str]] = MappingProxyType(
    {
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
_LATE_WORDS = MappingProxyType({Deed.ANSWER: "réponse en retard", Deed.TAKE_CHARGE: "prise en charge en retard"})
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


def deed_words(line: DigestLine, *, section: Section, today: date, due_at: datetime | None) -> str:
    """What a ticket waits for and until when; `due_at` is its due time in the body's zone."""
    if line.restricted:
        return f"échéance{_COLON} {_day(line, due_at)}" if due_at is not None else "accès restreint"
    if line.late_days is not None and line.deed in _LATE_WORDS:
        return _late_words(line, due_at)
    deed = _DEED_WORDS[line.deed]
    if section is Section.UNASSIGNED and due_at is None:
        return "désigner une personne responsable"
    if section is Section.DECIDE and line.deed is Deed.ANSWER:
        deed = "répondre ou décider d’un avis de prolongation"
    if due_at is None or line.deed is Deed.JUDGE:
        return deed
    return f"{deed} {_until_words(line, today=today, due_at=due_at)}"


def _until_words(line: DigestLine, *, today: date, due_at: datetime) -> str:
    if line.due_on is None:
        at = clock_time(due_at.time(), language=_FRENCH)
        if due_at.date() == today:
            return f"aujourd’hui, au plus tard à {at}"
        return f"au plus tard le {_long(due_at.date())}, à {at}"
    day = "aujourd’hui, dernier jour" if line.due_on == today else f"au plus tard le {_long(line.due_on)}"
    return f"{day} (jour{NO_BREAK}{line.day} sur{NO_BREAK}{line.days})" if line.days else day


def _late_words(line: DigestLine, due_at: datetime | None) -> str:
    late = _LATE_WORDS[line.deed]
    if line.due_on is None:
        return late if due_at is None else f"{late} depuis le {_day(line, due_at)}"
    days = counted(line.late_days or 0, "jour ouvrable", "jours ouvrables", language=_FRENCH)
    by = f" de {days}" if line.late_days else ""
    return f"{late}{by} (échéance{_COLON} {_long(line.due_on)})"


def _day(line: DigestLine, due_at: datetime | None) -> str:
    if line.due_on is not None or due_at is None:
        return "" if line.due_on is None else _long(line.due_on)
    return f"{_long(due_at.date())}, à {clock_time(due_at.time(), language=_FRENCH)}"


def _long(day: date) -> str:
    return long_date(day, language=_FRENCH, weekday=True)


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
