"""A private Postfix before a private Dovecot: a submission listener with STARTTLS and login, and one for the world.

It runs in the foreground in a folder of its own, as root only (it changes users), and is ended by its process id.
Mail for our domain and for the few others of fiction goes to Dovecot by LMTP; no other mail leaves at all.
"""

import base64
import contextlib
import os
import secrets
import shutil
import signal
import smtplib
import ssl
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from tests.servers.certificates import Certificate
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_settings import PASSWORD
from tests.servers.ports import find_free_ports, wait_for_port
from tests.servers.postfix_settings import OWN_DOMAIN, Ways, write_configuration

_PATIENCE_SECONDS = 20.0


def find_postfix() -> str | None:
    """The path of the command, None where it is not installed."""
    return shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class Postfix:
    """One server; a context manager. Users and passwords are those of its Dovecot.

    With `everybody`, who logs in reaches any address of any domain: all of them have their mailbox on that Dovecot.
    """

    def __init__(self, dovecot: Dovecot, *, everybody: bool = False) -> None:
        self._dovecot = dovecot
        self.submission_port, self.world_port = find_free_ports(2)
        # Not in pytest's folder, which only its owner may enter: most of the server runs as somebody else.
        self._folder = Path(tempfile.mkdtemp(prefix="triage-postfix-"))
        self._folder.chmod(0o755)
        for name in ("queue", "data"):
            (self._folder / name).mkdir()
        shutil.chown(self._folder / "data", user="postfix")
        self._process: subprocess.Popen[bytes] | None = None
        ways = Ways(self.submission_port, self.world_port, lmtp=dovecot.lmtp_port, auth=dovecot.auth_port)
        secret = secrets.token_hex(16)
        write_configuration(
            folder=self._folder, ways=ways, certificate=self.certificate, secret=secret, everybody=everybody
        )

    @property
    def certificate(self) -> Certificate:
        """The certificate that both servers show; it is its own authority."""
        return self._dovecot.certificate

    @property
    def log_file(self) -> Path:
        """Where the server writes what it does."""
        return self._folder / "mail.log"

    @property
    def queue_folder(self) -> Path:
        """Where mail lies that is not delivered yet."""
        return self._folder / "queue"

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
        program = find_postfix()
        if program is None:
            raise RuntimeError("postfix is not installed")
        with (self._folder / "out.log").open("ab") as out:
            command = [program, "-c", str(self._folder), "start-fg"]
            self._process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        if not all(wait_for_port(port, seconds=_PATIENCE_SECONDS) for port in (self.submission_port, self.world_port)):
            self.stop()
            raise RuntimeError(f"postfix did not start: {self.read_logs()[-2000:]}")

    def stop(self) -> None:
        """End the server and all its processes; what it has queued stays for a later `start`."""
        process, self._process = self._process, None
        if process is None:
            return
        # The script that we started waits for the master, which leads a process group of its own.
        master = self._read_master()
        for target, number in ((os.kill, signal.SIGTERM), (os.killpg, signal.SIGKILL)):
            if master is not None:
                with contextlib.suppress(ProcessLookupError):
                    target(master, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _read_master(self) -> int | None:
        try:
            return int((self._folder / "queue" / "pid" / "master.pid").read_text())
        except (OSError, ValueError):
            return None

    def read_logs(self) -> str:
        """What the server printed and logged."""
        logs = (self._folder / name for name in ("out.log", "mail.log"))
        return "\n".join(log.read_text(errors="replace") for log in logs if log.exists())

    def from_the_world(self, sender: str, recipient: str, raw: bytes) -> None:
        """A mail arrives from somebody else's server; `sender` is the envelope's. Raises `smtplib.SMTPException`."""
        with smtplib.SMTP("127.0.0.1", self.world_port, timeout=_PATIENCE_SECONDS) as client:
            client.sendmail(sender, [recipient], raw)

    def from_a_colleague(self, user: str, recipient: str, raw: bytes, *, sender: str | None = None) -> None:
        """A mail of somebody who logs in; the envelope's sender is their own address unless another is claimed."""
        context = ssl.create_default_context(cafile=str(self.certificate.cert_file))
        with smtplib.SMTP("127.0.0.1", self.submission_port, timeout=_PATIENCE_SECONDS) as client:
            client.starttls(context=context)
            client.ehlo()
            client.docmd("AUTH", "PLAIN " + base64.b64encode(f"\0{user}\0{PASSWORD}".encode()).decode())
            client.sendmail(sender or f"{user}@{OWN_DOMAIN}", [recipient], raw)

    def arrived(self, user: str, count: int, *, folder: str = "INBOX") -> list[bytes]:
        """The mails of a user once there are `count`; raises `TimeoutError` where fewer arrive."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while len(found := self._dovecot.messages(user, folder)) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(found)} of {count} mails arrived: {self.read_logs()[-2000:]}")
            time.sleep(0.05)
        return found
