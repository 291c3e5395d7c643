"""The figures of « ce que triage aurait fait »: one week of mails, counted by local day and by reason."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from triage.model.decision import Reason
from triage.model.papers.observation import DayFigures, ObservationFigures, ObservedMail, TicketFigures

NO_LETTER = "no_address"
"""Why a letter would have waited where none could be composed: nobody to send it to."""

_OPENING = frozenset({Reason.NEW_MATTER, Reason.OVERSIZE, Reason.UNREADABLE})
_ON_A_TICKET = frozenset({Reason.FOLLOW_UP, Reason.ASKED_IN_A_WORD})
_DAYS = 7


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of the week in which a local day lies."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=_DAYS - 1)


def last_week(today: date) -> tuple[date, date]:
    """The last week that is over."""
    return week_of(today - timedelta(days=_DAYS))


def count_observation(mails: Sequence[ObservedMail], *, first_on: date, zone: ZoneInfo) -> ObservationFigures:
    """The figures of the week that begins on the Monday `first_on`; mails of other days are left out."""
    last_on = first_on + timedelta(days=_DAYS - 1)
    mails = [mail for mail in mails if first_on <= _day(mail, zone) <= last_on]
    days = tuple(
        _count(on, [mail for mail in mails if _day(mail, zone) == on])
        for on in (first_on + timedelta(days=number) for number in range(_DAYS))
    )
    opened = [mail for mail in mails if _is_opening(mail)]
    waits = [_seconds(mail) for mail in opened if _hold(mail) is None]
    return ObservationFigures(
        first_on=first_on,
        last_on=last_on,
        days=days,
        total=_count(first_on, mails),
        held=Counter(hold for mail in opened if (hold := _hold(mail)) is not None),
        unticketed=Counter(_why_unticketed(mail) for mail in mails if _is_unticketed(mail)),
        tickets=tuple(_ticket(mail) for mail in sorted(opened, key=lambda mail: mail.ticket or "")),
        median_seconds=round(median(waits)) if waits else None,
        longest_seconds=max(waits, default=None),
    )


def _day(mail: ObservedMail, zone: ZoneInfo) -> date:
    return mail.received_at.astimezone(zone).date()


def _count(on: date, mails: Iterable[ObservedMail]) -> DayFigures:
    mails = list(mails)
    opened = [mail for mail in mails if _is_opening(mail)]
    return DayFigures(
        on=on,
        received=len(mails),
        tickets=len(opened),
        follow_ups=sum(mail.reason in _ON_A_TICKET for mail in mails),
        unticketed=sum(map(_is_unticketed, mails)),
        sent=sum(_hold(mail) is None for mail in opened),
        held=sum(_hold(mail) is not None for mail in opened),
    )


def _is_opening(mail: ObservedMail) -> bool:
    return mail.reason in _OPENING


def _is_unticketed(mail: ObservedMail) -> bool:
    return not _is_opening(mail) and mail.reason not in _ON_A_TICKET


def _why_unticketed(mail: ObservedMail) -> str:
    """What made it, where that is why; a copy is a copy whoever made it."""
    return mail.reason if mail.reason == Reason.DUPLICATE else mail.nature


def _hold(mail: ObservedMail) -> str | None:
    return NO_LETTER if mail.prepared_at is None else mail.hold


def _seconds(mail: ObservedMail) -> int:
    prepared_at = mail.prepared_at or mail.received_at
    return max(0, round((prepared_at - mail.received_at).total_seconds()))


def _ticket(mail: ObservedMail) -> TicketFigures:
    return TicketFigures(mail.ticket or "", mail.received_at, _hold(mail), mail.answer_due_on)
