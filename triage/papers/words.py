"""Codes in the words of a paper, in French: why a letter waits, and what a mail without ticket was."""

from types import MappingProxyType

HOLD_WORDS = MappingProxyType(
    {
        "unreadable": "message que la machine n’a pas pu lire",
        "no_sender": "message sans adresse d’expédition",
        "no_address": "aucune adresse à laquelle répondre",
        "several_senders": "plusieurs adresses d’expédition",
        "address_refused": "adresse d’une forme qui n’est pas acceptée",
        "no_reply_sender": "adresse où personne ne lit",
        "too_many_hops": "message passé par un trop grand nombre de serveurs",
        "not_a_person": "message d’une machine",
        "looks_automatic": "objet d’un avis automatique",
        "not_addressed_to_us": "message adressé à une autre boîte",
        "authentication_failed": "adresse d’expédition démentie par le serveur",
        "no_standard_in_force": "aucun engagement en vigueur ce jour-là",
        "sender_cap": "nombre maximal d’accusés pour une même adresse",
        "domain_cap": "nombre maximal d’accusés pour un même domaine",
        "total_cap": "nombre maximal d’accusés pour une heure",
        "same_words": "même texte que la veille ou le jour même",
        "approval": "en attente d’une approbation",
        "observation": "observation seulement",
    }
)

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
