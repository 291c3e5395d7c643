"""What went wrong, told in the words of the port: try again later, or call a person.

Answers of a server and exceptions of the library may quote a mail or a command, so none of their text passes:
only codes of a closed list (RFC 5530) and the pause that Exchange asks for.
"""

import errno
import re
import ssl
from collections.abc import Callable
from datetime import timedelta
from imaplib import IMAP4

from imapclient.exceptions import CapabilityError, LoginError

from triage.model.errors import LoginRefused, MailboxRefused, MailboxUnavailable

_BACKOFF = re.compile(r"Suggested Backoff Time: ([0-9]{1,9}) milliseconds", re.IGNORECASE)
_LONGEST_BACKOFF = timedelta(hours=1)
_CODE = re.compile(r"\[([A-Z]{4,24})\]")
_FOR_NOW = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "TRYCREATE", "EXPUNGEISSUED"})
_FOR_A_PERSON = frozenset(
    {
        "AUTHENTICATIONFAILED",
        "AUTHORIZATIONFAILED",
        "EXPIRED",
        "PRIVACYREQUIRED",
        "CONTACTADMIN",
        "NOPERM",
        "OVERQUOTA",
        "NONEXISTENT",
        "CANNOT",
    }
)

_TOKEN_EXPIRED = re.compile(r"AccessTokenExpired|\[EXPIRED\]", re.IGNORECASE)  # Exchange's words, and RFC 5530's

Trouble = MailboxUnavailable | MailboxRefused


class SessionExpired(MailboxUnavailable):
    """The server ended a session because the token with which it had begun expired; log in with another."""


def explain(failure: Exception) -> Trouble:
    """The exception of the port for one of the library, the socket or TLS; the first kind that fits decides."""
    pause = read_backoff(str(failure))
    if pause is not None:
        return MailboxUnavailable("the server asks for a pause", not_before=pause)
    return next(tell(failure) for kind, tell in _TELLERS if isinstance(failure, kind))


def is_passing(failure: Exception) -> bool:
    """Whether the server itself says that a refusal will pass."""
    text = str(failure)
    return read_backoff(text) is not None or read_code(text) in _FOR_NOW


def read_backoff(text: str) -> timedelta | None:
    """The pause that an Exchange server asks for when it throttles us, at most an hour; None where it asks none."""
    found = _BACKOFF.search(text)
    return min(timedelta(milliseconds=int(found[1])), _LONGEST_BACKOFF) if found else None


def read_code(text: str) -> str | None:
    """The response code in a server's line, if it is one of those that we know."""
    return next((code for code in _CODE.findall(text) if code in _FOR_NOW | _FOR_A_PERSON), None)


def _with_code(sentence: str, failure: Exception) -> str:
    code = read_code(str(failure))
    return f"{sentence} [{code}]" if code else sentence


def _tell_certificate(failure: Exception) -> Trouble:
    why = failure.verify_message if isinstance(failure, ssl.SSLCertVerificationError) else ""
    return MailboxRefused(f"the certificate of the mail server is not accepted: {why}")


def _tell_silence(_failure: Exception) -> Trouble:
    return MailboxUnavailable("the mail server did not answer in time")


def _tell_network(failure: Exception) -> Trouble:
    number = failure.errno if isinstance(failure, OSError) else None
    return MailboxUnavailable(f"the connection failed ({errno.errorcode.get(number or 0, type(failure).__name__)})")


def _tell_login(failure: Exception) -> Trouble:
    # imapclient dresses a connection that breaks during the login as a refused login.
    if isinstance(failure.__context__, IMAP4.abort):
        return _tell_end(failure)
    if is_passing(failure):
        return MailboxUnavailable(_with_code("the mail server cannot log us in now", failure))
    return LoginRefused(_with_code("the mail server refuses the user name, the password or the token", failure))


def _tell_read_only(_failure: Exception) -> Trouble:
    return MailboxRefused("the mail server lets us read the inbox but not move mail out of it")


def _tell_end(failure: Exception) -> Trouble:
    if _TOKEN_EXPIRED.search(str(failure)):
        return SessionExpired("the mail server ended the session: its token has expired")
    return MailboxUnavailable(_with_code("the mail server ended the connection", failure))


def _tell_capability(_failure: Exception) -> Trouble:
    return MailboxRefused("the mail server lacks a capability that the configuration asks for (STARTTLS?)")


def _tell_command(failure: Exception) -> Trouble:
    kind = MailboxRefused if read_code(str(failure)) in _FOR_A_PERSON else MailboxUnavailable
    return kind(_with_code("the mail server refused a command", failure))


def _tell_nonsense(failure: Exception) -> Trouble:
    return MailboxUnavailable(f"an answer of the mail server could not be understood ({type(failure).__name__})")


# Subclasses stand before their parents.
_TELLERS: tuple[tuple[type[Exception], Callable[[Exception], Trouble]], ...] = (
    (ssl.SSLCertVerificationError, _tell_certificate),
    (TimeoutError, _tell_silence),
    (OSError, _tell_network),
    (LoginError, _tell_login),
    (IMAP4.readonly, _tell_read_only),
    (IMAP4.abort, _tell_end),
    (CapabilityError, _tell_capability),
    (IMAP4.error, _tell_command),
    (Exception, _tell_nonsense),
)
