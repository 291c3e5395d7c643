"""The one grammar of the addresses that mail is sent to (MUST 14): what intake promises, delivery can write.

Narrower than RFC 5321 on purpose: ASCII dot-atoms before the @, host names of at least two labels after it. No quoted
names, no address literals, and no `%` or `!`, the old ways to route through a third server (RFC 5321 app. F.2).
"""

import re

_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+{_LABEL})", re.ASCII)
_MAX_LOCAL = 64
_MAX_DOMAIN = 253
_MAX_ADDRESS = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets


def is_sendable_address(text: str) -> bool:
    """Whether mail may be sent to this text, and a command contain it; nothing is said of whether the mailbox exists.

    >>> is_sendable_address("Jeanne+plainte@client.example"), is_sendable_address("a%b@client.example")
    (True, False)
    """
    match = _MAILBOX.fullmatch(text) if len(text) <= _MAX_ADDRESS else None
    if match is None:
        return False
    local, domain = match.groups()
    return len(local) <= _MAX_LOCAL and len(domain) <= _MAX_DOMAIN and not domain.rpartition(".")[2].isdigit()
