"""What is left when all is quiet: the rows of the database, the mails that left, the folders, the logs.

Read by plain SQL and a folder's files; table classes and store functions of the product are not used, on purpose.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path

from tests.campaigns.reading import Row
from tests.campaigns.rig import PROCESSED, Rig

_TABLES = ("mail", "ticket", "clock", "outbox", "attempt", "event", "event_payload", "number_series")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that the mail server answered for; `message_id` is without brackets."""

    recipients: tuple[str, ...]
    raw: bytes
    message_id: str

    @property
    def parsed(self) -> EmailMessage:
        """As the standard library reads it."""
        return _parse(self.raw)

    @property
    def texts(self) -> str:
        """The decoded text and HTML parts, and the subject, with ordinary spaces."""
        parts = [str(part.get_content()) for part in self.parsed.walk() if part.get_content_maintype() == "text"]
        joined = " ".join([str(self.parsed["Subject"]), *parts])
        return " ".join(joined.replace("\u00a0", " ").replace("\u202f", " ").split())


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that the checker looks at. `kept` maps a SHA-256 to whether the bytes under it have that hash."""

    tables: dict[str, list[Row]]
    kept: dict[str, bool]
    inbox: list[bytes]
    processed: dict[int, bytes]
    elsewhere: list[bytes]
    letters: list[Letter]
    logs: str

    def rows(self, table: str, **wanted: object) -> list[Row]:
        """The rows of a table in which these columns have these values."""
        return [row for row in self.tables[table] if all(row[name] == value for name, value in wanted.items())]


def gather(rig: Rig, *, journal: Path | None) -> Evidence:
    """Everything there is to see; the daemon should be at rest. Letters are a journal's, or the mail server's."""
    folders = {name for name in rig.dovecot.folders(rig.user) if name not in ("INBOX", PROCESSED)}
    tables = {name: rig.database.ask(f"SELECT * FROM {name} ORDER BY 1") or [] for name in _TABLES}  # noqa: S608  names of our own
    parts: defaultdict[str, bytes] = defaultdict(bytes)
    for row in rig.database.ask("SELECT sha256, content FROM raw_part ORDER BY sha256, part") or []:
        parts[row["sha256"]] += row["content"]
    uids = sorted(rig.dovecot.flags(rig.user, PROCESSED))
    return Evidence(
        tables=tables,
        kept={digest: sha256(raw).hexdigest() == digest for digest, raw in parts.items()},
        inbox=rig.dovecot.messages(rig.user),
        processed=dict(zip(uids, rig.dovecot.messages(rig.user, PROCESSED), strict=True)),
        elsewhere=[raw for name in folders for raw in rig.dovecot.messages(rig.user, name)],
        letters=_read_server(rig) if journal is None else _read_journal(journal),
        logs="".join(log.read_text(errors="replace") for log in sorted((rig.folder / "logs").glob("*.log"))),
    )


def _read_server(rig: Rig) -> list[Letter]:
    return [_read_letter(mail.recipients, mail.raw) for mail in rig.smtp.kept]


def _read_journal(journal: Path) -> list[Letter]:
    lines = journal / "journal.jsonl"
    entries = [json.loads(line) for line in lines.read_text().splitlines()] if lines.exists() else []
    return [_read_letter(tuple(entry["to"]), (journal / entry["file"]).read_bytes()) for entry in entries]


def _read_letter(recipients: tuple[str, ...], raw: bytes) -> Letter:
    return Letter(recipients, raw, str(_parse(raw)["Message-ID"]).strip("<> "))


def _parse(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)
