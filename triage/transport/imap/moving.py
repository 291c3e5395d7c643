"""From the inbox to the folder for processed mail, believed only on evidence.

The answer OK to MOVE proves nothing: it is the same for a mail that is long gone. The evidence is COPYUID (RFC
4315), or, where the server gives none, that a mail which was there before is there no more. The command EXPUNGE
without UIDs is never sent, for it would remove what other people marked.
"""

import re
from collections.abc import Iterator
from imaplib import IMAP4
from itertools import islice

from imapclient import IMAPClient

from triage.model.errors import MailboxUnavailable, MoveRefused
from triage.model.mailbox import Moved
from triage.transport.imap.folders import find_among
from triage.transport.imap.trouble import read_backoff, read_code

BATCH = 500
_COPYUID = re.compile(rb"\s*\d+ ([\d:,]+) ([\d:,]+)")
_KEYWORD = b"$TriageProcessed"
# The folder is gone: it is made again where the mailbox is entered.
_FOLDER_GONE = frozenset({"TRYCREATE", "NONEXISTENT"})


def move_batch(client: IMAPClient, *, uids: tuple[int, ...], folder: str) -> tuple[Moved, ...] | MoveRefused:
    """Move at most 500 mails; those that the server has moved, ascending. Unknown UIDs are passed over.

    A refusal of all is a value: the line stands, and mail that comes in need not wait for room in another folder.
    """
    present = tuple(sorted(find_among(client, uids)))
    if not present:
        return ()
    if client.has_capability("MOVE"):
        return _move(client, uids=present, folder=folder)
    if client.has_capability("UIDPLUS"):
        return _copy_then_expunge(client, uids=present, folder=folder)
    _mark(client, uids=present)
    return ()


def read_copyuid(lines: list[bytes | None], *, asked: tuple[int, ...]) -> tuple[Moved, ...]:
    """The pairs of old and new UID that COPYUID responses tell, among those asked for.

    >>> read_copyuid([b"7 3:4 11:12"], asked=(3, 4, 5))
    (Moved(uid=3, new_uid=11), Moved(uid=4, new_uid=12))
    """
    pairs: dict[int, int] = {}
    for line in lines:
        found = _COPYUID.match(line or b"")
        if found:
            pairs.update(islice(zip(_expand(found[1]), _expand(found[2]), strict=False), len(asked)))
    return tuple(Moved(uid=uid, new_uid=pairs[uid]) for uid in sorted(asked) if uid in pairs)


def _move(client: IMAPClient, *, uids: tuple[int, ...], folder: str) -> tuple[Moved, ...] | MoveRefused:
    accepted, refusal = True, None
    try:
        client.move(list(uids), folder)
    except IMAP4.abort:
        raise
    except IMAP4.error as failure:
        accepted, refusal = False, _refusal(failure)
    # RFC 6851 §3.3: a refused MOVE may have moved some; their COPYUID came before the refusal.
    evidence = read_copyuid(_take_copyuid(client), asked=uids)
    if evidence:
        return evidence
    if not accepted:
        return refusal or ()
    still_there = find_among(client, uids)
    return tuple(Moved(uid=uid, new_uid=None) for uid in uids if uid not in still_there)


def _refusal(failure: IMAP4.error) -> MoveRefused | None:
    """What a refused command means, None where the server does not say: what moved all the same shows by itself.

    Raises `MailboxUnavailable` where coming back, later or at once, may mend it.
    """
    pause, code = read_backoff(str(failure)), read_code(str(failure))
    if pause is not None:
        raise MailboxUnavailable("the server asks for a pause", not_before=pause) from None
    if code in _FOLDER_GONE:
        raise MailboxUnavailable("the folder for processed mail is gone") from None
    return MoveRefused(code) if code else None


def _copy_then_expunge(client: IMAPClient, *, uids: tuple[int, ...], folder: str) -> tuple[Moved, ...] | MoveRefused:
    try:
        client.copy(list(uids), folder)
    except IMAP4.abort:
        raise
    except IMAP4.error as failure:
        return _refusal(failure) or ()  # COPY is all or nothing (RFC 3501 §6.4.7)
    evidence = read_copyuid(_take_copyuid(client), asked=uids)
    copied = [moved.uid for moved in evidence]
    if copied:
        client.add_flags(copied, [b"\\Deleted"], silent=True)
        client.uid_expunge(copied)
    return evidence


def _mark(client: IMAPClient, *, uids: tuple[int, ...]) -> None:
    # For people who look into the inbox; it is never read. A server that knows no keywords may refuse it.
    try:
        client.add_flags(list(uids), [_KEYWORD], silent=True)
    except IMAP4.abort:
        raise
    except IMAP4.error:
        return


def _take_copyuid(client: IMAPClient) -> list[bytes | None]:
    _, lines = client._imap.response("COPYUID")  # noqa: SLF001 -- imapclient's move() and copy() drop it
    return list(lines)


def _expand(uid_set: bytes) -> Iterator[int]:
    """The UIDs of a set in the order told. Lazy, for a set may claim four billion."""
    for part in uid_set.split(b","):
        first, _, last = part.partition(b":")
        low, high = sorted((int(first), int(last or first)))
        yield from range(low, high + 1)
