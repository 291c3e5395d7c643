"""The days of the demo count for themselves; what they compare the daemon with must be right by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from triage.demo.days.counting import (
    Matter,
    add_days,
    count_answered,
    count_questions,
    count_taken,
    escalation_days,
    list_matters,
)
from triage.demo.days.diary.scene import Deed, Scene
from triage.demo.days.moved_clock import MovedClock
from triage.demo.people import GAETAN, MARIE_EVE


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00").astimezone(UTC)


OPENED_AT = local("2026-11-30T10:15")
ALONE = Matter("alone", OPENED_AT, taken_at=None, answered_at=None)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 30), 15, date(2026, 12, 21)),
        (date(2026, 12, 5), 15, date(2026, 12, 30)),
        (date(2026, 12, 23), 1, date(2026, 12, 29)),
        (date(2026, 12, 23), 15, date(2027, 1, 21)),
    ],
)
def test_days_skip_weekends_and_holidays(day: date, count: int, expected: date) -> None:
    """Counted on a calendar of paper: from 24 to 28 December and from 31 December to 4 January nobody works."""
    assert expected == add_days(day, count)


def test_nobody_acts_and_staff_hear_of_it() -> None:
    """Days five, ten, twelve, fourteen, fifteen, and each business day after."""
    told = [(day.month, day.day) for day in escalation_days(ALONE, until=date(2026, 12, 29))]

    assert [(12, 7), (12, 14), (12, 16), (12, 18), (12, 21), (12, 22), (12, 23), (12, 29)] == told


def test_what_is_open_and_in_time_is_in_no_fraction() -> None:
    """Before its 24 hours or its fifteen days are over, a matter is counted on neither side."""
    assert (0, 0) == count_taken([ALONE], now=local("2026-12-01T10:15"))
    assert (0, 1) == count_taken([ALONE], now=local("2026-12-01T10:16"))
    assert (0, 0) == count_answered([ALONE], now=local("2026-12-21T23:59"))
    assert (0, 1) == count_answered([ALONE], now=local("2026-12-22T00:00"))


def test_what_was_done_is_counted_as_it_was_done() -> None:
    """In time or late, by the instant for the hours and by the local day for the days."""
    in_time = replace(ALONE, taken_at=local("2026-12-01T10:15"), answered_at=local("2026-12-21T23:30"))
    late = replace(ALONE, taken_at=local("2026-12-01T10:16"), answered_at=local("2026-12-22T00:30"))

    assert (1, 2) == count_taken([in_time, late], now=local("2026-12-23T08:00"))
    assert (1, 2) == count_answered([in_time, late], now=local("2026-12-23T08:00"))


def test_a_question_has_two_days_and_no_other_promise() -> None:
    """By the end of the second business day; it is in no fraction of complaints."""
    question = replace(ALONE, is_question=True)
    taken = replace(question, taken_at=local("2026-12-02T23:59"))

    assert (0, 0) == count_questions([question], now=local("2026-12-02T23:59"))
    assert (1, 2) == count_questions([question, taken], now=local("2026-12-03T00:00"))
    assert (0, 0) == count_taken([question], now=local("2026-12-29T00:00"))
    assert (0, 0) == count_answered([question], now=local("2026-12-29T00:00"))


def test_a_matter_begins_with_its_first_mail() -> None:
    """Who takes it and who answers it is read from later scenes of the same matter only."""
    scenes = (
        Scene("2026-11-30 10:15", GAETAN, "complains", "x", matter="a", deed=Deed.OPENS),
        Scene("2026-11-30 10:20", MARIE_EVE, "takes", "x", matter="b", deed=Deed.TAKES),
        Scene("2026-11-30 10:30", MARIE_EVE, "takes", "x", matter="a", deed=Deed.TAKES),
    )

    assert (Matter("a", OPENED_AT, local("2026-11-30T10:30"), None),) == list_matters(scenes)


def test_the_clock_never_goes_back() -> None:
    """A scene that comes while the last one is under way changes nothing of what was stamped."""
    clock = MovedClock(OPENED_AT)
    clock.move_to(local("2026-11-30T10:20"))
    clock.move_to(local("2026-11-30T10:16"))

    assert local("2026-11-30T10:20") == clock()
