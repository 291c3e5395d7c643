"""The world of a campaign: a mailbox on Dovecot, a mail server, a configuration, and daemons that come and go.

It waits and counts by reading the database itself; nothing of the product is imported.
"""

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from tests.campaigns.daemon import PATIENCE_SECONDS, TRIAGE, DidNotHappen, Life
from tests.campaigns.ledger import Draft, Fate, Ledger
from tests.campaigns.mails import MAILBOX, OurLetter
from tests.campaigns.reading import Reading, SqliteFile
from tests.campaigns.relays import Arrived, PostfixRelay
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import KeptMail, ScriptedSmtpServer

PROCESSED = "Traités"
DATABASE = "triage.db"
_SETTINGS = """
[body]
name = "Centre d’acquisitions gouvernementales"
short_name = "CAG"
unit = "Direction du service à la clientèle"
address = "{mailbox}"
display_name = "Plaintes"
phone = "418 555-0100"
access_address = "acces@cag.example"

[imap]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
username = "{user}"
password_file = "imap-password"
processed = "{processed}"

[smtp]
host = "127.0.0.1"
port = {smtp_port}
dot_timeout_seconds = {dot_timeout_seconds}
{smtp_login}

[database]
url = "{database}"

[intake]
since = 2026-01-01

[delivery]
rate_per_minute = 6000
sender_per_hour = 0
sender_per_day = 0
domain_per_hour = 0
total_per_hour = 0
"""
_OPEN = """
SELECT (SELECT count(*) FROM mail WHERE (state = 'observed' AND reason IS NULL) OR state = 'received') AS unread,
       (SELECT count(*) FROM mail WHERE remote_state = 'move_wanted') AS unmoved,
       (SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'held', 'dead', 'cancelled')) AS unsent,
       (SELECT count(*) FROM mail WHERE remote_state IN ('moved', 'gone')) AS gone,
       (SELECT count(*) FROM mail) AS known
"""


class Rig:
    """Everything around the daemon. `folder` gets the configuration, the database, the logs and the mails that left."""

    def __init__(
        self,
        folder: Path,
        *,
        dovecot: Dovecot,
        smtp: ScriptedSmtpServer | PostfixRelay,
        database: Reading | None = None,
        dot_timeout_seconds: int = 1,
        imap_port: int | None = None,
    ) -> None:
        self.folder = folder
        self.dovecot = dovecot
        self.smtp = smtp
        self.database = SqliteFile(folder, DATABASE) if database is None else database
        self.user = dovecot.new_user()
        self.ledger = Ledger()
        self.lives: list[Life] = []
        (folder / "logs").mkdir()
        access = dovecot.access(self.user)
        (folder / "imap-password").write_text(access.password, encoding="utf-8")
        settings = _SETTINGS.format(
            mailbox=MAILBOX,
            imap_port=access.port if imap_port is None else imap_port,
            user=self.user,
            processed=PROCESSED,
            smtp_port=smtp.port,
            dot_timeout_seconds=dot_timeout_seconds,
            smtp_login=smtp.write_settings(folder) if isinstance(smtp, PostfixRelay) else 'tls = "none"',
            database=self.database.url,
        )
        (folder / "triage.toml").write_text(settings, encoding="utf-8")

    def start(self, *, program: Sequence[str] = TRIAGE, once: bool = False) -> Life:
        """A daemon on this world; a log of its own."""
        log_file = self.folder / "logs" / f"{len(self.lives) + 1:03d}.log"
        life = Life(self.folder, log_file, program=program, once=once)
        self.lives.append(life)
        return life

    def end(self) -> None:
        """End every daemon that still runs."""
        for life in self.lives:
            life.end()

    def put(self, draft: Draft) -> None:
        """One mail arrives over IMAP."""
        self._enter(draft)
        self.dovecot.append(self.user, draft.raw)

    def put_all(self, drafts: Iterable[Draft]) -> None:
        """Mails arrive over IMAP, one at the heels of the other."""
        for draft in drafts:
            self.put(draft)

    def leave(self, drafts: Iterable[Draft]) -> None:
        """Mails lie there when nobody looks, thousands of them if need be: files in the mailbox's own folder.

        Not while a daemon runs: two files in one tick of the clock leave one date on their folder, and Dovecot may
        notice the second only when it is asked again.
        """
        chosen = list(drafts)
        for draft in chosen:
            self._enter(draft)
        self.dovecot.deliver_many(self.user, [draft.raw for draft in chosen])

    def wait_quiet(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until nothing is left to do; `DidNotHappen` with what is, where that takes too long."""
        end = time.monotonic() + seconds
        while True:
            left = self._left()
            if left is not None and not any((left["unread"], left["unmoved"], left["unsent"])):
                expected = len(self.ledger.drafts)
                if left["known"] == expected:
                    return
            if time.monotonic() > end:
                raise DidNotHappen(f"after {seconds:.0f} s there is still work: {left}, of {len(self.ledger.drafts)}")
            time.sleep(0.02)

    def wait_settled(self, count: int) -> None:
        """Wait until so many mails left the inbox and nothing waits in the outbox."""
        end = time.monotonic() + PATIENCE_SECONDS
        while (left := self._left()) is None or left["unsent"] or left["gone"] < count:
            if time.monotonic() > end:
                raise DidNotHappen(f"{count} mails are not settled: {left}")
            time.sleep(0.02)

    def is_at_work(self) -> bool:
        """Whether anything that has begun is not finished."""
        left = self._left()
        return left is None or any((left["unread"], left["unmoved"], left["unsent"]))

    def letters(self, chance: Random, *, answered: set[str]) -> list[OurLetter]:
        """The acknowledgements that arrived and that nobody has answered, in an order of chance."""
        people = {draft.sender: draft for draft in self.ledger.matters(Fate.ANSWERED).values()}
        found = {}
        arrived: tuple[KeptMail | Arrived, ...] = tuple(self.smtp.kept)
        for mail in arrived:
            draft = people.get(mail.recipients[0])
            if draft is not None and draft.matter not in answered:
                found[draft.matter] = read_letter(draft, mail.raw)
        return sorted(found.values(), key=lambda _: chance.random())

    def _enter(self, draft: Draft) -> None:
        self.ledger.drafts.append(draft)
        line = {"kind": draft.kind, "fate": draft.fate, "matter": draft.matter, "sha256": draft.digest}
        with (self.folder / "ledger.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")

    def _left(self) -> dict[str, int] | None:
        found = self.database.ask(_OPEN)
        return found[0] if found else None


def read_letter(draft: Draft, raw: bytes) -> OurLetter:
    """What an answer needs of an acknowledgement."""
    head = raw.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").decode("ascii")
    headers = dict(line.split(": ", 1) for line in head.split("\r\n"))
    reference = headers["Subject"].partition("]")[0].rpartition(" ")[2]
    return OurLetter(draft, raw, headers["Message-ID"].strip("<>"), reference)
