"""Messages over which the mailbox's server failed: asked for alone and behind all others, then left alone (MUST 15)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_BREAKS = 3
LEFT_ALONE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Break:
    """How often the server failed over a message, and when it last did (aware UTC)."""

    times: int
    at: datetime

    @property
    def is_certain(self) -> bool:
        """Whether it happened so often that the message is to blame."""
        return self.times >= MOST_BREAKS


def after_break(earlier: Break | None, *, now: datetime) -> Break:
    """The server failed once more while this message, perhaps among others, was asked for."""
    return Break(1 if earlier is None else earlier.times + 1, now)


def rests(each: Break, *, now: datetime) -> bool:
    """Whether a message is left alone for now."""
    return each.is_certain and now - each.at < LEFT_ALONE


def in_groups(broken: Mapping[int, Break], uids: Sequence[int], *, most: int, now: datetime) -> list[list[int]]:
    """What to ask for together: so many at most that never broke, then the rest one by one, the least broken first."""
    sound = [uid for uid in uids if uid not in broken]
    alone = [uid for uid in uids if uid in broken and not rests(broken[uid], now=now)]
    groups = [sound[start : start + most] for start in range(0, len(sound), most)]
    return [*groups, *([uid] for uid in sorted(alone, key=lambda uid: broken[uid].times))]
