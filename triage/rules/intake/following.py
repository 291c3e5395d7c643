"""Whether a follow-up is confirmed by a letter (F3): once a day at most, and never for thanks alone.

The letter says that the message was added and repeats the day of the answer; a person sees the message anyway.
"""

from collections.abc import Collection
from datetime import date

from triage.model.codes import TicketStatus
from triage.model.message import ParsedMessage
from triage.rules.agents.people import name_words

_OPEN = frozenset(
    {
        *(TicketStatus.NEW, TicketStatus.IN_CHARGE, TicketStatus.IN_ANALYSIS, TicketStatus.WAITING_CLIENT),
        *(TicketStatus.WAITING_INTERNAL, TicketStatus.WAITING_SUPPLIER, TicketStatus.AWAITING_APPROVAL),
    }
)
_THANKS = frozenset({"merci", "remercie", "remercions", "remerciements", "thanks", "thank"})
_COURTESY = frozenset(
    {
        *("bonjour", "bonsoir", "madame", "monsieur", "mille", "infiniment", "beaucoup", "bien", "tres", "grand"),
        *(
            "un",
            "de",
            "du",
            "des",
            "la",
            "le",
            "les",
            "l",
            "a",
            "et",
            "en",
            "pour",
            "vous",
            "je",
            "nous",
            "tous",
            "toute",
        ),
        *("votre", "vos", "reponse", "suivi", "aide", "retour", "message", "courriel", "collaboration", "attention"),
        *("recu", "parfait", "excellent", "super", "ok", "d", "accord", "c", "est", "note", "rapide", "rapidite"),
        *("bonne", "belle", "journee", "soiree", "semaine", "fin", "cordialement", "salutations", "distinguees"),
        *("hello", "hi", "very", "much", "you", "your", "the", "for", "reply", "many", "so", "regards", "best", "kind"),
        *("temps", "equipe", "toutes", "chaleureusement", "sincerement", "infos", "information", "informations"),
    }
)
_MOST_WORDS = 25
_SIGNATURE_LINES = 6
_SIGNATURE_WIDTH = 60


def may_confirm(*, status: TicketStatus, today: date, told_on: date | None, message: ParsedMessage) -> bool:
    """Whether F3 is owed for this message. `told_on` is the local day of the last automatic letter on the ticket."""
    return status in _OPEN and told_on != today and not is_thanks(message)


def _above_signature(text: str, own: Collection[str]) -> str:
    """The text up to a line that is the sender's whole name, where only a few short lines that ask nothing follow."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if own and set(name_words(line).split()) == set(own):
            below = [each for each in lines[index + 1 :] if each.strip()]
            plain = all(len(each) <= _SIGNATURE_WIDTH and not each.rstrip().endswith((".", "?", "!")) for each in below)
            return "\n".join(lines[:index]) if plain and len(below) <= _SIGNATURE_LINES else text
    return text


def is_thanks(message: ParsedMessage) -> bool:
    """Whether the message says thank you and nothing else; whatever is not plainly so is a message."""
    if any(not each.inline for each in message.attachments):
        return False
    own: Collection[str] = {word for sender in message.senders for word in name_words(sender.name).split()}
    words = name_words(_above_signature(message.new_text, own)).split()
    said = [word for word in words if word not in own]
    return len(words) <= _MOST_WORDS and bool(_THANKS & set(said)) and set(said) <= _THANKS | _COURTESY
