"""Who or what made a mail: the first sign in one table that matches (MUST 24).

A person must never be taken for a machine, so each sign is one that neither people's clients nor servers on the way
write: `X-Auto-Response-Suppress` alone proves nothing, since Exchange puts it on people's mail. Where a subject, one
header or our own name alone speaks for a machine the mail is a person's, and only its acknowledgement waits
(`rules.intake.answering`, `rules.intake.trust`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from triage.model.codes import Nature
from triage.model.judgement import NatureReason, NatureVerdict
from triage.model.message import MachineSigns, ParsedMessage
from triage.rules.intake.titles import has_absence_subject, has_bounce_subject, repeats_a_subject

_MAILER_LOCAL_PARTS = {"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mailer_daemon"}
# What gateways call themselves in front of the @; only beside a server's words and title.
_MACHINE_LOCAL = re.compile(
    r"postmaster|mailer|daemon|smtp|gateway|antivirus|system administrator"
    r"|(?:^|[._-])(?:ndr|mta|mail_service)(?:[._-]|$)",
    re.IGNORECASE,
)
_BULK_PRECEDENCE = {"bulk", "junk"}
_AUTO_REPLY_PRECEDENCE = {"auto_reply", "auto-reply"}
_FORWARDED = "auto-forwarded"
_DELIVERY_REPORTS = {"delivery-status"}
_READ_RECEIPTS = {"disposition-notification"}
_FEEDBACK_REPORTS = {"feedback-report"}

# Both codes of RFC 3463 together, or one where only servers put it: « 514 555-0100 » and « clause 5.2.1 » are people's.
_REPLY_CODE = re.compile(
    r"(?<![0-9.])[45][0-9]{2}[ -]#?[45]\.[0-9]\.[0-9]{1,3}(?![0-9.])|\(#[45]\.[0-9]\.[0-9]{1,3}\)"
    r"|^Status: {0,3}[45]\.[0-9]\.[0-9]{1,3}$|\bSMTP error code:? [45][0-9]{2}\b|\bremote host said: [45][0-9]{2}\b",
    re.ASCII | re.MULTILINE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Case:
    """What a sign is looked for in."""

    message: ParsedMessage
    own_addresses: frozenset[str]
    is_own_letter: bool


@dataclass(frozen=True, slots=True)
class _Sign:
    reason: NatureReason
    nature: Nature
    holds: Callable[[_Case], bool]


def judge_nature(
    message: ParsedMessage, *, own_addresses: frozenset[str], is_own_letter: bool = False
) -> NatureVerdict:
    """What made the mail, and by which sign. Addresses of ours are lower-case.

    `is_own_letter` says that its Message-ID stands in our outbox; its mere shape is anybody's to write.
    """
    case = _Case(message, own_addresses, is_own_letter)
    sign = next((sign for sign in _SIGNS if sign.holds(case)), None)
    if sign is None:
        return NatureVerdict(Nature.PERSON, NatureReason.NO_SIGN_OF_AUTOMATION)
    return NatureVerdict(sign.nature, sign.reason)


def is_auto_forwarded(signs: MachineSigns) -> bool:
    """Whether a program passed on, by itself, what somebody wrote: Auto-Submitted says so of the passing on alone."""
    return _submitted_word(signs) == _FORWARDED


def is_from_us(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether all senders are addresses of ours: beside ours, a stranger's address is a stranger's mail."""
    senders = message.senders
    return bool(senders) and all(without_extension(sender.address) in own_addresses for sender in senders)


