"""Where tokens come from (`[oauth]` of triage.toml): a token server and what proves who we are, or a program."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from triage.model.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class TokenServer:
    """The token endpoint, and who we are there. `ca_file` None means the authorities of the system.

    `seconds` bounds a whole request, from the connection to the last byte. Raises `ConfigurationError` for an
    address that is neither https nor http to this very machine.
    """

    url: str
    client_id: str
    scope: str
    ca_file: Path | None = None
    seconds: float = 20

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if not parts.hostname or parts.scheme not in {"https", "http"}:
            raise ConfigurationError("triage.toml: [oauth] token_url: must begin with https:// and name a host")
        if parts.scheme == "http" and not _is_loopback(parts.hostname):
            raise ConfigurationError("triage.toml: [oauth] token_url: http is for this machine only; write https")


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """Client credentials, proved by a shared secret (RFC 6749 §4.4)."""

    server: TokenServer
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """Client credentials, proved by a signature (RFC 7523 §2.2); both in PEM, the key RSA without pass phrase."""

    server: TokenServer
    certificate: str = field(repr=False)
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a person once consented to (RFC 6749 §6). `secret` None for a client that has none.

    `kept_in` is where a refresh token is kept that the server exchanged for the one given here.
    """

    server: TokenServer
    token: str = field(repr=False)
    secret: str | None = field(repr=False)
    kept_in: Path


@dataclass(frozen=True, slots=True)
class Command:
    """A program that prints a token; no shell is involved. `folder` is where it runs."""

    arguments: tuple[str, ...]
    folder: Path
    seconds: float = 30


Grant = ClientSecret | Certificate | RefreshToken | Command


def make_tls_context(server: TokenServer) -> ssl.SSLContext | None:
    """Certificate and name verified, TLS 1.2 or better; None for http on this machine; blocks on files.

    Raises `ConfigurationError` where `ca_file` cannot be used.
    """
    if urlsplit(server.url).scheme == "http":
        return None
    try:
        context = ssl.create_default_context(cafile=server.ca_file)
    except OSError as error:
        raise ConfigurationError("triage.toml: [oauth] ca_file: no certificate can be read there") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
