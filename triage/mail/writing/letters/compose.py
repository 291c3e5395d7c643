"""A letter to a requester, or a working mail, to its final bytes: same facts, same bytes (MUST 18).

Automatic letters carry the marks of automatic mail (MUST 25). What a member of staff wrote is a person's mail: it
carries our own loop mark alone, so that an absence notice of the requester may tell us that nobody reads it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from triage.mail.writing.compose import automatic_headers, write_mail
from triage.mail.writing.headers import UnsafeMail, is_safe_address
from triage.mail.writing.letterhead import letterhead_values
from triage.mail.writing.letters.values import letter_values
from triage.mail.writing.letters.working import working_values
from triage.mail.writing.templates import Templates
from triage.model.codes import NoticeKind
from triage.model.delivery import OutgoingMail
from triage.model.letters.plan import AnswerPlan
from triage.model.letters.requester import DelayFacts, FollowUpFacts, LetterFacts, StatusFacts, TakenChargeFacts
from triage.model.letters.working import WorkingMailFacts
from triage.model.notice import Letterhead

_REPLIED, _GENERATED = "auto-replied", "auto-generated"  # RFC 3834, section 5

# What is automatic, and how; the others were written by a person.
_SUBMITTED = MappingProxyType(
    {
        NoticeKind.TAKEN_CHARGE: _GENERATED,
        NoticeKind.FOLLOW_UP_RECEIVED: _REPLIED,
        NoticeKind.CLOSING: _GENERATED,
        NoticeKind.STATUS: _REPLIED,
        NoticeKind.WITHDRAWAL: _REPLIED,
        NoticeKind.WITHDRAWN: _REPLIED,
    }
)
_MARKS_OF_MACHINES = frozenset({"Auto-Submitted", "X-Auto-Response-Suppress"})


@dataclass(frozen=True, slots=True)
class Envelope:
    """To whom a mail goes and with which ids. `now` (aware, body's zone) is its date; `key` its outbox key.

    `reply_to` is the address of ours to which an answer finds its ticket, where the server takes plus addresses.
    """

    recipient: str
    message_id: str
    key: str
    now: datetime
    reply_to: str | None = None


def compose_letter(
    kind: NoticeKind, facts: LetterFacts, envelope: Envelope, *, letterhead: Letterhead, templates: Templates
) -> OutgoingMail:
    """One letter to one requester, beneath their mail.

    Raises `UnsafeMail`, without content, where an address or a header would not be safe, and `ValueError` where the
    letter would be wrong: an instant without zone, a day announced as to come that has passed, words missing.
    """
    _require_sound(facts, envelope)
    letter = templates.write(kind, {**letterhead_values(letterhead), **letter_values(facts)})
    headers = automatic_headers(
        letterhead,
        recipient=envelope.recipient,
        subject=f"[{letterhead.short_name} {facts.matter.reference}] {letter.title}",
        message_id=envelope.message_id,
        thread=facts.matter.thread,
        submitted=_SUBMITTED.get(kind, _GENERATED),
        now=envelope.now,
        reply_to=envelope.reply_to,
    )
    if kind not in _SUBMITTED:
        headers = [each for each in headers if each[0] not in _MARKS_OF_MACHINES]
    return _mail(kind, envelope, write_mail(headers, letter, key=envelope.key), letterhead)


def compose_working_mail(
    kind: NoticeKind, facts: WorkingMailFacts, envelope: Envelope, *, letterhead: Letterhead, templates: Templates
) -> OutgoingMail:
    """One working mail to one member of staff, in the thread of that ticket's mails to them.

    The subject of a restricted file is its number and nothing else (R-74). Raises as `compose_letter` does.
    """
    if facts.received_at.utcoffset() is None or envelope.now.utcoffset() is None:
        raise ValueError("an instant in a mail needs its zone")
    _require_address(envelope.recipient)
    letter = templates.write(kind, {**letterhead_values(letterhead), **working_values(facts, letterhead)})
    mark = f"[{letterhead.short_name} {facts.reference}]"
    headers = automatic_headers(
        letterhead,
        recipient=envelope.recipient,
        subject=mark if facts.restricted else f"{mark} {letter.title}",
        message_id=envelope.message_id,
        thread=facts.thread,
        submitted=_GENERATED,
        now=envelope.now,
        reply_to=envelope.reply_to,
    )
    files = tuple((each.name, each.raw) for each in facts.originals)
    return _mail(kind, envelope, write_mail(headers, letter, key=envelope.key, files=files), letterhead)


def _mail(kind: NoticeKind, envelope: Envelope, raw: bytes, letterhead: Letterhead) -> OutgoingMail:
    return OutgoingMail(
        key=envelope.key,
        kind=kind,
        message_id=envelope.message_id,
        envelope_from=letterhead.address,
        recipient=envelope.recipient,
        raw=raw,
    )


def _require_sound(facts: LetterFacts, envelope: Envelope) -> None:
    if envelope.now.utcoffset() is None:
        raise ValueError("an instant in a mail needs its zone")
    _require_address(envelope.recipient)
    announced = _announced_on(facts)
    if announced is not None and announced < envelope.now.date():
        raise ValueError("a letter may not announce as to come a day that has passed")


def _announced_on(facts: LetterFacts) -> date | None:
    match facts:
        case TakenChargeFacts(plan=AnswerPlan(due_on=due_on)) | FollowUpFacts(plan=AnswerPlan(due_on=due_on)):
            return due_on
        case StatusFacts():
            return facts.plan.due_on
        case DelayFacts():
            return facts.until_on
        case _:
            return None


def _require_address(address: str) -> None:
    if not is_safe_address(address):
        raise UnsafeMail("the recipient is not of the plain form local@domain")
