"""The configuration folder of the demo: what an operator would write, and nothing that the daemon has by default.

The body is of fiction, its addresses end in .example (RFC 2606) and its telephone numbers in 555-01xx.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

MAILBOX = "plaintes@approvisionnement.example"
ZONE = ZoneInfo("America/Toronto")

_BODY = {
    "name": "Centre d’approvisionnement public",
    "short_name": "CAP",
    "unit": "Direction du service à la clientèle",
    "address": MAILBOX,
    "aliases": [],
    "display_name": "Centre d’approvisionnement public – Plaintes",
    "phone": "418 555-0142",
    "access_address": "acces@approvisionnement.example",
    "review_by": "la Direction générale",
    "time_zone": ZONE.key,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the daemon is to connect to. `since_on` is the local day before which no mail is acknowledged.

    `authserv_id` names the border server whose word about senders is believed, None for nobody's. `approved` says
    which final answers wait for an approver. `hurried` makes what waits for minutes wait for one or two.
    """

    imap_port: int
    smtp_port: int
    username: str
    password: str
    processed: str
    since_on: date
    plus_addressing: bool = False
    authserv_id: str | None = None
    approved: str = "none"
    hurried: bool = False


def write_configuration(folder: Path, surroundings: Surroundings) -> None:
    """Write `triage.toml` and the password file into a folder that exists; both readable by their owner alone."""
    password_file = folder / "imap-password"
    _write_privately(password_file, surroundings.password + "\n")
    loopback = {"host": "127.0.0.1", "tls": "none"}
    sections: dict[str, dict[str, object]] = {
        "body": {**_BODY, "plus_addressing": surroundings.plus_addressing},
        "imap": {
            **loopback,
            "port": surroundings.imap_port,
            "username": surroundings.username,
            "password_file": str(password_file),
            "inbox": "INBOX",
            "processed": surroundings.processed,
        },
        "smtp": {**loopback, "port": surroundings.smtp_port},
        "database": {"url": f"sqlite:///{folder / 'triage.db'}"},
        "intake": {"since": surroundings.since_on.isoformat()},
        "delivery": {"mode": "live"},
        "approval": {"answers": surroundings.approved},
    }
    if surroundings.hurried:
        sections["agents"] = {"undo_minutes": 1, "undo_minutes_final": 1, "confirm_after_minutes": 2}
    if surroundings.authserv_id is not None:
        sections["authority"] = {"profile": "authres", "authserv_id": surroundings.authserv_id}
    _write_privately(folder / "triage.toml", "\n".join(_write_section(name, sections[name]) for name in sections))


def _write_section(name: str, values: dict[str, object]) -> str:
    """One table of TOML; JSON writes its strings, numbers and lists as TOML does."""
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"[{name}]", *lines, ""])


def _write_privately(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
