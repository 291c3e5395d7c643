"""What runs in a parse worker: its limits, and the reading of one mail (MUST 16).

Workers are spawned, so this module decides what each of them imports: the reader, the model, lxml, nothing else.
The limits bound what a mail can cost; that a mail is understood is the reader's business.
"""

import os
import resource
import signal
from pathlib import Path

from triage.mail.reading.parse import parse_message
from triage.model.message import ParsedMessage

_OPEN_FILES = 32  # pipes, locks and what spawning leaves open; a reader needs none


def limit_worker(memory_bytes: int) -> None:
    """Bound this process before its first mail: memory beyond what it maps now, files, dumps, signals."""
    # A stop is the parent's decision: systemd signals the whole group, and the mail under way must not be lost by it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _lower(resource.RLIMIT_AS, _mapped_bytes() + memory_bytes)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, 0)


def read_in_worker(raw: bytes, cpu_seconds: int) -> ParsedMessage:
    """Read one mail; the kernel ends this process once it has taken `cpu_seconds` of processor time for it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + cpu_seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
    return parse_message(raw)


def _lower(kind: int, limit: int) -> None:
    """Set soft and hard limit; an operator's stricter hard limit stays."""
    _, hard = resource.getrlimit(kind)
    limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (limit, limit))


def _mapped_bytes() -> int:
    """The address space in use now: interpreter, libraries, modules."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * os.sysconf("SC_PAGESIZE")
