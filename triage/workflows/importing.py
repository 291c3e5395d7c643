"""Existing mail to tickets: raw bytes first, in groups, then taken in by the rules of intake, and nobody is told.

It may be killed at any instant: what was committed is not entered twice, and the next run enters the rest.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from triage.model.mailbox import ArchivedMail
from triage.store.database import Database
from triage.store.ledgers.importing import count_by_reason, enter, open_archive
from triage.workflows.ports import Archive

GROUP_MAILS = 50
GROUP_BYTES = 16 << 20
"""So much mail is committed together, and taken in before more is read."""


@dataclass(frozen=True, slots=True)
class Importing:
    """What an import works with. `take_in` settles all that waits; `on_progress` hears how far the archive was read."""

    database: Database
    take_in: Callable[[], Awaitable[None]]
    max_bytes: int
    on_progress: Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What one run did: mails read in the archive, of these new ones, and how all of the archive were treated.

    `reasons` counts by `Reason`; `waiting` are mails whose bytes are here and that could not be taken in.
    """

    read: int
    new: int
    waiting: int
    reasons: Mapping[str, int]


async def import_archive(tools: Importing, archive: Archive, *, now: datetime) -> Imported:
    """Bring every mail of an archive. Raises `OSError` where the archive cannot be read to its end."""
    folder_id = await tools.database.write(partial(open_archive, name=archive.name, now=now))
    await tools.take_in()  # what an earlier run entered and left
    read = new = 0
    for group in _groups(archive.mails(limit_bytes=tools.max_bytes)):
        read += len(group)
        new += await tools.database.write(partial(enter, folder_id=folder_id, mails=group, now=now))
        await tools.take_in()
        tools.on_progress(group[-1].done)
    reasons = dict(await tools.database.read(partial(count_by_reason, folder_id=folder_id)))
    return Imported(read, new, reasons.pop("", 0), reasons)


def _groups(mails: Iterator[ArchivedMail]) -> Iterator[list[ArchivedMail]]:
    group: list[ArchivedMail] = []
    held = 0
    for mail in mails:
        group.append(mail)
        held += len(mail.raw)
        if len(group) >= GROUP_MAILS or held >= GROUP_BYTES:
            yield group
            group, held = [], 0
    if group:
        yield group
