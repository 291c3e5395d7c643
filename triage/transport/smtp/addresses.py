"""Which addresses may be written into an SMTP command (MUST 14).

Narrower than RFC 5321 on purpose: ASCII dot-atoms before the @, host names of at least two labels after it. No quoted
names, no address literals, and no `%` or `!`, the old ways to route through a third server (RFC 5321 app. F.2).
"""

import re

_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+{_LABEL})", re.ASCII)


def is_safe_recipient(address: str) -> bool:
    """Whether a command may contain this address; it says nothing of whether the mailbox exists."""
    match = _MAILBOX.fullmatch(address)
    if match is None:
        return False
    name, domain = match.groups()
    return len(name) <= 64 and len(domain) <= 253 and len(address) <= 254 and not domain.rpartition(".")[2].isdigit()
