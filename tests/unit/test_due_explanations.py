"""Explanations: every day counted or skipped and why, never at odds with the due time."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from triage.model.codes import Channel, TicketKind
from triage.rules.clocks.due import compute_dues
from triage.rules.clocks.explain import DueExplanation, explain_dues
from triage.settings.dated import load_calendar, load_standards

QUEBEC = ZoneInfo("America/Toronto")
CALENDAR = load_calendar(None, zone=QUEBEC)
STANDARDS = load_standards(None)


def explain(received_at: datetime, kind: TicketKind = TicketKind.COMPLAINT) -> tuple[DueExplanation, ...]:
    return explain_dues(
        received_at=received_at, kind=kind, channel=Channel.EMAIL, standards=STANDARDS, calendar=CALENDAR
    )


def test_the_days_counted_over_christmas_are_the_known_ones() -> None:
    """29 and 30 December, then 5 to 21 January less weekends: fifteen days, numbered."""
    _, days = explain(datetime(2026, 12, 23, 9, 10, tzinfo=QUEBEC))
    january = [5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 21]
    expected = [date(2026, 12, 29), date(2026, 12, 30), *(date(2027, 1, day) for day in january)]

    counted = [explained for explained in days.days if explained.number is not None]

    assert expected == [explained.day.on for explained in counted]
    assert list(range(1, 16)) == [explained.number for explained in counted]


def test_every_day_is_told_and_skipped_ones_say_why() -> None:
    """No day between day 0 and the due day is missing; holidays bring their name and natural date."""
    _, days = explain(datetime(2026, 12, 23, 9, 10, tzinfo=QUEBEC))
    skipped = {explained.day.on: explained.day.holiday for explained in days.days if explained.number is None}
    instead = skipped[date(2026, 12, 28)]

    assert [date(2026, 12, 24) + timedelta(days=n) for n in range(29)] == [told.day.on for told in days.days]
    assert skipped[date(2026, 12, 26)] is None
    assert instead is not None
    assert ("Lendemain de Noël", date(2026, 12, 26)) == (instead.label, instead.natural_on)


def test_hours_are_explained_by_the_clock_change() -> None:
    """Elapsed hours count no days; where daylight time ends in between, the wall clock goes back an hour."""
    autumn, _ = explain(datetime(2026, 10, 31, 14, tzinfo=QUEBEC))
    spring, _ = explain(datetime(2027, 3, 13, 20, tzinfo=QUEBEC))
    plain, _ = explain(datetime(2026, 11, 27, 16, 45, tzinfo=QUEBEC))

    assert [timedelta(hours=-1), timedelta(hours=1), timedelta()] == [
        explanation.clock_change for explanation in (autumn, spring, plain)
    ]
    assert () == autumn.days
    assert datetime(2026, 11, 1, 13) == autumn.due_at.replace(tzinfo=None)  # noqa: DTZ001 - what the wall shows


def test_an_explanation_carries_the_due_time_it_explains() -> None:
    """Same dues, same order, whatever zone the instant came in; local values are the body's own."""
    received_at = datetime(2026, 11, 25, 4, 58, tzinfo=UTC)
    expected = compute_dues(
        received_at=received_at,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        standards=STANDARDS,
        calendar=CALENDAR,
    )

    explanations = explain(received_at)

    assert expected == tuple(explanation.due for explanation in explanations)
    assert {date(2026, 11, 24)} == {explanation.received_on for explanation in explanations}
    assert {23} == {explanation.received_at.hour for explanation in explanations}
    assert ["S1:92", "S1:93"] == [explanation.standard.source for explanation in explanations]


def test_what_nobody_promised_has_no_explanation() -> None:
    """A comment runs no published clock."""
    assert () == explain(datetime(2026, 11, 25, 4, 58, tzinfo=UTC), TicketKind.COMMENT)
