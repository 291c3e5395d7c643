"""How the service stands, as its database tells: what `triage status` shows. Instants are aware UTC."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OpenLetter:
    """An outgoing mail that a person must look at; no address, no text."""

    outbox_id: int
    kind: str
    reference: str | None
    state: str
    reason: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts and instants of one moment.

    `daemon_seen_at` and `looked_at` are the last signs of life of the daemon and of a look through the mailbox;
    `stopped` says that the daemon ended on purpose. `waiting` counts received mails by state, `oldest_waiting_at` is
    when the oldest of them was first seen. `today` begins at midnight in the body's zone. `on_top` are the letters
    for a person: dead, held, and those of which nobody knows whether they left.
    """

    daemon_seen_at: datetime | None
    stopped: bool
    looked_at: datetime | None
    received_today: int
    taken_in_today: int
    waiting: Mapping[str, int]
    oldest_waiting_at: datetime | None
    outbox: Mapping[str, int]
    on_top: tuple[OpenLetter, ...]
    tickets: Mapping[str, int]
