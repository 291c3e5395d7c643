"""Bells between loops: ringing says « look at the database », never what is in it, so a lost ring costs nothing."""

import asyncio


class Bell:
    """Rung any number of times, heard once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake whoever listens, or the next one who does."""
        self._rung.set()

    async def listen(self, seconds: float | None = None) -> None:
        """Return at the next ring, at once if it has rung already, or after `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        except TimeoutError:
            return
        finally:
            self._rung.clear()
