"""Which mail goes first and how fast they may go (MUST 23)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.rules.sending_rate import PRIORITY, SendingRate, priority_of, take

NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


def take_many(rate: SendingRate, number: int, *, at: datetime) -> SendingRate:
    for _ in range(number):
        rate, wait = take(rate, at)
        assert wait == 0
    return rate


def test_acknowledgements_go_first_and_digests_last() -> None:
    """The order of the queue is acknowledgement, escalation, notice, digest."""
    assert ["acknowledgement", "escalation", "notice", "digest"] == sorted(PRIORITY, key=priority_of)


def test_a_kind_without_a_row_is_a_notice() -> None:
    """A new kind of mail neither overtakes acknowledgements nor waits for digests."""
    assert PRIORITY["notice"] == priority_of("working_mail")


def test_the_twenty_first_mail_waits_until_the_first_is_a_minute_old() -> None:
    """The first went at 14:30:00, so after twenty there is room at 14:31:00; asked at 14:30:10 that is 50 s."""
    rate = take_many(take_many(SendingRate(), 1, at=NOW), 19, at=NOW + timedelta(seconds=5))
    rate, wait = take(rate, NOW + timedelta(seconds=10))

    assert 50 == wait
    assert (0, 55 - 50) == (
        take(rate, NOW + timedelta(seconds=60))[1],
        # one at 14:31:00, then the next of 14:30:05 leaves at 14:31:05
        take(take_many(rate, 1, at=NOW + timedelta(seconds=60)), NOW + timedelta(seconds=60))[1],
    )


def test_the_day_has_its_own_limit() -> None:
    """Three at 14:30 with three a day: the hour of 14:00 stops counting at 15:00 of the next day, 24.5 h later."""
    rate = take_many(SendingRate(per_minute=0, per_day=3), 3, at=NOW)
    _, wait = take(rate, NOW)
    _, wait_next_day = take(rate, NOW + timedelta(hours=24, minutes=30))

    assert 24.5 * 3600 == wait
    assert 0 == wait_next_day


def test_no_limit_is_no_limit_and_keeps_nothing() -> None:
    """With both limits 0 nothing waits and nothing is remembered."""
    rate = SendingRate(per_minute=0, per_day=0)

    assert rate == take_many(rate, 100, at=NOW)


def test_a_clock_that_goes_back_does_not_close_the_tap() -> None:
    """After a jump of an hour back the wait is a minute, and it passes."""
    rate = take_many(SendingRate(per_minute=2), 2, at=NOW)
    back = NOW - timedelta(hours=1)
    rate, wait = take(rate, back)
    _, wait_after = take(rate, back + timedelta(seconds=60))

    assert (60, 0) == (wait, wait_after)


@given(
    per_minute=st.integers(min_value=1, max_value=5),
    per_day=st.integers(min_value=1, max_value=30),
    gaps=st.lists(st.integers(min_value=0, max_value=20_000), max_size=120),
)
def test_no_minute_and_no_day_ever_holds_more_than_its_limit(per_minute: int, per_day: int, gaps: list[int]) -> None:
    """Wherever sixty seconds or twenty-four hours begin; and who waits as long as told may go."""
    rate = SendingRate(per_minute=per_minute, per_day=per_day)
    now, sent = NOW, list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap / 10)
        rate, wait = take(rate, now)
        while wait:
            now += timedelta(seconds=wait)
            rate, wait = take(rate, now)
        sent.append(now)

    for span, limit in ((timedelta(minutes=1), per_minute), (timedelta(hours=24), per_day)):
        assert all(last - first >= span for first, last in zip(sent, sent[limit:], strict=False))
