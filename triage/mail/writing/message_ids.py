"""Message-IDs of ours, signed so that only one that we made leads back to a ticket (MUST 18, MUST 27).

`KIND.REFERENCE.SEQ.MAC@domain`, without angle brackets: a function of what happened, never of time or attempt.
A pointer that is read here grants nothing by itself; rules decide what it is worth.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from triage.model.codes import NoticeKind

# Short, because a long Message-ID is folded, cut or rewritten by some servers; a code once used is never reused.
_CODES = {
    NoticeKind.ACKNOWLEDGEMENT: "ack",
    NoticeKind.REMINDER: "rem",
    NoticeKind.ESCALATION: "esc",
    NoticeKind.CLOSING_LIST: "lst",
    NoticeKind.CATCH_UP: "cup",
    NoticeKind.TAKEN_CHARGE: "tkn",
    NoticeKind.FOLLOW_UP_RECEIVED: "add",
    NoticeKind.MESSAGE: "msg",
    NoticeKind.DELAY: "dly",
    NoticeKind.DELAY_LATE: "dll",
    NoticeKind.ANSWER: "ans",
    NoticeKind.CLOSING: "cls",
    NoticeKind.WORKING_MAIL: "wrk",
    NoticeKind.FOLLOW_UP: "fup",
    NoticeKind.STATUS: "sta",
    NoticeKind.WITHDRAWAL: "wdl",
    NoticeKind.WITHDRAWN: "wdn",
    NoticeKind.HANDOVER: "hnd",
    NoticeKind.ATTACHMENTS: "att",
    NoticeKind.DIGEST: "dig",
    NoticeKind.RECEIPT: "rcp",
}
_KINDS = {code: kind for kind, code in _CODES.items()}

_MAC_BYTES = 10  # 80 bits, sixteen letters of base32 without padding (MUST 27)
_REFERENCE = re.compile(r"[0-9]{4}-[0-9]{6}", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_SHAPE = re.compile(r"([a-z]{1,8})\.([0-9]{4}-[0-9]{6})\.(0|[1-9][0-9]{0,8})\.([a-z2-7]{16})@([a-z0-9.-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class SignedReference:
    """What a Message-ID of ours says: the notice, its ticket, and which of that ticket's notices of this kind it is."""

    kind: NoticeKind
    reference: str
    seq: int


def make_message_id(*, kind: NoticeKind, reference: str, seq: int, domain: str, key: bytes) -> str:
    """The Message-ID of one notice, without angle brackets; the same arguments give the same text.

    Raises `ValueError` for a reference, number or domain that could not be read back.
    """
    domain = domain.lower()
    if not (_REFERENCE.fullmatch(reference) and 0 <= seq < 10**9 and _DOMAIN.fullmatch(domain) and key):
        raise ValueError("a Message-ID needs a ticket number, a small sequence number, a domain and a key")
    signed = f"{_CODES[kind]}.{reference}.{seq}"
    return f"{signed}.{_mac(signed, domain=domain, key=key)}@{domain}"


def make_thread_id(*, reference: str, domain: str, key: bytes) -> str:
    """The id that opens the thread of notices to staff about one ticket: of a mail that was never sent."""
    return make_message_id(kind=NoticeKind.ESCALATION, reference=reference, seq=0, domain=domain, key=key)


def make_collective_id(*, kind: NoticeKind, about: str, domain: str, key: bytes) -> str:
    """The Message-ID of a notice about several tickets: it leads back to none. `about` is its outbox key."""
    domain = domain.lower()
    if not (about and key and _DOMAIN.fullmatch(domain)):
        raise ValueError("a Message-ID needs what it is about, a domain and a key")
    return f"{_CODES[kind]}.{_mac(f'several {about}', domain=domain, key=key)}@{domain}"


def read_message_id(text: str, *, domain: str, keys: Sequence[bytes]) -> SignedReference | None:
    """What an id of ours says, or None for any text that none of our keys has signed.

    Letter case is ignored, since some gateways change it. Every key is tried, in constant time, so that the answer's
    delay tells nothing. `text` is untrusted and may be anything.
    """
    match = _SHAPE.fullmatch(text.lower()) if len(text) <= 320 else None
    if match is None or match[5] != domain.lower() or match[1] not in _KINDS:
        return None
    signed = f"{match[1]}.{match[2]}.{match[3]}"
    agreed = [hmac.compare_digest(match[4], _mac(signed, domain=match[5], key=key)) for key in keys]
    return SignedReference(kind=_KINDS[match[1]], reference=match[2], seq=int(match[3])) if any(agreed) else None


def _mac(signed: str, *, domain: str, key: bytes) -> str:
    # The first words keep this signature from ever standing for another kind of token made with the same key.
    digest = hmac.digest(key, f"triage message-id 1\n{signed}@{domain}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_MAC_BYTES]).decode().lower()
