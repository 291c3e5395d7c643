"""Why a letter waits for a person, in French words, by the code that the outbox keeps."""

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
        "own_address": "message venant d’une adresse de la boîte elle-même",
        "not_addressed_to_us": "message adressé à une autre boîte",
        "authentication_failed": "adresse d’expédition démentie par le serveur",
        "no_standard_in_force": "aucun engagement en vigueur ce jour-là",
        "sender_cap": "nombre maximal d’accusés pour une même adresse",
        "domain_cap": "nombre maximal d’accusés pour un même domaine",
        "total_cap": "nombre maximal d’accusés pour une heure",
        "same_words": "même texte que la veille ou le jour même",
        "imported": "message ancien versé d’une archive",
        "renumbered": "message ancien réapparu avec beaucoup d’autres",
        "approval": "en attente d’une approbation",
        "nobody_left": "dossier visant toutes les personnes qui pourraient le lire",
        "observation": "observation seulement",
    }
)
