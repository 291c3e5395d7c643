"""When a mail server in trouble may be tried again: 30 s, then twice as long each time, up to 10 min.

While the breaker is open nobody sends, and no mail loses an attempt (MUST 22). A refused login waits the whole span
at once: accounts get locked by impatience (MUST 13). A server that fails with one mail in hand says little of itself:
only the second such mail in a row opens the breaker, so that one mail never holds up the others.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.model.delivery import DeliveryPolicy

_MOST_DOUBLINGS = 20  # beyond it any sensible first wait has long reached the longest; keeps the product small


@dataclass(frozen=True, slots=True)
class Breaker:
    """How the server has been lately: closed to us until `open_until` (aware UTC), troubles in a row.

    `choked_on` is the one mail, by its row, over which it failed while it was well.
    """

    open_until: datetime | None = None
    consecutive: int = 0
    choked_on: int | None = None


def after_trouble(breaker: Breaker, *, now: datetime, jitter: float, policy: DeliveryPolicy) -> Breaker:
    """The server was in trouble once more."""
    count = breaker.consecutive + 1
    return Breaker(open_until=now + probe_wait(count, policy=policy, jitter=jitter), consecutive=count)


def after_choking(breaker: Breaker, *, mail: int, now: datetime, jitter: float, policy: DeliveryPolicy) -> Breaker:
    """The server was in trouble with this mail (its row) in hand; the mail itself waits in any case."""
    if breaker.consecutive == 0 and breaker.choked_on in (None, mail):
        return Breaker(choked_on=mail)
    return after_trouble(breaker, now=now, jitter=jitter, policy=policy)


def after_refused_login(breaker: Breaker, *, now: datetime, jitter: float, policy: DeliveryPolicy) -> Breaker:
    """The server does not let us in: a person must act, and until then we hardly knock."""
    wait = shift(policy.login_wait, policy=policy, jitter=jitter)
    return Breaker(open_until=now + wait, consecutive=breaker.consecutive + 1)


def after_success() -> Breaker:
    """The server gave a definite answer about a mail, be it yes or no."""
    return Breaker()


def breaker_wait_seconds(breaker: Breaker, now: datetime) -> float:
    """For how many seconds nobody may try; 0 when somebody may."""
    if breaker.open_until is None:
        return 0.0
    return max(0.0, (breaker.open_until - now).total_seconds())


def probe_wait(consecutive: int, *, policy: DeliveryPolicy, jitter: float) -> timedelta:
    """How long to leave the server alone after so many troubles in a row (at least one)."""
    doublings = min(consecutive - 1, _MOST_DOUBLINGS)
    nominal: timedelta = min(policy.probe_first * 2**doublings, policy.probe_longest)
    return shift(nominal, policy=policy, jitter=jitter)


def shift(span: timedelta, *, policy: DeliveryPolicy, jitter: float) -> timedelta:
    """A span made longer or shorter by chance, so that not everybody comes back in the same second."""
    return span * (1 + policy.jitter_share * jitter)
