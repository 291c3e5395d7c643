"""Who is told of a step, in how few mails, and what happens after an outage (R-62, R-64, R-75)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.watched_worlds import (
    DENIS,
    LUC,
    MARIE,
    OFFICE,
    POLICY,
    STAFF,
    SUZANNE,
    decide,
    local,
    member,
    told,
    watched,
)
from triage.model.agents.staff import Role, Staff
from triage.model.codes import NoticeKind, TicketKind
from triage.model.escalation.notices import Occasion
from triage.model.escalation.steps import Audience, EscalationLevel, WatchedTicket
from triage.rules.clocks.escalation.recipients import find_recipients, find_supervisors
from triage.rules.clocks.escalation.telling import MOST_FILES, Circle

MONDAY = date(2026, 11, 23)
ALL_STEPS = {step.id: step for step in POLICY.steps}


def recipients(step: str, file: WatchedTicket, staff: Staff = STAFF, **said: bool) -> list[str]:
    """The ids of those whom a step of the shipped ones tells on that Monday."""
    return [each.id for each in find_recipients(ALL_STEPS[step], file, staff=staff, today=MONDAY, **said)]


FILE = watched("2026-11-20T09:00")
RECIPIENTS = {
    "the team": ("E1-N1", FILE, STAFF, ["marie", "luc"]),
    "the owner": ("E2-D5", watched("2026-11-20T09:00", assigned_to="luc"), STAFF, ["luc"]),
    "the team while nobody owns it": ("E2-D5", FILE, STAFF, ["marie", "luc"]),
    "owner and supervisor": ("E2-D10", watched("2026-11-20T09:00", assigned_to="luc"), STAFF, ["luc", "suzanne"]),
    "the director": ("E2-D14", FILE, STAFF, ["denis"]),
    "an owner who has left": ("E2-D5", watched("2026-11-20T09:00", assigned_to="gone"), STAFF, ["marie", "luc"]),
    "a supervisor where there is no director": (
        "E2-D14",
        FILE,
        replace(STAFF, members=(MARIE, LUC, SUZANNE)),
        ["suzanne"],
    ),
    "a director where there is no supervisor": ("E2-D12", FILE, replace(STAFF, members=(MARIE, LUC, DENIS)), ["denis"]),
    "handlers alone of a restricted file": (
        "E2-D14",
        watched("2026-11-20T09:00", restricted=True, assigned_to="luc"),
        STAFF,
        ["suzanne"],
    ),
    "a director where the file concerns its handler": (
        "E2-D14",
        watched("2026-11-20T09:00", restricted=True, concerned=frozenset({SUZANNE.address})),
        STAFF,
        ["denis"],
    ),
    "nobody whom an open file concerns": (
        "E2-D10",
        watched("2026-11-20T09:00", concerned=frozenset({MARIE.address, SUZANNE.address})),
        STAFF,
        ["luc"],
    ),
    "a stand-in": (
        "E1-N1",
        FILE,
        replace(STAFF, members=(replace(MARIE, stand_in="suzanne", absent_until_on=MONDAY), LUC, SUZANNE, DENIS)),
        ["suzanne", "luc"],
    ),
    "everybody where everybody is away": (
        "E2-D12",
        FILE,
        replace(STAFF, members=(MARIE, LUC, replace(SUZANNE, absent_until_on=MONDAY), DENIS)),
        ["suzanne"],
    ),
    "no stand-in for a restricted file": (
        "E2-D12",
        watched("2026-11-20T09:00", restricted=True),
        replace(STAFF, members=(MARIE, LUC, replace(SUZANNE, stand_in="marie", absent_until_on=MONDAY), DENIS)),
        ["suzanne"],
    ),
}


@pytest.mark.parametrize(("step", "file", "staff", "expected"), RECIPIENTS.values(), ids=RECIPIENTS.keys())
def test_who_is_told(step: str, file: WatchedTicket, staff: Staff, expected: list[str]) -> None:
    """By role; restricted files by their handlers; nobody whom the file is about, whatever they are."""
    assert expected == recipients(step, file, staff)


def test_supervisors_answer_for_their_services() -> None:
    """Those of the file's service; all while it has none, or where nobody answers for it."""
    other = member("odile", Role.SUPERVISOR, services=frozenset({"RA"}))
    staff = replace(STAFF, members=(replace(SUZANNE, services=frozenset({"TI"})), other))

    def found(service: str | None) -> list[str]:
        file = watched("2026-11-20T09:00", service=service)
        return [each.id for each in find_supervisors(file, staff=staff, today=MONDAY)]

    assert (["odile"], ["suzanne", "odile"], ["suzanne", "odile"]) == (found("RA"), found(None), found("XX"))


