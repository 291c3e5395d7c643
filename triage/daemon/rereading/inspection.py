"""Reading for `triage inspect`: the same worker and the same fall-back as the daemon's, without mailbox or database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from triage.mail.reading.minimal import scan_minimal
from triage.model.errors import ReaderFailed
from triage.model.message import ParsedMessage
from triage.transport.sandbox import Sandbox


@asynccontextmanager
async def open_reader() -> AsyncIterator[Callable[[bytes], Awaitable[ParsedMessage]]]:
    """A function that understands one mail after another and always answers; its worker ends with the block."""
    sandbox = Sandbox(workers=1)

    async def read(raw: bytes) -> ParsedMessage:
        try:
            return await sandbox.read(raw)
        except ReaderFailed:
            return scan_minimal(raw)

    try:
        yield read
    finally:
        await sandbox.close()
