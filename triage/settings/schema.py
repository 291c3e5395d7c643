"""The configuration as types: every key of `triage.toml`, its default, and what it may hold.

Unknown keys are errors, and no message repeats a value (a mistyped secret would be echoed).
"""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from triage.model.agents.commands import Conclusion
from triage.model.agents.policy import ApprovalScope, PlainReply
from triage.model.codes import DeliveryMode, NoticeKind
from triage.settings.hours import read_opening_hours
from triage.settings.token_keys import ProgramAndArguments, TokenUrl
from triage.settings.wall_time import read_wall_time

Tls = Literal["implicit", "starttls", "none"]
Auth = Literal["password", "xoauth2"]

MEBIBYTE = 1 << 20


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is not an IANA time zone; write for instance America/Toronto") from None
    return name


def _check_address(text: str) -> str:
    local, at, domain = text.partition("@")
    if not (local and at and "." in domain) or any(c.isspace() or c in '<>,;:"()\\' for c in text):
        raise ValueError("is not a plain e-mail address; write for instance plaintes@organisme.example")
    return text.lower()


def _check_server_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,255}", text, re.ASCII):
        raise ValueError("is not a server's name; copy what stands before the first semicolon of its headers")
    return text.lower()


def _check_host(text: str) -> str:
    if not re.fullmatch(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text, re.ASCII):
        raise ValueError("is not a host; write its whole name, or an ending of two parts or more with a leading dot")
    return text.lower()


def _check_clamd(text: str) -> str:
    if text and not re.fullmatch(r"/[^\x00]+|[A-Za-z0-9.-]+:[0-9]{1,5}", text, re.ASCII):
        raise ValueError("is neither the whole path of a socket nor host:port")
    return text


