"""When a server in trouble may be tried again (MUST 13, 22)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.delivery import DeliveryPolicy
from triage.rules.breaker import (
    Breaker,
    after_choking,
    after_refused_login,
    after_success,
    after_trouble,
    breaker_wait_seconds,
)

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
POLICY = DeliveryPolicy()


@pytest.mark.parametrize(
    ("before", "jitter", "seconds"),
    [
        (0, 0.0, 30),
        (1, 0.0, 60),
        (2, 0.0, 120),
        (3, 0.0, 240),
        (4, 0.0, 480),
        (5, 0.0, 600),  # 960, at most 600
        (10_000, 0.0, 600),
        (0, 1.0, 37.5),  # 30 + 25 %
        (9, -1.0, 450),  # 600 - 25 %
    ],
)
def test_the_wait_doubles_from_thirty_seconds_to_ten_minutes(before: int, jitter: float, seconds: float) -> None:
    """Each trouble in a row counts one more and waits twice as long, within a quarter."""
    breaker = after_trouble(Breaker(consecutive=before), now=NOW, jitter=jitter, policy=POLICY)

    assert Breaker(open_until=NOW + timedelta(seconds=seconds), consecutive=before + 1) == breaker


def test_a_refused_login_waits_at_least_five_minutes_from_the_first_time() -> None:
    """600 s less a quarter are 450 s."""
    breaker = after_refused_login(Breaker(), now=NOW, jitter=-1, policy=POLICY)

    assert Breaker(open_until=NOW + timedelta(seconds=450), consecutive=1) == breaker


@pytest.mark.parametrize(
    ("open_until", "seconds"),
    [(None, 0), (NOW, 0), (NOW - timedelta(seconds=1), 0), (NOW + timedelta(seconds=30), 30)],
)
def test_an_open_breaker_says_how_long(open_until: datetime | None, seconds: float) -> None:
    """Nobody may try before that instant; from it on somebody may."""
    assert seconds == breaker_wait_seconds(Breaker(open_until=open_until, consecutive=1), NOW)


def test_one_mail_that_the_server_chokes_on_holds_up_no_other() -> None:
    """However often; the second such mail in a row is the server's trouble, and so is any with the breaker open."""

    def choke(breaker: Breaker, mail: int) -> Breaker:
        return after_choking(breaker, mail=mail, now=NOW, jitter=0, policy=POLICY)

    once = choke(Breaker(), 7)
    twice = choke(once, 8)

    assert Breaker(choked_on=7) == once == choke(once, 7)
    assert Breaker(open_until=NOW + timedelta(seconds=30), consecutive=1) == twice
    assert Breaker(open_until=NOW + timedelta(seconds=60), consecutive=2) == choke(twice, 7)


def test_a_definite_answer_closes_the_breaker() -> None:
    """After a yes or a no everything starts afresh."""
    assert 0 == breaker_wait_seconds(after_success(), NOW)


@given(before=st.integers(min_value=0, max_value=10**6), jitter=st.floats(min_value=-1, max_value=1))
def test_no_wait_is_shorter_or_longer_than_the_bounds(before: int, jitter: float) -> None:
    """22.5 s (30 s - 25 %) to 750 s (600 s + 25 %), for any history."""
    breaker = after_trouble(Breaker(consecutive=before), now=NOW, jitter=jitter, policy=POLICY)

    assert 22.5 <= breaker_wait_seconds(breaker, NOW) <= 750
