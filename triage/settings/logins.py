"""Which keys a login needs, by password or by token, and which of them name files that hold secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from triage.settings.schema import Settings

_NEEDED = {
    "client_credentials": ("token_url", "client_id", "client_secret_file"),
    "certificate": ("token_url", "client_id", "certificate_file", "key_file"),
    "refresh_token": ("token_url", "client_id", "refresh_token_file"),
    "command": ("command",),
}
_SECRETS = {
    "client_credentials": ("client_secret_file",),
    "certificate": ("certificate_file", "key_file"),
    "refresh_token": ("refresh_token_file", "client_secret_file"),  # the second where the client has one
    "command": (),
}


@dataclass(frozen=True, slots=True)
class OAuthSecrets:
    """What the files of `[oauth]` hold; None for those that the grant has no use for."""

    client_secret: str | None = field(default=None, repr=False)
    certificate: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    refresh_token: str | None = field(default=None, repr=False)

    @classmethod
    def among(cls, secrets: Mapping[str, str]) -> Self:
        """Those of `[oauth]` among all secrets by section and key."""
        return cls(
            client_secret=secrets.get("[oauth] client_secret_file"),
            certificate=secrets.get("[oauth] certificate_file"),
            private_key=secrets.get("[oauth] key_file"),
            refresh_token=secrets.get("[oauth] refresh_token_file"),
        )


NO_SECRETS = OAuthSecrets()


def uses_tokens(settings: Settings) -> bool:
    """Whether any login is made with a token."""
    return "xoauth2" in {settings.imap.auth, settings.smtp.auth}


def find_login_faults(settings: Settings) -> tuple[str, ...]:
    """What is missing for the logins that were chosen: section, key and mend, one sentence each."""
    faults = []
    if settings.imap.auth == "password" and settings.imap.password_file is None:
        faults.append('[imap] password_file: is missing; add it, or write auth = "xoauth2"')
    if settings.smtp.auth == "xoauth2" and settings.smtp.username is None:
        faults.append('[smtp] username: is missing; auth = "xoauth2" needs the address of the mailbox there')
    if uses_tokens(settings):
        grant = settings.oauth.grant
        faults += [
            f'[oauth] {key}: is missing; auth = "xoauth2" with grant = "{grant}" needs it'
            for key in _NEEDED[grant]
            if getattr(settings.oauth, key) is None
        ]
    return tuple(faults)


def used_secrets(settings: Settings) -> dict[str, Path]:
    """The files with secrets that the chosen logins make use of, by section and key."""
    keys = _SECRETS[settings.oauth.grant] if uses_tokens(settings) else ()
    files = {
        "[imap] password_file": settings.imap.password_file if settings.imap.auth == "password" else None,
        "[smtp] password_file": settings.smtp.password_file if settings.smtp.auth == "password" else None,
        **{f"[oauth] {key}": getattr(settings.oauth, key) for key in keys},
    }
    return {key: file for key, file in files.items() if file is not None}