def _check_domain(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", text, re.ASCII):
        raise ValueError("is not a mail domain; write what stands after the @ of its addresses")
    return text.lower()


# Where anybody in Quebec may have a mailbox: what two of their users write has nothing to do with each other.
PUBLIC_MAIL_DOMAINS = (
    *("gmail.com", "outlook.com", "hotmail.com", "hotmail.ca", "live.com", "live.ca", "msn.com", "yahoo.com"),
    *("yahoo.ca", "yahoo.fr", "icloud.com", "me.com", "proton.me", "protonmail.com", "videotron.ca", "bell.net"),
    *("sympatico.ca", "cogeco.ca", "telus.net"),
)


def _check_short_name(text: str) -> str:
    if not re.fullmatch(r"[^\s\[\]]{1,20}", text):
        raise ValueError("is not a short name; write 1 to 20 characters without blanks and square brackets")
    return text


def _check_hours(text: str) -> str:
    read_opening_hours(text)
    return text


def _check_alert_command(arguments: tuple[str, ...]) -> tuple[str, ...]:
    if arguments and not (Path(arguments[0]).is_absolute() and all(each and "\0" not in each for each in arguments)):
        raise ValueError('must begin with the full path of a program; write for instance ["/usr/local/bin/page-us"]')
    return arguments


def _check_wall_time(text: str) -> str:
    read_wall_time(text)
    return text


def _check_url(text: str) -> str:
    if not re.match(r"sqlite:///.|postgresql\+psycopg://.", text):
        raise ValueError('is not a database that triage knows; write "sqlite:///triage.db" or "postgresql+psycopg://…"')
    return text


MailAddress = Annotated[str, AfterValidator(_check_address)]
MailDomain = Annotated[str, AfterValidator(_check_domain)]
TimeZone = Annotated[str, AfterValidator(_check_zone)]


class Section(BaseModel):
    """One table of the file; frozen, and strict about its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Body(Section):
    """Who we are, as letters print it."""

    name: str
    short_name: Annotated[str, AfterValidator(_check_short_name)]
    unit: str
    address: MailAddress
    aliases: tuple[MailAddress, ...] = ()
    display_name: str
    phone: str
    access_address: MailAddress
    review_by: str = ""
    time_zone: TimeZone = "America/Toronto"
    plus_addressing: bool = False
    opening_hours: Annotated[str, AfterValidator(_check_hours)] = "8:30-16:30"


class Imap(Section):
    """Where mail is read."""

    host: str
    port: int = Field(default=993, ge=1, le=65535)
    tls: Tls = "implicit"
    ca_file: Path | None = None
    auth: Auth = "password"
    username: str
    password_file: Path | None = None
    inbox: str = "INBOX"
    processed: str = "Traités"
    slice_seconds: int = Field(default=60, ge=1, le=540)


class Smtp(Section):
    """Where mail is handed over."""

    host: str
    port: int = Field(default=465, ge=1, le=65535)
    tls: Tls = "implicit"
    ca_file: Path | None = None
    auth: Auth = "password"
    username: str | None = None
    password_file: Path | None = None
    dot_timeout_seconds: int = Field(default=600, ge=1, le=3600)


class OAuth(Section):
    """Where the tokens of `auth = "xoauth2"` come from; `settings.logins` says what each grant needs."""

    grant: Literal["client_credentials", "certificate", "refresh_token", "command"] = "client_credentials"
    token_url: TokenUrl | None = None
    ca_file: Path | None = None
    client_id: str | None = Field(default=None, min_length=1)
    scope: str = Field(default="https://outlook.office365.com/.default", pattern=r"^[\x20-\x7e]*$")
    client_secret_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    refresh_token_file: Path | None = None
    command: ProgramAndArguments | None = None


class DatabaseSection(Section):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_check_url)]
    password_file: Path | None = None


class Intake(Section):
    """From when on, how much, and who stamps the reception."""

    since: date | None = None
    max_bytes: int = Field(default=40 * MEBIBYTE, ge=MEBIBYTE)
    received_by: str | None = None


class Delivery(Section):
    """How letters leave."""

    mode: DeliveryMode = DeliveryMode.LIVE
    modes: dict[NoticeKind, DeliveryMode] = Field(default={})
    rate_per_minute: int = Field(default=20, ge=1, le=6000)
    sender_per_hour: int = Field(default=5, ge=0)
    sender_per_day: int = Field(default=20, ge=0)
    domain_per_hour: int = Field(default=60, ge=0)
    total_per_hour: int = Field(default=200, ge=0)
    domains_of_many: tuple[MailDomain, ...] = PUBLIC_MAIL_DOMAINS
    papers: Path | None = None

    @model_validator(mode="after")
    def _observes_everything_or_nothing(self) -> Self:
        if self.mode is DeliveryMode.OBSERVE and any(mode is not DeliveryMode.OBSERVE for mode in self.modes.values()):
            raise ValueError('modes: while mode is "observe" nothing leaves; take this kind out of modes')
        return self


class Authority(Section):
    """Whose word is believed about senders."""

    profile: Literal["m365", "authres", "none"] = "none"
    authserv_id: Annotated[str, AfterValidator(_check_server_name)] | None = None
    own_hosts: tuple[Annotated[str, AfterValidator(_check_host)], ...] = ()

    @model_validator(mode="after")
    def _has_what_the_profile_needs(self) -> Self:
        if self.profile == "authres" and self.authserv_id is None:
            raise ValueError('authserv_id is missing; the profile "authres" believes the server that it names')
        if self.profile == "m365" and not self.own_hosts:
            raise ValueError('own_hosts is missing; the profile "m365" believes what stands above any other host')
        return self


class Agents(Section):
    """How staff work by mail."""

    undo_minutes: int = Field(default=5, ge=0, le=240)
    undo_minutes_final: int = Field(default=15, ge=0, le=240)
    confirm_after_minutes: int = Field(default=60, ge=0, le=1440)
    plain_reply: PlainReply = PlainReply.DRAFT


class Approval(Section):
    """Which final answers wait for an approver."""

    answers: ApprovalScope = ApprovalScope.NONE
    conclusions: tuple[Conclusion, ...] = (Conclusion.UNFOUNDED, Conclusion.INADMISSIBLE)


class Alert(Section):
    """Who is called when something cannot wait for a look at the log."""

    command: Annotated[tuple[str, ...], AfterValidator(_check_alert_command)] = ()


class DigestSection(Section):
    """When supervisors get their digest, and what it asks them to decide."""

    at: Annotated[str, AfterValidator(_check_wall_time)] = "8:00"
    decide_days_left: int = Field(default=3, ge=0, le=60)


class Scan(Section):
    """The scanner for viruses, if there is one."""

    clamd: Annotated[str, AfterValidator(_check_clamd)] = ""
    timeout_seconds: float = Field(default=120.0, ge=1, le=600)


class Logging(Section):
    """What is told to the operator."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(BaseSettings):
    """The whole of `triage.toml`; `TRIAGE_SECTION__KEY` in the environment overrides one key."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, env_prefix="TRIAGE_", env_nested_delimiter="__"
    )

    body: Body
    imap: Imap
    smtp: Smtp
    oauth: OAuth = OAuth()
    database: DatabaseSection
    intake: Intake = Intake()
    delivery: Delivery = Delivery()
    authority: Authority = Authority()
    agents: Agents = Agents()
    approval: Approval = Approval()
    alert: Alert = Alert()
    digest: DigestSection = DigestSection()
    scan: Scan = Scan()
    logging: Logging = Logging()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then the file; nothing else is looked at."""
        _ = settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings
