"""How a file stands, in the French of notices to staff: titles, what is to be done, the words for a status.

Only numbers, days and states: no word here is about a person. Mail to staff is in French alone.
"""

from datetime import timedelta
from types import MappingProxyType

from triage.model.codes import Language, NoticeKind, TicketStatus
from triage.model.escalation.notices import FileStanding, Occasion, Situation, StaffNotice
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.wording.numbers import counted
from triage.wording.spacing import NO_BREAK

_FRENCH = Language.FRENCH
_COLON = f"{NO_BREAK}:"
_SMALL = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

STATUS_WORDS: MappingProxyType[TicketStatus, str] = MappingProxyType(
    {
        TicketStatus.NEW: "nouveau",
        TicketStatus.IN_CHARGE: "pris en charge",
        TicketStatus.IN_ANALYSIS: "en analyse",
        TicketStatus.WAITING_CLIENT: "en attente de la personne plaignante",
        TicketStatus.WAITING_INTERNAL: "en attente d’une autre unité",
        TicketStatus.WAITING_SUPPLIER: "en attente d’un fournisseur",
        TicketStatus.AWAITING_APPROVAL: "réponse à approuver",
        TicketStatus.ANSWERED: "répondu",
        TicketStatus.CLOSED: "fermé",
        TicketStatus.REDIRECTED: "redirigé",
        TicketStatus.WITHDRAWN: "retiré",
        TicketStatus.MERGED: "fusionné",
        TicketStatus.QUARANTINED: "en quarantaine",
        TicketStatus.SPAM: "indésirable",
    }
)

ACTION_WORDS: MappingProxyType[Situation, str] = MappingProxyType(
    {
        Situation.UNOWNED: "prendre le dossier en charge ou l’attribuer",
        Situation.TO_TAKE: "prendre le dossier en charge avant l’échéance",
        Situation.TAKE_LATE: "prendre le dossier en charge dès maintenant",
        Situation.MIDWAY: "vérifier que la réponse sera prête à temps",
        Situation.DAYS_LEFT: "terminer l’analyse et préparer la réponse",
        Situation.DECIDE: "répondre, ou décider d’un avis de prolongation",
        Situation.EVE: "répondre ou envoyer l’avis de prolongation aujourd’hui",
        Situation.ANNOUNCED: "répondre dès que possible; la personne est prévenue du retard",
        Situation.LAST_DAY: "envoyer la réponse avant minuit",
        Situation.LATE: "répondre dès que possible",
    }
)

_TITLES: MappingProxyType[Situation, str] = MappingProxyType(
    {
        Situation.UNOWNED: "Rappel{colon} dossier sans responsable",
        Situation.TO_TAKE: "À prendre en charge avant le {day}, à {hour}",
        Situation.TAKE_LATE: "Délai de prise en charge dépassé",
        Situation.MIDWAY: "Rappel{colon} mi-parcours (jour {number} sur {of_days})",
        Situation.DAYS_LEFT: "Il reste {left} jours ouvrables",
        Situation.DECIDE: "Décision requise{colon} réponse ou avis de prolongation",
        Situation.EVE: "{eve}{colon} l’avis de prolongation doit partir aujourd’hui",
        Situation.ANNOUNCED: "{eve}{colon} un avis de prolongation est déjà parti",
        Situation.LAST_DAY: "Échéance aujourd’hui, à minuit",
        Situation.LATE: "En retard de {late}",
    }
)

_SITUATIONS: MappingProxyType[Situation, str] = MappingProxyType(
    {
        Situation.UNOWNED: "personne n’a pris le dossier",
        Situation.TO_TAKE: "à prendre en charge",
        Situation.TAKE_LATE: "délai de prise en charge dépassé",
        Situation.MIDWAY: "mi-parcours, jour {number} sur {of_days}",
        Situation.DAYS_LEFT: "il reste {left} jours ouvrables",
        Situation.DECIDE: "il reste {left} jours ouvrables",
        Situation.EVE: "dernier jour pour envoyer un avis de prolongation",
        Situation.ANNOUNCED: "avis de prolongation envoyé",
        Situation.LAST_DAY: "dernier jour pour répondre",
        Situation.LATE: "en retard de {late}",
    }
)

