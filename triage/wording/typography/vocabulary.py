"""Words that letters in French do not use, each with what to write instead (OQLF; R-71).

A table and nothing else: `wording.typography` searches with it. A match in which the group `fine` took part is no
fault: « donner suite à » is good French, « suite à » at the head of a sentence is not.
"""

import re

_ANY_WORDS = r"(?:[\w’'-]+\s+){0,3}?"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


FORBIDDEN_WORDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (_words(rf"log(?:e|er|ez|ée?|ées|és|ant|é)\s+{_ANY_WORDS}plaintes?"), "porter, formuler ou déposer une plainte"),
    (_words(r"plaintes?\s+(?:a\s+été\s+|ont\s+été\s+)?logée?s?"), "plainte portée, formulée ou déposée"),
    (_words(r"tickets?"), "dossier, numéro de dossier"),
    (_words(r"(?P<fine>(?:donn|fai|fer|fass)\w*\s+)?suite\s+(?:à|au|aux)"), "à la suite de"),
    (_words(rf"compl[éè]t\w+\s+{_ANY_WORDS}formulaires?"), "remplir un formulaire"),
    (_words(rf"formulaires?\s+{_ANY_WORDS}complét(?:ée?s?|er)"), "formulaire rempli, à remplir"),
    (_words(rf"rencontr\w+\s+{_ANY_WORDS}(?:délais?|échéances?|exigences?|objectifs?)"), "respecter, atteindre"),
    (_words(r"cliqu\w*\s+(?:ici|sur\s+ce\s+lien)"), "un lien qui dit où il mène"),
    (_words(r"e-?mails?|méls?|mails?"), "courriel"),
    (_words(r"(?:fichier|document)s?\s+attachés?|attachements?"), "pièce jointe"),
    (_words(r"contact(?:er|ez|é|ée|és|ons|erons|era|eront)"), "communiquer avec, joindre, écrire à"),
    (_words(r"ci-(?:haut|bas)"), "ci-dessus, ci-dessous"),
    (_words(r"à\s+date"), "à ce jour"),
    (_words(r"prendre\s+pour\s+acquis"), "tenir pour acquis"),
    (_words(r"au\s+plaisir\s+de|en\s+espérant\s+le\s+tout"), "Cordialement,"),
    (_words(r"n/a"), "s. o. (sans objet)"),
    (_words(r"cédul\w+|cancell?\w+"), "prévoir, annuler"),
    (_words(rf"adresser\s+{_ANY_WORDS}(?:problèmes?|situations?)"), "traiter, régler"),
    (_words(r"(?:madame|monsieur)\s+[A-ZÀ-Ý][\w’-]+\s*,"), "« Madame, Monsieur, » ou « Bonjour, », sans nom"),
    (_words(r"cher\s+clients?|chère\s+clientes?"), "« Bonjour, »"),
)
