"""Where a daemon may be told to die: before or after each commit, and between what the world did and our record of it.

A commit is known by the store's function that took part in it; one that no longer exists is an error at once.
"""

import os
import signal
from collections.abc import Awaitable, Callable
from types import ModuleType
from typing import Any

from triage.store import inbox, outbox
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.transport.imap import ImapMailbox
from triage.transport.sandbox import Sandbox
from triage.transport.smtp import SmtpSender

BEFORE, AFTER = "before commit of ", "after commit of "

# What a commit may write, and the function of the store that writes it.
WRITTEN: dict[str, tuple[ModuleType, str]] = {
    "observed": (inbox, "observe"),
    "bytes": (inbox, "keep"),
    "try": (inbox, "claim"),
    "decision": (inbox, "settle"),
    "claimed": (outbox, "claim_due"),
    "dot": (outbox, "note_dot"),
    "settled": (outbox, "note_result"),
    "moved": (inbox, "note_moved"),
}
# These are often called in vain: they count only when they found something.
_OFTEN_IN_VAIN = frozenset({"try", "claimed"})

# What the world has done and nobody has written down yet.
WORLD: dict[str, tuple[type, str]] = {
    "a mail was parsed": (Sandbox, "read"),
    "the server took the mail": (SmtpSender, "send"),
    "mails were moved": (ImapMailbox, "move"),
}


def arm(point: str) -> None:
    """From now on this process kills itself the first time it comes to the point."""
    if point in WORLD:
        _arm_world(*WORLD[point])
    else:
        _arm_store(point)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm_world(owner: type, method: str) -> None:
    usual: Callable[..., Awaitable[Any]] = getattr(owner, method)

    async def fatal(*given: Any, **named: Any) -> Any:
        done = await usual(*given, **named)
        if done:
            _die()
        return done

    setattr(owner, method, fatal)


def _arm_store(point: str) -> None:
    before = point.startswith(BEFORE)
    what = point.removeprefix(BEFORE if before else AFTER)
    owner, name = WRITTEN[what]
    writing: Callable[..., Any] = getattr(owner, name)
    usual = Database.write
    called: list[bool] = []  # by the work under way; one thread writes

    def noticed(*given: Any, **named: Any) -> Any:
        done = writing(*given, **named)
        called.append(bool(done) or what not in _OFTEN_IN_VAIN)
        return done

    async def write(self: Database, work: Callable[[Transaction], Any], *, urgent: bool = False) -> Any:
        struck: list[bool] = []

        def watched(tx: Transaction) -> Any:
            called.clear()
            done = work(tx)
            struck.append(any(called))
            if before and any(called):
                _die()
            return done

        done = await usual(self, watched, urgent=urgent)
        if any(struck):
            _die()
        return done

    setattr(owner, name, noticed)
    Database.write = write  # type: ignore[method-assign]  # this process is made to die at a step
