"""Whether a mail joins a ticket: something must point to it, and the sender must correspond on it (MUST 33).

A pointer alone never lets a stranger in: a number can be guessed, a Message-ID copied. Cc and Reply-To count for
nothing (MUST 34).
"""

import re

from triage.model.decision import SIGNED_CARRIERS, TicketPointer
from triage.model.message import fold_address
from triage.model.ticket import TicketSnapshot, find_references
from triage.wording.folding import fold

# What mail programs put before a subject, several times over.
_PREFIXES = re.compile(r"(?:(?:re|ref|tr|fw|fwd|aw|wg|sv|rv|res)(?:\[[0-9]{1,3}\])? ?: ?)+")


def find_joined(pointers: tuple[TicketPointer, ...], *, sender: str) -> TicketSnapshot | None:
    """The ticket that the sender's mail belongs to; the strongest pointer comes first."""
    address = fold_address(sender)
    return next((each.ticket for each in pointers if address and address in each.ticket.correspondents), None)


def find_cited(pointers: tuple[TicketPointer, ...], *, sender: str) -> tuple[TicketSnapshot, ...]:
    """The tickets that a machine's mail may leave a line on: by what only we can have made, or as a correspondent's.

    Anybody can put a number in the subject of a false bounce (MUST 27).
    """
    address = fold_address(sender)
    return tuple(
        each.ticket
        for each in pointers
        if each.carrier in SIGNED_CARRIERS or (address and address in each.ticket.correspondents)
    )


def find_possibly_related(pointers: tuple[TicketPointer, ...]) -> str | None:
    """The number of the first ticket pointed to, to show an agent beside a stranger's new ticket."""
    return pointers[0].ticket.reference if pointers else None


def is_other_matter(subject: str, *, opened_with: str) -> bool:
    """Whether a mail that joins a ticket may be about something else: its subject was written anew.

    People answer an old mail to have the address. It joins all the same, and a person sees the doubt: to split is one
    command, to find what was split wrongly is not. A subject with a number of ours, or none, tells nothing.
    """
    written, first = _bare(subject), _bare(opened_with)
    return bool(written and first) and not find_references(subject) and written not in first and first not in written


def _bare(subject: str) -> str:
    return _PREFIXES.sub("", fold(subject)[:1000], count=1).strip(" .!?:-")
