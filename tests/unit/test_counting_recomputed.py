"""Every fraction of any cohort against a naive recomputation, written from the clauses (R-40 to R-43)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.counted_worlds import CALENDAR, DAY, LATER, MONDAY, ZONE, figures_of, make
from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.papers.counting import CountedTicket

SPANS = st.none() | st.timedeltas(timedelta(), timedelta(days=40)) | st.sampled_from([DAY, 2 * DAY])
TICKETS = st.builds(
    make,
    st.sampled_from(TicketKind),
    st.sampled_from(Channel),
    received_at=st.datetimes(datetime(2026, 3, 25), datetime(2027, 4, 8)).map(lambda at: at.replace(tzinfo=UTC)),  # noqa: DTZ001  the zone comes next
    status=st.sampled_from(TicketStatus),
    is_reachable=st.booleans(),
    taken=SPANS,
    answered=SPANS,
    closed=SPANS,
)


def naive_due_on(received_on: date, days: int) -> date:
    """The day, counted one by one on the calendar's rows."""
    left = days
    for step in count(1):
        on = received_on + step * DAY
        left -= on.weekday() < 5 and on not in CALENDAR.holidays
        if left == 0:
            return on
    raise AssertionError


def naive_tallies(tickets: Sequence[CountedTicket], now: datetime) -> dict[tuple[str, bool], list[int]]:
    """By promise and side: met, late, overdue, pending; from the clauses, with dates and no due instant."""
    rows: dict[tuple[str, bool], list[int]] = {(e, side): [0] * 4 for e in ("E1", "E2", "E3") for side in (True, False)}
    for each in tickets:
        here = each.received_at.astimezone(ZONE)
        if not date(2026, 4, 1) <= here.date() <= date(2027, 3, 31) or each.status in ("merged", "spam"):
            continue
        treated_at = each.answered_at
        if treated_at is None and each.status in ("redirected", "withdrawn"):
            treated_at = each.closed_at
        if each.kind == "PLA" and each.is_reachable:
            ends = each.received_at.timestamp() + 86_400
            done = each.taken_charge_at.timestamp() if each.taken_charge_at else None
            in_time = done is not None and done <= ends
            row = rows["E1", each.channel != "other"]
            row[
                naive_place(done=done is not None and done <= now.timestamp(), ok=in_time, over=now.timestamp() > ends)
            ] += 1
        for name, kind, days, at in (("E2", "PLA", 15, treated_at), ("E3", "INF", 2, each.taken_charge_at)):
            if each.kind != kind:
                continue
            last_on = naive_due_on(here.date(), days)
            ok = at is not None and at.astimezone(ZONE).date() <= last_on
            over = now.astimezone(ZONE).date() > last_on
            rows[name, each.channel == "email"][naive_place(done=at is not None and at <= now, ok=ok, over=over)] += 1
    return rows


def naive_place(*, done: bool, ok: bool, over: bool) -> int:
    """Met, late, overdue or pending."""
    if done:
        return 0 if ok else 1
    return 2 if over else 3


@settings(max_examples=150, deadline=None)
@given(st.lists(TICKETS, max_size=30), st.sampled_from([MONDAY, MONDAY + 20 * DAY, LATER]))
def test_every_fraction_equals_a_naive_recomputation(tickets: list[CountedTicket], now: datetime) -> None:
    """On any cohort, on both sides of the year's ends, fraction by fraction."""
    expected = naive_tallies(tickets, now)
    figures = figures_of(*tickets, now=now)
    counted = {
        (each.standard, side): [tally.met, tally.missed - tally.overdue, tally.overdue, tally.pending]
        for each in figures.attainments
        for side, tally in ((True, each.promised), (False, each.tracked))
    }

    assert expected == counted
