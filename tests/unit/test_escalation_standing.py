"""How a file is described to its people: as it is now, in counted days, its owner without a name (R-77)."""

from datetime import date

import pytest

from tests.watched_worlds import decide, local, watched
from triage.model.codes import TicketStatus
from triage.model.escalation.notices import Situation

SITUATIONS: dict[str, tuple[str, str, dict[str, object], Situation]] = {
    "nobody has it": ("2026-11-24T09:00", "2026-11-24T10:00", {}, Situation.UNOWNED),
    "four hours left": ("2026-11-24T09:00", "2026-11-24T13:00", {"assigned_to": "luc"}, Situation.TO_TAKE),
    "over": ("2026-11-27T10:00", "2026-11-30T08:30", {"assigned_to": "luc"}, Situation.TAKE_LATE),
}
TAKEN: dict[str, object] = {
    "assigned_to": "luc",
    "taken_charge_at": local("2026-11-24T09:30"),
    "status": TicketStatus.IN_ANALYSIS,
}
SITUATIONS |= {
    "day 5": ("2026-11-24T09:00", "2026-12-01T09:00", TAKEN, Situation.MIDWAY),
    "day 10": ("2026-11-24T09:00", "2026-12-08T09:00", TAKEN, Situation.DAYS_LEFT),
    "day 12": ("2026-11-24T09:00", "2026-12-10T09:00", TAKEN, Situation.DECIDE),
    "day 14": ("2026-11-24T09:00", "2026-12-14T09:00", TAKEN, Situation.EVE),
    "day 14, swept on day 15": ("2026-11-24T09:00", "2026-12-15T08:45", TAKEN, Situation.LAST_DAY),
    "day 15": ("2026-11-24T09:00", "2026-12-15T14:00", TAKEN, Situation.LAST_DAY),
    "late": ("2026-11-24T09:00", "2026-12-16T09:00", TAKEN, Situation.LATE),
}
DELAYED = {**TAKEN, "extended_to_on": date(2027, 1, 15)}
SITUATIONS |= {
    "day 12, delay announced": ("2026-11-24T09:00", "2026-12-10T09:00", DELAYED, Situation.ANNOUNCED),
    "day 14, delay announced": ("2026-11-24T09:00", "2026-12-14T09:00", DELAYED, Situation.ANNOUNCED),
    "day 15, delay announced": ("2026-11-24T09:00", "2026-12-15T14:00", DELAYED, Situation.LAST_DAY),
    "late, delay announced": ("2026-11-24T09:00", "2026-12-16T09:00", DELAYED, Situation.LATE),
}


@pytest.mark.parametrize(("received", "now", "said", "expected"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_a_file_is_described_as_it_is_now(
    received: str, now: str, said: dict[str, object], expected: Situation
) -> None:
    """What is over is never announced as still to come."""
    decision = decide(watched(received, **said), now=now)  # type: ignore[arg-type]  # fields by name
    situations = {each.situation for notice in decision.notices for each in notice.files}

    assert expected in situations


def test_the_days_of_a_file_are_counted() -> None:
    """Day 10 of 15 with five left; then one too late; in hours nothing is counted."""

    def counted(now: str, **said: object) -> tuple[int, int, int, int]:
        file = decide(watched("2026-11-24T09:00", **said), now=now).notices[0].files[0]  # type: ignore[arg-type]
        return file.day, file.of_days, file.days_left, file.days_late

    assert (10, 15, 5, 0) == counted("2026-12-08T09:00", **TAKEN)
    assert (16, 15, 0, 1) == counted("2026-12-16T09:00", **TAKEN)
    assert (0, 0, 0, 0) == counted("2026-11-24T10:00")


@pytest.mark.parametrize(("owner", "expected"), [("marie", "Conseillère"), ("luc", "L. F."), (None, None), ("x", None)])
def test_the_owner_is_a_function_or_initials(owner: str | None, expected: str | None) -> None:
    """Never a name (R-77)."""
    file = watched("2026-11-24T09:00", **{**TAKEN, "assigned_to": owner})  # type: ignore[arg-type]
    (notice, *_) = decide(file, now="2026-12-01T09:00").notices

    assert expected == notice.files[0].owner
