"""A private Dovecot: real IMAP (plain and TLS) and LMTP on loopback, for any user name, with its mail in a folder.

Runs in the foreground as root or as an ordinary user and is ended by its process id.
"""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, Self

from imapclient import IMAPClient

from tests.servers.certificates import make_certificate
from tests.servers.dovecot_settings import PASSWORD, Ports, find_owner, write_configuration, write_token_settings
from tests.servers.ports import find_free_ports, wait_for_port
from triage.transport.imap import ImapAccess

_PATIENCE_SECONDS = 20.0


def find_dovecot() -> str | None:
    """The path of the server, None where it is not installed."""
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class Dovecot:
    """One server; a context manager. Every user name exists, with one password and an empty INBOX; see settings too."""

    def __init__(self, *, token_info_url: str | None = None) -> None:
        self.imap_port, self.imaps_port, self.lmtp_port, self.auth_port = find_free_ports(4)
        # Not in pytest's folder, which only its owner may enter: the server serves mail as somebody else.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-"))
        self._folder.chmod(0o755)
        self._owner = find_owner()
        self.certificate = make_certificate(self._folder)
        self._mail = self._folder / "mail"
        self._mail.mkdir()
        os.chown(self._mail, self._owner.uid, self._owner.gid)
        ports = Ports(self.imap_port, self.imaps_port, lmtp=self.lmtp_port, auth=self.auth_port)
        text = write_configuration(folder=self._folder, ports=ports, owner=self._owner, certificate=self.certificate)
        text += write_token_settings(folder=self._folder, info_url=token_info_url)
        (self._folder / "dovecot.conf").write_text(text, encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it listens."""
        program = find_dovecot()
        if program is None:
            raise RuntimeError("dovecot is not installed")
        with (self._folder / "out.log").open("ab") as out:
            command = [program, "-F", "-c", str(self._folder / "dovecot.conf")]
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        if not wait_for_port(self.imap_port, seconds=_PATIENCE_SECONDS):
            self.stop()
            raise RuntimeError(f"dovecot did not start: {self.read_logs()[-2000:]}")

    def stop(self) -> None:
        """End the server and all its connections; the mail stays for a later `start`."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_SECONDS)
            # What serves a connection outlives its master by ten seconds; it is of the process group we made.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def restart(self) -> None:
        """Stop and start: the same ports, the same mail."""
        self.stop()
        self.start()

    def read_logs(self) -> str:
        """What the server printed and logged."""
        logs = (self._folder / name for name in ("out.log", "dovecot.log"))
        return "\n".join(log.read_text(errors="replace") for log in logs if log.exists())

    def new_user(self) -> str:
        """A user name that nobody had before."""
        return f"boite{next(self._numbers)}"

    def access(
        self, user: str, *, tls: Literal["implicit", "starttls", "none"] = "none", host: str = "127.0.0.1"
    ) -> ImapAccess:
        """How triage reaches the mailbox of a user."""
        return ImapAccess(
            host=host,
            port=self.imaps_port if tls == "implicit" else self.imap_port,
            tls=tls,
            ca_file=None if tls == "none" else str(self.certificate.cert_file),
            username=user,
            password=PASSWORD,
            inbox="INBOX",
            processed="Traités",
            connect_seconds=5,
            read_seconds=10,
        )

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder over IMAP."""
        with self._client(user) as client:
            client.append(folder, raw)

    def deliver_many(self, user: str, mails: Iterable[bytes]) -> None:
        """Put mails into the INBOX as a delivery agent does, as files: thousands a second, in this order."""
        box = self._mail / user / "Maildir"
        for part in (box.parent, box, box / "tmp", box / "new", box / "cur"):
            part.mkdir(exist_ok=True)
            os.chown(part, self._owner.uid, self._owner.gid)
        for raw in mails:
            name = f"{next(self._numbers) + 1_700_000_000}.M1P1.test"
            (box / "tmp" / name).write_bytes(raw)
            os.chown(box / "tmp" / name, self._owner.uid, self._owner.gid)
            (box / "tmp" / name).rename(box / "new" / name)

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """The mails of a folder in order of UID, read without a trace."""
        with self._client(user) as client:
            client.select_folder(folder, readonly=True)
            answers = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [answers[uid][b"BODY[]"] for uid in sorted(answers)]

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, tuple[bytes, ...]]:
        """The flags of each mail by UID, without Recent, which means nothing."""
        with self._client(user) as client:
            client.select_folder(folder, readonly=True)
            found = client.get_flags(client.search())
            return {uid: tuple(flag for flag in flags if flag != b"\\Recent") for uid, flags in found.items()}

    def set_flags(self, user: str, uids: Iterable[int], flags: Iterable[bytes]) -> None:
        """Flag mails of the INBOX as a person's mail program does."""
        with self._client(user) as client:
            client.select_folder("INBOX")
            client.set_flags(list(uids), list(flags))

    def folders(self, user: str) -> list[str]:
        """The folders to which a user is subscribed."""
        with self._client(user) as client:
            return [name for _, _, name in client.list_sub_folders()]

    def expunge(self, user: str, uids: Iterable[int]) -> None:
        """Remove mails from the INBOX as a person in another session does."""
        with self._client(user) as client:
            client.select_folder("INBOX")
            chosen = list(uids)
            client.delete_messages(chosen, silent=True)
            client.uid_expunge(chosen)

    def set_uidvalidity(self, user: str, uidvalidity: int, folder: str = "INBOX") -> None:
        """Give a folder a new UIDVALIDITY, as after a migration."""
        self.doveadm("mailbox", "update", "-u", user, "--uid-validity", str(uidvalidity), folder)

    def doveadm(self, *arguments: str) -> None:
        command = ["doveadm", "-c", str(self._folder / "dovecot.conf"), *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_SECONDS)

    @contextlib.contextmanager
    def _client(self, user: str) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", port=self.imap_port, ssl=False, timeout=_PATIENCE_SECONDS) as client:
            client.plain_login(user, PASSWORD)
            yield client


def mail_folder(server: Dovecot) -> Path:
    """Where a server has its mail: a folder for each user, with a Maildir in it."""
    return server._mail


def deliver_at(server: Dovecot, user: str, raw: bytes, *, at: datetime) -> None:
    """Put a mail into an INBOX with an INTERNALDATE of our own, also one to come, which no IMAP client can give.

    For a mailbox that nobody looks into meanwhile.
    """
    new = mail_folder(server) / user / "Maildir" / "new"
    known = set(new.iterdir()) if new.exists() else set()
    server.deliver_many(user, [raw])
    for file in set(new.iterdir()) - known:
        os.utime(file, (at.timestamp(), at.timestamp()))


def back_up(server: Dovecot, user: str) -> Path:
    """Copy everything that a server has of a user, numbers included; the copy lies beside the server's files."""
    copy = server._folder / f"backup-{user}"
    subprocess.run(["cp", "-a", str(server._mail / user), str(copy)], check=True, timeout=_PATIENCE_SECONDS)
    return copy


def restore(server: Dovecot, user: str, backup: Path) -> None:
    """Stop the server, put a copy in the place of what a user has, and start it again."""
    server.stop()
    shutil.rmtree(server._mail / user)
    backup.rename(server._mail / user)
    server.start()
