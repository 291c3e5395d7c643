"""Reading a configuration folder: one answer, or one error that lists every wrong key with its place and mend."""

import os
import tomllib
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from triage.model.errors import ConfigurationError, NoConfiguration
from triage.settings.logins import NO_SECRETS, OAuthSecrets, find_login_faults, used_secrets
from triage.settings.schema import Settings

FILE = "triage.toml"
ENVIRONMENT = "TRIAGE_CONFIG"

_MENDS = {
    "missing": "is missing; add it (the shipped triage.toml explains each key)",
    "extra_forbidden": "is not a key of this section; check its spelling",
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """A folder and what its `triage.toml` says; secrets are read once and never shown."""

    folder: Path
    settings: Settings
    imap_password: str = field(repr=False)
    smtp_password: str | None = field(repr=False)
    database_password: str | None = field(repr=False)
    oauth_secrets: OAuthSecrets = field(default=NO_SECRETS, repr=False)

    def since(self, day: date) -> "Configuration":
        """The same with another first day, given on the command line."""
        intake = self.settings.intake.model_copy(update={"since": day})
        return replace(self, settings=self.settings.model_copy(update={"intake": intake}))


def find_folder(given: Path | None) -> Path:
    """The folder named on the command line, or by TRIAGE_CONFIG; NoConfiguration where neither names one."""
    named = given or (Path(os.environ[ENVIRONMENT]) if os.environ.get(ENVIRONMENT) else None)
    if named is None:
        raise NoConfiguration(f"no configuration folder: give --config DIR or set {ENVIRONMENT}")
    if not (named / FILE).is_file():
        raise NoConfiguration(f"{named}: name the folder that holds {FILE}; there is none here")
    return named.resolve()


def load_configuration(folder: Path) -> Configuration:
    """Read `triage.toml`, the environment's overrides, and the secrets that they name."""
    settings = load_settings(folder)
    secrets = {key: _secret(folder, key, file) for key, file in secret_files(settings).items()}
    return Configuration(
        folder=folder,
        settings=settings,
        imap_password=secrets.get("[imap] password_file", ""),
        smtp_password=secrets.get("[smtp] password_file"),
        database_password=secrets.get("[database] password_file"),
        oauth_secrets=OAuthSecrets.among(secrets),
    )


def load_settings(folder: Path) -> Settings:
    """`triage.toml` with the environment's overrides, and no secret; raises `ConfigurationError` with every fault."""
    file = folder / FILE
    try:
        values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{FILE}: is not valid TOML: {error}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{FILE}: cannot be read ({type(error).__name__}); it must be a UTF-8 text") from None
    try:
        settings = Settings(**values)
    except ValidationError as error:
        faults = "\n".join(_fault(each["loc"], each["type"], each["msg"]) for each in error.errors())
        raise ConfigurationError(faults) from None
    except SettingsError as error:
        # A whole section or a list in the environment is JSON; the library's text names the section, never the value.
        section = str(error).partition('"')[2].partition('"')[0]
        raise ConfigurationError(
            f"{FILE}: [{section}]: what the environment says of it is not JSON; set single keys as "
            f'TRIAGE_{section.upper()}__KEY, and lists as ["a", "b"]'
        ) from None
    if missing := find_login_faults(settings):
        raise ConfigurationError("\n".join(f"{FILE}: {each}" for each in missing))
    return settings


def secret_files(settings: Settings) -> dict[str, Path]:
    """The files with secrets that these settings make use of, by section and key: "[imap] password_file"."""
    database = settings.database.password_file
    return used_secrets(settings) | ({} if database is None else {"[database] password_file": database})


def _fault(place: tuple[int | str, ...], kind: str, message: str) -> str:
    section, *keys = (str(part) for part in place)
    where = f"{FILE}: [{section}] {'.'.join(keys)}" if keys else f"{FILE}: [{section}]"
    return f"{where}: {_MENDS.get(kind, message.removeprefix('Value error, '))}"


def secret_path(folder: Path, file: Path) -> Path:
    """Where a secret is looked for: systemd's LoadCredential puts it in a folder that only the service can read."""
    return Path(os.environ.get("CREDENTIALS_DIRECTORY") or folder) / file


def _secret(folder: Path, key: str, file: Path) -> str:
    path = secret_path(folder, file)
    try:
        return path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{FILE}: {key}: {path} cannot be read ({type(error).__name__})") from None
