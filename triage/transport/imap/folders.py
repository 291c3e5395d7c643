"""How the two folders stand, and which UIDs exist: the only things that decide are numbers.

UIDs are searched in numeric windows, never with `*` (which matches the last mail even when nothing is new), and
the whole folder never in one answer (a line over 1 MB breaks imaplib).
"""

from imaplib import IMAP4

from imapclient import IMAPClient

from triage.model.errors import MailboxRefused
from triage.model.mailbox import FolderStatus
from triage.transport.imap.access import ImapAccess
from triage.transport.imap.trouble import Trouble, explain, is_passing

LAST_UID = 2**32 - 1
_WINDOW = 50_000
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


def find_uids(client: IMAPClient, *, first: int, last: int) -> tuple[int, ...]:
    """The UIDs that exist from `first` to `last`, ascending."""
    found: set[int] = set()
    for start in range(first, last + 1, _WINDOW):
        end = min(start + _WINDOW - 1, last)
        found.update(uid for uid in client.search(["UID", f"{start}:{end}"]) if start <= uid <= end)
    return tuple(sorted(found))


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
