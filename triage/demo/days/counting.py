"""What the story itself expects of its figures, counted without the daemon's code: by the diary and a list of days.

The days on which the office is closed are written down here, so that a slip in the daemon's calendar would show.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.demo.configuration import ZONE
from triage.demo.days.diary.scene import Deed, Scene

CLOSED = frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 28), date(2026, 12, 31)}) | frozenset(
    {date(2027, 1, 1), date(2027, 1, 4)}
)
"""Christmas and the new year, as the collective agreement has them; weekends apart."""
ANSWER_DAYS = 15
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """One complaint of the diary: when it came, when somebody took charge, when it was answered. Aware UTC."""

    key: str
    opened_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None

    @property
    def answer_due_on(self) -> date:
        """The fifteenth business day after the local day on which it came."""
        return add_days(self.opened_at.astimezone(ZONE).date(), ANSWER_DAYS)


def add_days(day: date, count: int) -> date:
    """So many business days later; the day itself does not count."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY and day not in CLOSED
    return day


def list_matters(scenes: Iterable[Scene]) -> tuple[Matter, ...]:
    """The matters that these scenes open, in order."""
    known = list(scenes)
    return tuple(_matter(scene, known) for scene in known if scene.deed is Deed.OPENS)


def count_taken(matters: Sequence[Matter], *, now: datetime) -> tuple[int, int]:
    """How many were taken within 24 hours, of how many for which that is decided at `now`."""
    day = timedelta(hours=24)
    met = sum(each.taken_at is not None and each.taken_at - each.opened_at <= day for each in matters)
    return met, sum(each.taken_at is not None or now - each.opened_at > day for each in matters)


def count_answered(matters: Sequence[Matter], *, now: datetime) -> tuple[int, int]:
    """How many were answered in time, of how many for which that is decided at `now`."""
    today = now.astimezone(ZONE).date()
    met = sum(
        each.answered_at is not None and each.answered_at.astimezone(ZONE).date() <= each.answer_due_on
        for each in matters
    )
    return met, sum(each.answered_at is not None or today > each.answer_due_on for each in matters)


def escalation_days(matter: Matter, *, until: date) -> Iterator[date]:
    """Every local day on which somebody must hear of a complaint that nobody answers."""
    opened_on = matter.opened_at.astimezone(ZONE).date()
    after = 5
    while (day := add_days(opened_on, after)) <= until:
        if after in {5, 10, 12, 14} or after >= ANSWER_DAYS:
            yield day
        after += 1


def _matter(opening: Scene, scenes: Sequence[Scene]) -> Matter:
    def first(deed: Deed) -> datetime | None:
        return next((each.written_at for each in scenes if each.matter == opening.matter and each.deed is deed), None)

    answered_at = first(Deed.CONCLUDES)
    return Matter(opening.matter, opening.written_at, first(Deed.TAKES) or answered_at, answered_at)
