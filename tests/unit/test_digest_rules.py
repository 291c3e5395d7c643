"""Which lines stand where in a digest: one place for each ticket, for whom it may be shown (R-11, R-73 to R-75)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.counted_worlds import DAY, HOUR, MONDAY, make
from tests.digest_worlds import NATHALIE, OMAR, STAFF, make_digest_policy
from tests.matters import ZONE
from triage.mail.writing.internal.digest_values import digest_values
from triage.model.agents.staff import StaffMember
from triage.model.codes import NoticeKind, OutboxState, TicketKind, TicketStatus
from triage.model.papers.counting import CountedTicket
from triage.model.papers.digest import Digest, DigestFacts, Section, StandingTicket, StuckMail
from triage.rules.digest import MOST_LINES, OPEN_STATUSES, count_facts, is_digest_time, make_digest

POLICY = make_digest_policy(STAFF)
TAKEN: dict[str, Any] = {"taken": HOUR, "status": TicketStatus.IN_ANALYSIS}


def standing(
    facts: CountedTicket,
    number: int = 1,
    *,
    owner: str | None = "marie-anne",
    restricted: bool = False,
    about: str = "",
) -> StandingTicket:
    """A ticket as the database hands it out."""
    return StandingTicket(f"2026-{number:06d}", owner, restricted, facts, frozenset({about} if about else ()))


def digest_of(*tickets: StandingTicket, now: datetime, member: StaffMember = NATHALIE, **facts: Any) -> Digest:
    """The digest of one supervisor."""
    gathered = replace(DigestFacts(tickets=tickets), **facts)
    return make_digest(gathered, member, figures=count_facts(gathered, policy=POLICY, now=now), policy=POLICY, now=now)


def places(digest: Digest) -> dict[str, str]:
    """The section of each ticket."""
    return {line.reference[-1]: section.name for section in digest.sections for line in section.lines}


def eight(day: int) -> datetime:
    """Eight o'clock of that day of November 2026; received was on Monday 2, at ten."""
    return datetime(2026, 11, day, 8, tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("day", "section"),
    [(16, None), (17, None), (18, Section.DECIDE), (20, Section.DECIDE), (23, Section.DECIDE), (24, Section.LATE)],
)
def test_an_answer_is_decided_from_the_twelfth_day(day: int, section: Section | None) -> None:
    """Three business days left or fewer, to the last day; the day after it is late. Due on Monday 23."""
    digest = digest_of(standing(make(**TAKEN)), now=eight(day))

    assert ({} if section is None else {"1": section}) == places(digest)


@pytest.mark.parametrize(
    ("received_at", "section"),
    [
        (MONDAY, Section.DECIDE),
        (MONDAY - DAY, Section.DECIDE),  # until eleven: the clock was put back that night
        (MONDAY - DAY - 3 * HOUR, Section.LATE),
    ],
)
def test_a_complaint_that_nobody_took_is_to_be_decided(received_at: datetime, section: Section) -> None:
    """Its 24 hours end before the next digest, or are over."""
    now = datetime(2026, 11, 3, 8, tzinfo=ZONE).astimezone(UTC) - (0 if received_at == MONDAY else 1) * DAY

    assert {"1": section} == places(digest_of(standing(make(received_at=received_at)), now=now))


def test_on_friday_all_that_ends_before_monday_is_to_be_decided() -> None:
    """The next digest comes after the weekend."""
    friday = datetime(2026, 11, 6, 8, tzinfo=ZONE).astimezone(UTC)
    information = standing(make(TicketKind.INFORMATION, received_at=friday - DAY), 1)
    complaint = standing(make(received_at=friday - timedelta(minutes=5)), 2)

    assert {"2": Section.DECIDE} == places(digest_of(information, complaint, now=friday))


@pytest.mark.parametrize("owner", [None, "gone"])
def test_without_owner_is_whoever_left_too(owner: str | None) -> None:
    """An id that staff.toml has no more is nobody."""
    digest = digest_of(standing(make(**TAKEN), owner=owner), now=eight(5))

    assert {"1": Section.UNASSIGNED} == places(digest)


def test_each_ticket_stands_once_where_it_is_most_urgent() -> None:
    """Late before to be approved, to be decided before without owner; numbers run through in the order of the page."""
    late: dict[str, Any] = {"received_at": MONDAY - 14 * DAY}
    digest = digest_of(
        standing(make(**TAKEN), 1, owner=None),
        standing(make(**(TAKEN | late)), 2, owner=None),
        standing(make(taken=HOUR, status=TicketStatus.AWAITING_APPROVAL, **late), 3),
        standing(make(taken=HOUR, status=TicketStatus.AWAITING_APPROVAL), 4),
        standing(make(status=TicketStatus.QUARANTINED), 5, owner=None),
        standing(make(TicketKind.COMMENT), 6),
        now=eight(19),
    )

    assert {
        "1": Section.DECIDE,
        "2": Section.LATE,
        "3": Section.LATE,
        "4": Section.APPROVE,
        "5": Section.QUARANTINED,
    } == places(digest)
    assert [1, 2, 3, 4, 5] == list(digest.numbering)


def test_a_clock_that_is_met_is_told_no_more() -> None:
    """Taken in charge too late, it waits for its answer and for nothing else."""
    digest = digest_of(standing(make(taken=3 * DAY, status=TicketStatus.IN_CHARGE)), now=eight(10))

    assert {} == places(digest)


