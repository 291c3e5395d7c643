"""The tokens of `[oauth]`: settings and secrets become one source, which both logins share."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from triage.daemon.clock import utc_now
from triage.model.errors import ConfigurationError
from triage.settings.loading import Configuration
from triage.settings.logins import uses_tokens
from triage.transport.oauth import (
    Certificate,
    ClientSecret,
    Command,
    Grant,
    RefreshToken,
    TokenServer,
    TokenSource,
    issuer,
)

_KEPT = "oauth-refresh-token.json"


def token_source(configuration: Configuration, *, clock: Callable[[], float] = time.monotonic) -> TokenSource | None:
    """The source of tokens, None where both logins are by password. `clock` gives seconds that only grow.

    Raises `ConfigurationError` for a value that cannot work; nothing is asked of anybody yet.
    """
    if not uses_tokens(configuration.settings):
        return None
    return TokenSource(issuer(_grant(configuration), now=utc_now), clock=clock)


def _grant(configuration: Configuration) -> Grant:
    oauth, secrets = configuration.settings.oauth, configuration.oauth_secrets
    if oauth.grant == "command":
        return Command(arguments=oauth.command or (), folder=configuration.folder)
    server = TokenServer(
        url=oauth.token_url or "",
        client_id=oauth.client_id or "",
        scope=oauth.scope,
        ca_file=None if oauth.ca_file is None else configuration.folder / oauth.ca_file,
    )
    if oauth.grant == "client_credentials":
        return ClientSecret(server, secrets.client_secret or "")
    if oauth.grant == "certificate":
        return Certificate(server, secrets.certificate or "", secrets.private_key or "")
    return RefreshToken(server, secrets.refresh_token or "", secrets.client_secret, _kept_in(configuration.folder))


def _kept_in(folder: Path) -> Path:
    # systemd's StateDirectory is writable where the rest of the system is not.
    kept_in = Path(os.environ.get("STATE_DIRECTORY", "").partition(":")[0] or folder) / _KEPT
    if not os.access(kept_in.parent, os.W_OK):
        # A token that cannot be kept is lost at the next start, and a person would have to consent again.
        raise ConfigurationError(
            f"triage.toml: [oauth] refresh_token_file: {kept_in.parent} must be writable, to keep an exchanged token"
        )
    return kept_in
