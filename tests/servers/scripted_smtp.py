"""An SMTP server on loopback that does what it is told: keeps mail, refuses, hangs up, resets, or falls silent.

Ours, and not a library's, because no library server breaks between the dot and its answer. It runs in a thread of its
own, so that synchronous tests, asynchronous ones and campaigns in another process use it alike; with `journal` it
leaves each kept mail as `NNNNNN.eml` and a line in `journal.jsonl`.
"""

import asyncio
import json
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from tests.servers.certificates import Certificate
from tests.servers.smtp_script import Ending, Fault, KeptMail, Point, Script
from tests.servers.smtp_session import House, HungUp, Session, Tls

__all__ = ["Ending", "Fault", "KeptMail", "Point", "ScriptedSmtpServer"]
_LONGEST_LINE = 64 * 2**20


class ScriptedSmtpServer:
    """Listens on 127.0.0.1 while the `with` lasts. Attributes may be read from any thread at any time."""

    def __init__(
        self,
        *,
        port: int = 0,
        tls: Tls = "none",
        certificate: Certificate | None = None,
        credentials: tuple[str, str] | None = None,
        login_methods: str = "PLAIN LOGIN",
        extensions: tuple[str, ...] = ("8BITMIME", "ENHANCEDSTATUSCODES"),
        journal: Path | None = None,
        bearer: Callable[[str, str], bool] | None = None,
        expired: str = "535 5.7.3 the token has expired",
    ) -> None:
        self.port = port
        self.connections = 0
        self.verbs: list[str] = []  # first words of all commands, in order
        self.kept: list[KeptMail] = []
        self._journal = journal
        self._script = Script()
        self._house = House(
            script=self._script,
            tls=tls,
            context=_server_context(certificate),
            credentials=credentials,
            login_methods=login_methods if bearer is None else "PLAIN XOAUTH2",
            extensions=extensions,
            hear=self.verbs.append,
            keep=self._keep,
            bearer=bearer,
            expired=expired,
        )
        self._ready = threading.Event()
        self._sessions: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="scripted-smtp")

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(timeout=10):
            raise TimeoutError("the server did not start")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=10)

    def script(self, *faults: Fault) -> None:
        """From now on do this, and forget what was scripted before."""
        self._script.rewrite(*faults)

    def _keep(self, envelope_from: str, recipients: tuple[str, ...], raw: bytes) -> int:
        """Answer for a mail; the journal has it before any answer leaves."""
        mail = KeptMail(len(self.kept) + 1, time.monotonic(), envelope_from, recipients, raw)
        if self._journal is not None:
            _write_down(self._journal, mail)
        self.kept.append(mail)
        return mail.number

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        context = self._house.context if self._house.tls == "implicit" else None
        server = await asyncio.start_server(self._meet, "127.0.0.1", self.port, ssl=context, limit=_LONGEST_LINE)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        self.connections += 1
        try:
            await Session(reader, writer, house=self._house).run()
        except (HungUp, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one of us went away
        finally:
            writer.transport.abort()
            self._sessions.discard(task)


def _server_context(certificate: Certificate | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.cert_file, certificate.key_file)
    return context


def _write_down(journal: Path, mail: KeptMail) -> None:
    name = f"{mail.number:06d}.eml"
    (journal / name).write_bytes(mail.raw)
    line = {"number": mail.number, "at": mail.at, "from": mail.envelope_from, "to": mail.recipients, "file": name}
    with (journal / "journal.jsonl").open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
