"""A private clamd with a signature database of one line, and one of fiction that answers as it is told."""

import asyncio
import contextlib
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

SPECIMEN = b"TRIAGE-INFECTED-SPECIMEN"
SIGNATURE = "Specimen.Of.Fiction"
LIMIT = 1 << 20
VERSION = b"ClamAV 1.0.9/fiction\0"
_WAIT_SECONDS = 60


def find_clamd() -> str | None:
    """The program, None where Debian's clamav-daemon is not installed."""
    return shutil.which("clamd", path="/usr/sbin:/usr/bin:/sbin:/bin")


@contextmanager
def real_clamd(program: str, folder: Path) -> Iterator[str]:
    """The socket of a clamd that knows one signature and downloads nothing."""
    (folder / "db").mkdir()
    (folder / "db" / "fiction.ndb").write_text(f"{SIGNATURE}:0:*:{SPECIMEN.hex()}\n")
    socket = folder / "clamd.sock"
    settings = (
        "LocalSocket {socket}",
        "DatabaseDirectory {folder}/db",
        "Foreground yes",
        "StreamMaxLength {limit}",
        "",
    )
    (folder / "clamd.conf").write_text("\n".join(settings).format(socket=socket, folder=folder, limit=LIMIT))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "-c", str(folder / "clamd.conf")], stdout=log, stderr=log)
    try:
        with subprocess.Popen(["sh", "-c", f"while [ ! -S {socket} ]; do sleep 0.1; done"]) as waiting:
            waiting.wait(_WAIT_SECONDS)
        yield str(socket)
    finally:
        process.terminate()
        process.wait(10)


@asynccontextmanager
async def fake_clamd(folder: Path, *, answer: bytes | None = None, silent: bool = False) -> AsyncIterator[str]:
    """A server of fiction that speaks INSTREAM; `answer` replaces every verdict, and `silent` gives none at all."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not silent:
            command = await reader.readuntil(b"\0")
            assert command in {b"zINSTREAM\0", b"zVERSION\0"}
            said = VERSION if command == b"zVERSION\0" else await _judge(reader) if answer is None else answer
            writer.write(said)
            writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await reader.read()  # until whoever asked hangs up
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    socket = str(folder / "fake.sock")
    server = await asyncio.start_unix_server(serve, socket)
    async with server:
        yield socket


async def _judge(reader: asyncio.StreamReader) -> bytes:
    data = b""
    while size := struct.unpack("!I", await reader.readexactly(4))[0]:
        data += await reader.readexactly(size)
        if len(data) > LIMIT:
            return b"INSTREAM size limit exceeded. ERROR\0"
    return f"stream: {SIGNATURE} FOUND\0".encode() if SPECIMEN in data else b"stream: OK\0"
