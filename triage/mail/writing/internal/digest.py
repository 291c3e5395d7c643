"""The daily digest of one supervisor, to its final bytes (MUST 18, MUST 25; R-77)."""

from datetime import datetime

from triage.mail.writing.compose import automatic_headers, write_mail
from triage.mail.writing.headers import UnsafeMail, is_safe_address
from triage.mail.writing.internal.digest_values import digest_values
from triage.mail.writing.templates import Letter, Templates
from triage.mail.writing.tokens import reply_address, write_code
from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import NoticeKind
from triage.model.decision import Thread
from triage.model.delivery import OutgoingMail
from triage.model.notice import Letterhead
from triage.model.papers.digest import Digest

_NO_THREAD = Thread(in_reply_to=None, references=())


def write_digest(
    digest: Digest,
    *,
    staff: Staff,
    letterhead: Letterhead,
    templates: Templates,
    now: datetime,
    token: str | None = None,
) -> Letter:
    """The digest in words. `now` (aware) gives the body's zone; by `token` an answer finds its numbers."""
    zone = now.tzinfo
    if zone is None:
        raise ValueError("an instant in a mail needs its zone")
    code = "" if token is None else write_code(token)
    values = digest_values(digest, staff=staff, zone=zone, unit=letterhead.unit, code=code)
    return templates.write(NoticeKind.DIGEST, values)


def compose_digest(
    digest: Digest,
    *,
    recipient: StaffMember,
    staff: Staff,
    letterhead: Letterhead,
    templates: Templates,
    message_id: str,
    key: str,
    token: str | None,
    plus_addressing: bool,
    now: datetime,
) -> OutgoingMail:
    """One digest to its supervisor's registered address; by `token` an answer finds its numbers.

    `now` (aware, in the body's zone) is the date that the mail bears. Raises `UnsafeMail`, without content, where an
    address or header would not be safe.
    """
    if not is_safe_address(recipient.address):
        raise UnsafeMail("the recipient is not of the plain form local@domain")
    letter = write_digest(digest, staff=staff, letterhead=letterhead, templates=templates, now=now, token=token)
    headers = automatic_headers(
        letterhead,
        recipient=recipient.address,
        subject=letter.title,
        message_id=message_id,
        thread=_NO_THREAD,
        submitted="auto-generated",
        now=now,
        reply_to=reply_address(letterhead.address, token) if plus_addressing and token is not None else None,
    )
    return OutgoingMail(
        key=key,
        kind=NoticeKind.DIGEST,
        message_id=message_id,
        envelope_from=letterhead.address,
        recipient=recipient.address,
        raw=write_mail([*headers, ("Precedence", "bulk")], letter, key=key),
    )
