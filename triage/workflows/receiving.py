"""Server to database: see which messages are new, fetch their bytes, commit them. Nothing is understood here.

The ledger is the truth, the window of UIDs only a shortcut: a reconciliation looks at the whole folder again
(MUST 4, 5). A message that is gone before its bytes are here is called vanished, never a mail (MUST 6). One that the
server cannot give, and drops the connection over, is asked for alone and behind all others (MUST 15).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog

from triage.model.errors import ConfigurationError, MailboxRefused, MailboxUnavailable
from triage.model.health import AlertKind
from triage.model.mailbox import Announced, FolderStatus
from triage.model.message import RawMail
from triage.rules.intake.renumbering import MOST_UNKNOWN, OLD_AFTER
from triage.rules.suspects import Break, after_break, in_groups, rests
from triage.store import folders, inbox
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts import count_unknown
from triage.store.folders import WatchedFolder
from triage.workflows.ports import Alarm, Mailbox, no_alarm

Key = tuple[int, int]
"""Epoch of a folder and UID."""

WINDOW_UIDS = 5_000
DESCRIBED_AT_ONCE = 500
BATCH_MAILS = 200
BATCH_BYTES = 16 << 20
VANISHED_AFTER = timedelta(minutes=10)
COMPARED_MAILS = 50

log = structlog.get_logger("triage.workflows.receiving")


@dataclass(frozen=True, slots=True)
class Receiving:
    """What receiving works with. `since` is the first local day whose mail is treated, needed for a new folder.

    `suspects` are the messages, by epoch and UID, that were asked for when the server failed; `nameless` those whose
    size and date were.
    """

    database: Database
    mailbox: Mailbox
    zone: ZoneInfo
    since: date | None
    max_bytes: int
    alarm: Alarm = no_alarm
    suspects: dict[Key, Break] = field(default_factory=dict)
    nameless: dict[Key, Break] = field(default_factory=dict)


async def watch(tools: Receiving, *, now: datetime) -> WatchedFolder:
    """The folder as the ledger knows it; entered now if it is new, in a new epoch if the server numbers it anew.

    Raises `ConfigurationError` for a new folder without `since`: nobody may answer a mailbox's whole past.
    """
    status = await tools.mailbox.status()
    return await tools.database.write(partial(_enter, status=status, tools=tools, now=now))


async def receive(tools: Receiving, *, now: datetime, whole_folder: bool = False) -> int:
    """One pass: the answer is how many mails were committed. `whole_folder` looks below the shortcut too."""
    status = await tools.mailbox.status()
    folder = await tools.database.write(partial(_enter, status=status, tools=tools, now=now))
    if whole_folder and await _has_other_mails(tools, folder):
        other = partial(_renumber, folder=folder, status=status, reason="other_mails", tools=tools, now=now)
        folder = await tools.database.write(other)
    first = 1 if whole_folder else folder.low_water_uid + 1
    highest, overlooked = await _observe_windows(tools, folder, first=first, last=status.uidnext - 1, now=now)
    if overlooked:
        log.warning("reconciliation_found", folder=folder.name, count=overlooked)
        tools.alarm(AlertKind.RECONCILIATION_FOUND, overlooked)
    if folder.epoch > 1 and folder.unknown_at_first is None:
        await tools.database.write(partial(_count_unknown, tools=tools, folder=folder))
    received = await _fetch_wanted(tools, folder, now=now)
    if highest > folder.low_water_uid or whole_folder:
        await tools.database.write(partial(_raise_low_water, folder=folder, highest=highest, now=now))
    return received


def _enter(tx: Transaction, *, status: FolderStatus, tools: Receiving, now: datetime) -> WatchedFolder:
    folder = folders.find_folder(tx, status.folder)
    if folder is None:
        if tools.since is None:
            raise ConfigurationError(
                f"triage.toml: [intake] since: the folder {status.folder} is new to this database; give the first day "
                "whose mail is to be treated (older mail is noted and never acknowledged)"
            )
        log.info("folder_entered", folder=status.folder, uidvalidity=status.uidvalidity)
        return folders.watch_folder(tx, status, since_on=tools.since, now=now)
    if folder.uidvalidity != status.uidvalidity:
        return _renumber(tx, folder=folder, status=status, reason="uidvalidity", tools=tools, now=now)
    if status.uidnext < folder.uidnext:
        # UIDs only grow, so this server lost some: it was restored, and gives to new mails the numbers of known ones.
        return _renumber(tx, folder=folder, status=status, reason="uidnext", tools=tools, now=now)
    if status.uidnext > folder.uidnext:
        folders.note_uidnext(tx, folder.id, status.uidnext)
    return folder


def _renumber(
    tx: Transaction, *, folder: WatchedFolder, status: FolderStatus, reason: str, tools: Receiving, now: datetime
) -> WatchedFolder:
    """From now on no UID is known; what the mails are is recognised by their content (MUST 8)."""
    log.warning("folder_renumbered", folder=status.folder, uidvalidity=status.uidvalidity, reason=reason)
    tools.alarm(AlertKind.FOLDER_RENUMBERED)
    inbox.abandon(tx, folder.id, folder.epoch, now=now)
    folders.begin_epoch(tx, folder.id, status, now=now)
    return folders.find_folder(tx, status.folder) or folder


def _count_unknown(tx: Transaction, *, tools: Receiving, folder: WatchedFolder) -> None:
    """Before the first of them is fetched, so that the brake is on or off for all of them alike."""
    unknown = count_unknown(tx, folder, older_than=folder.epoch_began_at - OLD_AFTER)
    folders.note_unknown(tx, folder.id, unknown)
    if unknown > MOST_UNKNOWN:
        log.warning("renumbering_braked", folder=folder.name, count=unknown)
        tools.alarm(AlertKind.RENUMBERING_BRAKED)


async def _has_other_mails(tools: Receiving, folder: WatchedFolder) -> bool:
    """Whether the newest known UIDs name other mails now.

    A server that was restored and has since received more than it lost shows no lower UIDNEXT. Date and size of a
    message never change; both must differ, since there are servers that estimate sizes.
    """
    known = await tools.database.read(
        partial(inbox.newest, folder_id=folder.id, epoch=folder.epoch, limit=COMPARED_MAILS)
    )
    if not known:
        return False
    told = {each.uid: each for each in await tools.mailbox.describe([each.uid for each in known])}
    return any(_is_another(told[each.uid], each) for each in known if each.uid in told)


def _is_another(told: Announced, known: Announced) -> bool:
    return told.internal_date is not None and told.internal_date != known.internal_date and told.size != known.size


async def _observe_windows(
    tools: Receiving, folder: WatchedFolder, *, first: int, last: int, now: datetime
) -> tuple[int, int]:
    """Enter what the server lists and the ledger lacks; the answer is (highest UID listed, overlooked until now)."""
    highest, overlooked = folder.low_water_uid, 0
    low, width = first, WINDOW_UIDS
    while low <= last:
        high = min(low + width - 1, last)
        listed = await tools.mailbox.list_uids(low, high)
        overlooked += await _enter_listed(tools, folder, listed, now=now)
        if first == 1:
            overlooked += await tools.database.write(
                partial(inbox.look_again, folder_id=folder.id, epoch=folder.epoch, listed=listed)
            )
        highest = max((highest, *listed))
        # UIDs may lie far apart, four billion of them for a handful of mails: a window that holds few grows.
        low, width = high + 1, width * 2 if len(listed) < WINDOW_UIDS // 2 else WINDOW_UIDS
    return highest, overlooked


async def _enter_listed(tools: Receiving, folder: WatchedFolder, listed: Sequence[int], *, now: datetime) -> int:
    """Enter those that the ledger lacks; the answer is how many of them were overlooked until now."""
    if not listed:
        return 0
    known = await tools.database.read(
        partial(inbox.known_uids, folder_id=folder.id, epoch=folder.epoch, first=listed[0], last=listed[-1])
    )
    since = datetime.combine(folder.since_on, datetime.min.time(), tools.zone)
    overlooked = 0
    new = [uid for uid in listed if uid not in known]
    broken = {uid: each for (epoch, uid), each in tools.nameless.items() if epoch == folder.epoch}
    for group in in_groups(broken, new, most=DESCRIBED_AT_ONCE, now=now):
        seen = await _describe(tools, folder, group, now=now)
        await tools.database.write(_observing(folder, seen, now=now, since=since))
        overlooked += sum(each.uid <= folder.low_water_uid for each in seen)
    return overlooked


async def _describe(
    tools: Receiving, folder: WatchedFolder, uids: Sequence[int], *, now: datetime
) -> tuple[Announced, ...]:
    keys = [(folder.epoch, uid) for uid in uids]
    try:
        seen = await tools.mailbox.describe(uids)
    except (MailboxUnavailable, MailboxRefused):
        _blame(tools, folder, tools.nameless, keys, now)
        raise
    for key in keys:
        tools.nameless.pop(key, None)
    return seen


def _blame(
    tools: Receiving, folder: WatchedFolder, suspects: dict[Key, Break], keys: Sequence[Key], now: datetime
) -> None:
    suspects.update({key: after_break(suspects.get(key), now=now) for key in keys})
    if suspects[keys[0]].is_certain:
        log.error("mail_unfetchable", folder=folder.name, uidvalidity=folder.uidvalidity)
        tools.alarm(AlertKind.MAIL_UNFETCHABLE)


def _observing(
    folder: WatchedFolder, seen: Sequence[Announced], *, now: datetime, since: datetime
) -> Callable[[Transaction], None]:
    def work(tx: Transaction) -> None:
        uids = [each.uid for each in seen]
        known = inbox.known_uids(
            tx,
            folder_id=folder.id,
            epoch=folder.epoch,
            first=min(uids, default=0),
            last=max(uids, default=0),
        )
        new = [each for each in seen if each.uid not in known]
        inbox.observe(tx, folder, new, now=now, since=since)

    return work


async def _fetch_wanted(tools: Receiving, folder: WatchedFolder, *, now: datetime) -> int:
    received = 0
    passed: set[int] = set()
    while batch := await _next_batch(tools, folder, passed=passed, now=now):
        mails = await _fetch(tools, folder, batch, now=now)
        missing = {each.uid for each in batch} - {mail.position.uid for mail in mails}
        keeping = partial(_keep, folder=folder, mails=mails, missing=missing, tools=tools, now=now)
        received += await tools.database.write(keeping)
        passed |= missing
    return received


async def _fetch(
    tools: Receiving, folder: WatchedFolder, batch: Sequence[Announced], *, now: datetime
) -> tuple[RawMail, ...]:
    keys = [(folder.epoch, each.uid) for each in batch]
    try:
        mails = await tools.mailbox.fetch(batch, limit_bytes=tools.max_bytes)
    except (MailboxUnavailable, MailboxRefused):
        _blame(tools, folder, tools.suspects, keys, now)
        raise
    for key in keys:
        tools.suspects.pop(key, None)
    return mails


async def _next_batch(
    tools: Receiving, folder: WatchedFolder, *, passed: set[int], now: datetime
) -> tuple[Announced, ...]:
    """What to fetch next: a group of what never broke, then what did, one by one, the least suspect first."""
    suspects = {uid: each for (epoch, uid), each in tools.suspects.items() if epoch == folder.epoch}
    resting = {uid for uid, each in suspects.items() if rests(each, now=now)}
    for exclude in (passed | suspects.keys(), passed | resting):
        batch = await tools.database.read(partial(_wanted, folder=folder, exclude=exclude))
        if batch:
            alone = [each for each in batch if each.uid in suspects]
            return (min(alone, key=lambda each: suspects[each.uid].times),) if alone else batch
    return ()


def _wanted(tx: Transaction, *, folder: WatchedFolder, exclude: set[int]) -> tuple[Announced, ...]:
    """Messages to fetch, few enough that their bytes fit in memory together; at least one."""
    wanted = inbox.wanted(tx, folder.id, folder.epoch, exclude=exclude, limit=BATCH_MAILS)
    total = 0
    chosen: list[Announced] = []
    for each in wanted:
        total += each.size
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(each)
    return tuple(chosen)


def _keep(
    tx: Transaction,
    *,
    folder: WatchedFolder,
    mails: Sequence[RawMail],
    missing: set[int],
    tools: Receiving,
    now: datetime,
) -> int:
    for uid in sorted(missing):
        if inbox.miss(tx, folder.id, folder.epoch, uid, now=now, patience=VANISHED_AFTER):
            log.warning("mail_vanished", folder=folder.name, uidvalidity=folder.uidvalidity)
            tools.alarm(AlertKind.MAIL_VANISHED)
    return sum(inbox.keep(tx, folder.id, folder.epoch, mail) for mail in mails)


def _raise_low_water(tx: Transaction, *, folder: WatchedFolder, highest: int, now: datetime) -> None:
    open_uid = inbox.first_open_uid(tx, folder.id, folder.epoch)
    done = highest if open_uid is None else min(highest, open_uid - 1)
    folders.note_scan(tx, folder.id, now=now, low_water_uid=max(done, folder.low_water_uid))
