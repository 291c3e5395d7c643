"""Whether one more acknowledgement may leave without a person: caps against floods and loops (MUST 26).

A cap holds the letter and never the ticket. Each matter is owed its letter, hence caps instead of one answer a week;
but the same words sent again within a day are one matter said twice.
"""

from triage.model.decision import AnsweredLately
from triage.model.judgement import AnsweringCaps, WithholdReason


def judge_caps(
    answered: AnsweredLately, caps: AnsweringCaps, *, domain: str, authenticated: bool
) -> WithholdReason | None:
    """The first reason to hold the next acknowledgement, None where it may leave.

    `domain` is the sender's, lower-case. Who is `authenticated`, by a server that the body trusts, is no forged name
    for somebody else's mailbox, so the caps on one sender do not hold for them. The total holds for everybody: it is
    what bounds a flood of ever new addresses at ever new domains.
    """
    if answered.same_words:
        return WithholdReason.SAME_WORDS
    if not authenticated and _is_sender_capped(answered, caps):
        return WithholdReason.SENDER_CAP
    if domain not in caps.exempt_domains and _is_reached(answered.domain_hour, caps.domain_per_hour):
        return WithholdReason.DOMAIN_CAP
    return WithholdReason.TOTAL_CAP if _is_reached(answered.total_hour, caps.total_per_hour) else None


def is_to_alert(reason: WithholdReason, answered: AnsweredLately) -> bool:
    """Whether a person is to be told that a cap was reached: once a sender, or a domain, or in all, and hour."""
    alerted = {
        WithholdReason.SENDER_CAP: answered.sender_alerted,
        WithholdReason.DOMAIN_CAP: answered.domain_alerted,
        WithholdReason.TOTAL_CAP: answered.total_alerted,
    }
    return not alerted.get(reason, True)


def _is_sender_capped(answered: AnsweredLately, caps: AnsweringCaps) -> bool:
    return _is_reached(answered.sender_hour, caps.sender_per_hour) or _is_reached(
        answered.sender_day, caps.sender_per_day
    )


def _is_reached(count: int, cap: int) -> bool:
    return 0 < cap <= count
