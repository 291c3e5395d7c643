"""What the templates of letters to requesters may say: plain texts, and blocks of what a member of staff wrote."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import assert_never

from triage.mail.writing.letterhead import LETTERHEAD_NAMES
from triage.mail.writing.letters.prose import blocks, one_line, sentence
from triage.model.agents.commands import Conclusion
from triage.model.codes import Language, NoticeKind, TicketKind
from triage.model.letters.plan import AnswerPlan
from triage.model.letters.requester import (
    AnswerFacts,
    ClosingFacts,
    DelayFacts,
    FollowUpFacts,
    LetterFacts,
    Matter,
    MessageFacts,
    Signatory,
    StatusFacts,
    TakenChargeFacts,
    WithdrawalFacts,
)
from triage.wording.dates import long_date
from triage.wording.spacing import unbreakable

_MATTER = LETTERHEAD_NAMES | {"reference", "received_day", "reply_code"}
_SIGNATORY = frozenset({"signatory_name", "signatory_title", "signatory_phone"})
_PLAN = frozenset({"answer_due_day", "answer_committed", "answer_late"})
_DELAY = _MATTER | _SIGNATORY | {"due_day", "until_day", "reason", "done"}

LETTER_NAMES: Mapping[NoticeKind, frozenset[str]] = MappingProxyType(
    {
        NoticeKind.TAKEN_CHARGE: _MATTER | _SIGNATORY | _PLAN | {"is_complaint", "summary"},
        NoticeKind.FOLLOW_UP_RECEIVED: _MATTER | _PLAN | {"written_day"},
        NoticeKind.MESSAGE: _MATTER | _SIGNATORY | {"text"},
        NoticeKind.DELAY: _DELAY,
        NoticeKind.DELAY_LATE: _DELAY,
        NoticeKind.ANSWER: _MATTER
        | _SIGNATORY
        | {"is_complaint", "conclusion", "told_day", "review_by", "ombudsman"}
        | {"body", "summary", "checked", "found", "reasons", "measures"},
        NoticeKind.STATUS: _MATTER | _PLAN | {"standing"},
        NoticeKind.WITHDRAWAL: _MATTER,
        NoticeKind.WITHDRAWN: _MATTER,
        NoticeKind.CLOSING: _MATTER | {"reopen_day"},
    }
)
"""The names that each letter may use."""

Values = dict[str, object]

_WITHOUT_LETTER = frozenset({Conclusion.REDIRECTED})


def letter_values(facts: LetterFacts) -> Values:
    """The values of one letter, without the letterhead's. Raises `ValueError` where the letter would be wrong."""
    match facts:
        case TakenChargeFacts():
            return _taken_charge(facts)
        case FollowUpFacts():
            return _follow_up(facts)
        case MessageFacts():
            return _message(facts)
        case DelayFacts():
            return _delay(facts)
        case AnswerFacts():
            return _answer(facts)
        case ClosingFacts() | StatusFacts() | WithdrawalFacts():
            return _short(facts)
        case _:
            assert_never(facts)


def _taken_charge(facts: TakenChargeFacts) -> Values:
    return {
        **_matter(facts.matter),
        **_signatory(facts.handler),
        **_plan(facts.plan),
        "is_complaint": facts.kind is TicketKind.COMPLAINT,
        "summary": blocks(facts.summary),
    }


def _follow_up(facts: FollowUpFacts) -> Values:
    written = long_date(facts.written_at.date(), language=Language.FRENCH, weekday=True)
    return {**_matter(facts.matter), **_plan(facts.plan), "written_day": written}


def _message(facts: MessageFacts) -> Values:
    if not (text := blocks(facts.text)):
        raise ValueError("a message needs words")
    return {**_matter(facts.matter), **_signatory(facts.signatory), "text": text}


def _delay(facts: DelayFacts) -> Values:
    if facts.until_on <= facts.due_on or not one_line(facts.reason):
        raise ValueError("a notice of delay needs a reason and a later day")
    return {
        **_matter(facts.matter),
        **_signatory(facts.handler),
        "due_day": long_date(facts.due_on, language=Language.FRENCH, weekday=True),
        "until_day": long_date(facts.until_on, language=Language.FRENCH, weekday=True),
        "reason": sentence(facts.reason),
        "done": sentence(facts.done),
    }


def _answer(facts: AnswerFacts) -> Values:
    is_complaint = facts.kind is TicketKind.COMPLAINT
    if is_complaint and (facts.conclusion is None or facts.conclusion in _WITHOUT_LETTER):
        raise ValueError("the answer to a complaint needs a conclusion that this letter has words for")
    told_on = facts.told_on
    return {
        **_matter(facts.matter),
        **_signatory(facts.signatory),
        "is_complaint": is_complaint,
        "conclusion": facts.conclusion.value if is_complaint and facts.conclusion is not None else "",
        "told_day": "" if told_on is None else long_date(told_on, language=Language.FRENCH, weekday=True),
        "review_by": one_line(facts.recourse.review_by),
        "ombudsman": facts.recourse.ombudsman,
        "body": blocks(facts.text.body),
        "summary": blocks(facts.text.summary),
        "checked": blocks(facts.text.checked),
        "found": blocks(facts.text.found),
        "reasons": blocks(facts.text.reasons),
        "measures": blocks(facts.text.measures),
    }


def _short(facts: ClosingFacts | StatusFacts | WithdrawalFacts) -> Values:
    if isinstance(facts, StatusFacts):
        return {**_matter(facts.matter), **_plan(facts.plan), "standing": facts.standing.value}
    if isinstance(facts, WithdrawalFacts):
        return _matter(facts.matter)
    until = long_date(facts.reopen_until_on, language=Language.FRENCH, weekday=True)
    return {**_matter(facts.matter), "reopen_day": until}


def _matter(matter: Matter) -> Values:
    if matter.received_at.utcoffset() is None:
        raise ValueError("an instant in a letter needs its zone")
    return {
        "reference": matter.reference,
        "received_day": long_date(matter.received_at.date(), language=Language.FRENCH, weekday=True),
        "reply_code": matter.code,
    }


def _signatory(signatory: Signatory) -> Values:
    return {
        "signatory_name": one_line(signatory.name),
        "signatory_title": one_line(signatory.title),
        "signatory_phone": unbreakable(one_line(signatory.phone)),
    }


def _plan(plan: AnswerPlan) -> Values:
    day = "" if plan.due_on is None else long_date(plan.due_on, language=Language.FRENCH, weekday=True)
    return {"answer_due_day": day, "answer_committed": plan.committed, "answer_late": plan.late}
