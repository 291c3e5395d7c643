"""The daemon's log, set up as it sets it up, in a text that a test can read; what was before comes back."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from triage.log import set_up_logging


class HeardLog:
    """What was logged so far."""

    def __init__(self) -> None:
        self._stream = io.StringIO()

    @contextmanager
    def heard(self, level: str) -> Iterator[None]:
        """Log to this text while the block lasts."""
        root, triage = logging.getLogger(), logging.getLogger("triage")
        before = root.handlers[:], root.level, triage.level, structlog.get_config()
        set_up_logging(level, self._stream)
        try:
            yield
        finally:
            root.handlers, root.level, triage.level = before[0], before[1], before[2]
            structlog.configure(**before[3])

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self) -> list[object]:
        return [line["event"] for line in self.lines]
