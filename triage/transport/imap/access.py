"""How to reach the mailbox, checked before a socket is opened.

Refuses what would put a control character into a command, and a connection in clear to any other machine.
"""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal

from triage.model.errors import MailboxRefused
from triage.transport.credentials import Tokens

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ImapAccess:
    """Server, credentials and the two folders. `ca_file` None means the authorities of the system.

    With `tokens` the login is XOAUTH2, and `password` is not looked at.
    `observing` leaves the mailbox exactly as it is.
    `connect_seconds` bounds making the connection, `read_seconds` any single answer.
    """

    host: str
    port: int
    tls: Literal["implicit", "starttls", "none"]
    ca_file: str | None
    username: str
    password: str = field(repr=False)
    inbox: str
    processed: str
    connect_seconds: float = 20
    read_seconds: float = 60
    observing: bool = False
    tokens: Tokens | None = field(default=None, repr=False)


def check_access(access: ImapAccess) -> None:
    """Refuse an access that cannot be used safely; raises `MailboxRefused` naming the field, never the password."""
    secrets = () if access.tokens is not None else ("password",)
    for name in ("host", "username", *secrets, "inbox", "processed"):
        value = getattr(access, name)
        if not value or _CONTROL.search(value):
            raise MailboxRefused(f"the mailbox setting '{name}' is empty or holds a control character")
    if access.inbox == access.processed:
        raise MailboxRefused(f"the inbox and the folder for processed mail are the same: {access.inbox!r}")
    if access.tls == "none" and not is_loopback(access.host):
        raise MailboxRefused("a connection without TLS is only allowed to this very machine (loopback)")


def is_loopback(host: str) -> bool:
    """Whether a host, by its name alone, is this machine; nothing is looked up."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
