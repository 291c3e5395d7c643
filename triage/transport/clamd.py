"""ClamAV's daemon behind the port `Scanner`: one mail a connection, over INSTREAM; nothing is written to a disk.

What clamd calls too large is told as such: it answers and closes before everything was sent. That a mail could not
be scanned never looks like « nothing was found ».
"""

import asyncio
import contextlib
import re
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult, ScanVerdict

CHUNK_BYTES = 1 << 16
_MOST_ANSWERED = 4096
_FOUND = re.compile(r"(?:stream|instream\([^)]*\)): (.{1,300}) FOUND", re.DOTALL)
_VERSION = re.compile(r"ClamAV [\x20-\x7e]{1,200}")
_CLEAN = re.compile(r"(?:stream|instream\([^)]*\)): OK")


@dataclass(frozen=True, slots=True)
class Clamd:
    """`address` is the path of a socket, or « host:port ». `seconds` is the longest silence that is waited for."""

    address: str
    seconds: float = 120.0

    async def scan(self, raw: bytes) -> ScanResult:
        """What clamd says of these bytes. Raises `ScannerUnavailable` where it says nothing that is known."""
        return _read(await self._ask(_instream(raw)))

    async def version(self) -> str:
        """What clamd calls itself, with the date of its signatures. Raises `ScannerUnavailable`."""
        answer = await self._ask((b"zVERSION\x00",))
        if not _VERSION.fullmatch(answer):
            raise ScannerUnavailable("it does not answer as clamd does")
        return answer

    async def _ask(self, pieces: Iterable[bytes]) -> str:
        # A thread, and not asyncio's streams: these lose an answer that came before the pipe broke.
        open_ones: list[socket.socket] = []
        try:
            answer = await asyncio.to_thread(self._exchange, pieces, open_ones)
        except (OSError, OverflowError, ValueError) as error:
            raise ScannerUnavailable(type(error).__name__) from None
        except asyncio.CancelledError:
            for each in open_ones:  # so that a daemon that stops does not wait for its silence
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
            raise
        return answer.decode("utf-8", "replace").strip("\x00\r\n ")

    def _exchange(self, pieces: Iterable[bytes], open_ones: list[socket.socket]) -> bytes:
        with self._connect() as connection:
            open_ones.append(connection)
            with contextlib.suppress(ConnectionError):
                for piece in pieces:
                    connection.sendall(piece)
            answer = b""
            # A mail that it calls too large is not read to its end, so a reset may follow the answer.
            with contextlib.suppress(ConnectionError):
                while len(answer) < _MOST_ANSWERED and (piece := connection.recv(_MOST_ANSWERED)):
                    answer += piece
            return answer

    def _connect(self) -> socket.socket:
        if not self.address.startswith("/"):
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host, int(port)), timeout=self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.seconds)
        try:
            connection.connect(self.address)
        except BaseException:
            connection.close()
            raise
        return connection


def _instream(raw: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\x00"
    for start in range(0, len(raw), CHUNK_BYTES):
        chunk = raw[start : start + CHUNK_BYTES]
        yield struct.pack("!I", len(chunk)) + chunk
    yield struct.pack("!I", 0)


def _read(answer: str) -> ScanResult:
    if found := _FOUND.fullmatch(answer):
        return ScanResult(ScanVerdict.INFECTED, _printable(found[1]))
    if "size limit exceeded" in answer:
        return ScanResult(ScanVerdict.TOO_LARGE)
    if _CLEAN.fullmatch(answer):
        return ScanResult(ScanVerdict.CLEAN)
    raise ScannerUnavailable("no verdict")


def _printable(signature: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in signature)
