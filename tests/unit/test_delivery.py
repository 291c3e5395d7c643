"""What follows from one attempt to send (MUST 18 to 22): the tables, with their arithmetic, and the laws."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.delivery import (
    DeliveryPolicy,
    GiveUp,
    GiveUpReason,
    RetryAt,
    SendOutcome,
    SendPhase,
    SendResult,
    Sent,
    WaitUnknown,
)
from triage.rules.delivery import decide, find_provider_id

NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
POLICY = DeliveryPolicy()
LATER = SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 450)
UNCERTAIN = SendResult(SendOutcome.UNCERTAIN, SendPhase.DOT)
jitters = st.floats(min_value=-1, max_value=1)


def decide_at(
    result: SendResult,
    *,
    attempts: int = 0,
    unknowns: int = 0,
    now: datetime = NOW,
    since: datetime = NOW,
    jitter: float = 0,
    troubles: int = 0,
) -> Sent | RetryAt | WaitUnknown | GiveUp:
    return decide(
        result,
        attempts=attempts,
        unknowns=unknowns,
        now=now,
        first_attempt_at=since,
        policy=POLICY,
        jitter=jitter,
        troubles=troubles,
    )


RETRIES = [
    # attempts before, jitter, hour:minute:second after 14:00
    (0, 0.0, timedelta(minutes=1)),
    (1, 0.0, timedelta(minutes=5)),
    (2, 0.0, timedelta(minutes=15)),
    (3, 0.0, timedelta(minutes=30)),
    (4, 0.0, timedelta(hours=1)),
    (5, 0.0, timedelta(hours=2)),
    (6, 0.0, timedelta(hours=4)),
    (7, 0.0, timedelta(hours=4)),  # the last delay repeats
    (20, 0.0, timedelta(hours=4)),
    (0, 1.0, timedelta(seconds=75)),  # 60 s + 25 %
    (0, -1.0, timedelta(seconds=45)),  # 60 s - 25 %
    (6, 0.5, timedelta(hours=4, minutes=30)),  # 4 h + 12.5 %
]


@pytest.mark.parametrize(("attempts", "jitter", "delay"), RETRIES)
def test_a_refusal_for_now_is_tried_again_by_the_table(attempts: int, jitter: float, delay: timedelta) -> None:
    """1, 5, 15, 30 minutes, 1, 2, then each 4 hours, a quarter more or less; the attempt counts."""
    verdict = decide_at(LATER, attempts=attempts, jitter=jitter)

    assert RetryAt(when=NOW + delay, burned=True) == verdict


@pytest.mark.parametrize(
    ("since", "verdict"),
    [
        # 4 h more make 72 h exactly: within the window
        (NOW - timedelta(hours=68), RetryAt(when=NOW + timedelta(hours=4), burned=True)),
        # 68 h and one second + 4 h = 72 h and one second: too late
        (NOW - timedelta(hours=68, seconds=1), GiveUp(GiveUpReason.EXHAUSTED)),
    ],
)
def test_the_window_is_seventy_two_hours(since: datetime, verdict: RetryAt | GiveUp) -> None:
    """No attempt is planned later than 72 hours after the first that counted."""
    assert verdict == decide_at(LATER, attempts=20, since=since)


def test_days_of_server_trouble_do_not_shorten_the_window() -> None:
    """A mail that was never refused before has its whole window ahead, however long it waited for the server."""
    verdict = decide_at(LATER, attempts=0, since=NOW - timedelta(days=5))

    assert RetryAt(when=NOW + timedelta(minutes=1), burned=True) == verdict


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, text="2.0.0 queued as 4ABC"), Sent(provider_id=None)),
        (
            SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, text="OK <a@b.example>"),
            Sent(provider_id="a@b.example"),
        ),
        (SendResult(SendOutcome.REFUSED, SendPhase.RCPT, 550), GiveUp(GiveUpReason.REFUSED)),
        (SendResult(SendOutcome.REFUSED, SendPhase.DOT, 552), GiveUp(GiveUpReason.REFUSED)),
        # no code: no server has spoken
        (SendResult(SendOutcome.REFUSED, SendPhase.RCPT), GiveUp(GiveUpReason.ADDRESS_REFUSED)),
    ],
)
def test_a_definite_answer_ends_it(result: SendResult, verdict: Sent | GiveUp) -> None:
    """Yes is sent, no is given up at once, and the reason is from the closed list."""
    assert verdict == decide_at(result)


@pytest.mark.parametrize(
    ("unknowns", "verdict"),
    [
        (0, WaitUnknown(when=NOW + timedelta(seconds=600))),
        (1, WaitUnknown(when=NOW + timedelta(seconds=600))),
        (2, GiveUp(GiveUpReason.UNKNOWN)),  # it left us three times: once, and twice resent
    ],
)
def test_an_unknown_is_resent_twice_and_not_before_ten_minutes(unknowns: int, verdict: WaitUnknown | GiveUp) -> None:
    """Nobody knows whether it left: wait the time that a server may take, then a person decides (MUST 19)."""
    assert verdict == decide_at(UNCERTAIN, unknowns=unknowns, jitter=-1)


TROUBLES = [
    # phase, troubles before, jitter, wait in seconds
    (SendPhase.CONNECT, 0, 0.0, 30),
    (SendPhase.CONNECT, 1, 0.0, 60),
    (SendPhase.TLS, 4, 0.0, 480),  # 30 × 2⁴
    (SendPhase.MAIL, 5, 0.0, 600),  # 30 × 2⁵ = 960, at most 600
    (SendPhase.AUTH, 1000, 1.0, 750),  # 600 + 25 %
    (SendPhase.RCPT, 0, 0.0, 60),  # twice 30: another mail tries first
    (SendPhase.DATA, 5, -1.0, 900),  # twice 600 - 25 %
]


@pytest.mark.parametrize(("phase", "troubles", "jitter", "seconds"), TROUBLES)
def test_trouble_of_the_server_costs_the_mail_nothing(
    phase: SendPhase, troubles: int, jitter: float, seconds: int
) -> None:
    """The mail waits for the server and keeps its attempts (MUST 22); one that the server choked on goes second."""
    result = SendResult(SendOutcome.SERVER_TROUBLE, phase)
    verdict = decide_at(result, attempts=3, troubles=troubles, jitter=jitter)

    assert RetryAt(when=NOW + timedelta(seconds=seconds), burned=False) == verdict


@pytest.mark.parametrize("outcome", [SendOutcome.SERVER_TROUBLE, SendOutcome.LOGIN_REFUSED])
@pytest.mark.parametrize("phase", SendPhase)
def test_trouble_over_one_mail_alone_is_an_attempt_of_that_mail(outcome: SendOutcome, phase: SendPhase) -> None:
    """Where the server was told of the mail and takes all others: else it would be tried for ever (MUST 21)."""
    verdict = decide(
        SendResult(outcome, phase),
        attempts=1,
        unknowns=0,
        now=NOW,
        first_attempt_at=NOW,
        policy=POLICY,
        jitter=0,
        alone=True,
    )

    assert isinstance(verdict, RetryAt)
    assert (phase in {SendPhase.RCPT, SendPhase.DATA, SendPhase.DOT}) == verdict.burned
    assert not verdict.burned or NOW + timedelta(minutes=5) == verdict.when


def test_a_refused_login_waits_for_a_person() -> None:
    """Ten minutes, never less than five (MUST 13), and no attempt lost."""
    refused = SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, 535)

    # 600 s - 25 % = 450 s
    assert RetryAt(when=NOW + timedelta(seconds=450), burned=False) == decide_at(refused, jitter=-1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.0.0 OK <AM0PR01@eurprd01.example> [Hostname=AM0PR01MB.example]", "AM0PR01@eurprd01.example"),
        ("2.6.0 <a.b@c> [InternalId=1] Queued mail for delivery", "a.b@c"),
        ("2.0.0 Ok: queued as 4XyZ", None),
        ("<not an id>", None),
        ("<@>", None),
        ("<a@b@c>", None),
        ("", None),
    ],
)
def test_the_id_that_the_server_gave_is_found(text: str, found: str | None) -> None:
    """Some servers replace our Message-ID and name theirs in the answer; it carries later replies to the ticket."""
    assert found == find_provider_id(text)


@given(jitter=jitters, waits=st.lists(st.integers(min_value=0, max_value=7200), max_size=60))
def test_retries_grow_end_within_the_window_and_always_end(jitter: float, waits: list[int]) -> None:
    """With one jitter each delay is at least the one before; however late each attempt is made, none passes 72 h."""
    now, delays = NOW, [timedelta(0)]
    for attempts in range(100):
        verdict = decide_at(LATER, attempts=attempts, now=now, since=NOW, jitter=jitter)
        if isinstance(verdict, GiveUp):
            break
        assert isinstance(verdict, RetryAt)
        assert delays[-1] <= verdict.when - now
        assert verdict.when - NOW <= timedelta(hours=72)
        delays.append(verdict.when - now)
        now = verdict.when + timedelta(seconds=waits[attempts] if attempts < len(waits) else 0)

    assert GiveUp(GiveUpReason.EXHAUSTED) == verdict


@given(
    results=st.lists(
        st.sampled_from([UNCERTAIN, LATER, SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.CONNECT)]), max_size=40
    ),
    jitter=jitters,
)
def test_an_unknown_is_never_resent_more_than_twice(results: list[SendResult], jitter: float) -> None:
    """Whatever happens between, at most three attempts of one mail end uncertain, each ten minutes after the last."""
    attempts = unknowns = uncertain = 0
    now = NOW
    for result in results:
        verdict = decide_at(result, attempts=attempts, unknowns=unknowns, now=now, since=NOW, jitter=jitter)
        uncertain += result is UNCERTAIN
        if isinstance(verdict, GiveUp):
            break
        if isinstance(verdict, WaitUnknown):
            unknowns += 1
            assert now + timedelta(seconds=600) <= verdict.when
        if isinstance(verdict, RetryAt):
            attempts += verdict.burned
        assert not isinstance(verdict, Sent)
        now = verdict.when

    assert uncertain <= 3
