"""What a template may say: plain texts in the words of the letter, and nothing that has methods worth calling.

The names end in `_day`, `_hour`, `_number` where nothing before them can elide or contract; the linter relies on it.
"""

from collections.abc import Mapping

from triage.mail.writing.internal.digest_values import DIGEST_NAMES
from triage.mail.writing.internal.values import NOTICE_NAMES
from triage.model.codes import Language, NoticeKind
from triage.model.notice import AcknowledgementFacts, Letterhead
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.wording.spacing import unbreakable

_LETTERHEAD = frozenset({"body_name", "unit", "phone", "address", "access_address"})

# The names that each kind of letter may use; a template with any other is refused at start.
VALUE_NAMES: Mapping[NoticeKind, frozenset[str]] = {
    NoticeKind.ACKNOWLEDGEMENT: _LETTERHEAD
    | {"reference", "received_day", "received_hour", "answer_due_day", "information_due_day", "reply_code"},
    NoticeKind.REMINDER: NOTICE_NAMES,
    NoticeKind.ESCALATION: NOTICE_NAMES,
    NoticeKind.CLOSING_LIST: NOTICE_NAMES,
    NoticeKind.CATCH_UP: NOTICE_NAMES,
    NoticeKind.DIGEST: DIGEST_NAMES,
}


def acknowledgement_values(
    facts: AcknowledgementFacts, letterhead: Letterhead, *, language: Language
) -> dict[str, str]:
    """The texts of F1; days carry their weekday, without article."""
    return {
        **_letterhead_values(letterhead),
        "reference": facts.reference,
        "received_day": long_date(facts.received_at.date(), language=language, weekday=True),
        "received_hour": clock_time(facts.received_at.time(), language=language),
        "answer_due_day": long_date(facts.answer_due_on, language=language, weekday=True),
        "information_due_day": long_date(facts.information_due_on, language=language, weekday=True),
        "reply_code": facts.code,
    }


def _letterhead_values(letterhead: Letterhead) -> dict[str, str]:
    return {
        "body_name": letterhead.name,
        "unit": letterhead.unit,
        "phone": unbreakable(letterhead.phone),
        "address": letterhead.address,
        "access_address": letterhead.access_address,
    }
