"""How the service is: what `triage check` finds, from which facts, and how it stands by its database.

Instants are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal


class Level(StrEnum):
    """How a check ended; only a problem makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it stands, and what mends it (empty where all is well)."""

    check: str
    level: Level
    sentence: str
    mend: str = ""


class AlertKind(StrEnum):
    """What a person must hear of at once: the closed list of what `[alert] command` is run for."""

    MAILBOX_NOT_READ = "mailbox_not_read"  # refused or out of reach for longer than R-88 allows
    SENDING_LOGIN_REFUSED = "sending_login_refused"  # the mail server lets us in no more
    DEAD_LETTER = "dead_letter"  # a letter was given up
    UNKNOWN_GIVEN_UP = "unknown_given_up"  # sent as often as allowed, and nobody knows whether it left (MUST 19)
    DATABASE_TROUBLE = "database_trouble"
    MAIL_UNREADABLE = "mail_unreadable"  # it became a minimal ticket (MUST 15)
    MAIL_UNFETCHABLE = "mail_unfetchable"  # the server fails over it again and again
    MAIL_VANISHED = "mail_vanished"  # somebody removed it before its bytes were here
    RECONCILIATION_FOUND = "reconciliation_found"  # mails in the folder that the ledger lacked (MUST 4)
    FOLDER_RENUMBERED = "folder_renumbered"  # a new UIDVALIDITY (MUST 8)
    ACKNOWLEDGEMENTS_CAPPED = "acknowledgements_capped"  # a flood, a loop or forged senders (MUST 26)
    RIVAL_RESULTS = "rival_authentication_results"  # a header in our border server's name that is not its own
    STAFF_MAIL_QUARANTINED = "staff_mail_quarantined"  # it claims to be from staff, unproven (MUST 30)
    RENUMBERING_BRAKED = "renumbering_braked"  # many old mails came up at once: their letters wait (MUST 8)
    TOKENS_REFUSED = "tokens_refused"  # texts of the shape of our tokens that are none, or are good no more (MUST 32)
    SCANNER_SILENT = "scanner_silent"  # attachments wait for the scanner for viruses, which gives no verdict
    DAEMON_OVERTAKEN = "daemon_overtaken"  # another daemon works this database now; this one ended (MUST 38)


@dataclass(frozen=True, slots=True)
class Alert:
    """So many occurrences of one kind, since an instant. It names no person, no mail and no ticket (R-77)."""

    kind: AlertKind
    count: int
    since_at: datetime


@dataclass(frozen=True, slots=True)
class DurabilityFacts:
    """What the database says of itself: its settings by name, and the file system below it (SQLite only)."""

    backend: Literal["sqlite", "postgresql"]
    settings: Mapping[str, str]
    file_system: str | None = None


@dataclass(frozen=True, slots=True)
class SecretFacts:
    """A file that holds a secret. `mode` is None where it is not there; `readable` says whether we may read it."""

    key: str
    path: str
    mode: int | None
    readable: bool
    empty: bool = False


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """The line to a server: `version` as the TLS library names it, None for a line in clear on this machine."""

    version: str | None
    certificate_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class MailboxFacts:
    """How the mailbox answered. `newest_at` is the arrival of its newest mail, as the server's clock says.

    A folder for processed mail that was missing is made by the look itself, except where the daemon only observes.
    """

    inbox: str
    processed: str
    messages: int
    uidnext: int
    capabilities: frozenset[str]
    has_processed: bool
    made_processed: bool
    newest_at: datetime | None
    tls: TlsFacts


@dataclass(frozen=True, slots=True)
class SendingFacts:
    """How the mail server answered to all but a mail."""

    logged_in: bool
    extensions: frozenset[str]
    tls: TlsFacts


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """An outgoing mail that a person must look at; no address, no text."""

    outbox_id: int
    kind: str
    reference: str | None
    state: str
    reason: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts and instants of one moment.

    `daemon_seen_at` and `looked_at` are the last signs of life of the daemon and of a look through the mailbox;
    `stopped` says that the daemon ended on purpose. `waiting` counts received mails by state, `oldest_waiting_at` is
    when the oldest of them was first seen. `today` begins at midnight in the body's zone. `on_top` are the letters
    for a person: dead, held, and those of which nobody knows whether they left.
    """

    daemon_seen_at: datetime | None
    stopped: bool
    looked_at: datetime | None
    received_today: int
    taken_in_today: int
    waiting: Mapping[str, int]
    oldest_waiting_at: datetime | None
    outbox: Mapping[str, int]
    on_top: tuple[OpenLetter, ...]
    tickets: Mapping[str, int]
