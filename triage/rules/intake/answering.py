"""Whether a machine may answer a mail, judged from the mail alone (MUST 14, MUST 24).

Holds that depend on the mailbox, on caps or on authentication are judged elsewhere. Whoever must not be answered
still gets a ticket: only the acknowledgement waits for a person.
"""

import re
from collections.abc import Callable

from triage.model.codes import Nature
from triage.model.judgement import AnswerVerdict, NatureVerdict, WithholdReason
from triage.model.message import ParsedMessage
from triage.rules.intake.nature import is_auto_forwarded
from triage.rules.intake.titles import has_absence_subject, has_bounce_subject
from triage.wording.addresses import is_sendable_address

_MAX_HOPS = 50

# Local parts at which nobody reads, once dots, hyphens and underscores are left out. What follows must be a
# separator, a digit or the end: « noreplyx » is nobody's business, « noreply-123 » is a machine.
_NOBODY = re.compile(
    r"(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|ne[-_.]?pas[-_.]?repondre|ne[-_.]?repondez[-_.]?pas|non[-_.]?reponse"
    r"|pas[-_.]?de[-_.]?reponse|bounces?|mailer[-_.]?daemon|postmaster)(?![a-z])",
    re.ASCII,
)


def judge_answering(message: ParsedMessage, nature: NatureVerdict) -> AnswerVerdict:
    """Whether a machine may answer, else the first reason why not."""
    for reason, holds in _REASONS:
        if holds(message, nature):
            return AnswerVerdict(may=False, reason=reason)
    return AnswerVerdict(may=True)


def _is_unreadable(message: ParsedMessage, nature: NatureVerdict) -> bool:
    return not message.readable or nature.nature is Nature.UNREADABLE


def _is_no_person(_: ParsedMessage, nature: NatureVerdict) -> bool:
    return nature.nature is not Nature.PERSON


def _has_no_sender(message: ParsedMessage, _: NatureVerdict) -> bool:
    return not any(sender.address for sender in message.senders)


def _has_several_senders(message: ParsedMessage, _: NatureVerdict) -> bool:
    return len(message.senders) > 1 or message.signs.from_count > 1


def _is_refused(message: ParsedMessage, _: NatureVerdict) -> bool:
    return not is_sendable_address(message.sender)


def _is_nobody(message: ParsedMessage, _: NatureVerdict) -> bool:
    return bool(_NOBODY.match(message.sender.rpartition("@")[0].lower()))


def _has_looped(message: ParsedMessage, _: NatureVerdict) -> bool:
    return message.signs.received_count > _MAX_HOPS


def _looks_automatic(message: ParsedMessage, _: NatureVerdict) -> bool:
    signs = message.signs
    # A person's program or a server on the way may add either header to what a person wrote.
    marked = signs.list_unsubscribe or is_auto_forwarded(signs)
    return marked or has_absence_subject(message.subject) or has_bounce_subject(message.subject)


_Holds = Callable[[ParsedMessage, NatureVerdict], bool]

_REASONS: tuple[tuple[WithholdReason, _Holds], ...] = (
    (WithholdReason.UNREADABLE, _is_unreadable),
    (WithholdReason.NOT_A_PERSON, _is_no_person),
    (WithholdReason.NO_SENDER, _has_no_sender),
    (WithholdReason.SEVERAL_SENDERS, _has_several_senders),
    (WithholdReason.ADDRESS_REFUSED, _is_refused),
    (WithholdReason.NO_REPLY_SENDER, _is_nobody),
    (WithholdReason.TOO_MANY_HOPS, _has_looped),
    (WithholdReason.LOOKS_AUTOMATIC, _looks_automatic),
)
