"""What lets us in at a mail server beside a password: access tokens (RFC 6749), and how often we were refused.

Shared by the way in and the way out. A token is shown nowhere: not by `repr`, in no exception, in no log.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog

log = structlog.get_logger("triage.transport.credentials")

_ALERT_FROM = 2  # refusals in a row; one alone is what an expired token looks like


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and its life, in seconds of its source's clock: when to get the next, and when it is worth nothing."""

    value: str = field(repr=False)
    renew_at: float
    ends_at: float


class TokenRefused(Exception):
    """No token is given to us (a secret that expired, a consent withdrawn): only a person can mend it.

    `reason` is from a closed list, `code` the number that Microsoft gives its errors.
    """

    def __init__(self, message: str, *, reason: str, code: int | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.code = code


class TokenUnavailable(Exception):
    """No token can be had now; `not_before` is the pause that the token server asks for."""

    def __init__(self, message: str, *, not_before: timedelta | None = None) -> None:
        super().__init__(message)
        self.not_before = not_before


class Tokens(Protocol):
    """Somebody who always has a token that lives."""

    async def token(self) -> AccessToken:
        """A token that lives, renewed where it has begun to age; raises `TokenRefused` and `TokenUnavailable`."""

    def is_ageing(self, token: AccessToken) -> bool:
        """Whether a session that began with this token should go on with a newer one."""

    def forget(self, token: AccessToken) -> None:
        """A server refused this token: never give it out again."""


class Logins:
    """Our logins at one server: with which tokens (None for a password), and how many were refused in a row.

    After a refused token one other is tried at once, and only if the login before had gone well: two refusals in a
    row are told as an alert, and whoever calls leaves the server alone for at least five minutes (MUST 13).
    """

    def __init__(self, tokens: Tokens | None, *, task: str) -> None:
        self._tokens = tokens
        self._task = task
        self.refused_in_a_row = 0

    async def token(self) -> AccessToken | None:
        """The token for the next login; raises `TokenRefused` and `TokenUnavailable`."""
        return None if self._tokens is None else await self._tokens.token()

    async def newer_than(self, used: AccessToken | None) -> bool:
        """Whether a session should be begun anew because its token ages and there is another; never raises."""
        if self._tokens is None or used is None or not self._tokens.is_ageing(used):
            return False
        try:
            return (await self._tokens.token()).value != used.value
        except (TokenRefused, TokenUnavailable):
            return False  # what we have may serve until the server ends it

    async def may_try_again(self, refused: AccessToken | None) -> bool:
        """Count a refused login, and say whether another token is at hand that may be tried at once."""
        self.note_refusal(reason="login")
        if self._tokens is None or refused is None:
            return False
        self._tokens.forget(refused)
        if self.refused_in_a_row > 1:
            return False
        try:
            return (await self._tokens.token()).value != refused.value
        except (TokenRefused, TokenUnavailable):
            return False

    def note_refusal(self, *, reason: str, code: int | None = None) -> None:
        """A login came to nothing because somebody refused us; from the second in a row on it is an alert."""
        self.refused_in_a_row += 1
        if self.refused_in_a_row >= _ALERT_FROM:
            log.error("login_refused", task=self._task, attempt=self.refused_in_a_row, reason=reason, code=code)

    def note_success(self) -> None:
        """The server let us in and did what we asked."""
        self.refused_in_a_row = 0

    def note_expiry(self, used: AccessToken | None) -> None:
        """The server ended a session because its token had expired."""
        if self._tokens is not None and used is not None:
            self._tokens.forget(used)
