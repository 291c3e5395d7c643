"""Whether an answer to a challenge confirms it: silence and « oui » do, a refusal, a question or a command do not.

Somebody in whose name a forger wrote answers too, and says « ce n’est pas moi » (MUST 30). In doubt nothing is done.
"""

from triage.rules.agents.commands.grammar import is_hashed
from triage.rules.agents.own_words import MOST_CHARACTERS, find_own_words
from triage.rules.agents.people import name_words

_REFUSING = frozenset(
    {
        *("non", "nan", "pas", "jamais", "aucun", "aucune", "rien", "ni", "faux", "fausse", "fraude", "erreur"),
        *("annule", "annuler", "annulez", "arrete", "arretez", "arreter", "stop", "refuse", "refuser", "attends"),
        *("attendez", "ignore", "ignorer", "ignorez", "supprime", "supprimer", "supprimez", "hameconnage", "pirate"),
        *("inconnu", "inconnue", "quoi", "pourquoi", "qui", "comment", "bizarre", "etrange", "suspect", "suspecte"),
        *("no", "not", "never", "nobody", "cancel", "wait", "wrong", "fraud", "phishing", "why", "what", "who"),
        *("don", "didn", "wasn", "isn", "transmets", "signale", "previens"),
    }
)


def confirms(typed: str, *, signer: str = "") -> bool:
    """Whether the answer, quotation and all, lets the commands run that wait for it. `signer` is the agent's name.

    >>> confirms("Oui, merci."), confirms("Ce n’est pas moi!")
    (True, False)
    """
    own = find_own_words(typed[:MOST_CHARACTERS], signer=signer)
    said = f"{own.text}\n{own.cut}" if own.is_interleaved else own.text
    if "?" in said or any(map(is_hashed, said.splitlines())):
        return False
    return not _REFUSING & set(name_words(said).split())