def test_reminders_of_one_level_are_one_mail() -> None:
    """Two files without owner: each of the team gets one mail that names both."""
    files = (watched("2026-11-24T09:00", key=1), watched("2026-11-24T09:05", key=2))
    decision = decide(*files, now="2026-11-24T10:06")

    assert ["reminder marie 2026-000001 2026-000002", "reminder luc 2026-000001 2026-000002"] == told(decision)
    assert ["escalation:2026-000001:E1-N1:marie", "escalation:2026-000001:E1-N1:luc"] == [
        notice.key for notice in decision.notices
    ]


def test_reminders_of_two_levels_are_two_mails() -> None:
    """A late file and one at mid-course are not mixed."""
    files = (
        watched("2026-12-03T09:00", key=1, assigned_to="luc", taken_charge_at=local("2026-12-03T09:30")),
        watched("2026-11-17T09:00", key=2, assigned_to="luc", taken_charge_at=local("2026-11-17T09:30")),
    )
    done = frozenset(f"escalation:2026-000002:E2-{step}" for step in ("D5", "D10", "D12", "D14", "D15", "D15B"))
    decision = decide(files[0], replace(files[1], done=done), now="2026-12-10T09:00")

    assert ["reminder luc 2026-000001", "reminder luc 2026-000002", "reminder suzanne 2026-000002"] == told(decision)


def test_a_second_reminder_within_the_hour_waits() -> None:
    """Somebody who had one twenty minutes ago gets the next forty minutes later; nothing is settled meanwhile."""
    now = "2026-11-24T10:20"
    lately = {("marie", EscalationLevel.FIRST): local("2026-11-24T10:00")}
    file = watched("2026-11-24T09:20")
    decision = decide(file, now=now, circle=Circle(STAFF, OFFICE, POLICY, local(now), lately))

    assert () == decision.notices
    assert [((), local("2026-11-24T11:00"))] == [(each.told, each.next_review_at) for each in decision.settled]


def test_an_urgent_reminder_does_not_wait() -> None:
    """Safety is told at once, gathered with nothing."""
    now = "2026-11-24T10:20"
    lately = {("marie", EscalationLevel.FIRST): local("2026-11-24T10:00")}
    file = watched("2026-11-24T09:20", flags=("SST",))

    assert 2 == len(decide(file, now=now, circle=Circle(STAFF, OFFICE, POLICY, local(now), lately)).notices)


def test_escalations_are_one_mail_a_file() -> None:
    """Two files on day 12 are two decisions."""
    files = [
        watched("2026-11-24T09:00", key=key, taken_charge_at=local("2026-11-24T09:30"), assigned_to="luc")
        for key in (1, 2)
    ]
    done = frozenset({"escalation:2026-000001:E2-D10", "escalation:2026-000002:E2-D10"})
    done |= {"escalation:2026-000001:E2-D5", "escalation:2026-000002:E2-D5"}
    decision = decide(*(replace(each, done=done) for each in files), now="2026-12-10T09:00")

    assert ["escalation suzanne 2026-000001", "escalation suzanne 2026-000002"] == told(decision)


def test_too_many_at_once_are_one_summary() -> None:
    """Eleven escalations for one person become one mail that lists them; whom they do not flood gets his own."""
    done = {f"escalation:2026-{key:06d}:E2-D5" for key in range(1, 12)}
    files = [
        replace(watched("2026-11-24T09:00", key=key, assigned_to=owner), done=frozenset(done))
        for key, owner in [(1, "luc"), *((key, "marie") for key in range(2, 12))]
    ]
    files = [replace(each, ticket=replace(each.ticket, taken_charge_at=local("2026-11-24T09:30"))) for each in files]
    decision = decide(*files, now="2026-12-08T09:01")
    kinds = [(notice.kind, notice.recipient.id, notice.occasion, len(notice.files)) for notice in decision.notices]

    assert (NoticeKind.CATCH_UP, "suzanne", Occasion.MANY, 11) in kinds
    assert (NoticeKind.ESCALATION, "luc", Occasion.STEP, 1) in kinds
    assert 10 == sum(kind is NoticeKind.ESCALATION and to == "marie" for kind, to, _, _ in kinds)
    assert 12 == len(kinds)


