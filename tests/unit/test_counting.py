"""How attainment is counted: each clause of R-40 to R-44, one by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counted_worlds import CALENDAR, DAY, HOUR, MONDAY, STANDARDS, YEAR, figures_of, make, of
from triage.model.codes import Channel, Language, TicketKind, TicketStatus
from triage.model.papers.counting import CountedClock, CountedTicket, FiscalYear, Tally
from triage.rules.counting.attainment import margin
from triage.rules.counting.years import fiscal_year_of, is_provisional, span_of
from triage.wording.numbers import percent_short_of


def test_an_empty_year_has_no_share() -> None:
    """Nothing over nothing is neither reached nor missed: « s. o. » (R-44)."""
    figures = figures_of()

    assert ["E1", "E2", "E3"] == [each.standard for each in figures.attainments]
    assert [(None, None)] * 3 == [(each.promised.share, each.is_reached) for each in figures.attainments]
    assert (0, 0) == (figures.acknowledged, figures.acknowledgeable)


def test_the_last_second_of_24_hours_is_in_time() -> None:
    """E1 counts elapsed seconds from reception to a person's act, both ends as R-41 says."""
    figures = figures_of(make(taken=DAY), make(taken=DAY + timedelta(microseconds=1)), make(taken=HOUR))

    assert Fraction(2, 3) == of(figures, "E1").promised.share


def test_what_is_open_and_late_has_failed() -> None:
    """No survivor bias (R-42): the open file counts from the instant after its due time, and is named as open."""
    figures = figures_of(make(answered=DAY), make(answered=30 * DAY), make())

    assert Tally(met=1, missed=2, overdue=1) == of(figures, "E2").promised


def test_what_may_still_be_in_time_stands_apart() -> None:
    """« En cours, non échues » (R-42) are in no denominator, until answered or due."""
    figures = figures_of(make(), make(answered=HOUR), now=MONDAY + 2 * HOUR)

    assert Tally(met=1, pending=1) == of(figures, "E2").promised


@pytest.mark.parametrize(("status", "days", "tally"), [("redirected", 5, Tally(met=1)), ("withdrawn", 40, Tally(0, 1))])
def test_a_redirection_or_a_withdrawal_ends_the_answer(status: str, days: int, tally: Tally) -> None:
    """By its own date, like an answer (R-42)."""
    ticket = make(status=TicketStatus(status), closed=days * DAY)

    assert tally == of(figures_of(ticket), "E2").promised


def test_a_clock_that_was_ended_by_hand_ends_there() -> None:
    """What the journal wrote on the clock itself comes before what the ticket says."""
    ticket = make(answered=40 * DAY)
    clocks = tuple(CountedClock(each.due, MONDAY + DAY) for each in ticket.clocks)
    mended = CountedTicket(**{name: getattr(ticket, name) for name in CountedTicket.__slots__} | {"clocks": clocks})

    assert Tally(met=1) == of(figures_of(mended), "E2").promised


def test_a_telephone_complaint_is_promised_24_hours_and_no_answer() -> None:
    """R-41 counts it, R-42 shows it on a line of its own; a letter is tracked for both."""
    figures = figures_of(*(make(channel=each, taken=HOUR, answered=DAY) for each in Channel))

    assert (Tally(met=2), Tally(met=1)) == (of(figures, "E1").promised, of(figures, "E1").tracked)
    assert (Tally(met=1), Tally(met=2)) == (of(figures, "E2").promised, of(figures, "E2").tracked)


def test_a_complaint_without_return_address_is_left_out_of_the_24_hours() -> None:
    """Shown apart (R-41); the answer's figure has no such exclusion (R-42)."""
    figures = figures_of(make(is_reachable=False), make(taken=HOUR))

    assert (1, Tally(met=1)) == (of(figures, "E1").unreachable, of(figures, "E1").promised)
    assert Tally(missed=2, overdue=2) == of(figures, "E2").promised
    assert (1, 1) == (figures.acknowledged, figures.acknowledgeable)


@pytest.mark.parametrize("kind", [TicketKind.AUTOMATED, TicketKind.UNDESIRABLE, TicketKind.DUPLICATE])
def test_machines_spam_and_duplicates_are_counted_nowhere(kind: TicketKind) -> None:
    """Whatever clocks they were born with (R-41)."""
    complaint = make()
    other = CountedTicket(**{name: getattr(complaint, name) for name in CountedTicket.__slots__} | {"kind": kind})

    assert figures_of() == figures_of(other)


