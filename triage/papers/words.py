"""Codes in the words of a paper, in French: why a letter waits, and what a mail without ticket was."""

from types import MappingProxyType

from triage.wording.holds import HOLD_WORDS

UNTICKETED_WORDS = MappingProxyType(
    {
        "duplicate": "copie d’un message déjà reçu",
        "auto_reply": "réponse automatique",
        "bounce": "avis de non-remise",
        "list": "liste de diffusion",
        "bulk": "envoi de masse",
        "loop": "message provenant de cette boîte",
        "report": "confirmation de lecture ou rapport d’un serveur",
        "person": "autre message",
        "unreadable": "message illisible",
    }
)


def hold_words(code: str | None) -> str:
    """Why a letter would have waited, and otherwise that it would have left."""
    return "envoyé sur-le-champ" if code is None else f"retenu\u00a0: {HOLD_WORDS.get(code, code)}"