def test_what_is_found_late_is_one_summary_to_supervisors() -> None:
    """After ten days nobody is told what would have been true then: one mail says how each file stands now."""
    files = [watched("2026-11-24T09:00", key=1), watched("2026-11-25T09:00", key=2, restricted=True)]
    (notice,) = decide(*files, now="2026-12-04T09:10").notices

    assert ("suzanne", Occasion.STALE, "catch_up:escalation:2026-000001:E1-N2:suzanne") == (
        notice.recipient.id,
        notice.occasion,
        notice.key,
    )
    assert [("2026-000001", False), ("2026-000002", True)] == [
        (each.reference, each.restricted) for each in notice.files
    ]


def test_a_step_of_this_day_is_not_late() -> None:
    """A tick that comes an hour late changes nothing; each promise is judged by its latest step."""
    file = watched("2026-11-24T09:00", assigned_to="luc", taken_charge_at=local("2026-11-24T09:30"))

    assert ["reminder luc 2026-000001"] == told(decide(file, now="2026-12-01T10:00"))


def test_of_several_steps_each_person_is_told_the_latest() -> None:
    """Over a weekend without ticks: the team has the list at the opening, and not that of Friday too."""
    (marie, luc, suzanne) = decide(watched("2026-11-27T10:00"), now="2026-11-30T08:30").notices

    assert [Occasion.AFTER_CLOSED, Occasion.AFTER_CLOSED, Occasion.STEP] == [
        each.occasion for each in (marie, luc, suzanne)
    ]
    assert NoticeKind.ESCALATION is suzanne.kind


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-11-27T16:31", 3), ("2026-11-27T16:44", 3), ("2026-11-27T16:46", 0), ("2026-11-28T03:00", 0)],
)
def test_the_list_at_closing_leaves_at_closing_or_not_at_all(now: str, expected: int) -> None:
    """A quarter of an hour is enough for a slow tick; later, nobody is written to before the opening."""
    file = watched("2026-11-27T10:00", assigned_to="luc", done=frozenset({"escalation:2026-000001:E1-L15"}))
    decision = decide(file, now=now)

    assert expected == len(decision.notices)
    if not expected:
        assert [((), local("2026-11-30T08:30"))] == [(each.told, each.next_review_at) for each in decision.settled]


def test_an_urgent_file_is_told_at_night_to_who_is_on_call_too() -> None:
    """On a Saturday the on-call director hears of a safety matter with the team; on a Tuesday he need not."""
    saturday = decide(watched("2026-11-28T10:00", flags=("SST",)), now="2026-11-28T11:00")
    tuesday = decide(watched("2026-11-24T10:00", flags=("SST",)), now="2026-11-24T11:00")

    assert {"marie", "luc", "denis"} == {each.recipient.id for each in saturday.notices}
    assert {"marie", "luc"} == {each.recipient.id for each in tuesday.notices}


def test_what_is_settled_says_who_was_told() -> None:
    """By ids, for the file's story; a step that a later one replaced was told to nobody."""
    (left,) = decide(watched("2026-11-27T10:00"), now="2026-11-30T08:30").settled
    by_step = {each.reached.step.id: each.to for each in left.told}

    assert {"E1-N1": (), "E1-L15": (), "E1-LC": (), "E1-LO": ("marie", "luc"), "E1-N2": ("suzanne",)} == by_step
    assert local("2026-12-04T09:00") == left.next_review_at


def test_a_long_summary_says_how_much_it_leaves_out() -> None:
    """A hundred files are read; of the others it tells how many there are."""
    files = [watched("2026-11-24T09:00", key=key) for key in range(1, MOST_FILES + 4)]
    (notice,) = decide(*files, now="2026-12-04T09:10").notices

    assert (MOST_FILES, 3) == (len(notice.files), notice.unlisted)


def test_a_request_for_information_is_told_to_owner_and_supervisor() -> None:
    """At the opening of its second day."""
    file = watched("2026-11-24T09:00", kind=TicketKind.INFORMATION, assigned_to="luc")

    assert ["escalation luc 2026-000001", "escalation suzanne 2026-000001"] == told(
        decide(file, now="2026-11-26T08:30")
    )


def test_the_shipped_recipients_are_all_known() -> None:
    """Each audience that a step may name has its people here."""
    assert set(Audience) == {audience for step in POLICY.steps for audience in step.recipients}
