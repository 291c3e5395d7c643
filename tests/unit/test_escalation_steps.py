"""When each step is reached, around Christmas 2026, Easter and the clock changes, and what ends a step."""

from dataclasses import replace
from datetime import date, time

import pytest

from tests.watched_worlds import OFFICE, POLICY, local, review, run_through, watched
from triage.model.codes import TicketKind, TicketStatus
from triage.model.escalation.steps import OfficeEdge, StepEnd, StepMoment
from triage.rules.clocks.escalation.moments import step_of_key
from triage.rules.clocks.escalation.reaching import UNWATCHED, due_steps

# Received (Quebec), and each step of the first promise with the local time at which somebody is told.
FIRST_DAY = {
    "in the morning: due while the office is open": (
        "2026-11-24T09:00",
        [("E1-N1", "2026-11-24 10:00"), ("E1-N2", "2026-11-24 13:00")],
    ),
    "in the evening: due in the evening after": (
        "2026-11-24T18:00",
        [
            ("E1-N1", "2026-11-25 09:30"),
            ("E1-L15", "2026-11-25 15:00"),
            ("E1-LC", "2026-11-25 16:30"),
            ("E1-LO", "2026-11-26 08:30"),
            ("E1-N2", "2026-11-26 08:30"),
        ],
    ),
    "on a Friday at ten: two lists before the weekend": (
        "2026-11-27T10:00",
        [
            ("E1-N1", "2026-11-27 11:00"),
            ("E1-L15", "2026-11-27 15:00"),
            ("E1-LC", "2026-11-27 16:30"),
            ("E1-LO", "2026-11-30 08:30"),
            ("E1-N2", "2026-11-30 08:30"),
        ],
    ),
    "on a Friday after three: the list at closing alone": (
        "2026-11-27T15:40",
        [
            ("E1-LC", "2026-11-27 16:30"),
            ("E1-LO", "2026-11-30 08:30"),
            ("E1-N2", "2026-11-30 08:30"),
            ("E1-N1", "2026-11-30 08:40"),
        ],
    ),
    "on a Friday after closing: nobody could have been told": (
        "2026-11-27T16:45",
        [("E1-LO", "2026-11-30 08:30"), ("E1-N2", "2026-11-30 08:30"), ("E1-N1", "2026-11-30 09:30")],
    ),
    "on a Sunday for a Monday at nine: four hours before lie before the reception": (
        "2026-11-29T09:00",
        [("E1-N2", "2026-11-30 08:30"), ("E1-N1", "2026-11-30 09:30")],
    ),
    "the day before Christmas Eve": (
        "2026-12-23T09:10",
        [
            ("E1-N1", "2026-12-23 10:10"),
            ("E1-L15", "2026-12-23 15:00"),
            ("E1-LC", "2026-12-23 16:30"),
            ("E1-LO", "2026-12-29 08:30"),
            ("E1-N2", "2026-12-29 08:30"),
        ],
    ),
    "on Christmas Day": (
        "2026-12-25T11:00",
        [("E1-LO", "2026-12-29 08:30"), ("E1-N2", "2026-12-29 08:30"), ("E1-N1", "2026-12-29 09:30")],
    ),
    "before the clocks go back": (
        "2026-10-31T14:00",
        [("E1-LO", "2026-11-02 08:30"), ("E1-N2", "2026-11-02 08:30"), ("E1-N1", "2026-11-02 09:30")],
    ),
    "before the clocks go forward": (
        "2027-03-13T20:00",
        [("E1-LO", "2027-03-15 08:30"), ("E1-N2", "2027-03-15 08:30"), ("E1-N1", "2027-03-15 09:30")],
    ),
    "before Easter": (
        "2027-03-25T15:00",
        [
            ("E1-L15", "2027-03-25 15:00"),
            ("E1-N1", "2027-03-25 16:00"),
            ("E1-LC", "2027-03-25 16:30"),
            ("E1-LO", "2027-03-30 08:30"),
            ("E1-N2", "2027-03-30 08:30"),
        ],
    ),
}


