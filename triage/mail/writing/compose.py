"""A notice to its final bytes: the same facts give the same bytes, at every attempt and on every machine (MUST 18).

Nothing that a sender wrote goes in (MUST 25): no name, no subject, no text; of their mail only the ids that put ours
beneath it, and only where these are harmless. No clock and no chance: `now`, key and Message-ID come from the caller.
"""

from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from triage.mail.writing.body import multipart, with_files
from triage.mail.writing.headers import (
    Header,
    UnsafeMail,
    encode_mailbox,
    encode_text,
    is_safe_address,
    safe_ids,
    write_headers,
)
from triage.mail.writing.templates import Letter, Templates
from triage.mail.writing.values import acknowledgement_values
from triage.model.codes import Language, NoticeKind
from triage.model.decision import Thread
from triage.model.delivery import OutgoingMail
from triage.model.message import Address
from triage.model.notice import AcknowledgementFacts, Letterhead

_CONTENT_LANGUAGES = {Language.FRENCH: "fr-CA", Language.ENGLISH: "en-CA"}


def compose_acknowledgement(
    facts: AcknowledgementFacts,
    *,
    recipient: Address,
    letterhead: Letterhead,
    templates: Templates,
    message_id: str,
    key: str,
    now: datetime,
    reply_to: str | None = None,
) -> OutgoingMail:
    """F1, in French, to one recipient, beneath their mail in their mail client.

    `now` (aware) is the date that the mail bears. `message_id` has no angle brackets. `key` is the outbox key.
    `reply_to` is the address of ours to which an answer finds its ticket, where the server takes plus addresses.
    Raises `UnsafeMail`, without content, where an address or a header would not be safe; a person then sees it.
    Raises `ValueError` for an instant without its zone, which would print a wrong hour.
    """
    if facts.received_at.utcoffset() is None or now.utcoffset() is None:
        raise ValueError("an instant in a letter needs its zone")
    language = Language.FRENCH
    values = acknowledgement_values(facts, letterhead, language=language)
    letter = templates.write(NoticeKind.ACKNOWLEDGEMENT, values, language=language)
    if not is_safe_address(recipient.address):
        raise UnsafeMail("the recipient is not of the plain form local@domain")
    headers = automatic_headers(
        letterhead,
        recipient=recipient.address,
        subject=f"[{letterhead.short_name} {facts.reference}] {letter.title}",
        message_id=message_id,
        thread=facts.thread,
        submitted="auto-replied",
        now=now,
        reply_to=reply_to,
        language=language,
    )
    return OutgoingMail(
        key=key,
        kind=NoticeKind.ACKNOWLEDGEMENT,
        message_id=message_id,
        envelope_from=letterhead.address,
        recipient=recipient.address,
        raw=write_mail(headers, letter, key=key),
    )


def automatic_headers(
    letterhead: Letterhead,
    *,
    recipient: str,
    subject: str,
    message_id: str,
    thread: Thread,
    submitted: str,
    now: datetime,
    reply_to: str | None = None,
    language: Language = Language.FRENCH,
) -> list[Header]:
    """What every automatic mail carries (MUST 25); `submitted` is its kind of automation (RFC 3834, section 5).

    Raises `UnsafeMail` as `compose_acknowledgement` does; the caller has looked at the recipient.
    """
    return [
        ("From", encode_mailbox(letterhead.display_name, letterhead.address)),
        # The address alone: the name beside it is the sender's text.
        ("To", recipient),
        *_reply_to(reply_to),
        ("Subject", encode_text(subject)),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<{_own_id(message_id)}>"),
        *_threading(thread),
        ("Auto-Submitted", submitted),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Loop", letterhead.address),
        ("Content-Language", _CONTENT_LANGUAGES[language]),
    ]


def write_mail(headers: list[Header], letter: Letter, *, key: str, files: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """The final bytes: these headers, the letter's two parts, and files by name; boundaries derive from `key` alone."""
    content_type, body = multipart(text=letter.text, html=letter.html, key=key)
    content_type, body = with_files(content_type, body, files, key=key)
    block = write_headers([*headers, ("MIME-Version", "1.0"), ("Content-Type", content_type)])
    return block + b"\r\n" + body


def _reply_to(address: str | None) -> list[Header]:
    if address is None:
        return []
    if not is_safe_address(address):
        raise UnsafeMail("the address for answers is not of the plain form local@domain")
    return [("Reply-To", address)]


def _threading(thread: Thread) -> list[Header]:
    """In-Reply-To and References, as far as their ids are safe; the mail answered is always the last reference."""
    parent = safe_ids([thread.in_reply_to] if thread.in_reply_to else [])
    older = [each for each in thread.references if each not in parent]
    references = safe_ids([*older, *parent])
    return [
        (name, " ".join(f"<{each}>" for each in ids))
        for name, ids in (("In-Reply-To", parent), ("References", references))
        if ids
    ]


def _own_id(message_id: str) -> str:
    if not safe_ids([message_id]):
        raise UnsafeMail("the Message-ID is not safe")
    return message_id
