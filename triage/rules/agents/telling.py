"""What `#statut`, `#pourquoi` and `#aide` answer, in French: numbers, states and days, counted one by one (R-59)."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from triage.model.agents.commands import HelpTopic
from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import Language
from triage.model.standard import BusinessCalendar, ClockUnit, ServiceStandard
from triage.model.ticket import TicketSnapshot
from triage.rules.agents.acting import OFFERED
from triage.rules.agents.commands.table import TABLE
from triage.rules.agents.drafts import DraftHold
from triage.rules.clocks.business_days import DayStanding
from triage.rules.clocks.explain import DueExplanation, ExplainedDay, explain_dues
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.wording.spacing import NO_BREAK
from triage.wording.standing import STATUS_WORDS

HOLDS: dict[DraftHold, str] = {
    DraftHold.EMPTY: "Il ne reste aucun texte à envoyer une fois le message cité et la signature retirés.",
    DraftHold.TOO_LONG: "Le texte est trop long pour une lettre.",
    DraftHold.INTERLEAVED: "Du texte se trouve sous un message cité. Placez tout votre texte au-dessus.",
    DraftHold.MARKER: "Le texte contient une ligne d’un courriel interne.",
    DraftHold.REFERENCE_CODE: "Le texte contient un code interne.",
    DraftHold.HEADER_BLOCK: "Le texte contient l’en-tête d’un autre courriel.",
    DraftHold.OTHER_TICKET: "Le texte contient le numéro d’un autre dossier.",
    DraftHold.BELOW_SIGNATURE: "Du texte se trouve sous votre nom. Placez-le au-dessus, ou retirez votre signature.",
    DraftHold.INTERNAL_WORDS: "Le texte reprend au moins huit mots de suite d’un courriel interne ou d’une note.",
}
"""Why a text is shown and not sent."""

_FRENCH = Language.FRENCH
_COLON = f"{NO_BREAK}:"
_SKIPPED = {DayStanding.WEEKEND: "fin de semaine", DayStanding.HOLIDAY: "jour férié"}
_WHAT = {"E1": "Prise en charge", "E2": "Réponse", "E3": "Prise en charge"}


def tell_status(ticket: TicketSnapshot, *, staff: Staff, zone: ZoneInfo) -> tuple[str, ...]:
    """Where a ticket stands."""
    owner = staff.by_id(ticket.assigned_to or "")
    received = ticket.received_at.astimezone(zone)
    day = long_date(received.date(), language=_FRENCH, weekday=True)
    lines = [
        f"Dossier {ticket.reference}{_COLON} {STATUS_WORDS[ticket.status]}.",
        f"Reçu le {day}, à {clock_time(received.time(), language=_FRENCH)}.",
        f"Responsable{_COLON} {'personne pour l’instant' if owner is None else owner.name}.",
    ]
    for due in ticket.dues:
        local = due.due_at.astimezone(zone)
        on = due.due_on or local.date()
        at = "" if due.due_on is not None else f", à {clock_time(local.time(), language=_FRENCH)}"
        what = _WHAT.get(due.standard, due.standard)
        lines.append(f"{what}{_COLON} au plus tard le {long_date(on, language=_FRENCH, weekday=True)}{at}.")
    return tuple(lines)


def tell_why(
    ticket: TicketSnapshot, *, standards: tuple[ServiceStandard, ...], calendar: BusinessCalendar
) -> tuple[str, ...]:
    """How the due times of a ticket came about, day by day."""
    explanations = explain_dues(
        received_at=ticket.received_at,
        kind=ticket.kind,
        channel=ticket.channel,
        standards=standards,
        calendar=calendar,
    )
    return tuple(line for each in explanations for line in _explain(each)) or ("Aucun délai ne court pour ce dossier.",)


def tell_help(member: StaffMember, topic: HelpTopic) -> tuple[str, ...]:
    """The commands that somebody may use today, or the one that they ask about."""
    specs = [
        spec for spec in TABLE if spec.verb in OFFERED and spec.roles & member.roles and topic.verb in {None, spec.verb}
    ]
    return tuple(f"{spec.usage}{_COLON} {spec.effect}." for spec in specs) or (
        "Cette commande n’est pas encore offerte.",
    )


def _explain(explanation: DueExplanation) -> Iterator[str]:
    what = _WHAT.get(explanation.due.standard, explanation.due.standard)
    if explanation.due.unit is ClockUnit.ELAPSED_HOURS:
        day = long_date(explanation.due_at.date(), language=_FRENCH, weekday=True)
        hour = clock_time(explanation.due_at.time(), language=_FRENCH)
        yield f"{what}{_COLON} {explanation.standard.amount} heures après la réception, soit le {day}, à {hour}."
        return
    due_on = long_date(explanation.due.due_on or explanation.due_at.date(), language=_FRENCH, weekday=True)
    yield f"{what}{_COLON} {explanation.standard.amount} jours ouvrables après la réception, soit le {due_on}."
    yield from (_day(each) for each in explanation.days)


def _day(each: ExplainedDay) -> str:
    day = long_date(each.day.on, language=_FRENCH, weekday=True)
    if each.number is not None:
        return f"{day}{_COLON} jour {each.number}."
    name = "" if each.day.holiday is None else f", {each.day.holiday.label}"
    return f"{day}{_COLON} ne compte pas ({_SKIPPED[each.day.standing]}{name})."
