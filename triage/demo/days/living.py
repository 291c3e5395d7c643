"""Lives through the days: moves the clock from pass to pass, brings each mail when it is written, and tells it all.

Passes are half an hour apart while the office has eyes, and one comes with every mail and some minutes behind it, when
a letter that was held for its writer leaves.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from triage.demo.configuration import ZONE
from triage.demo.days.diary.first_weeks import SCENES as FIRST
from triage.demo.days.diary.last_weeks import SCENES as LAST
from triage.demo.days.diary.scene import Deed, Scene
from triage.demo.days.house import House, News
from triage.demo.days.telling import Teller
from triage.demo.days.writing import Correspondence, write_scene
from triage.demo.people import Letter
from triage.demo.process import DemoFailed
from triage.rules.clocks.business_days import is_business_day
from triage.store.ledgers.received import ReceivedEntry

FIRST_ON = date(2026, 11, 30)
"""Always the same Monday: every run tells the same story, and its last week meets the holidays."""
MOST_DAYS = 20
_EVERY = timedelta(minutes=30)
_BEHIND = (timedelta(minutes=5), timedelta(minutes=15))
_FROM, _TO = time(7, 30), time(17)


@dataclass(frozen=True, slots=True)
class Played:
    """One scene as it was written and as it was taken in."""

    scene: Scene
    letter: Letter
    entry: ReceivedEntry


@dataclass(slots=True)
class Lived:
    """All that happened; `days` are the local business days, in order, and `ended_at` is aware UTC."""

    days: tuple[date, ...]
    played: list[Played] = field(default_factory=list)
    correspondence: Correspondence = field(default_factory=lambda: Correspondence([]))

    @property
    def ended_at(self) -> datetime:
        """The last instant of the story."""
        return _local(self.days[-1], _TO)


async def live(house: House, days: int, teller: Teller) -> Lived:
    """So many business days from `FIRST_ON` on. Raises `DemoFailed` where the story cannot go on."""
    lived = Lived(_business_days(house, days), correspondence=Correspondence(house.left))
    scenes = {scene.written_at: scene for scene in (*FIRST, *LAST)}
    for at in _instants(lived, scenes):
        teller.turn_to(at, lived.days)
        scene = scenes.get(at)
        if scene is None:
            teller.tell_news(await house.go_on(at))
        else:
            await _play(house, lived, scene, teller)
    return lived


async def _play(house: House, lived: Lived, scene: Scene, teller: Teller) -> None:
    house.clock.move_to(scene.written_at)
    letter = write_scene(scene, len(lived.played) + 1, lived.correspondence)
    await house.servers.deliver(letter.raw)
    news = await house.go_on(scene.written_at)
    played = Played(scene, letter, _find_entry(news, letter, scene))
    lived.played.append(played)
    if scene.deed is Deed.OPENS and played.entry.ticket is not None:
        lived.correspondence.references[scene.matter] = played.entry.ticket
    teller.tell_scene(scene, letter, played.entry)
    teller.tell_news(news)


def _find_entry(news: News, letter: Letter, scene: Scene) -> ReceivedEntry:
    wanted = letter.message_id.strip("<>")
    entry = next((each for each in news.taken_in if each.message_id == wanted), None)
    if entry is None:
        raise DemoFailed(f"the mail of {scene.who.name} at {scene.at} was not taken in")
    return entry


def _business_days(house: House, count: int) -> tuple[date, ...]:
    calendar = house.parts.digests.policy.calendar
    days: list[date] = []
    day = FIRST_ON
    while len(days) < count:
        if is_business_day(day, calendar=calendar):
            days.append(day)
        day += timedelta(days=1)
    return tuple(days)


def _instants(lived: Lived, scenes: Collection[datetime]) -> Iterator[datetime]:
    """Every instant at which the daemon makes a pass, in order."""
    wanted = {each + wait for each in scenes for wait in (timedelta(), *_BEHIND) if each <= lived.ended_at}
    for day in lived.days:
        at = _local(day, _FROM)
        while at <= _local(day, _TO):
            wanted.add(at)
            at += _EVERY
    yield from sorted(wanted)


def _local(day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZONE).astimezone(UTC)
