"""A body as it is in life: a mailbox on Dovecot, Postfix as border and submission server, triage as a process, people.

The daemon logs in with verified TLS on both sides; what came of it is read from mailboxes and from the database file.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_settings import PASSWORD
from tests.servers.postfix import Postfix
from tests.servers.postfix_settings import AUTHSERV_ID, OWN_DOMAIN

_REPOSITORY = Path(__file__).resolve().parents[1]
_PATIENCE_SECONDS = 60
_SETTINGS = """
[body]
name = "Centre d’acquisitions gouvernementales"
short_name = "CAG"
unit = "Direction du service à la clientèle"
address = "{address}"
display_name = "Plaintes"
phone = "418 555-0100"
access_address = "acces@cag.example"

[imap]
host = "127.0.0.1"
port = {imap_port}
ca_file = "{ca_file}"
username = "{user}"
password_file = "password"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
tls = "starttls"
ca_file = "{ca_file}"
username = "{user}"
password_file = "password"

[database]
url = "sqlite:///triage.db"

[intake]
since = 2026-01-01

[delivery]
rate_per_minute = 6000

[authority]
profile = "authres"
authserv_id = "{authserv_id}"
"""


class Person:
    """Somebody with a mailbox of their own, who writes by hand what a mail needs."""

    def __init__(self, world: "BorderWorld", domain: str) -> None:
        self._world = world
        self.user = world.dovecot.new_user()
        self.address = f"{self.user}@{domain}"
        self._written = 0

    def write(
        self,
        text: str = "La livraison est en retard.",
        *,
        to: str | None = "",
        subject: str = "Plainte",
        headers: str = "",
    ) -> bytes:
        """A mail to the body; `to=None` names no recipient, `headers` are whole lines."""
        visible = "" if to is None else f"To: {to or self._world.address}\r\n"
        self._written += 1
        number = f"Message-ID: <{self._written}.{self.user}@client.example>\r\n"
        head = f"From: {self.address}\r\n{visible}Subject: {subject}\r\n{number}{headers}"
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()

    def send(self, raw: bytes, *, recipient: str | None = None) -> None:
        """Their server hands the mail to ours."""
        self._world.postfix.from_the_world(self.address, recipient or self._world.address, raw)

    def log_in_and_send(self, raw: bytes) -> None:
        """A colleague, whose mail program logs in with us."""
        self._world.postfix.from_a_colleague(self.user, self._world.address, raw)

    def letters(self, count: int) -> list[EmailMessage]:
        """What arrived for them, once there is that much."""
        found = self._world.postfix.arrived(self.user, count)
        return [message_from_bytes(raw, policy=policy.default) for raw in found]


class BorderWorld:
    """One body; `folder` holds its configuration and its database."""

    def __init__(self, folder: Path, dovecot: Dovecot, postfix: Postfix) -> None:
        self.dovecot, self.postfix = dovecot, postfix
        self.user = dovecot.new_user()
        self.address = f"{self.user}@{OWN_DOMAIN}"
        self._folder = folder
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        settings = _SETTINGS.format(
            address=self.address,
            user=self.user,
            imap_port=dovecot.imaps_port,
            smtp_port=postfix.submission_port,
            ca_file=postfix.certificate.cert_file,
            authserv_id=AUTHSERV_ID,
        )
        (folder / "triage.toml").write_text(settings, encoding="utf-8")

    def person(self, domain: str = "client.example") -> Person:
        """Somebody new at one of the domains of `postfix_settings`."""
        return Person(self, domain)

    def run_once(self, *, arrived: int) -> None:
        """Wait until that many mails lie in the inbox, and let a daemon make one full pass."""
        self.postfix.arrived(self.user, arrived)
        command = [sys.executable, "-m", "triage", "run", "--once", "--config", str(self._folder)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        done = subprocess.run(
            command, cwd=_REPOSITORY, env=kept, capture_output=True, check=False, timeout=_PATIENCE_SECONDS
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]

    def look(self, query: str) -> list[tuple[object, ...]]:
        """Rows of the daemon's database."""
        with closing(sqlite3.connect(self._folder / "triage.db")) as database:
            return list(database.execute(query))

    def outcome(self) -> dict[str, tuple[object, ...]]:
        """For each requester: the flags of the ticket, the state of its acknowledgement, and why it waits."""
        rows = self.look(
            "SELECT outbox.recipient, ticket.flags, outbox.state, outbox.hold_reason"
            " FROM outbox JOIN ticket ON ticket.id = outbox.ticket_id"
        )
        assert len(rows) == len({row[0] for row in rows})
        return {str(row[0]): row[1:] for row in rows}

    def sent_to(self, person: Person) -> int:
        """How many letters the mail server took for somebody."""
        rows = self.look("SELECT recipient FROM outbox WHERE state = 'sent'")
        return rows.count((person.address,))
