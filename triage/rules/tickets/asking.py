"""What a requester may ask in a word: where the matter stands, that it be withdrawn; and the digit of the survey.

The new text is that word and nothing else, and it comes from the requester with what only they were given. All else is
a message that people read: no word inside a sentence ever does anything.
"""

from types import MappingProxyType

from triage.model.codes import TicketKind, TicketStatus
from triage.model.decision import SIGNED_CARRIERS, TicketPointer
from triage.model.judgement import RequesterWord, TicketSurroundings
from triage.model.letters.requester import PublicStanding
from triage.model.message import ParsedMessage, fold_address
from triage.model.ticket import TicketSnapshot
from triage.rules.agents.people import name_words
from triage.rules.tickets.ending import OPEN

_WORDS = MappingProxyType(
    {
        **dict.fromkeys(("statut", "status"), RequesterWord.STATUS),
        **dict.fromkeys(
            ("retirer ma plainte", "je retire ma plainte", "withdraw my complaint"), RequesterWord.WITHDRAW
        ),
        **dict.fromkeys(("je confirme", "oui je confirme", "i confirm"), RequesterWord.CONFIRM),
        **dict.fromkeys("12345", RequesterWord.SCORE),
    }
)

STANDINGS = MappingProxyType(
    {
        TicketStatus.NEW: PublicStanding.NEW,
        TicketStatus.IN_CHARGE: PublicStanding.IN_WORK,
        TicketStatus.IN_ANALYSIS: PublicStanding.IN_WORK,
        TicketStatus.WAITING_CLIENT: PublicStanding.WAITING,
        TicketStatus.WAITING_INTERNAL: PublicStanding.IN_WORK,
        TicketStatus.WAITING_SUPPLIER: PublicStanding.IN_WORK,
        TicketStatus.AWAITING_APPROVAL: PublicStanding.IN_WORK,
        TicketStatus.ANSWERED: PublicStanding.ANSWERED,
        TicketStatus.CLOSED: PublicStanding.CLOSED,
        TicketStatus.REDIRECTED: PublicStanding.REDIRECTED,
        TicketStatus.WITHDRAWN: PublicStanding.WITHDRAWN,
    }
)
"""What a requester is told; of a matter that was set aside or merged a person tells them."""


def find_word(
    message: ParsedMessage, ticket: TicketSnapshot, around: TicketSurroundings, pointers: tuple[TicketPointer, ...]
) -> RequesterWord | None:
    """The word that this message asks or answers by on this ticket, None where people are to read it."""
    word = _WORDS.get(name_words(_said(message)))
    if word is None or not is_asked(message, ticket, around, pointers):
        return None
    may = {
        RequesterWord.STATUS: ticket.status in STANDINGS,
        RequesterWord.WITHDRAW: _may_withdraw(ticket),
        RequesterWord.CONFIRM: _may_withdraw(ticket) and bool(around.confirmations & set(message.in_reply_to)),
        RequesterWord.SCORE: around.is_surveyed,
    }
    return word if may[word] else None


def is_asked(
    message: ParsedMessage, ticket: TicketSnapshot, around: TicketSurroundings, pointers: tuple[TicketPointer, ...]
) -> bool:
    """Whether the requester alone can have written this: their address, and what a letter of ours gave them."""
    signed = any(each.carrier in SIGNED_CARRIERS and each.ticket.reference == ticket.reference for each in pointers)
    attached = any(not each.inline for each in message.attachments)
    return signed and not attached and bool(around.requester) and fold_address(message.sender) == around.requester


def score_of(message: ParsedMessage) -> int | None:
    """The digit of the survey that is the whole message or its first line, None where there is none."""
    said = name_words(_said(message).partition("\n")[0])
    return int(said) if _WORDS.get(said) is RequesterWord.SCORE else None


def _may_withdraw(ticket: TicketSnapshot) -> bool:
    return ticket.kind is TicketKind.COMPLAINT and ticket.status in OPEN


def _said(message: ParsedMessage) -> str:
    return message.new_text.strip()