@pytest.mark.parametrize(("status", "counted"), [("spam", 0), ("merged", 0), ("quarantined", 1), ("closed", 1)])
def test_a_quarantined_file_counts_until_somebody_confirms(status: str, counted: int) -> None:
    """Its clock runs from arrival; confirmed as undesirable, or merged, it leaves the denominators."""
    assert counted == of(figures_of(make(status=TicketStatus(status))), "E2").promised.counted


def test_requests_for_information_have_two_days_to_be_taken_in_charge() -> None:
    """R-43: taking charge ends it, an answer is no part of it; by telephone it is tracked."""
    two_days = timedelta(days=2, hours=13, minutes=59)
    information = TicketKind.INFORMATION
    figures = figures_of(
        make(information, taken=two_days),
        make(information, taken=two_days + HOUR),
        make(information, answered=HOUR),
        make(information, Channel.PHONE, taken=HOUR),
    )

    assert (Tally(met=1, missed=2, overdue=1), Tally(met=1)) == (
        of(figures, "E3").promised,
        of(figures, "E3").tracked,
    )
    assert 0 == of(figures, "E2").promised.counted


def test_the_year_is_that_of_the_local_day_of_reception() -> None:
    """31 March, two minutes to midnight in Quebec, is April in UTC already, and belongs to the year that ends."""
    late = make(received_at=datetime(2027, 4, 1, 3, 58, tzinfo=UTC), taken=HOUR)
    next_year = make(received_at=datetime(2027, 4, 1, 4, 0, tzinfo=UTC), taken=HOUR)

    assert 1 == of(figures_of(late, next_year), "E1").promised.counted
    assert 1 == of(figures_of(late, next_year, year=FiscalYear(2027)), "E1").promised.counted
    assert (datetime(2026, 4, 1, 4, tzinfo=UTC), datetime(2027, 4, 1, 4, tzinfo=UTC)) == span_of(
        YEAR, calendar=CALENDAR
    )


def test_a_year_is_provisional_until_its_last_answer_was_due() -> None:
    """Received on 31 March 2027, due on 21 April: from the midnight after it the figures stand (R-40)."""
    last = datetime(2027, 4, 22, 4, tzinfo=UTC)

    assert (True, False) == tuple(
        is_provisional(YEAR, now=at, standards=STANDARDS, calendar=CALENDAR)
        for at in (last - timedelta(seconds=1), last)
    )


@pytest.mark.parametrize(
    ("day", "label"), [("2026-03-31", "2025-2026"), ("2026-04-01", "2026-2027"), ("2027-01-01", "2026-2027")]
)
def test_a_fiscal_year_begins_on_the_first_of_april(day: str, label: str) -> None:
    """And is named by both calendar years."""
    assert label == fiscal_year_of(date.fromisoformat(day)).label


def test_rounding_never_lifts_a_result_over_its_target() -> None:
    """2999 of 4000 is 74,975 %, which prints as 75,0 when rounded; the fraction says missed (R-44)."""
    below, exactly = (
        replace(of(figures_of(), "E2"), promised=tally)
        for tally in (Tally(met=2999, missed=1001), Tally(met=9, missed=3))
    )

    assert (False, True) == (below.is_reached, exactly.is_reached)
    assert ["74,9\u00a0%", "75,0\u00a0%"] == [
        percent_short_of(each.promised.share, 75, language=Language.FRENCH)
        for each in (below, exactly)
        if each.promised.share is not None
    ]


TALLIES = st.builds(Tally, met=st.integers(0, 400), missed=st.integers(0, 400))


@given(TALLIES, st.integers(1, 100))
def test_the_margin_is_the_last_number_that_holds(tally: Tally, target: int) -> None:
    """So many more late ones keep the target and one more does not; where it is lost, so many in time win it back."""
    left = margin(tally, target)

    def holds(late: int, met: int = 0) -> bool:
        counted = tally.counted + late + met
        return counted == 0 or Fraction(tally.met + met, counted) >= Fraction(target, 100)

    if left is None:
        assert target == 100
        assert tally.missed > 0
    elif left >= 0:
        assert holds(left)
        assert not holds(left + 1)
    else:
        assert holds(0, -left)
        assert not holds(0, -left - 1)
