"""The way in: one watched folder over IMAP, read without a trace and emptied by UID (RFC 3501, 2177, 4315, 6851).

Owns the connection and the thread it lives on; knows nothing of what mails mean. No flag is ever read, no command
carries text of a mail, nothing is ever deleted that was not copied with evidence first.
"""

from triage.transport.imap.access import ImapAccess
from triage.transport.imap.examining import examine_mailbox
from triage.transport.imap.mailbox import ImapMailbox

__all__ = ["ImapAccess", "ImapMailbox", "examine_mailbox"]
