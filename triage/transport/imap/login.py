"""Logging in: by SASL PLAIN or LOGIN with a password, by XOAUTH2 with a token; one try by one method."""

import re

from imapclient import IMAPClient

from triage.model.errors import MailboxRefused
from triage.transport.credentials import AccessToken
from triage.transport.imap.access import ImapAccess

_ATOM = re.compile(r"[^\x00-\x20(){%*\"\\\]\x7f-\U0010ffff]+")


def log_in(client: IMAPClient, access: ImapAccess, token: AccessToken | None = None) -> None:
    """Log in with the token, or without one by the password of `access`.

    Raises `MailboxRefused` where the server offers no way that fits, and what the library raises for a refusal.
    """
    if token is None:
        _log_in_with_password(client, access)
    else:
        _log_in_with_token(client, access.username, token)


def _log_in_with_password(client: IMAPClient, access: ImapAccess) -> None:
    """SASL PLAIN, or LOGIN where the server knows nothing else (LOGIN takes plain ASCII only)."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(access.username, access.password)
    elif client.has_capability("LOGINDISABLED"):
        raise MailboxRefused("the mail server offers no way to log in with a password on this connection")
    elif not (_ATOM.fullmatch(access.username) and access.password.isascii()):
        raise MailboxRefused("the mail server offers only LOGIN, which this user name or password does not fit")
    else:
        client.login(access.username, access.password)


def _log_in_with_token(client: IMAPClient, username: str, token: AccessToken) -> None:
    """XOAUTH2: what is wrong comes as a challenge, which an empty answer ends.

    The library's own `oauth2_login` answers it with the token once more.
    """
    if not client.has_capability("AUTH=XOAUTH2"):
        raise MailboxRefused("the mail server offers no login with a token (XOAUTH2) on this connection")
    said = f"user={username}\x01auth=Bearer {token.value}\x01\x01".encode()
    client.sasl_login("XOAUTH2", lambda challenge: b"" if challenge else said)