_TOGETHER: MappingProxyType[Situation, tuple[str, str]] = MappingProxyType(
    {
        Situation.UNOWNED: ("dossier sans responsable", "dossiers sans responsable"),
        Situation.MIDWAY: ("dossier à mi-parcours", "dossiers à mi-parcours"),
        Situation.LATE: ("dossier en retard", "dossiers en retard"),
    }
)

_LISTS: MappingProxyType[Occasion, tuple[str, str]] = MappingProxyType(
    {
        Occasion.BEFORE_CLOSED: (
            "À prendre en charge avant la fermeture",
            "Le délai de prise en charge se termine pendant que le bureau est fermé.",
        ),
        Occasion.AT_CLOSING: (
            "Dernier rappel avant la fermeture",
            "Le délai de prise en charge se termine pendant que le bureau est fermé.",
        ),
        Occasion.AFTER_CLOSED: (
            "Délai terminé pendant la fermeture",
            "Le délai de prise en charge s’est terminé pendant que le bureau était fermé.",
        ),
    }
)


def due_words(file: FileStanding) -> tuple[str, str]:
    """The day and the hour of a due time, to stand after « le » and « à »; a promise in days ends at midnight."""
    if file.due_on is not None:
        return long_date(file.due_on, language=_FRENCH, weekday=True), "minuit"
    due_at = file.due_at
    return long_date(due_at.date(), language=_FRENCH, weekday=True), clock_time(due_at.time(), language=_FRENCH)


def title_words(file: FileStanding) -> str:
    """How one file stands, as a subject; of a restricted one its due time alone."""
    if file.restricted:
        return "Échéance{colon} le {day}, à {hour}".format_map(_words(file))
    if file.situation is Situation.LATE and not file.days_late:
        return "Échéance dépassée"  # an urgent file, told on the weekend after its due day
    return _TITLES[file.situation].format_map(_words(file))


def situation_words(file: FileStanding) -> str:
    """The same within a list, after « Situation : »."""
    return _SITUATIONS[file.situation].format_map(_words(file))


def title_of(notice: StaffNotice) -> str:
    """The subject of a notice, without the number of the file."""
    count = len(notice.files) + notice.unlisted
    files = counted(count, "dossier", "dossiers", language=_FRENCH)
    if notice.kind is NoticeKind.CATCH_UP:
        return f"Rattrapage{_COLON} {files} à revoir"
    if notice.occasion in _LISTS:
        return f"{_LISTS[notice.occasion][0]}{_COLON} {files}"
    if count == 1:
        return title_words(notice.files[0])
    situations = {None if file.restricted else file.situation for file in notice.files}
    several = _TOGETHER.get(next(iter(situations)) or Situation.DECIDE) if len(situations) == 1 else None
    if several is None:
        return f"Rappel{_COLON} {files} à suivre"
    return f"Rappel{_COLON} {counted(count, *several, language=_FRENCH)}"


def introduction_of(notice: StaffNotice) -> str:
    """The sentence that opens a notice: why it was sent."""
    if notice.occasion in _LISTS:
        return _LISTS[notice.occasion][1]
    if notice.occasion is Occasion.STALE:
        return (
            "Des rappels n’ont pas pu partir au moment prévu. "
            "Ce courriel les remplace et décrit chaque dossier tel qu’il est maintenant."
        )
    if notice.occasion is Occasion.MANY:
        return "Plusieurs échéances arrivent en même temps. Ce courriel remplace un rappel par dossier."
    return "Une action de votre part est attendue."


def _words(file: FileStanding) -> dict[str, str]:
    day, hour = due_words(file)
    # « Demain » only where the next day of the calendar is meant.
    tomorrow = file.due_on is not None and file.due_on - file.told_on == timedelta(days=1)
    return {
        "colon": _COLON,
        "day": day,
        "hour": hour,
        "number": str(file.day),
        "of_days": str(file.of_days),
        "left": _SMALL[file.days_left] if file.days_left < len(_SMALL) else str(file.days_left),
        "late": counted(file.days_late, "jour ouvrable", "jours ouvrables", language=_FRENCH),
        "eve": "Échéance demain" if tomorrow else f"Échéance le {day}",
    }
