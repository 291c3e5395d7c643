"""The mailbox, the mail server and the scanner for viruses: everything short of a mail."""

from collections.abc import Callable
from datetime import datetime, timedelta

from triage.daemon.build import imap_access, smtp_access
from triage.daemon.rereading.scanning import scanner_of
from triage.model.delivery import SendResult
from triage.model.errors import ConfigurationError, MailboxRefused, MailboxUnavailable, ScannerUnavailable
from triage.model.health import Finding, Level
from triage.rules.checking.machine import judge_clock
from triage.rules.checking.mail import judge_mailbox, judge_sending, judge_tls
from triage.settings.loading import Configuration
from triage.transport.imap import examine_mailbox
from triage.transport.smtp import examine_server


async def check_mailbox(configuration: Configuration, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    """Login, folders, abilities, TLS; and the clock, as far as the newest mail betrays it."""
    try:
        facts = await examine_mailbox(imap_access(configuration))
    except MailboxUnavailable as trouble:
        mend = "mend [imap] host, port and tls, and see that this machine may reach the server"
        return (Finding("mailbox", Level.PROBLEM, str(trouble), mend),)
    except MailboxRefused as trouble:
        mend = "mend [imap] username, the file named by password_file, ca_file, inbox or processed"
        return (Finding("mailbox", Level.PROBLEM, str(trouble), mend),)
    now = clock()
    found = (*judge_mailbox(facts), judge_tls("mailbox line", facts.tls, now=now))
    # An old mail says nothing of the server's clock now; one from the future says that ours is behind.
    ahead = timedelta() if facts.newest_at is None else facts.newest_at - now
    return (*found, judge_clock("the mailbox", ahead)) if ahead > timedelta() else found


async def check_sending(configuration: Configuration, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    """Connection, TLS, login, and our address as a sender; no mail is sent."""
    sender = configuration.settings.body.address
    try:
        facts = await examine_server(smtp_access(configuration), sender=sender)
    except ConfigurationError as error:
        return (Finding("sending", Level.PROBLEM, str(error), "mend that key"),)
    judged = judge_sending(facts, sender=sender)
    if isinstance(facts, SendResult):
        return (judged,)
    return (judged, judge_tls("sending line", facts.tls, now=clock()))


async def check_scanner(configuration: Configuration) -> tuple[Finding, ...]:
    """Whether the scanner for viruses answers; nothing where there is none. Mail is taken in without it."""
    scanner = scanner_of(configuration)
    if scanner is None:
        return ()
    try:
        version = await scanner.version()
    except ScannerUnavailable as trouble:
        mend = "start clamav-daemon, or mend [scan] clamd; until then attachments are held back"
        return (Finding("scanner", Level.PROBLEM, str(trouble), mend),)
    return (Finding("scanner", Level.OK, version),)
