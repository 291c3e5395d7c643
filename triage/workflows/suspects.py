"""Messages over which the mailbox's server failed: asked for alone and behind all others, then left alone (MUST 15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_BREAKS = 3
LEFT_ALONE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Break:
    """How often the server failed over a message, and when it last did (aware UTC)."""

    times: int
    at: datetime


Key = tuple[int, int]
"""Epoch of the folder and UID."""


def suspect(suspects: dict[Key, Break], keys: Sequence[Key], *, now: datetime) -> bool:
    """Note that the server failed over one of these; whether that is the third time over the very same."""
    for key in keys:
        earlier = suspects.get(key)
        suspects[key] = Break(1 if earlier is None else earlier.times + 1, now)
    return suspects[keys[0]].times >= MOST_BREAKS


def rests(each: Break, *, now: datetime) -> bool:
    """Whether a message is left alone for now."""
    return each.times >= MOST_BREAKS and now - each.at < LEFT_ALONE


def in_groups(
    suspects: dict[Key, Break], uids: Sequence[int], *, epoch: int, most: int, now: datetime
) -> list[list[int]]:
    """What to ask for together: so many at most that never broke, then the rest one by one, the least broken first."""
    broken = {uid: each for (its, uid), each in suspects.items() if its == epoch}
    sound = [uid for uid in uids if uid not in broken]
    alone = [uid for uid in uids if uid in broken and not rests(broken[uid], now=now)]
    groups = [sound[start : start + most] for start in range(0, len(sound), most)]
    return [*groups, *([uid] for uid in sorted(alone, key=lambda uid: broken[uid].times))]
