"""When a person is called: at once, then at most once an hour and kind; a silent mailbox by the office's hours."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.health import Alert, AlertKind
from triage.model.standard import BusinessCalendar, Holiday, OpeningHours
from triage.rules.alerts import QUIET_FOR, TOLD_FROM, AlertBook, is_silent_too_long, note, note_lasting, take_due
from triage.settings.hours import read_opening_hours

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
DEAD, CAPPED, SILENT = AlertKind.DEAD_LETTER, AlertKind.ACKNOWLEDGEMENTS_CAPPED, AlertKind.MAILBOX_NOT_READ
ZONE = ZoneInfo("America/Toronto")
HOLIDAY = Holiday(date(2026, 11, 24), "de fiction", date(2026, 11, 24), "un test")
CALENDAR = BusinessCalendar(ZONE, {HOLIDAY.on: HOLIDAY}, frozenset({2026}), "de fiction")
HOURS = OpeningHours(time(8, 30), time(16, 30))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_first_of_a_kind_is_told_at_once_and_the_others_after_an_hour_together() -> None:
    """With the count and the beginning of what was not told yet."""
    book, first = take_due(note({}, DEAD, count=1, at=NOW), NOW)
    for minute in (5, 20, 50):
        book = note(book, DEAD, count=2, at=NOW + minutes(minute))
    book, within = take_due(book, NOW + minutes(59))
    book, after = take_due(book, NOW + minutes(60))
    _, nothing = take_due(book, NOW + minutes(600))

    assert (Alert(DEAD, 1, NOW),) == first
    assert () == within
    assert (Alert(DEAD, 6, NOW + minutes(5)),) == after
    assert () == nothing


def test_kinds_do_not_wait_for_each_other() -> None:
    """A flood of one does not hide another."""
    book, _ = take_due(note({}, CAPPED, count=1, at=NOW), NOW)
    _, told = take_due(note(book, DEAD, count=1, at=NOW), NOW)

    assert (Alert(DEAD, 1, NOW),) == told


def test_what_lasts_is_told_once_an_hour_from_its_beginning() -> None:
    """However often it is looked at; the count says one."""
    book: AlertBook = {}
    told = []
    for minute in range(0, 130, 5):
        now = NOW + minutes(minute)
        book, alerts = take_due(note_lasting(book, SILENT, since_at=NOW - minutes(20), now=now), now)
        told += [(minute, alert) for alert in alerts]

    assert [(each, Alert(SILENT, 1, NOW - minutes(20))) for each in (0, 60, 120)] == told


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(set(AlertKind) - set(TOLD_FROM))), st.integers(1, 5), st.integers(0, 240)),
        max_size=60,
    )
)
def test_no_occurrence_is_lost_and_no_kind_is_told_twice_in_an_hour(happened: list[tuple[AlertKind, int, int]]) -> None:
    """Whatever happens when, looked at every ten minutes."""
    book: AlertBook = {}
    told: list[tuple[datetime, Alert]] = []
    for minute in range(0, 400, 10):
        now = NOW + minutes(minute)
        for kind, count, at in happened:
            if minute - 10 < at <= minute:
                book = note(book, kind, count=count, at=now)
        book, alerts = take_due(book, now)
        told += [(now, alert) for alert in alerts]

    for kind in AlertKind:
        instants = [at for at, alert in told if alert.kind is kind]
        assert all(later - earlier >= QUIET_FOR for earlier, later in pairwise(instants))
        assert sum(count for each, count, _ in happened if each is kind) == sum(
            alert.count for _, alert in told if alert.kind is kind
        )


@pytest.mark.parametrize(
    ("now", "silent_minutes", "expected"),
    [
        ("2026-11-20 10:00", 15, False),
        ("2026-11-20 10:00", 15.1, True),
        ("2026-11-20 08:29", 59, False),
        ("2026-11-20 08:29", 61, True),
        ("2026-11-20 08:30", 16, True),  # what began at night is told when the office opens
        ("2026-11-20 16:29", 16, True),
        ("2026-11-20 16:30", 16, False),
        ("2026-11-21 10:00", 59, False),  # a Saturday
        ("2026-11-21 10:00", 61, True),
        ("2026-11-24 10:00", 59, False),  # a holiday
        ("2026-11-24 10:00", 61, True),
    ],
)
def test_a_silent_mailbox_is_an_alarm_sooner_while_somebody_is_there(
    now: str, silent_minutes: float, *, expected: bool
) -> None:
    """R-88: more than 15 minutes in opening hours of business days, more than 60 otherwise."""
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE).astimezone(UTC)

    assert expected == is_silent_too_long(at - minutes(silent_minutes), at, hours=HOURS, calendar=CALENDAR)


@pytest.mark.parametrize("text", ["8:30-16:30", "08:30–16:30", "8h30 - 16h30", " 8:30-16:30 "])
def test_hours_are_read_as_people_write_them(text: str) -> None:
    """Colon or h, hyphen or dash, blanks or none."""
    assert HOURS == read_opening_hours(text)


@pytest.mark.parametrize(
    "text", ["", "8-16", "16:30-8:30", "8:30-8:30", "8:30-24:30", "8:61-9:00", "8:30-16:30 h", "x"]
)
def test_what_is_no_opening_hours_is_refused(text: str) -> None:
    """With a sentence that shows how to write them."""
    with pytest.raises(ValueError, match="write two times of one day"):
        read_opening_hours(text)


def test_refused_tokens_are_told_from_the_fifth_within_the_hour() -> None:
    """Four are everyday life, and those of an hour ago are forgotten."""
    book: AlertBook = {}
    told = []
    for minute in (0, 20, 40, 55, 61, 62, 63, 64, 65, 66):
        book = note(book, AlertKind.TOKENS_REFUSED, count=1, at=NOW + minutes(minute))
        book, alerts = take_due(book, NOW + minutes(minute))
        told += [(minute, alert.count) for alert in alerts]

    assert [(65, 5)] == told
