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
        """Log to this text while the block lasts, as a process does in which nothing was connected yet."""
        root = logging.getLogger()
        loggers = [each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger)]
        handlers, config = root.handlers[:], structlog.get_config()
        levels = [(each, each.level) for each in (root, *loggers)]
        for each in loggers:  # a connection silences its library for the rest of the process
            each.setLevel(logging.NOTSET)
        set_up_logging(level, self._stream)
        try:
            yield
        finally:
            root.handlers = handlers
            for each, before in levels:
                each.setLevel(before)
            structlog.configure(**config)

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self) -> list[object]:
        return [line["event"] for line in self.lines]
