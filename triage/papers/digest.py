"""A digest as JSON for scripts: codes, numbers, dates; of a restricted file its number and due time alone (R-74)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from triage.model.papers.counting import Attainment, Tally, YearFigures
from triage.model.papers.digest import Digest, DigestLetter, DigestLine, ServiceState


def digest_json(digest: Digest) -> dict[str, Any]:
    """One supervisor's digest."""
    return {
        "staff": digest.staff_id,
        "on": digest.on.isoformat(),
        "sections": [
            {"name": each.name, "count": each.count, "lines": [_line(line) for line in each.lines]}
            for each in digest.sections
        ],
        "acknowledgements": [_letter(each) for each in digest.acknowledgements],
        "letters": [_letter(each) for each in digest.letters],
        "more_letters": digest.more_letters,
        "figures": figures_json(digest.figures, digest.margins),
        "service": _service(digest.service),
    }


def figures_json(figures: YearFigures, margins: Mapping[str, int | None]) -> dict[str, Any]:
    """The figures of a fiscal year: whole numbers, so that whoever reads them may divide for themself."""
    return {
        "fiscal_year": figures.year.label,
        "provisional": figures.is_provisional,
        "acknowledged": figures.acknowledged,
        "acknowledgeable": figures.acknowledgeable,
        "standards": [_attainment(each, margins.get(each.standard)) for each in figures.attainments],
    }


def _attainment(attainment: Attainment, margin: int | None) -> dict[str, Any]:
    return {
        "standard": attainment.standard,
        "target_percent": attainment.target_percent,
        **_tally(attainment.promised),
        "reached": attainment.is_reached,
        "margin": margin,
        "unreachable": attainment.unreachable,
        "not_promised": _tally(attainment.tracked),
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {"met": tally.met, "counted": tally.counted, "overdue": tally.overdue, "pending": tally.pending}


def _line(line: DigestLine) -> dict[str, Any]:
    shown = {
        "number": line.number,
        "reference": line.reference,
        "restricted": line.restricted,
        "due_at": _instant(line.due_at),
        "due_on": _day(line.due_on),
    }
    if line.restricted:
        return shown
    return shown | {
        "waits_for": line.deed,
        "kind": line.kind,
        "status": line.status,
        "day": line.day,
        "days": line.days,
        "late_days": line.late_days,
        "assigned_to": line.assigned_to,
    }


def _letter(letter: DigestLetter) -> dict[str, Any]:
    shown = {"reference": letter.reference, "restricted": letter.restricted}
    return shown if letter.restricted else shown | {"kind": letter.kind, "state": letter.state, "reason": letter.reason}


def _service(service: ServiceState) -> dict[str, Any]:
    return {
        "looked_at": _instant(service.looked_at),
        "blind": service.is_blind,
        "waiting": service.waiting,
        "waiting_since_at": _instant(service.waiting_since_at),
        "for_approval": service.for_approval,
        "next_year": service.next_year,
        "next_year_confirmed": service.next_year_confirmed,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()
