"""Whether old mails that come up all at once are answered: the brake after a renumbering (MUST 8).

A mailbox that was moved or restored may show thousands of mails that nobody here has seen. Each becomes a ticket, and
a few are answered like any other; where there are many, a person lets the letters go.
"""

from datetime import timedelta

from triage.model.decision import Arrival
from triage.model.mailbox import Renumbering
from triage.model.message import ParsedMessage

MOST_UNKNOWN = 20
"""So many unknown old mails are everyday life: what came while the mailbox was being moved."""

OLD_AFTER = timedelta(hours=24)
"""A mail is old that was there so long before the new numbers were seen."""


def is_braked(message: ParsedMessage, arrival: Arrival, renumbering: Renumbering | None) -> bool:
    """Whether the letter for this mail waits, because it is one of too many old ones."""
    if renumbering is None or renumbering.unknown <= MOST_UNKNOWN:
        return False
    if arrival.date_doubted:
        return True
    # The sender's date may only ever make a mail older here: servers are moved by tools that date every mail today.
    dates = [at for at in (arrival.internal_date, message.date) if at is not None]
    return any(at < renumbering.began_at - OLD_AFTER for at in dates)
