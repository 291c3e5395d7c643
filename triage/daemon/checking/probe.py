"""One mail to a plus address of the mailbox, and the look for it: by windows of UIDs, never by a search for text.

The mail bears our own address and `X-Loop`, so that a daemon which meets it knows it for a loop: no ticket, no
answer. Such a daemon may move it within a second, so the folder for processed mail is looked through as well.
"""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from triage.daemon.build import imap_access, smtp_access
from triage.model.delivery import ClaimedMail, SendOutcome
from triage.model.errors import MailboxRefused, MailboxUnavailable
from triage.model.health import Finding, Level
from triage.rules.checking.machine import judge_clock
from triage.rules.checking.mail import judge_probe, judge_sending
from triage.settings.loading import Configuration
from triage.transport.imap import ImapMailbox
from triage.transport.smtp import SmtpSender
from triage.workflows.ports import Mailbox, MailSender

PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 2.0
_ENOUGH_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Probe:
    """A mail that proves by its token that it came through."""

    address: str
    token: str
    mail: ClaimedMail


def make_probe(own_address: str, *, token: str, now: datetime) -> Probe:
    """The probe from our own address to its plus address; `token` is plain ASCII."""
    local, _, domain = own_address.partition("@")
    address = f"{local}+triage-{token}@{domain}"
    head = {
        "From": own_address,
        "To": address,
        "Subject": "triage check",
        "Date": format_datetime(now),
        "Message-ID": f"<triage-check-{token}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Loop": own_address,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=us-ascii",
    }
    text = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    raw = f"{text}\r\nSent by triage check --probe; it needs no answer.\r\n"
    mail = ClaimedMail(0, "probe", own_address, address, f"triage-check-{token}@{domain}", raw.encode(), 0, 0)
    return Probe(address, token, mail)


async def check_probe(configuration: Configuration, *, clock: Callable[[], datetime]) -> tuple[Finding, ...]:
    """Send a probe by the configured server and wait a minute for it in the configured mailbox."""
    access = imap_access(configuration)
    probe = make_probe(configuration.settings.body.address, token=secrets.token_hex(8), now=clock())
    async with AsyncExitStack() as closing:
        mailboxes = []
        for each in (access, replace(access, inbox=access.processed, processed=access.inbox)):
            mailboxes.append(ImapMailbox(each))
            closing.push_async_callback(mailboxes[-1].close)
        sender = SmtpSender(smtp_access(configuration))
        closing.push_async_callback(sender.close)
        try:
            return await run_probe(probe, mailboxes=mailboxes, sender=sender, clock=clock)
        except (MailboxUnavailable, MailboxRefused) as trouble:
            return (Finding("plus addressing", Level.PROBLEM, str(trouble), "mend [imap], then try again"),)


async def run_probe(
    probe: Probe, *, mailboxes: Sequence[Mailbox], sender: MailSender, clock: Callable[[], datetime]
) -> tuple[Finding, ...]:
    """Whether the probe comes back, and how far the mailbox's clock is from ours when it does."""
    first = [(await each.open()).uidnext for each in mailboxes]
    sent_at = clock()
    result = await sender.send(probe.mail, before_dot=_nothing)
    if result.outcome is not SendOutcome.ACCEPTED:
        return (judge_sending(result, sender=probe.mail.envelope_from),)
    while (waited := (clock() - sent_at).total_seconds()) < PATIENCE_SECONDS:
        for mailbox, uid in zip(mailboxes, first, strict=True):
            arrived_at = await _look(mailbox, probe, first=uid)
            if arrived_at is not None:
                judged = judge_probe(waited, address=probe.address, patience=PATIENCE_SECONDS)
                return (judged, judge_clock("the mailbox", _beyond(arrived_at, earliest=sent_at, latest=clock())))
        await mailboxes[0].wait(_PAUSE_SECONDS)
    return (judge_probe(None, address=probe.address, patience=PATIENCE_SECONDS),)


async def _look(mailbox: Mailbox, probe: Probe, *, first: int) -> datetime | None:
    """When the probe arrived in this folder, None while it has not."""
    status = await mailbox.status()
    if status.uidnext <= first:
        return None
    found = await mailbox.describe(await mailbox.list_uids(first, status.uidnext - 1))
    for mail in await mailbox.fetch(found, limit_bytes=_ENOUGH_BYTES):
        if probe.token.encode() in mail.raw and mail.internal_date is not None:
            return mail.internal_date
    return None


def _beyond(at: datetime, *, earliest: datetime, latest: datetime) -> timedelta:
    """How far an instant lies outside of a span: positive after it, negative before it, nothing within."""
    return max(at - latest, timedelta()) + min(at - earliest, timedelta())


async def _nothing() -> None:
    return None