def test_what_is_done_is_not_looked_at() -> None:
    """Answered, closed, redirected, withdrawn, merged and spam are no lines of any digest."""
    done = {"answered", "closed", "redirected", "withdrawn", "merged", "spam"}

    assert {each.value for each in TicketStatus} - done == {each.value for each in OPEN_STATUSES}


def test_a_long_list_is_cut_and_counted() -> None:
    """The most urgent are listed."""
    tickets = [standing(make(received_at=MONDAY + at * HOUR), at) for at in range(MOST_LINES + 7)]
    late = next(each for each in digest_of(*tickets, now=eight(30)).sections if each.name is Section.LATE)

    assert (MOST_LINES, 7, MOST_LINES + 7) == (len(late.lines), late.more, late.count)
    assert "2026-000000" == late.lines[0].reference


SORTS = st.builds(
    make,
    st.sampled_from([TicketKind.COMPLAINT, TicketKind.INFORMATION, TicketKind.COMMENT]),
    received_at=st.timedeltas(timedelta(), timedelta(days=40)).map(lambda span: MONDAY - span),
    status=st.sampled_from(OPEN_STATUSES),
    taken=st.sampled_from([None, HOUR, 2 * DAY]),
)


@given(st.lists(st.tuples(SORTS, st.booleans(), st.sampled_from(["", NATHALIE.address, OMAR.address])), max_size=20))
def test_no_line_is_about_its_reader_and_no_restricted_one_says_more(
    drawn: list[tuple[CountedTicket, bool, str]],
) -> None:
    """Whatever the tickets: nobody reads of a file that concerns them; of a restricted one only number and due date."""
    tickets = [
        standing(facts, at, owner=None, restricted=restricted, about=about)
        for at, (facts, restricted, about) in enumerate(drawn)
    ]
    for member in (NATHALIE, OMAR):
        digest = digest_of(*tickets, now=eight(5), member=member)
        values = digest_values(digest, staff=STAFF, zone=ZONE, unit="Unité")
        shown = [line for section in values["sections"] for line in section["lines"]]  # type: ignore[attr-defined]  # rows
        about = {each.reference for each in tickets if member.address in each.concerned}
        restricted = {each.reference for each in tickets if each.restricted}

        assert set() == about & set(digest.numbering.values())
        assert {("", True)} >= {
            (each["standing"], each["deed"] in {"", "accès restreint"})
            for each in shown
            if each["reference"] in restricted
        }


def test_a_letter_about_a_restricted_file_says_only_its_number() -> None:
    """Not why it waits; and nothing at all to whom the file concerns."""
    kind = NoticeKind.ACKNOWLEDGEMENT
    stuck = (
        StuckMail(1, kind, OutboxState.HELD, "no_sender", "2026-000001", restricted=True),
        StuckMail(2, kind, OutboxState.DEAD, "refused", "2026-000002", concerned=frozenset({NATHALIE.address})),
        StuckMail(3, NoticeKind.ESCALATION, OutboxState.DEAD, "refused"),
    )
    digest = digest_of(now=eight(5), stuck=stuck, stuck_count=5)
    values = digest_values(digest, staff=STAFF, zone=ZONE, unit="Unité")

    assert [
        [{"reference": "2026-000001", "why": "à voir au dossier"}],
        [{"reference": "courriel interne", "why": "non remis\u00a0: refusé par le serveur"}],
    ] == [list(each["lines"]) for each in values["letters"]]  # type: ignore[attr-defined]  # rows
    assert 2 == digest.more_letters


@pytest.mark.parametrize(("minutes", "blind"), [(None, True), (60, False), (61, True)])
def test_a_mailbox_that_nobody_looked_at_is_told(minutes: int | None, blind: bool) -> None:  # noqa: FBT001  a case
    """An hour without a look (R-88), or never one."""
    looked_at = None if minutes is None else eight(5) - timedelta(minutes=minutes)

    assert blind == digest_of(now=eight(5), looked_at=looked_at).service.is_blind


@pytest.mark.parametrize(("day", "owed"), [("2026-12-23", True), ("2026-12-24", False), ("2027-03-14", False)])
def test_no_digest_on_days_that_do_not_count(day: str, owed: bool) -> None:  # noqa: FBT001  a case
    """Holidays and weekends, the night of a clock change among them."""
    now = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=ZONE).astimezone(UTC)

    assert owed is is_digest_time(now, policy=POLICY)


def test_a_file_that_nobody_may_handle_stands_first() -> None:
    """It is about the only handler and there is no director: a person outside must be found (R-75)."""
    ordinary = standing(make(**TAKEN))
    stuck = standing(make(), 2, owner=None, restricted=True, about=OMAR.address)
    handled = standing(make(), 3, owner=None, restricted=True, about=NATHALIE.address)
    digest = digest_of(ordinary, stuck, now=eight(4))

    assert {"2": Section.NOBODY} == places(digest)
    assert 1 == digest.sections[0].lines[0].number
    assert Section.NOBODY not in places(digest_of(handled, now=eight(4), member=OMAR)).values()
    assert {} == places(digest_of(stuck, now=eight(4), member=OMAR))
