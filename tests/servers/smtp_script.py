"""What the scripted SMTP server may be told, and what it keeps."""

import threading
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Point(StrEnum):
    """Where the server may be told to misbehave."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    RSET = "rset"
    DATA = "data"
    BODY = "body"  # after 354, when the first bytes of the body have come
    DOT = "dot"  # when the whole mail has come


class Ending(StrEnum):
    """How a server stops talking."""

    EOF = "eof"
    RST = "rst"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Fault:
    """At a point say `reply` instead of the usual, then go on, or stop in the manner of `ending`.

    `accept` (at DOT) keeps the mail all the same. The fault strikes `times` times, after `skip` harmless passes.
    """

    at: Point
    reply: str | None = None
    ending: Ending | None = None
    accept: bool = False
    times: int = 1
    skip: int = 0


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail that the server answered for: as it came over the wire, dots undone; `at` is monotonic seconds."""

    number: int
    at: float
    envelope_from: str
    recipients: tuple[str, ...]
    raw: bytes


class Script:
    """The faults to come; safe to change from another thread."""

    def __init__(self) -> None:
        self._faults: tuple[Fault, ...] = ()
        self._passes: Counter[Fault] = Counter()
        self._lock = threading.Lock()

    def rewrite(self, *faults: Fault) -> None:
        """From now on do this, and forget what was scripted before."""
        with self._lock:
            self._faults = faults
            self._passes.clear()

    def fault_at(self, point: Point) -> Fault | None:
        """The first fault that strikes at this pass of the point."""
        with self._lock:
            for fault in self._faults:
                if fault.at is point:
                    self._passes[fault] += 1
                    if fault.skip < self._passes[fault] <= fault.skip + fault.times:
                        return fault
        return None