@pytest.mark.parametrize(("received", "expected"), FIRST_DAY.values(), ids=FIRST_DAY.keys())
def test_the_24_hours_are_watched(received: str, expected: list[tuple[str, str]]) -> None:
    """One business hour without owner; lists around closed periods; four business hours before, or at the opening."""
    reached = [each for each in run_through(watched(received), until="2027-04-01T00:00") if each[0].startswith("E1")]

    assert expected == reached


ANSWERS = {
    "the last days of the year": (
        "2026-12-23T09:10",
        "2027-01-25T23:00",
        ["2027-01-07", "2027-01-14", "2027-01-18", "2027-01-20", "2027-01-21", "2027-01-22", "2027-01-25"],
    ),
    "around Good Friday and Easter Monday": (
        "2027-03-13T20:00",
        "2027-04-07T23:00",
        ["2027-03-19", "2027-03-30", "2027-04-01", "2027-04-05", "2027-04-06", "2027-04-07"],
    ),
    "around the end of daylight time": (
        "2026-10-31T14:00",
        "2026-11-24T23:00",
        ["2026-11-06", "2026-11-13", "2026-11-17", "2026-11-19", "2026-11-20", "2026-11-23", "2026-11-24"],
    ),
}


@pytest.mark.parametrize(("received", "until", "days"), ANSWERS.values(), ids=ANSWERS.keys())
def test_the_fifteen_days_are_watched(received: str, until: str, days: list[str]) -> None:
    """Days 5, 10, 12, 14 at nine, day 15 at nine and at two, then each business day at nine."""
    reached = [each for each in run_through(watched(received), until=until) if each[0].startswith("E2")]
    names = ["E2-D5", "E2-D10", "E2-D12", "E2-D14", "E2-D15"]
    expected = [(name, f"{day} 09:00") for name, day in zip(names, days, strict=False)]
    expected += [("E2-D15B", f"{days[4]} 14:00"), *(("E2-R", f"{day} 09:00") for day in days[5:])]

    assert expected == reached


def test_a_request_for_information_is_watched_on_its_second_day() -> None:
    """At the opening of day 2, which may be after Christmas, and not again."""
    file = watched("2026-12-23T09:10", kind=TicketKind.INFORMATION)

    assert [("E3-D2", "2026-12-30 08:30")] == run_through(file, until="2027-02-01T00:00")


def test_what_promises_nothing_is_not_watched() -> None:
    """A comment has no due time: nothing is reached, and nobody looks again."""
    found = review(watched("2026-11-24T09:00", kind=TicketKind.COMMENT), "2027-11-24T09:00")

    assert ((), None) == (found.reached, found.next_review_at)


def test_an_urgent_file_is_told_at_any_hour() -> None:
    """Safety: one hour after a Saturday's reception, four hours before the due time of a Sunday (R-64)."""
    file = watched("2026-11-28T10:00", flags=("SST",))

    assert [("E1-N1", "2026-11-28 11:00"), ("E1-N2", "2026-11-29 06:00"), ("E1-LO", "2026-11-30 08:30")] == run_through(
        file, until="2026-12-01T00:00"
    )


@pytest.mark.parametrize("said", [{"flags": ("SEC",)}, {"scope": "HM-LCOP"}])
def test_security_and_tenders_are_urgent_too(said: dict[str, object]) -> None:
    """By a flag, or by the scope of the matter."""
    file = watched("2026-11-28T10:00", **said)  # type: ignore[arg-type]  # fields by name

    assert ("E1-N1", "2026-11-28 11:00") == run_through(file, until="2026-11-28T12:00")[0]


ENDS = {
    "an owner": ({"assigned_to": "marie"}, {"E1-N1"}),
    "a person took charge": ({"taken_charge_at": local("2026-11-24T09:30")}, {"E1-N1", "E1-N2"}),
    "an answer": ({"answered_at": local("2026-11-24T09:30")}, {"E1-N1", "E1-N2", "E2-D5"}),
}


