"""Existing mail in files of this machine, behind the port `Archive`: an mbox file, or a Maildir. Nothing is changed.

Both are read piece by piece, whatever their size, and any bytes are taken: an mbox is split where a line says that a
mail begins, and a mail is never judged here.
"""

import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

from triage.model.errors import NotAnArchive
from triage.model.mailbox import ArchivedMail

TRUNCATED_BYTES = 1 << 20
"""What is kept of a mail over the limit."""

_LINE_BYTES = 1 << 16
_FROM = b"From "
_QUOTED = re.compile(rb">+From ")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# As C's asctime writes it, with or without a zone before or after the year.
_DATE = re.compile(
    rb"([A-Z][a-z]{2}) {1,2}([0-9]{1,2}) ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?"
    rb"(?: ([+-][0-9]{4})| [A-Z]{3,4})? ([0-9]{4})(?: ([+-][0-9]{4}))?\s*$"
)
_MAILDIR_TIME = re.compile(r"([0-9]{9,10})\.")


@dataclass(frozen=True, slots=True)
class MboxArchive:
    """One mbox file, of whatever dialect; measured in bytes."""

    path: Path

    @property
    def name(self) -> str:
        return f"mbox:{_printable(self.path)}"

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def mails(self, *, limit_bytes: int) -> Iterator[ArchivedMail]:
        with self.path.open("rb") as file:
            yield from _split(file, limit_bytes=limit_bytes)


@dataclass(frozen=True, slots=True)
class MaildirArchive:
    """One Maildir, without its subfolders, oldest first; measured in mails."""

    path: Path

    @property
    def name(self) -> str:
        return f"maildir:{_printable(self.path)}"

    @property
    def size(self) -> int:
        return len(self._files())

    def mails(self, *, limit_bytes: int) -> Iterator[ArchivedMail]:
        for done, (dated_at, path) in enumerate(self._files(), start=1):
            try:
                size = path.stat().st_size
                with path.open("rb") as file:
                    raw = file.read(TRUNCATED_BYTES if size > limit_bytes else limit_bytes)
            except FileNotFoundError:
                continue  # a program that still uses the Maildir renamed it: the next run finds it
            yield ArchivedMail(raw, dated_at, size, truncated=size > limit_bytes, done=done)

    def _files(self) -> list[tuple[datetime, Path]]:
        dated = [
            (at, path) for below in ("cur", "new") for path in (self.path / below).iterdir() if (at := _saved(path))
        ]
        return sorted(dated, key=lambda each: (each[0], each[1].name))


def open_mbox(path: Path) -> MboxArchive:
    """An mbox file. Raises `NotAnArchive`, or `OSError` where it cannot be read."""
    path = path.resolve()
    if not path.is_file():
        raise NotAnArchive("an mbox is a file")
    with path.open("rb") as file:
        beginning = file.read(len(_FROM))
    if beginning and beginning != _FROM:
        raise NotAnArchive("an mbox begins with a line « From … »; of a single mail, make a Maildir")
    return MboxArchive(path)


def open_maildir(path: Path) -> MaildirArchive:
    """A Maildir. Raises `NotAnArchive`."""
    path = path.resolve()
    if not (path / "cur").is_dir() or not (path / "new").is_dir():
        raise NotAnArchive("a Maildir is a folder with the folders cur and new in it")
    return MaildirArchive(path)


@dataclass(slots=True)
class _Growing:
    """The mail that is being read. Over the limit only its beginning is kept, and its size counted."""

    dated_at: datetime | None
    limit: int
    kept: bytearray = field(default_factory=bytearray)
    size: int = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= self.limit:
            self.kept += piece
        elif len(self.kept) < TRUNCATED_BYTES:
            self.kept += piece[: TRUNCATED_BYTES - len(self.kept)]
        else:
            del self.kept[TRUNCATED_BYTES:]

    def end(self, done: int) -> ArchivedMail:
        # The empty line before the next beginning belongs to the mbox; in a mail without text it ends the head.
        raw, truncated = bytes(self.kept), self.size > self.limit
        for gap in (b"\r\n\r\n", b"\n\n"):
            if not truncated and raw.endswith(gap) and gap in raw[: -len(gap) // 2]:
                raw = raw[: -len(gap) // 2]
                break
        return ArchivedMail(raw, self.dated_at, self.size if truncated else len(raw), truncated, done)


def _split(file: BinaryIO, *, limit_bytes: int) -> Iterator[ArchivedMail]:
    growing: _Growing | None = None
    done, begins_line, after_gap = 0, True, True
    while line := file.readline(_LINE_BYTES):
        if begins_line and line.startswith(_FROM) and _is_beginning(line, after_gap=after_gap, first=growing is None):
            if growing is not None:
                yield growing.end(done)
            growing = _Growing(_date_of(line), limit_bytes)
        elif growing is not None:
            growing.add(line[1:] if begins_line and _QUOTED.match(line) else line)
        done += len(line)
        after_gap = begins_line and line in (b"\n", b"\r\n")
        begins_line = line.endswith(b"\n")
    if growing is not None:
        yield growing.end(done)


def _is_beginning(line: bytes, *, after_gap: bool, first: bool) -> bool:
    """Whether a line that starts with « From  » begins a mail: a sentence may start so too, and has no such date."""
    return first or (_DATE.search(line) is not None and (after_gap or b"@" in line or b"From - " in line))


def _date_of(line: bytes) -> datetime | None:
    found = _DATE.search(line)
    if found is None:
        return None
    month, day, hour, minute, second, before, year, after = found.groups()
    try:
        at = datetime(
            int(year), _MONTHS.index(month.decode()) + 1, int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
        return at.replace(tzinfo=_zone(before or after or b"+0000")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(text: bytes) -> timezone:
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=-minutes if text.startswith(b"-") else minutes))


def _printable(path: Path) -> str:
    """A path as a database takes it: file names are any bytes."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def _saved(path: Path) -> datetime | None:
    """When a mail was saved, by its file's date or its name, whichever is earlier; None for what is no mail's file.

    Servers keep the date of arrival in the one or the other, and copying makes either later, never earlier.
    """
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        return None
    named = _MAILDIR_TIME.match(path.name)
    seconds = min(facts.st_mtime, float(named[1])) if named else facts.st_mtime
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, tz=UTC)
