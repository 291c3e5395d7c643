"""Database to server: move to the processed folder what is settled, after the last commit, in batches (MUST 2).

A move is safe to repeat and never deletes (MUST 10). What is no longer in the inbox without evidence of our move was
moved by a person, or by us before a crash: it is called gone, and its bytes are here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog

from triage.model.errors import MoveRefused
from triage.model.mailbox import Moved
from triage.store import folders, inbox
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.folders import WatchedFolder
from triage.workflows.ports import Mailbox

BATCH = 500

log = structlog.get_logger("triage.workflows.tidying")


@dataclass(frozen=True, slots=True)
class Tidying:
    """What tidying works with. Who only observes moves nothing, whatever was decided before."""

    database: Database
    mailbox: Mailbox
    observing: bool = False


async def tidy(tools: Tidying, folder: WatchedFolder) -> int:
    """Move every settled mail of the present epoch; the answer is how many left the inbox.

    Whatever epoch `folder` is of: the numbers of one that is over may be other mails' by now.
    """
    if tools.observing:
        return 0
    present = await tools.database.read(partial(folders.find_folder, name=folder.name))
    folder = present or folder
    left = 0
    while uids := await tools.database.read(partial(_settled, folder=folder)):
        try:
            moved = await tools.mailbox.move(uids)
        except MoveRefused as refused:
            # No room, or no right: a person must mend it, and mail that comes in is taken in meanwhile.
            log.warning("move_refused", folder=folder.name, count=len(uids), reason=refused.code)
            break
        gone = await _find_gone(tools, uids, moved)
        await tools.database.write(partial(_note, folder=folder, moved=moved, gone=gone))
        left += len(moved) + len(gone)
        if len(moved) + len(gone) < len(uids):
            log.warning("move_incomplete", folder=folder.name, count=len(uids) - len(moved) - len(gone))
            break
    return left


def _settled(tx: Transaction, *, folder: WatchedFolder) -> tuple[int, ...]:
    return inbox.to_move(tx, folder.id, folder.epoch, limit=BATCH)


async def _find_gone(tools: Tidying, uids: Sequence[int], moved: Sequence[Moved]) -> tuple[int, ...]:
    open_uids = set(uids) - {each.uid for each in moved}
    if not open_uids:
        return ()
    listed = await tools.mailbox.list_uids(min(open_uids), max(open_uids))
    return tuple(sorted(open_uids - set(listed)))


def _note(tx: Transaction, *, folder: WatchedFolder, moved: Sequence[Moved], gone: Sequence[int]) -> None:
    inbox.note_moved(tx, folder.id, folder.epoch, moved)
    if gone:
        inbox.note_gone(tx, folder.id, folder.epoch, gone)
