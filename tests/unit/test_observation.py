"""« Ce que triage aurait fait »: each mail of a local week counted once, in a paper that everybody can read (R-89)."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters import ZONE
from triage.mail.writing.accessibility import find_barriers
from triage.mail.writing.html_reading import read_page
from triage.model.codes import Nature
from triage.model.decision import Reason
from triage.model.judgement import WithholdReason
from triage.model.papers.observation import ObservationFigures, ObservedMail
from triage.papers.observation import observation_json, observation_page, observation_text
from triage.papers.words import UNTICKETED_WORDS
from triage.rules.observation import NO_LETTER, count_observation, last_week, week_of
from triage.wording.holds import HOLD_WORDS
from triage.wording.typography import find_faults

MONDAY = date(2026, 11, 16)
AT = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)


def opened(number: int, *, at: datetime = AT, hold: str | None = None, seconds: int | None = 3) -> ObservedMail:
    """A matter whose letter was ready after so many seconds, or that had none."""
    prepared_at = None if seconds is None else at + timedelta(seconds=seconds)
    due_on = date(2026, 12, 8)
    return ObservedMail(at, Reason.NEW_MATTER, Nature.PERSON, f"2026-{number:06d}", prepared_at, hold, due_on)


WEEK = (
    opened(1),
    opened(2, at=AT + timedelta(days=1), seconds=90),
    opened(3, at=AT + timedelta(days=1), hold=WithholdReason.SENDER_CAP),
    opened(4, at=AT + timedelta(days=4), seconds=None),
    ObservedMail(AT, Reason.FOLLOW_UP, Nature.PERSON, "2026-000001"),
    ObservedMail(AT, Reason.AUTOMATION, Nature.AUTO_REPLY, None),
    ObservedMail(AT, Reason.AUTOMATION, Nature.AUTO_REPLY, "2026-000001"),
    ObservedMail(AT, Reason.DUPLICATE, Nature.PERSON, "2026-000001"),
    opened(9, at=AT - timedelta(days=7)),
    opened(10, at=datetime(2026, 11, 23, 5, 0, tzinfo=UTC)),
)


def count(mails: Sequence[ObservedMail] = WEEK) -> ObservationFigures:
    return count_observation(mails, first_on=MONDAY, zone=ZONE)


def test_each_mail_of_the_week_is_counted_once() -> None:
    """Tickets, follow-ups and mails without ticket add up to what was received; letters add up to tickets."""
    total = count().total

    assert (8, 4, 1, 3) == (total.received, total.tickets, total.follow_ups, total.unticketed)
    assert (2, 2) == (total.sent, total.held)
    assert {WithholdReason.SENDER_CAP: 1, NO_LETTER: 1} == count().held
    assert {Nature.AUTO_REPLY: 2, Reason.DUPLICATE: 1} == count().unticketed
    assert ["2026-000001", "2026-000002", "2026-000003", "2026-000004"] == [each.reference for each in count().tickets]
    assert (46, 90) == (count().median_seconds, count().longest_seconds)


def test_a_day_is_local() -> None:
    """Sunday's last minutes in Quebec belong to the week, though it is Monday in UTC."""
    late = datetime(2026, 11, 23, 4, 59, tzinfo=UTC)
    figures = count([opened(1, at=late), opened(2, at=late + timedelta(minutes=1))])

    assert [0, 0, 0, 0, 0, 0, 1] == [day.received for day in figures.days]


@given(
    mails=st.lists(
        st.builds(
            ObservedMail,
            received_at=st.integers(-200, 200).map(lambda hours: AT + timedelta(hours=hours)),
            reason=st.sampled_from(Reason),
            nature=st.sampled_from(Nature),
            ticket=st.none() | st.just("2026-000001"),
            prepared_at=st.none() | st.just(AT),
            hold=st.none() | st.sampled_from(WithholdReason),
        ),
        max_size=30,
    )
)  # fmt: skip
def test_figures_add_up_whatever_the_mails(mails: list[ObservedMail]) -> None:
    """Seven days, whose sums are the week's; nothing is counted twice or lost."""
    figures = count(mails)
    total = figures.total

    assert 7 == len(figures.days)
    assert total.received == sum(day.received for day in figures.days)
    assert total.received == total.tickets + total.follow_ups + total.unticketed
    assert total.tickets == total.sent + total.held == len(figures.tickets)
    assert (total.held, total.unticketed) == (sum(figures.held.values()), sum(figures.unticketed.values()))


@pytest.mark.parametrize(
    ("day", "monday"), [(MONDAY, MONDAY), (date(2026, 11, 22), MONDAY), (date(2026, 11, 23), date(2026, 11, 23))]
)
def test_a_week_goes_from_monday_to_sunday(day: date, monday: date) -> None:
    """And the last one is the one that is over."""
    assert (monday, monday + timedelta(days=6)) == week_of(day)
    assert monday - timedelta(days=7) == last_week(day)[0]


EMPTY = count([])


@pytest.mark.parametrize("figures", [count(), EMPTY], ids=["a week", "nothing"])
def test_the_paper_is_good_french_that_everybody_can_read(figures: ObservationFigures) -> None:
    """Both forms are correct French, and the page has no barrier and fetches nothing."""
    page = observation_page(figures, zone=ZONE)

    assert () == find_barriers(page)
    assert () == find_faults(observation_text(figures, zone=ZONE))
    assert () == find_faults("\n".join(read_page(page).lines))
    assert "http" not in page


def test_both_forms_say_the_figures() -> None:
    """What the operator and the supervisor look for."""
    text, page = observation_text(count(), zone=ZONE), observation_page(count(), zone=ZONE)
    said = (
        "Ce que triage aurait fait pendant la semaine du 16\u00a0novembre 2026",
        "Messages lus\u00a0: 8. Pendant l’observation, rien n’est déplacé ni envoyé.",
        "50,0\u00a0% des dossiers",
        "46\u00a0secondes (médiane), 90\u00a0secondes au plus",
        "nombre maximal d’accusés pour une même adresse",
        "mardi 17\u00a0novembre, 10\u00a0h",
        "8\u00a0décembre 2026",
    )

    assert [] == [each for each in said if each not in text]
    assert [] == [each for each in said if each not in page]


def test_the_figures_as_json_are_codes_and_dates() -> None:
    """For scripts: counts by code, ISO dates, instants with Z."""
    told = observation_json(count())

    assert ("2026-11-16", "2026-11-22", {"sender_cap": 1, "no_address": 1}) == (
        told["first_on"],
        told["last_on"],
        told["held"],
    )
    assert {
        "reference": "2026-000001",
        "received_at": "2026-11-17T15:00:00Z",
        "hold": None,
        "answer_due_on": "2026-12-08",
    } == told["tickets"][0]


def test_every_code_has_its_words() -> None:
    """No paper shows a code: each reason to hold a letter, and each nature, is said in French."""
    assert {*WithholdReason, NO_LETTER} == set(HOLD_WORDS)
    assert {*Nature, Reason.DUPLICATE} == set(UNTICKETED_WORDS)
    assert [] == [words for words in (*HOLD_WORDS.values(), *UNTICKETED_WORDS.values()) if find_faults(words)]


def test_no_paper_can_name_anybody() -> None:
    """What is counted has no field for a name, an address, a subject or a text."""
    fields = set(ObservedMail.__dataclass_fields__)

    assert {"received_at", "reason", "nature", "ticket", "prepared_at", "hold", "answer_due_on"} == fields
    assert None is re.search(r"@", observation_page(replace(count()), zone=ZONE).partition("</style>")[2])
