"""Waiting for what is heard loses nothing, whether it came before or comes later."""

import asyncio
from functools import partial
from operator import eq

from triage.demo.hearing import Hearing


async def test_what_was_heard_before_is_found_at_once() -> None:
    """Waiting starts at the position given, not at the moment of asking."""
    hearing: Hearing[int] = Hearing()
    hearing.add(1)
    hearing.add(2)

    assert 2 == await hearing.find(lambda item: item > 1)
    assert 2 == await hearing.find(lambda item: item > 0, after=1)


async def test_what_comes_later_wakes_everybody_who_waits() -> None:
    """Several may wait at once, each for something else."""
    hearing: Hearing[int] = Hearing()
    waiting = [asyncio.create_task(hearing.find(partial(eq, wanted))) for wanted in (3, 1, 2)]
    for item in (1, 2, 3):
        await asyncio.sleep(0)
        hearing.add(item)

    assert [3, 1, 2] == await asyncio.gather(*waiting)


async def test_following_gives_everything_once_and_in_order() -> None:
    """What was there, what comes while one item is looked at, and what comes later."""
    hearing: Hearing[int] = Hearing()
    hearing.add(1)
    followed = hearing.follow()
    first = await anext(followed)
    hearing.add(2)
    second = await anext(followed)
    asyncio.get_running_loop().call_soon(hearing.add, 3)
    third = await anext(followed)

    assert [1, 2, 3] == [first, second, third]
