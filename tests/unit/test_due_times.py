"""Due times: the worked examples of the specimen book, which promise applies, and when it is met."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage.model.codes import Channel, TicketKind
from triage.model.standard import BusinessCalendar, ClockUnit, Due, ServiceStandard
from triage.rules.clocks.due import compute_dues, end_of_day, is_met, local_day, standards_in_force
from triage.settings.dated import load_calendar, load_standards

QUEBEC = ZoneInfo("America/Toronto")
CALENDAR = load_calendar(None, zone=QUEBEC)
STANDARDS = load_standards(None)
BOOK = Path(__file__).parent.parent / "examples" / "calendar" / "due-times.toml"
EXAMPLES = tomllib.loads(BOOK.read_text(encoding="utf-8"))["example"]
FRIDAY_AFTERNOON = datetime(2026, 11, 27, 16, 45, tzinfo=QUEBEC)


def dues_of(
    received_at: datetime, kind: TicketKind, channel: Channel = Channel.EMAIL, *, calendar: BusinessCalendar = CALENDAR
) -> dict[str, Due]:
    dues = compute_dues(received_at=received_at, kind=kind, channel=channel, standards=STANDARDS, calendar=calendar)
    return {due.standard: due for due in dues}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_the_worked_examples_hold(example: dict[str, object]) -> None:
    """Each row of the specimen book gives the due times that it states."""
    received_at = example["received"]
    assert isinstance(received_at, datetime)

    complaint = dues_of(received_at, TicketKind.COMPLAINT)
    question = dues_of(received_at, TicketKind.INFORMATION)

    assert example["E1"] == complaint["E1"].due_at
    assert (example["E2"], example["E3"]) == (complaint["E2"].due_on, question["E3"].due_on)
    assert (False, False) == (complaint["E2"].provisional, question["E3"].provisional)


def test_the_book_holds_every_worked_example() -> None:
    """None of the fifteen rows may be lost."""
    expected = ["1", "2", "3a", "3b", *(str(number) for number in range(4, 12)), "12a", "12b", "13"]

    assert expected == [example["id"] for example in EXAMPLES]


def test_another_list_of_holidays_gives_another_day() -> None:
    """By the list of the Code of Civil Procedure, example 6 would fall due on 15 January instead of 21."""
    not_in_that_list = {date(2026, 12, 24), date(2026, 12, 28), date(2026, 12, 31), date(2027, 1, 4)}
    fewer = {on: holiday for on, holiday in CALENDAR.holidays.items() if on not in not_in_that_list}
    calendar = BusinessCalendar(QUEBEC, fewer, CALENDAR.listed_years, "code")
    received_at = datetime(2026, 12, 23, 9, 10, tzinfo=QUEBEC)

    assert date(2027, 1, 15) == dues_of(received_at, TicketKind.COMPLAINT, calendar=calendar)["E2"].due_on


def test_a_business_day_ends_at_local_midnight_as_an_instant() -> None:
    """The first instant too late is 0 h of the next local day, in UTC: 5 h in winter, 4 h in summer."""
    winter = dues_of(FRIDAY_AFTERNOON, TicketKind.COMPLAINT)["E2"]
    summer = dues_of(datetime(2028, 6, 21, 10, tzinfo=QUEBEC), TicketKind.COMPLAINT)["E2"]

    assert datetime(2026, 12, 19, 5, tzinfo=UTC) == winter.due_at
    assert datetime(2028, 7, 15, 4, tzinfo=UTC) == summer.due_at
    assert UTC is winter.due_at.tzinfo


def test_a_day_without_midnight_ends_when_the_clocks_jump() -> None:
    """Where daylight time starts at midnight, the day ends at that instant: Havana, 8 March 2026."""
    calendar = BusinessCalendar(ZoneInfo("America/Havana"), {}, frozenset({2026}), "empty")

    assert datetime(2026, 3, 8, 5, tzinfo=UTC) == end_of_day(date(2026, 3, 7), calendar=calendar)


def test_hours_are_met_to_the_second_and_days_to_the_midnight() -> None:
    """The last second of 24 hours is in time; midnight itself is too late for business days."""
    dues = dues_of(FRIDAY_AFTERNOON, TicketKind.COMPLAINT)
    hours, days = dues["E1"], dues["E2"]
    second = timedelta(seconds=1)

    assert (True, False) == (is_met(hours, hours.due_at), is_met(hours, hours.due_at + second))
    assert (True, False) == (is_met(days, days.due_at - second), is_met(days, days.due_at))


@pytest.mark.parametrize(
    ("kind", "channel", "expected"),
    [
        (TicketKind.COMPLAINT, Channel.EMAIL, [("E1", True), ("E2", True)]),
        (TicketKind.COMPLAINT, Channel.PHONE, [("E1", True), ("E2", False)]),
        (TicketKind.COMPLAINT, Channel.OTHER, [("E1", False), ("E2", False)]),
        (TicketKind.INFORMATION, Channel.EMAIL, [("E3", True)]),
        (TicketKind.INFORMATION, Channel.PHONE, [("E3", False)]),
        (TicketKind.INFORMATION, Channel.OTHER, [("E3", False)]),
        (TicketKind.COMMENT, Channel.EMAIL, []),
        (TicketKind.AUTOMATED, Channel.EMAIL, []),
    ],
)
def test_each_promise_binds_only_the_channel_it_was_made_for(
    kind: TicketKind, channel: Channel, expected: list[tuple[str, bool]]
) -> None:
    """S1:92 names mail and phone, S1:93 and S1:72-75 mail only; elsewhere the clock runs, uncommitted."""
    dues = dues_of(FRIDAY_AFTERNOON, kind, channel).values()

    assert expected == [(due.standard, due.committed) for due in dues]


def standard(version: str, *, first: date, last: date | None, amount: int) -> ServiceStandard:
    return ServiceStandard(
        id="E2",
        version=version,
        unit=ClockUnit.BUSINESS_DAYS,
        amount=amount,
        target_percent=75,
        kinds=(TicketKind.COMPLAINT,),
        channels=(Channel.EMAIL,),
        committed_channels=(),
        effective_from=first,
        effective_to=last,
        source="S1:93",
    )


def test_the_promise_in_force_on_the_local_day_of_reception_decides() -> None:
    """A mail of 31 March, 23:58 in Quebec, keeps the old promise although it is 1 April in UTC; bounds included."""
    standards = (
        standard("new", first=date(2027, 4, 1), last=None, amount=10),
        standard("old", first=date(2026, 4, 1), last=date(2027, 3, 31), amount=15),
    )
    moments = [
        datetime(2026, 3, 31, 23, 59, tzinfo=QUEBEC),
        datetime(2026, 4, 1, 0, 0, tzinfo=QUEBEC),
        datetime(2027, 3, 31, 23, 58, tzinfo=QUEBEC).astimezone(UTC),
        datetime(2027, 4, 1, 0, 0, tzinfo=QUEBEC).astimezone(UTC),
    ]

    versions = [
        [
            found.version
            for found in compute_dues(
                received_at=moment,
                kind=TicketKind.COMPLAINT,
                channel=Channel.EMAIL,
                standards=standards,
                calendar=CALENDAR,
            )
        ]
        for moment in moments
    ]

    assert [[], ["old"], ["old"], ["new"]] == versions


def test_dues_come_in_the_order_of_their_ids() -> None:
    """Whatever the order of the file."""
    found = standards_in_force(
        received_on=date(2026, 11, 27),
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        standards=tuple(reversed(STANDARDS)),
    )

    assert ["E1", "E2"] == [one.id for one in found]


def test_only_a_count_that_meets_an_unlisted_year_is_provisional() -> None:
    """2028 is the last listed year: a due day in January 2029 is provisional, elapsed hours never are."""
    dues = dues_of(datetime(2028, 12, 28, 12, tzinfo=QUEBEC), TicketKind.COMPLAINT)
    question = dues_of(datetime(2028, 12, 26, 12, tzinfo=QUEBEC), TicketKind.INFORMATION)

    assert {"E1": False, "E2": True} == {name: due.provisional for name, due in dues.items()}
    assert (date(2028, 12, 28), False) == (question["E3"].due_on, question["E3"].provisional)


def test_an_instant_without_a_zone_is_refused() -> None:
    """A wall-clock time may exist twice, or never; neither counting nor judging guesses."""
    naive = FRIDAY_AFTERNOON.replace(tzinfo=None)
    due = dues_of(FRIDAY_AFTERNOON, TicketKind.COMPLAINT)["E1"]

    with pytest.raises(ValueError, match="time zone"):
        local_day(naive, calendar=CALENDAR)
    with pytest.raises(ValueError, match="time zone"):
        is_met(due, naive)


def test_a_later_hour_of_the_same_day_changes_no_day() -> None:
    """No rule « after 16 h 30 counts as tomorrow » exists: every minute of a local day has the same due days."""
    days = [dues_of(datetime(2026, 11, 27, hour, 59, tzinfo=QUEBEC), TicketKind.COMPLAINT)["E2"] for hour in range(24)]

    assert all(earlier.due_at == later.due_at for earlier, later in pairwise(days))
