"""Where the mail server is and how far it is trusted (`[smtp]` of triage.toml).

Certificates are always verified, TLS is 1.2 or better, and STARTTLS is never optional (MUST 37). The one way to do
without TLS is a server on this very machine.
"""

import ipaddress
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from triage.model.errors import ConfigurationError
from triage.transport.credentials import Tokens


@dataclass(frozen=True, slots=True)
class SmtpAccess:
    """The mail server and our account there. All waits are in seconds.

    `ca_file` replaces the system's authorities by one file. `dot_timeout_seconds` is how long the answer to the final
    dot is awaited: RFC 5321 §4.5.3.2.6 asks for ten minutes, and less makes duplicates. `local_hostname` is what
    EHLO says: an address literal of loopback is valid anywhere (RFC 5321 §4.1.3) and tells nothing of this machine.
    With `tokens` the login is XOAUTH2, and `password` is not looked at.
    Raises `ConfigurationError` for a server elsewhere without TLS, and for `tokens` without `username`.
    """

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    ca_file: Path | None = None
    username: str | None = None
    password: str = field(default="", repr=False)
    connect_seconds: float = 20
    command_seconds: float = 60
    dot_timeout_seconds: float = 600
    idle_seconds: float = 30
    local_hostname: str = "[127.0.0.1]"
    tokens: Tokens | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.tls == "none" and not _is_loopback(self.host):
            raise ConfigurationError(
                'triage.toml, smtp.tls: "none" is for a server on this machine only; use "implicit" or "starttls"'
            )
        if self.tokens is not None and self.username is None:
            raise ConfigurationError('triage.toml: [smtp] username: is missing; auth = "xoauth2" needs it')


def make_tls_context(access: SmtpAccess) -> ssl.SSLContext | None:
    """The verified TLS settings for this server, None for `tls = "none"`; blocks on files.

    Raises `ConfigurationError` where `ca_file` cannot be used.
    """
    if access.tls == "none":
        return None
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
    except OSError as error:  # missing, unreadable, or (ssl.SSLError) no certificate in it
        raise ConfigurationError("triage.toml, smtp.ca_file: no certificate can be read there") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
