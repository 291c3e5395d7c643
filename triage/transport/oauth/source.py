"""One token kept alive: renewed at three quarters of its life, by one request at a time, however many ask.

A renewal that fails costs nothing while the old token lives. Whoever gives no token is left alone: two refusals in a
row mean five minutes, and trouble means a pause that doubles, or the one that was asked for (MUST 13).
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from triage.transport.credentials import AccessToken, Logins, TokenRefused, TokenUnavailable
from triage.transport.oauth.grants import Issuer

log = structlog.get_logger("triage.transport.oauth.source")

_RENEW_AFTER = 0.75  # of its life
_SHORTEST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0


class TokenSource:
    """`credentials.Tokens`: `issue` gets a new token; `clock` gives seconds that only grow."""

    def __init__(self, issue: Issuer, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._issue = issue
        self._clock = clock
        self._held: AccessToken | None = None
        self._flight: asyncio.Task[None] | None = None
        self._trouble: TokenRefused | TokenUnavailable | None = None
        self._failures = 0
        self._closed_until = float("-inf")
        self._refusals = Logins(None, task="token")

    async def token(self) -> AccessToken:
        """A token that lives; raises `TokenRefused` and `TokenUnavailable`."""
        if self._held is None or self.is_ageing(self._held):
            await self._renew_with_others()
        if self._held is not None and self._clock() < self._held.ends_at:
            return self._held
        raise self._tell_trouble()

    def is_ageing(self, token: AccessToken) -> bool:
        return self._clock() >= token.renew_at

    def forget(self, token: AccessToken) -> None:
        if self._held is not None and self._held.value == token.value:
            self._held = None

    async def _renew_with_others(self) -> None:
        # A task of its own: who asked first may be cancelled while others wait, and a request under way must be heard
        # to its end, since it may have used up a refresh token.
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(), name="token")
            self._flight.add_done_callback(self._land)
        await asyncio.shield(self._flight)

    def _land(self, _flight: "asyncio.Task[None]") -> None:
        self._flight = None

    async def _renew(self) -> None:
        if self._clock() < self._closed_until:
            return
        asked_at = self._clock()  # its life began after this
        try:
            issued = await self._issue()
        except (TokenRefused, TokenUnavailable) as trouble:
            self._note_failure(trouble)
            return
        self._failures, self._trouble = 0, None
        self._refusals.note_success()
        self._held = AccessToken(
            value=issued.token, renew_at=asked_at + issued.seconds * _RENEW_AFTER, ends_at=asked_at + issued.seconds
        )
        log.info("token_obtained", delay_seconds=round(issued.seconds * _RENEW_AFTER, 1))

    def _note_failure(self, trouble: TokenRefused | TokenUnavailable) -> None:
        self._failures += 1
        self._trouble = trouble
        pause = _pause_after(trouble, self._failures, refused=self._refusals.refused_in_a_row)
        self._closed_until = self._clock() + pause
        log.warning("token_not_obtained", error=trouble, attempt=self._failures, delay_seconds=round(pause, 1))
        if isinstance(trouble, TokenRefused):
            self._refusals.note_refusal(reason=trouble.reason, code=trouble.code)

    def _tell_trouble(self) -> TokenRefused | TokenUnavailable:
        """What went wrong last, as a new exception: one that is raised again and again would grow."""
        if isinstance(self._trouble, TokenRefused):
            return TokenRefused(str(self._trouble), reason=self._trouble.reason, code=self._trouble.code)
        if self._trouble is None:
            return TokenUnavailable("the token died before it could be used")
        return TokenUnavailable(str(self._trouble), not_before=self._trouble.not_before)


def _pause_after(trouble: TokenRefused | TokenUnavailable, failures: int, *, refused: int) -> float:
    """For how many seconds nobody is asked; `refused` counts the refusals in a row before this trouble."""
    if isinstance(trouble, TokenRefused):
        return _LONGEST_PAUSE if refused else 0.0
    if trouble.not_before is not None:
        return trouble.not_before.total_seconds()
    return min(_SHORTEST_PAUSE * 2.0 ** min(failures - 1, 20), _LONGEST_PAUSE)
