"""A reader in this process behind the port `Reader`: it understands mails as the real one, and fails when told."""

from collections import deque

from triage.mail.reading.parse import parse_message
from triage.model.message import ParsedMessage


class FakeReader:
    """`reads` holds every mail it was given, in order; `closed` says that it was told to stop."""

    def __init__(self) -> None:
        self.reads: list[bytes] = []
        self.closed = False
        self._failures: dict[bytes, deque[Exception]] = {}

    def fail(self, raw: bytes, *failures: Exception) -> None:
        """The next reads of this mail raise these, one each."""
        self._failures[raw] = deque(failures)

    async def read(self, raw: bytes) -> ParsedMessage:
        self.reads.append(raw)
        if failures := self._failures.get(raw):
            raise failures.popleft()
        return parse_message(raw)

    async def close(self) -> None:
        self.closed = True