def has_own_loop_header(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether X-Loop names an address of ours: our letters bear it, and so may what an old address redirects here."""
    return any(without_extension(loop.strip("<> ")) in own_addresses for loop in message.signs.x_loop)


def without_extension(address: str) -> str:
    """An address in lower case, without what follows a plus sign.

    >>> without_extension("Plaintes+abc@organisme.example")
    'plaintes@organisme.example'
    """
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _is_unreadable(case: _Case) -> bool:
    return not case.message.readable


def _is_own_letter(case: _Case) -> bool:
    return case.is_own_letter


def _is_own_loop(case: _Case) -> bool:
    return has_own_loop_header(case.message, case.own_addresses) and _is_automatic(case)


def _is_automatic_from_us(case: _Case) -> bool:
    return is_from_us(case.message, case.own_addresses) and _is_automatic(case)


def _is_automatic(case: _Case) -> bool:
    return _is_auto_submitted(case) or _has_null_return_path(case)


def _is_report(kinds: set[str]) -> Callable[[_Case], bool]:
    def holds(case: _Case) -> bool:
        signs = case.message.signs
        return signs.content_type == "multipart/report" and signs.report_type in kinds

    return holds


def _is_delivery_report(case: _Case) -> bool:
    signs = case.message.signs
    if signs.content_type == "multipart/report":
        # A report that does not say of what is a delivery report of an old server, and some refuse by a read receipt.
        other = signs.report_type in _READ_RECEIPTS | _FEEDBACK_REPORTS and not signs.undelivered
        return signs.report_type in {*_DELIVERY_REPORTS, None} or (bool(case.message.bounces) and not other)
    return bool(case.message.bounces) and signs.return_path == ""


def _has_bounce_subject(case: _Case) -> bool:
    message = case.message
    if not has_bounce_subject(message.subject):
        return False
    # A whole mail attached proves nothing: people send along the one that never arrived.
    return bool(_REPLY_CODE.search(message.text)) or any(
        attachment.type in {"message/delivery-status", "text/rfc822-headers"} for attachment in message.attachments
    )


def _is_undelivered(case: _Case) -> bool:
    """Whether a server's words open the text, and a second sign says that a server wrote them.

    A person may paste them under a title of their own, so title and words need a third sign: such a sender, or the
    address that failed alone on its line.
    """
    message = case.message
    if not message.signs.undelivered:
        return False
    if has_bounce_subject(message.subject) and (message.bounces or _has_machine_sender(message)):
        return True
    return any(holds(case) for holds in (_is_auto_submitted, _has_auto_reply_header, _is_bulk, _has_null_return_path))


def _has_machine_sender(message: ParsedMessage) -> bool:
    return any(_MACHINE_LOCAL.search(sender.address.rpartition("@")[0]) for sender in message.senders)


def _is_other_report(case: _Case) -> bool:
    return case.message.signs.content_type == "multipart/report"


def _is_mailer_daemon(case: _Case) -> bool:
    local_parts = {sender.address.rpartition("@")[0] or sender.name for sender in case.message.senders}
    return any(part.lower() in _MAILER_LOCAL_PARTS for part in local_parts)


def _is_auto_submitted(case: _Case) -> bool:
    # What is passed on automatically may be a person's complaint to an old address.
    return _submitted_word(case.message.signs) not in {"", "no", _FORWARDED}


def _submitted_word(signs: MachineSigns) -> str:
    # RFC 3834: a parameter or a comment may follow the word.
    value = signs.auto_submitted
    return re.split(r"[\s;(]", value, maxsplit=1)[0] if value else ""


def _has_auto_reply_header(case: _Case) -> bool:
    return case.message.signs.auto_reply_header or case.message.signs.precedence in _AUTO_REPLY_PRECEDENCE


def _has_auto_reply_subject(case: _Case) -> bool:
    subject = case.message.subject.strip()
    return has_absence_subject(subject) and (repeats_a_subject(subject) or _answers_something(case))


def _answers_something(case: _Case) -> bool:
    """Whether something besides the subject says that no person began this mail."""
    signs = case.message.signs
    return bool(case.message.in_reply_to or signs.auto_response_suppress or signs.return_path == "")


def _has_list_header(case: _Case) -> bool:
    signs = case.message.signs
    return signs.list_id or signs.list_post or signs.precedence == "list"


def _is_bulk(case: _Case) -> bool:
    return case.message.signs.precedence in _BULK_PRECEDENCE


def _has_bulk_unsubscribe(case: _Case) -> bool:
    # Alone it is what some companies' servers add to each mail of their staff.
    return case.message.signs.list_unsubscribe and case.message.signs.bulk_mark


def _has_null_return_path(case: _Case) -> bool:
    return case.message.signs.return_path == ""


# In order: what is certain about us first, then reports, then replies, then lists.
_SIGNS = (
    _Sign(NatureReason.UNREADABLE, Nature.UNREADABLE, _is_unreadable),
    _Sign(NatureReason.OWN_MESSAGE_ID, Nature.LOOP, _is_own_letter),
    _Sign(NatureReason.OWN_LOOP_HEADER, Nature.LOOP, _is_own_loop),
    _Sign(NatureReason.OWN_ADDRESS, Nature.LOOP, _is_automatic_from_us),
    _Sign(NatureReason.DELIVERY_REPORT, Nature.BOUNCE, _is_delivery_report),
    _Sign(NatureReason.READ_RECEIPT, Nature.REPORT, _is_report(_READ_RECEIPTS)),
    _Sign(NatureReason.FEEDBACK_REPORT, Nature.REPORT, _is_report(_FEEDBACK_REPORTS)),
    _Sign(NatureReason.MAILER_DAEMON, Nature.BOUNCE, _is_mailer_daemon),
    _Sign(NatureReason.BOUNCE_SUBJECT, Nature.BOUNCE, _has_bounce_subject),
    _Sign(NatureReason.DELIVERY_WORDS, Nature.BOUNCE, _is_undelivered),
    _Sign(NatureReason.MACHINE_REPORT, Nature.REPORT, _is_other_report),
    _Sign(NatureReason.AUTO_SUBMITTED, Nature.AUTO_REPLY, _is_auto_submitted),
    _Sign(NatureReason.AUTO_REPLY_HEADER, Nature.AUTO_REPLY, _has_auto_reply_header),
    _Sign(NatureReason.AUTO_REPLY_SUBJECT, Nature.AUTO_REPLY, _has_auto_reply_subject),
    _Sign(NatureReason.LIST_HEADER, Nature.LIST, _has_list_header),
    _Sign(NatureReason.PRECEDENCE, Nature.BULK, _is_bulk),
    _Sign(NatureReason.LIST_HEADER, Nature.BULK, _has_bulk_unsubscribe),
    _Sign(NatureReason.NULL_RETURN_PATH, Nature.BOUNCE, _has_null_return_path),
)
