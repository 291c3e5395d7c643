"""What the campaign itself put into the mailbox, and what must become of each mail: the measure of the checker."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256


class Fate(StrEnum):
    """What must become of a mail."""

    ANSWERED = "answered"  # one ticket, one acknowledgement
    HELD = "held"  # one ticket, nothing leaves
    FOLLOW_UP = "follow_up"  # joins the ticket of its matter
    MACHINE = "machine"  # no ticket, no answer
    VANISHED = "vanished"  # taken away by a person before anybody read it


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail of fiction. `matter` is what it is about: copies share it, a follow-up has that of its ticket.

    `secrets` are words of name, subject and body that must stand in no log and in no letter of ours; `message_id` is
    without brackets.
    """

    kind: str
    fate: Fate
    matter: str
    sender: str
    message_id: str | None
    secrets: tuple[str, ...]
    raw: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes as the server serves them."""
        return sha256(self.raw).hexdigest()


@dataclass(slots=True)
class Ledger:
    """Every mail that was put into the mailbox, in order."""

    drafts: list[Draft] = field(default_factory=list)

    def of(self, *fates: Fate) -> list[Draft]:
        """The mails with one of these fates."""
        return [draft for draft in self.drafts if draft.fate in fates]

    def matters(self, *fates: Fate) -> dict[str, Draft]:
        """The first mail of each matter that opens a ticket with one of these fates."""
        found: dict[str, Draft] = {}
        for draft in self.of(*fates):
            found.setdefault(draft.matter, draft)
        return found
