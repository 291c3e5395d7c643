"""How the two folders stand, and which UIDs exist: the only things that decide are numbers.

UIDs are searched in numeric windows, never with `*` (which matches the last mail even when nothing is new), and
never more than an answer may hold (a line over 1 MB, some 90,000 UIDs, breaks imaplib). UIDs may lie far apart, up to
four billion: a window is bounded by how many mails it holds, not by how wide it is.
"""

from collections.abc import Iterator, Sequence
from imaplib import IMAP4

from imapclient import IMAPClient

from triage.model.errors import MailboxRefused
from triage.model.mailbox import FolderStatus
from triage.transport.imap.access import ImapAccess
from triage.transport.imap.trouble import Trouble, explain, is_passing

LAST_UID = 2**32 - 1
MOST_UIDS = 50_000  # in one answer: half of what a line may hold, the rest for mail that comes meanwhile
_NUMBERS = ("UIDVALIDITY", "UIDNEXT", "MESSAGES")


def enter_folders(client: IMAPClient, *, access: ImapAccess) -> FolderStatus:
    """Make the processed folder if it is missing, select the inbox, and say how it stands.

    Who only observes makes no folder and opens the inbox by EXAMINE, which changes nothing at all on the server.
    Raises `MailboxRefused` where the inbox is missing or the other folder cannot be made.
    """
    if not access.observing:
        _ensure_processed(client, access.processed)
    _select(client, access.inbox, observing=access.observing)
    return read_status(client, folder=access.inbox)


def refresh_status(client: IMAPClient, *, access: ImapAccess, selected: FolderStatus) -> FolderStatus:
    """How the inbox stands now; it is selected again where its UIDVALIDITY changed since `selected`."""
    client._command_and_check("noop")  # noqa: SLF001 -- imapclient's own parses what we would not read
    now = read_status(client, folder=access.inbox)
    if now.uidvalidity == selected.uidvalidity:
        return now
    _select(client, access.inbox, observing=access.observing)
    return read_status(client, folder=access.inbox)


def read_status(client: IMAPClient, *, folder: str) -> FolderStatus:
    """The three numbers of a folder; raises `MailboxRefused` for a server that does not tell them."""
    told = client.folder_status(folder, _NUMBERS)
    numbers = [told.get(name.encode()) for name in _NUMBERS]
    if not all(isinstance(number, int) for number in numbers):
        raise MailboxRefused("the mail server does not tell UIDVALIDITY and UIDNEXT: its UIDs do not last")
    uidvalidity, uidnext, messages = numbers
    return FolderStatus(folder=folder, uidvalidity=uidvalidity, uidnext=uidnext, messages=messages)


def find_uids(client: IMAPClient, *, first: int, last: int, messages: int, most: int = MOST_UIDS) -> tuple[int, ...]:
    """The UIDs that exist from `first` to `last`, ascending, asked for about `most` at once.

    `messages` is how many the folder holds.
    """
    found: set[int] = set()
    for start, end in _windows(client, first=first, last=last, messages=messages, most=most):
        found.update(uid for uid in client.search(["UID", f"{start}:{end}"]) if start <= uid <= end)
    return tuple(sorted(found))


def _windows(client: IMAPClient, *, first: int, last: int, messages: int, most: int) -> Iterator[tuple[int, int]]:
    """Windows that together are the range, each with few enough mails for one answer."""
    if first > last:
        return
    if messages < most or last - first < most:
        yield first, last
        return
    # Which UID stands at each so manieth place: only the bounds come from places, which shift when mail goes.
    bounds = sorted(uid for uid in _uids_at(client, range(most, messages + 1, most)) if first < uid <= last)
    for start, following in zip([first, *bounds], [*bounds, last + 1], strict=True):
        yield start, following - 1


def _uids_at(client: IMAPClient, places: Sequence[int]) -> tuple[int, ...]:
    client.use_uid = False
    try:
        answers = client.fetch(list(places), ["UID"])
    finally:
        client.use_uid = True
    return tuple(uid for uid in (answer.get(b"UID") for answer in answers.values()) if isinstance(uid, int))


def find_among(client: IMAPClient, uids: tuple[int, ...]) -> frozenset[int]:
    """Those of at most a few hundred UIDs that exist."""
    wanted = ",".join(str(uid) for uid in uids)
    return frozenset(client.search(["UID", wanted])) & frozenset(uids)


def _ensure_processed(client: IMAPClient, folder: str) -> None:
    try:
        client.folder_status(folder, ("UIDVALIDITY",))
    except IMAP4.abort:
        raise
    except IMAP4.error:
        _create(client, folder)


def _create(client: IMAPClient, folder: str) -> None:
    try:
        client.create_folder(folder)
        client.subscribe_folder(folder)
    except IMAP4.abort:
        raise
    except IMAP4.error as failure:
        raise _about(f"the folder {folder!r} is missing and cannot be made", failure) from None


def _select(client: IMAPClient, folder: str, *, observing: bool) -> None:
    try:
        client.select_folder(folder, readonly=observing)
    except IMAP4.abort:
        raise
    except IMAP4.error as failure:
        raise _about(f"the folder {folder!r} cannot be opened", failure) from None


def _about(sentence: str, failure: Exception) -> Trouble:
    trouble = explain(failure)
    return trouble if is_passing(failure) else MailboxRefused(f"{sentence}: {trouble}")