@pytest.mark.parametrize(("said", "needless"), ENDS.values(), ids=ENDS.keys())
def test_what_was_done_makes_steps_needless(said: dict[str, object], needless: set[str]) -> None:
    """Each step ends with what it asks for, and no other."""
    moments = run_through(watched("2026-11-24T09:00", **said), until="2026-12-01T12:00")  # type: ignore[arg-type]

    assert {"E1-N1", "E1-N2", "E2-D5"} - needless == {step for step, _ in moments}


@pytest.mark.parametrize("status", sorted(UNWATCHED))
def test_finished_and_quarantined_files_are_left_alone(status: TicketStatus) -> None:
    """Nothing is reached, however late it is."""
    found = review(watched("2026-11-24T09:00", status=status), "2027-11-24T09:00")

    assert ((), None) == (found.reached, found.next_review_at)


def test_a_late_file_is_told_for_the_latest_day_alone() -> None:
    """After three weeks without a tick there is one reminder of lateness, that of today, and the next is tomorrow's."""
    found = review(watched("2026-11-24T09:00"), "2027-01-13T09:30")
    late = [each.key for each in found.reached if each.step.id == "E2-R"]

    assert ["escalation:2026-000001:E2-R:2027-01-13"] == late
    assert local("2027-01-14T09:00") == found.next_review_at


def test_a_key_names_its_step() -> None:
    """By it the outbox knows which reminders a person had lately; other keys name none."""
    reached = review(watched("2026-11-24T09:00"), "2026-11-24T10:00").reached

    assert ["E1-N1"] == [step_of_key(f"{each.key}:marie") for each in reached]
    assert (None, None) == (step_of_key("acknowledgement:1"), step_of_key("escalation"))


def test_a_step_holds_for_matters_received_within_its_dates() -> None:
    """The day decides on which the matter was received, not today."""
    later = tuple(replace(each, effective_from=date(2026, 11, 25)) for each in POLICY.steps)
    ended = tuple(replace(each, effective_to=date(2026, 11, 23)) for each in POLICY.steps)
    for steps in (later, ended):
        found = due_steps(
            watched("2026-11-24T09:00"),
            office=OFFICE,
            policy=replace(POLICY, steps=steps),
            now=local("2027-01-01T00:00"),
        )

        assert ((), None) == (found.reached, found.next_review_at)


ODD_TIMES = {
    "before the office opens": (time(7), "2026-11-27 08:30"),
    "at the opening": (OfficeEdge.OPENING, "2026-11-27 08:30"),
    "at closing": (OfficeEdge.CLOSING, "2026-11-27 16:30"),
    "after closing: left to the list at closing": (time(18), None),
    "at the very minute of closing": (time(16, 30), None),
}


@pytest.mark.parametrize(("at", "expected"), ODD_TIMES.values(), ids=ODD_TIMES.keys())
def test_a_list_at_an_odd_time_of_day(at: time | OfficeEdge, expected: str | None) -> None:
    """A time at which nobody is there is moved to the opening, or given up."""
    step = next(each for each in POLICY.steps if each.moment is StepMoment.BEFORE_CLOSED)
    policy = replace(POLICY, steps=(replace(step, at=at, until=StepEnd.TAKEN_CHARGE),))
    file = watched("2026-11-26T19:00")
    next_at = due_steps(file, office=OFFICE, policy=policy, now=file.ticket.received_at).next_review_at

    assert (None if expected is None else local(expected.replace(" ", "T"))) == next_at


def test_a_day_step_at_closing_stays_on_its_day() -> None:
    """« closing » is the instant of closing, not the opening after it."""
    step = next(each for each in POLICY.steps if each.id == "E2-D5")
    policy = replace(POLICY, steps=(replace(step, at=OfficeEdge.CLOSING),))
    file = watched("2026-11-24T09:00")

    assert (
        local("2026-12-01T16:30")
        == due_steps(file, office=OFFICE, policy=policy, now=local("2026-11-24T10:00")).next_review_at
    )
