"""« Ce que triage aurait fait »: the weekly paper of an observed mailbox, as text, page and JSON; no personal data."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from triage.model.codes import Language
from triage.model.papers.observation import DayFigures, ObservationFigures, TicketFigures
from triage.papers.words import UNTICKETED_WORDS, hold_words
from triage.wording.dates import long_date
from triage.wording.holds import HOLD_WORDS
from triage.wording.hours import clock_time
from triage.wording.numbers import counted, number, percent

_FRENCH = Language.FRENCH


def observation_json(figures: ObservationFigures) -> dict[str, Any]:
    """The figures as they are, with codes and ISO dates."""
    return {
        "first_on": figures.first_on.isoformat(),
        "last_on": figures.last_on.isoformat(),
        "total": _counts(figures.total),
        "days": [{"on": day.on.isoformat(), **_counts(day)} for day in figures.days],
        "held": dict(figures.held),
        "unticketed": dict(figures.unticketed),
        "median_seconds": figures.median_seconds,
        "longest_seconds": figures.longest_seconds,
        "tickets": [
            {
                "reference": each.reference,
                "received_at": each.received_at.isoformat().replace("+00:00", "Z"),
                "hold": each.hold,
                "answer_due_on": None if each.answer_due_on is None else each.answer_due_on.isoformat(),
            }
            for each in figures.tickets
        ],
    }


def observation_text(figures: ObservationFigures, *, zone: ZoneInfo) -> str:
    """The paper for a terminal or a mail."""
    said = _said(figures, zone)
    lines = [said["title"], "", *said["summary"], "", "Jour par jour", ""]
    lines += [f"{row['day']}\u00a0: {row['sentence']}" for row in said["days"]]
    for title, rows in (("Accusés retenus", said["held"]), ("Messages sans dossier", said["unticketed"])):
        lines += ["", title, "", *([f"{row['words']}\u00a0: {row['count']}" for row in rows] or ["aucun"])]
    lines += ["", "Dossiers", ""]
    lines += [
        f"{row['reference']}, {row['received']}, réponse au plus tard\u00a0: {row['due']}, accusé {row['letter']}"
        for row in said["tickets"]
    ]
    return "\n".join(lines if said["tickets"] else [*lines, "aucun"]) + "\n"


def observation_page(figures: ObservationFigures, *, zone: ZoneInfo) -> str:
    """The paper as one HTML page that fetches nothing."""
    pages = Environment(
        loader=PackageLoader("triage.papers", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("observation.html").render(_said(figures, zone))


def _said(figures: ObservationFigures, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "title": f"Ce que triage aurait fait pendant la semaine du {long_date(figures.first_on, language=_FRENCH)}",
        "summary": _summary(figures),
        "days": [_day_row(day) for day in figures.days],
        "total": _numbers(figures.total),
        "held": _rows(figures.held, HOLD_WORDS),
        "unticketed": _rows(figures.unticketed, UNTICKETED_WORDS),
        "tickets": [_ticket_row(each, zone) for each in figures.tickets],
    }


def _summary(figures: ObservationFigures) -> list[str]:
    total = figures.total
    said = [
        f"Messages lus\u00a0: {_number(total.received)}. Pendant l’observation, rien n’est déplacé ni envoyé.",
        f"Dossiers ouverts\u00a0: {_number(total.tickets)}.",
        f"Messages joints à un dossier\u00a0: {_number(total.follow_ups)}.",
        f"Messages sans dossier\u00a0: {_number(total.unticketed)}.",
    ]
    if total.tickets:
        share = percent(Fraction(total.sent, total.tickets), language=_FRENCH)
        said.append(
            f"Accusés de réception envoyés sur-le-champ\u00a0: {_number(total.sent)}, soit {share} des dossiers."
        )
        said.append(f"Accusés de réception retenus pour une personne\u00a0: {_number(total.held)}.")
    if figures.median_seconds is not None and figures.longest_seconds is not None:
        said.append(
            f"Temps entre la réception et l’accusé\u00a0: {_span(figures.median_seconds)} (médiane), "
            f"{_span(figures.longest_seconds)} au plus."
        )
    return said


def _day_row(day: DayFigures) -> dict[str, Any]:
    numbers = _numbers(day)
    sentence = (
        f"{_count(day.received, 'message', 'messages')}, {_count(day.tickets, 'dossier', 'dossiers')}, "
        f"{_count(day.sent, 'accusé', 'accusés')}, {_count(day.held, 'accusé retenu', 'accusés retenus')}"
    )
    return {"day": _day_name(day.on), "sentence": sentence, **numbers}


def _numbers(day: DayFigures) -> dict[str, str]:
    return {name: _number(count) for name, count in _counts(day).items()}


def _counts(day: DayFigures) -> dict[str, int]:
    return {
        "received": day.received,
        "tickets": day.tickets,
        "follow_ups": day.follow_ups,
        "unticketed": day.unticketed,
        "sent": day.sent,
        "held": day.held,
    }


def _rows(counts: Mapping[str, int], words: Mapping[str, str]) -> list[dict[str, str]]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"words": words.get(code, code), "count": _number(count)} for code, count in ordered]


def _ticket_row(ticket: TicketFigures, zone: ZoneInfo) -> dict[str, str]:
    local = ticket.received_at.astimezone(zone)
    received = f"{_day_name(local.date())}, {clock_time(local.time(), language=_FRENCH)}"
    due = "–" if ticket.answer_due_on is None else long_date(ticket.answer_due_on, language=_FRENCH)
    return {"reference": ticket.reference, "received": received, "due": due, "letter": hold_words(ticket.hold)}


def _day_name(on: date) -> str:
    # The title says the year.
    return long_date(on, language=_FRENCH, weekday=True).removesuffix(f" {on.year}")


def _span(seconds: int) -> str:
    if seconds < 120:
        return _count(seconds, "seconde", "secondes")
    if seconds < 7200:
        return _count(seconds // 60, "minute", "minutes")
    return _count(seconds // 3600, "heure", "heures")


def _count(count: int, singular: str, several: str) -> str:
    return counted(count, singular, several, language=_FRENCH)


def _number(count: int) -> str:
    return number(count, language=_FRENCH)
