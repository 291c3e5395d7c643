"""ClamAV's daemon behind the port `Scanner`: one mail a connection, over INSTREAM; nothing is written to a disk.

What clamd calls too large is told as such: it answers and closes before everything was sent. That a mail could not
be scanned never looks like « nothing was found ».
"""

import asyncio
import contextlib
import re
import socket
import struct
from dataclasses import dataclass

from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult, ScanVerdict

CHUNK_BYTES = 1 << 16
_MOST_ANSWERED = 4096
_FOUND = re.compile(r"(?:stream|instream\([^)]*\)): (.{1,300}) FOUND", re.DOTALL)
_CLEAN = re.compile(r"(?:stream|instream\([^)]*\)): OK")


@dataclass(frozen=True, slots=True)
class Clamd:
    """`address` is the path of a socket, or « host:port ». `seconds` is the longest silence that is waited for."""

    address: str
    seconds: float = 120.0

    async def scan(self, raw: bytes) -> ScanResult:
        """What clamd says of these bytes. Raises `ScannerUnavailable` where it says nothing that is known."""
        # A thread, and not asyncio's streams: these lose an answer that came before the pipe broke.
        try:
            answer = await asyncio.to_thread(self._ask, raw)
        except (OSError, OverflowError, ValueError) as error:
            raise ScannerUnavailable(type(error).__name__) from None
        return _read(answer.decode("utf-8", "replace").strip("\x00\r\n "))

    def _ask(self, raw: bytes) -> bytes:
        with self._connect() as connection:
            with contextlib.suppress(ConnectionError):
                connection.sendall(b"zINSTREAM\x00")
                for start in range(0, len(raw), CHUNK_BYTES):
                    chunk = raw[start : start + CHUNK_BYTES]
                    connection.sendall(struct.pack("!I", len(chunk)) + chunk)
                connection.sendall(struct.pack("!I", 0))
            answer = b""
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
