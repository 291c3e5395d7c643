"""A Postfix between the daemon and the people: it takes letters after a login, and they arrive in people's mailboxes.

The people have a Dovecot of their own, on which everybody exists. What the two servers put in front of a letter on its
way is taken off again, so that its bytes can be held against those that were stored.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.campaigns.daemon import PATIENCE_SECONDS, DidNotHappen
from tests.campaigns.mails import MAILBOX
from tests.servers.dovecot import Dovecot, mail_folder
from tests.servers.dovecot_settings import PASSWORD
from tests.servers.postfix import Postfix

_TRACES = (b"return-path:", b"delivered-to:", b"received:", b"authentication-results:")
_FOR = re.compile(rb"\bfor <([^<>\s]+)>")
_FIELD = re.compile(rb"[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
_TAKEN = b" message-id="
_QUEUES = ("maildrop", "incoming", "active", "deferred")
_LOOK_SECONDS = 0.02
_SMTP = """
tls = "starttls"
ca_file = "{ca_file}"
username = "{user}"
password_file = "smtp-password"
"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter in somebody's mailbox, without the traces of its way; who it was for, by the envelope."""

    recipients: tuple[str, ...]
    raw: bytes


class PostfixRelay:
    """What a campaign needs of a Postfix before a Dovecot that only the people of this campaign use."""

    def __init__(self, postfix: Postfix, people: Dovecot) -> None:
        self.port = postfix.submission_port
        self._postfix, self._people = postfix, people
        self._read: dict[Path, Arrived] = {}
        self._log_read_to = self._taken = 0

    def write_settings(self, folder: Path) -> str:
        """The daemon's login, as lines of its configuration; the password in a file beside."""
        (folder / "smtp-password").write_text(PASSWORD, encoding="utf-8")
        return _SMTP.format(ca_file=self._postfix.certificate.cert_file, user=MAILBOX.partition("@")[0])

    @property
    def kept(self) -> list[Arrived]:
        """Every letter that has arrived; each file is read once."""
        for file in mail_folder(self._people).glob("*/Maildir/new/*"):
            if file not in self._read:
                self._read[file] = _take_off_traces(file.read_bytes().replace(b"\n", b"\r\n"))
        return list(self._read.values())

    def taken(self) -> int:
        """How many letters Postfix has begun to take, by its log: the answer to the last may be on its way."""
        with self._postfix.log_file.open("rb") as log:
            log.seek(self._log_read_to)
            told, _, _rest = log.read().rpartition(b"\n")
        if told:
            self._log_read_to += len(told) + 1
            self._taken += told.count(_TAKEN)
        return self._taken

    def wait_delivered(self) -> None:
        """Wait until nothing is under way any more; `DidNotHappen` where something stays in a queue."""
        end = time.monotonic() + PATIENCE_SECONDS
        while left := sum(self._waiting()):
            if time.monotonic() > end:
                raise DidNotHappen(f"{left} letters stay in the queues of Postfix")
            time.sleep(_LOOK_SECONDS)

    def _waiting(self) -> Iterator[bool]:
        for name in _QUEUES:
            yield from (file.is_file() for file in (self._postfix.queue_folder / name).rglob("*"))


@contextmanager
def postfix_relay() -> Iterator[PostfixRelay]:
    """A Postfix that runs, with the people's mailboxes behind it."""
    with Dovecot() as people, Postfix(people, everybody=True) as postfix:
        yield PostfixRelay(postfix, people)


def _take_off_traces(raw: bytes) -> Arrived:
    traces, rest = b"", raw
    while (field := _FIELD.match(rest)) and rest.lower().startswith(_TRACES):
        traces += field.group()
        rest = rest[field.end() :]
    found = _FOR.search(traces)
    return Arrived(recipients=(found.group(1).decode(),) if found else (), raw=rest)
