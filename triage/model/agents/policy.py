"""What the body decided about the work of staff by mail: how long a letter can be taken back (`[agents]`)."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class AgentsPolicy:
    """How staff work. `undo` is how long a message waits before it leaves, `undo_final` how long a final answer."""

    undo: timedelta = timedelta(minutes=5)
    undo_final: timedelta = timedelta(minutes=15)
