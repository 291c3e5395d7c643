"""What follows from one attempt to send: sent, again later, wait for certainty, or give up.

A definite no ends it. A "not now" costs an attempt. Trouble of the server, or with our login, costs the mail nothing
(MUST 22), unless the server takes all mails but this one: else it would be tried for ever, and no person would see it
(MUST 21). A lost answer is neither success nor failure (MUST 19). Chance comes in as `jitter`, from -1 to 1.
"""

import re
from datetime import datetime
from typing import assert_never

from triage.model.delivery import (
    MAIL_IN_HAND,
    DeliveryPolicy,
    DeliveryVerdict,
    GiveUp,
    GiveUpReason,
    RetryAt,
    SendOutcome,
    SendResult,
    Sent,
    WaitUnknown,
)
from triage.rules.breaker import probe_wait, shift

_PROVIDER_ID = re.compile(r"<([^\s<>@]{1,200}@[^\s<>@]{1,200})>")
_TROUBLES = frozenset({SendOutcome.SERVER_TROUBLE, SendOutcome.LOGIN_REFUSED})


def decide(
    result: SendResult,
    *,
    attempts: int,
    unknowns: int,
    now: datetime,
    first_attempt_at: datetime,
    policy: DeliveryPolicy,
    jitter: float,
    troubles: int = 0,
    alone: bool = False,
) -> DeliveryVerdict:
    """What becomes of the mail after this attempt.

    `attempts` and `unknowns` count the attempts before this one that were refused for now, and that ended uncertain.
    `first_attempt_at` is when the first attempt that counted was made; it is not looked at while `attempts` is 0.
    `troubles` is how often in a row the server was in trouble before this. `alone` says that the server is well, and
    took others since it first failed over this mail. Instants are aware UTC.
    """
    outcome = SendOutcome.REFUSED_FOR_NOW if is_about_the_mail(result, alone=alone) else result.outcome
    match outcome:
        case SendOutcome.ACCEPTED:
            return Sent(provider_id=find_provider_id(result.text))
        case SendOutcome.REFUSED:
            # Without a code no server has spoken: our own grammar refused the address.
            return GiveUp(GiveUpReason.ADDRESS_REFUSED if result.code is None else GiveUpReason.REFUSED)
        case SendOutcome.REFUSED_FOR_NOW:
            since = first_attempt_at if attempts else now
            return _again_later(attempts=attempts, now=now, since=since, policy=policy, jitter=jitter)
        case SendOutcome.UNCERTAIN:
            return _wait_for_certainty(unknowns=unknowns, now=now, policy=policy)
        case SendOutcome.SERVER_TROUBLE:
            wait = probe_wait(troubles + 1, policy=policy, jitter=jitter)
            # Another mail is the next to try the server, so that one which makes it hang up cannot hold the queue.
            return RetryAt(when=now + wait * (2 if result.phase in MAIL_IN_HAND else 1), burned=False)
        case SendOutcome.LOGIN_REFUSED:
            return RetryAt(when=now + shift(policy.login_wait, policy=policy, jitter=jitter), burned=False)
        case _:
            assert_never(outcome)


def is_about_the_mail(result: SendResult, *, alone: bool) -> bool:
    """Whether what looks like trouble of the server, or with our login, is this mail's: others get through."""
    return alone and result.outcome in _TROUBLES and result.phase in MAIL_IN_HAND


def find_provider_id(text: str) -> str | None:
    """The Message-ID that the server's answer names, without brackets: some servers replace ours.

    >>> find_provider_id("2.0.0 OK <AM0PR01@eurprd01.example> [Hostname=AM0PR01]")
    'AM0PR01@eurprd01.example'
    """
    found = _PROVIDER_ID.search(text)
    return found.group(1) if found else None


def _again_later(
    *, attempts: int, now: datetime, since: datetime, policy: DeliveryPolicy, jitter: float
) -> RetryAt | GiveUp:
    delay = policy.retry_delays[min(attempts, len(policy.retry_delays) - 1)]
    when = now + shift(delay, policy=policy, jitter=jitter)
    if when > since + policy.window:
        return GiveUp(GiveUpReason.EXHAUSTED)
    return RetryAt(when=when, burned=True)


def _wait_for_certainty(*, unknowns: int, now: datetime, policy: DeliveryPolicy) -> WaitUnknown | GiveUp:
    if unknowns >= policy.unknown_resends:
        return GiveUp(GiveUpReason.UNKNOWN)
    return WaitUnknown(when=now + policy.unknown_wait)
