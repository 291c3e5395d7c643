"""A list that can be waited upon: log lines and mails come in while the story waits for one of them.

It belongs to one event loop and keeps everything it was given; waiting never consumes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Hearing(Generic[T]):
    """What was heard so far, in order."""

    def __init__(self) -> None:
        self.heard: list[T] = []
        self._news = asyncio.Event()

    def add(self, item: T) -> None:
        """Keep one more and wake whoever waits; called from the event loop."""
        self.heard.append(item)
        self._news.set()

    async def find(self, is_wanted: Callable[[T], bool], *, after: int = 0) -> T:
        """The first wanted item among those from position `after` on, waiting for it as long as it takes."""
        position = after
        while True:
            for item in self.heard[position:]:
                if is_wanted(item):
                    return item
            position = max(position, len(self.heard))
            self._news.clear()
            await self._news.wait()

    async def follow(self) -> AsyncIterator[T]:
        """Everything that was heard and will be, in order, without end."""
        position = 0
        while True:
            for item in self.heard[position:]:
                position += 1
                yield item
            self._news.clear()
            if position == len(self.heard):
                await self._news.wait()
