"""A scanner for viruses that answers as it is told, in order; then it finds nothing."""

from collections import deque
from dataclasses import dataclass, field

from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult, ScanVerdict


@dataclass(slots=True)
class FakeScanner:
    """`script` are the next answers, None for silence; `asked` are the mails that it was given."""

    script: deque[ScanResult | None] = field(default_factory=deque)
    asked: list[bytes] = field(default_factory=list)

    async def scan(self, raw: bytes) -> ScanResult:
        """As the port."""
        self.asked.append(raw)
        answer = self.script.popleft() if self.script else ScanResult(ScanVerdict.CLEAN)
        if answer is None:
            raise ScannerUnavailable("it was told to be silent")
        return answer
