"""A source of tokens by the clock of a test, from the token server of the tests."""

from collections.abc import Callable
from datetime import UTC, datetime

from tests.servers.token_server import CLIENT, SECRET
from tests.servers.token_server import TokenServer as Server
from triage.transport.oauth import ClientSecret, TokenServer, TokenSource, issuer


class Hand:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def source_at(server: Server, clock: Callable[[], float] | None = None) -> TokenSource:
    """Client credentials at this server; without a clock no time passes."""
    grant = ClientSecret(TokenServer(server.url, CLIENT, "", seconds=5), SECRET)
    return TokenSource(issuer(grant, now=lambda: datetime.now(UTC)), clock=clock or Hand())
