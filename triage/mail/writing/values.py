"""What a template may say: plain texts in the words of the letter, and nothing that has methods worth calling.

The names end in `_day`, `_hour`, `_number` where nothing before them can elide or contract; the linter relies on it.
"""

from collections.abc import Mapping

from triage.mail.writing.internal.digest_values import DIGEST_NAMES
from triage.mail.writing.internal.receipt_values import RECEIPT_NAMES
from triage.mail.writing.internal.values import NOTICE_NAMES
from triage.mail.writing.letterhead import LETTERHEAD_NAMES, letterhead_values
from triage.mail.writing.letters.values import LETTER_NAMES
from triage.mail.writing.letters.working import WORKING_NAMES
from triage.model.codes import Language, NoticeKind
from triage.model.notice import AcknowledgementFacts, Letterhead
from triage.wording.dates import long_date
from triage.wording.hours import clock_time

# The names that each kind of letter may use; a template with any other is refused at start.
VALUE_NAMES: Mapping[NoticeKind, frozenset[str]] = {
    NoticeKind.ACKNOWLEDGEMENT: LETTERHEAD_NAMES
    | {"reference", "received_day", "received_hour", "answer_due_day", "information_due_day", "reply_code"},
    NoticeKind.REMINDER: NOTICE_NAMES,
    NoticeKind.ESCALATION: NOTICE_NAMES,
    NoticeKind.CLOSING_LIST: NOTICE_NAMES,
    NoticeKind.CATCH_UP: NOTICE_NAMES,
    NoticeKind.WORKING_MAIL: WORKING_NAMES,
    NoticeKind.FOLLOW_UP: WORKING_NAMES,
    NoticeKind.HANDOVER: WORKING_NAMES,
    NoticeKind.ATTACHMENTS: WORKING_NAMES,
    **LETTER_NAMES,
    NoticeKind.DIGEST: DIGEST_NAMES,
    NoticeKind.RECEIPT: RECEIPT_NAMES,
}


def acknowledgement_values(
    facts: AcknowledgementFacts, letterhead: Letterhead, *, language: Language
) -> dict[str, str]:
    """The texts of F1; days carry their weekday, without article."""
    return {
        **letterhead_values(letterhead),
        "reference": facts.reference,
        "received_day": long_date(facts.received_at.date(), language=language, weekday=True),
        "received_hour": clock_time(facts.received_at.time(), language=language),
        "answer_due_day": long_date(facts.answer_due_on, language=language, weekday=True),
        "information_due_day": long_date(facts.information_due_on, language=language, weekday=True),
        "reply_code": facts.code,
    }
