"""What `triage check` asks the mailbox: the line, the server's abilities, the two folders.

It changes one thing only: a missing folder for processed mail is made, as the daemon would.
"""

from datetime import datetime
from functools import partial
from imaplib import IMAP4

from imapclient import IMAPClient

from triage.model.health import MailboxFacts
from triage.model.mailbox import FolderStatus
from triage.transport.certificate import facts_of_line
from triage.transport.imap.access import ImapAccess
from triage.transport.imap.connection import Connection
from triage.transport.imap.fetching import describe
from triage.transport.imap.folders import enter_folders, find_uids

_NEWEST = 50


async def examine_mailbox(access: ImapAccess) -> MailboxFacts:
    """Log in, look, log out. Raises `MailboxUnavailable` and `MailboxRefused`, each with a sentence."""
    connection = Connection(access)
    try:
        return await connection.open(partial(_examine, access=access))
    finally:
        await connection.close()


def _examine(client: IMAPClient, *, access: ImapAccess) -> MailboxFacts:
    before = _exists(client, access.processed)
    status = enter_folders(client, access=access)
    after = before or _exists(client, access.processed)
    return MailboxFacts(
        inbox=access.inbox,
        processed=access.processed,
        messages=status.messages,
        uidnext=status.uidnext,
        capabilities=frozenset(name.decode("ascii", "replace").upper() for name in client.capabilities()),
        has_processed=after,
        made_processed=after and not before,
        newest_at=_newest(client, status),
        tls=facts_of_line(client.socket()),
    )


def _exists(client: IMAPClient, folder: str) -> bool:
    try:
        client.folder_status(folder, ("UIDVALIDITY",))
    except IMAP4.abort:
        raise
    except IMAP4.error:
        return False
    return True


def _newest(client: IMAPClient, status: FolderStatus) -> datetime | None:
    """When the newest of the last few UIDs arrived; None where there is none."""
    uids = find_uids(client, first=max(1, status.uidnext - _NEWEST), last=status.uidnext, messages=_NEWEST)
    arrivals = [mail.internal_date for mail in describe(client, uids=uids[-1:]) if mail.internal_date is not None]
    return max(arrivals, default=None)
