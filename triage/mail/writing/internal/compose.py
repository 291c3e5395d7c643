"""A notice to one member of staff, to its final bytes (MUST 18, MUST 25; R-72, R-77, R-78).

It says nothing that a sender wrote and names nobody. All notices about one file stand in one thread of their own,
which no requester's mail belongs to.
"""

from datetime import datetime

from triage.mail.writing.compose import automatic_headers, write_mail
from triage.mail.writing.headers import UnsafeMail, is_safe_address
from triage.mail.writing.internal.values import notice_values
from triage.mail.writing.templates import Templates
from triage.model.decision import Thread
from triage.model.delivery import OutgoingMail
from triage.model.escalation.notices import StaffNotice
from triage.model.notice import Letterhead

_GENERATED = "auto-generated"  # RFC 3834: nobody's mail is answered by it


def compose_staff_notice(
    notice: StaffNotice,
    *,
    letterhead: Letterhead,
    templates: Templates,
    message_id: str,
    thread_id: str | None,
    now: datetime,
    reply_to: str | None = None,
    code: str = "",
) -> OutgoingMail:
    """One notice to its recipient's registered address. `reply_to` and `code` carry a token of theirs.

    `thread_id` is the id that opens the file's thread, None for a notice about several files. `now` (aware) is the
    date that the mail bears. Raises `UnsafeMail`, without content, where an address or header would not be safe.
    """
    if now.utcoffset() is None:
        raise ValueError("an instant in a mail needs its zone")
    recipient = notice.recipient.address
    if not is_safe_address(recipient):
        raise UnsafeMail("the recipient is not of the plain form local@domain")
    letter = templates.write(notice.kind, notice_values(notice, unit=letterhead.unit, code=code))
    headers = automatic_headers(
        letterhead,
        recipient=recipient,
        subject=f"[{_mark(notice, letterhead)}] {letter.title}",
        message_id=message_id,
        thread=Thread(in_reply_to=thread_id, references=()),
        submitted=_GENERATED,
        now=now,
        reply_to=reply_to,
    )
    return OutgoingMail(
        key=notice.key,
        kind=notice.kind,
        message_id=message_id,
        envelope_from=letterhead.address,
        recipient=recipient,
        raw=write_mail(headers, letter, key=notice.key),
    )


def _mark(notice: StaffNotice, letterhead: Letterhead) -> str:
    """« CAG 2026-000123 » for one file, the short name alone for several (R-72)."""
    if len(notice.files) + notice.unlisted > 1:
        return letterhead.short_name
    return f"{letterhead.short_name} {notice.files[0].reference}"
