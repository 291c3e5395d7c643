"""Laws of escalation: whenever a matter comes and however long nobody looks (R-64, MUST 28)."""

from dataclasses import replace
from datetime import time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.watched_worlds import CALENDAR, OFFICE, POLICY, QUEBEC, days_of, local, run_through, watched
from triage.model.escalation.office import Office
from triage.model.escalation.steps import OfficeEdge
from triage.rules.clocks.business_days import is_business_day
from triage.rules.clocks.escalation.reaching import due_steps
from triage.rules.clocks.office_hours import is_open

LAWS = settings(deadline=None, max_examples=20)

_minutes = st.integers(0, 210 * 24 * 60).map(lambda count: local("2026-10-01T00:00") + timedelta(minutes=count))
received = _minutes.map(lambda at: at.astimezone(QUEBEC).replace(tzinfo=None).isoformat(timespec="minutes"))


@LAWS
@given(received=received)
def test_nobody_is_told_while_the_office_is_closed(received: str) -> None:
    """Whenever a matter comes, each step falls on a business day, in opening hours or at the minute of closing."""
    file = watched(received)
    moments = run_through(file, until="2027-06-01T00:00")

    assert moments
    assert all(is_business_day(day, calendar=CALENDAR) for day in days_of(moments))
    assert all(
        is_open(local(at.replace(" ", "T")), office=OFFICE) or (step, at[-5:]) == ("E1-LC", "16:30")
        for step, at in moments
    )


@LAWS
@given(received=received, pause=st.integers(1, 60))
def test_a_missed_tick_repairs_itself(received: str, pause: int) -> None:
    """Whoever looks again only after days finds every step that was reached meanwhile, each once."""
    file = watched(received)
    now = file.ticket.received_at + timedelta(days=pause)
    expected = {step for step, _ in run_through(file, until=now.astimezone(QUEBEC).replace(tzinfo=None).isoformat())}
    found = due_steps(file, office=OFFICE, policy=POLICY, now=now)
    again = due_steps(
        replace(file, done=frozenset(each.key for each in found.reached)), office=OFFICE, policy=POLICY, now=now
    )

    assert expected == {each.step.id for each in found.reached}
    assert len(found.reached) == len({each.key for each in found.reached})
    assert ((), found.next_review_at) == (again.reached, again.next_review_at)
    assert found.next_review_at is not None
    assert now < found.next_review_at


@LAWS
@given(received=received, opens=st.integers(6, 11), length=st.integers(2, 10))
def test_other_opening_hours_hold_too(received: str, opens: int, length: int) -> None:
    """Whatever hours the body has, ordinary steps fall within them."""
    office = Office(CALENDAR, time(opens), time(opens + length))
    file = watched(received)
    found = due_steps(file, office=office, policy=POLICY, now=file.ticket.received_at + timedelta(days=45))

    assert all(is_open(each.at, office=office) or each.step.at is OfficeEdge.CLOSING for each in found.reached)
