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
ANSWER_DAYS, QUESTION_DAYS = 15, 2
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter of the diary: when it came, when somebody took charge, when it was answered. Aware UTC."""

    key: str
    opened_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None
    is_question: bool = False

    @property
    def answer_due_on(self) -> date:
        """The fifteenth business day after the local day on which it came."""
        return add_days(_local_day(self.opened_at), ANSWER_DAYS)


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
    """How many complaints were taken within 24 hours, of how many for which that is decided at `now`."""
    day, complaints = timedelta(hours=24), [each for each in matters if not each.is_question]
    met = sum(each.taken_at is not None and each.taken_at - each.opened_at <= day for each in complaints)
    return met, sum(each.taken_at is not None or now - each.opened_at > day for each in complaints)


def count_questions(matters: Sequence[Matter], *, now: datetime) -> tuple[int, int]:
    """How many questions were taken by the end of the second business day, of how many that are decided at `now`."""
    dues = [
        (each.taken_at, add_days(_local_day(each.opened_at), QUESTION_DAYS)) for each in matters if each.is_question
    ]
    met = sum(taken_at is not None and _local_day(taken_at) <= due_on for taken_at, due_on in dues)
    return met, sum(taken_at is not None or _local_day(now) > due_on for taken_at, due_on in dues)


def count_answered(matters: Sequence[Matter], *, now: datetime) -> tuple[int, int]:
    """How many complaints were answered in time, of how many for which that is decided at `now`."""
    complaints = [each for each in matters if not each.is_question]
    met = sum(
        each.answered_at is not None and _local_day(each.answered_at) <= each.answer_due_on for each in complaints
    )
    return met, sum(each.answered_at is not None or _local_day(now) > each.answer_due_on for each in complaints)


def escalation_days(matter: Matter, *, until: date) -> Iterator[date]:
    """Every local day on which somebody must hear of a complaint that nobody answers."""
    opened_on = _local_day(matter.opened_at)
    after = 5
    while (day := add_days(opened_on, after)) <= until:
        if after in {5, 10, 12, 14} or after >= ANSWER_DAYS:
            yield day
        after += 1


def _matter(opening: Scene, scenes: Sequence[Scene]) -> Matter:
    def first(deed: Deed) -> datetime | None:
        return next((each.written_at for each in scenes if each.matter == opening.matter and each.deed is deed), None)

    answered_at = first(Deed.CONCLUDES)
    taken_at = first(Deed.TAKES) or answered_at
    return Matter(opening.matter, opening.written_at, taken_at, answered_at, opening.question)


def _local_day(at: datetime) -> date:
    return at.astimezone(ZONE).date()
