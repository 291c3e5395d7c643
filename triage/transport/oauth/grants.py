"""What is asked of whom for each grant; an issuer is a function that gets one new token and keeps nothing of it."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import structlog

from triage.model.errors import ConfigurationError
from triage.transport.credentials import TokenRefused
from triage.transport.oauth.access import (
    Certificate,
    ClientSecret,
    Command,
    Grant,
    RefreshToken,
    TokenServer,
    make_tls_context,
)
from triage.transport.oauth.answers import Issued, judge
from triage.transport.oauth.assertion import TYPE, sign_assertion
from triage.transport.oauth.command import run_command
from triage.transport.oauth.https import post_form
from triage.transport.oauth.rotation import alone, keep_token, newest_token

log = structlog.get_logger("triage.transport.oauth.grants")

Issuer = Callable[[], Awaitable[Issued]]


def issuer(grant: Grant, *, now: Callable[[], datetime]) -> Issuer:
    """Who issues tokens for a grant. `now` gives aware UTC and is asked for a certificate's signature only.

    Each call raises `TokenRefused` or `TokenUnavailable`. Raises `ConfigurationError` for a value that cannot work:
    a `ca_file` without certificate, a key that is not the certificate's, the missing extra.
    """
    if isinstance(grant, Command):
        return partial(run_command, grant)
    context = make_tls_context(grant.server)
    if isinstance(grant, Certificate):
        sign_assertion(grant, now=now())  # a key that cannot sign is told of at the start, not an hour later
    if isinstance(grant, RefreshToken):
        ask: Callable[[], Issued] = _Exchange(grant, context)
    else:
        ask = partial(_ask_with_proof, grant, context, now)
    return partial(asyncio.to_thread, ask)


def _ask_with_proof(
    grant: ClientSecret | Certificate, context: ssl.SSLContext | None, now: Callable[[], datetime]
) -> Issued:
    if isinstance(grant, ClientSecret):
        proof = {"client_secret": grant.secret}
    else:
        try:
            assertion = sign_assertion(grant, now=now())
        except ConfigurationError as error:
            raise TokenRefused(str(error), reason="certificate") from None
        proof = {"client_assertion_type": TYPE, "client_assertion": assertion}
    return _ask(grant.server, context, {"grant_type": "client_credentials", **proof})


class _Exchange:
    """A refresh token for an access token; the server may exchange the refresh token too."""

    def __init__(self, grant: RefreshToken, context: ssl.SSLContext | None) -> None:
        self._grant = grant
        self._context = context
        self._unkept: str | None = None  # what the disk did not take is known at least until we end

    def __call__(self) -> Issued:
        try:
            with alone(self._grant):
                return self._exchange()
        except OSError as error:
            sentence = f"beside {self._grant.kept_in} no file can be made ({type(error).__name__})"
            raise TokenRefused(sentence, reason="refresh_token_folder") from None

    def _exchange(self) -> Issued:
        used = self._unkept or newest_token(self._grant)
        fields = {"grant_type": "refresh_token", "refresh_token": used}
        if self._grant.secret is not None:
            fields["client_secret"] = self._grant.secret
        issued = _ask(self._grant.server, self._context, fields)
        if issued.refresh_token not in {None, used}:
            self._keep(issued.refresh_token)
        return issued

    def _keep(self, token: str | None) -> None:
        if token is None:
            return
        try:
            keep_token(self._grant, token)
        except OSError as error:
            self._unkept = token
            log.error("refresh_token_not_kept", error=error)  # noqa: TRY400 -- a traceback would quote what was to be kept
        else:
            self._unkept = None


def _ask(server: TokenServer, context: ssl.SSLContext | None, fields: dict[str, str]) -> Issued:
    common = {"client_id": server.client_id} | ({"scope": server.scope} if server.scope else {})
    return judge(post_form(server, context, common | fields))
