"""The rules of typography that are plain patterns, by kind, each with what to write instead (OQLF; R-71).

A table and nothing else: `wording.typography` searches with it, once variables and addresses are one character each.
Patterns are linear: no repetition inside a repetition. The advice is in French, for who writes the letter.
"""

import re
from enum import StrEnum


class FaultKind(StrEnum):
    """What kind of thing is wrong."""

    SPACE = "space"
    MARK = "mark"
    NUMBER = "number"
    HOUR = "hour"
    DATE = "date"
    WORD = "word"
    INCLUSIVE = "inclusive"
    CAPITAL = "capital"
    VARIABLE = "variable"
    LINK = "link"
    LONG_SENTENCE = "long_sentence"


# Private characters that stand for a variable: one known to be a date, an hour or a number, and any other.
PLAIN_VARIABLE, ANY_VARIABLE = "\ue000", "\ue001"

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_DAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
_MONTH_HEADS = "Janv|Févr|Mars|Avril|Mai|Juin|Juil|Août|Sept|Octo|Nove|Déce"
_DAY_HEADS = "Lundi|Mardi|Mercredi|Jeudi|Vendredi|Samedi|Dimanche"
_BARE_CAPITALS = "Etat|Ecri|Etes|Etape|Evalu|Equipe|Etant|Egal|Echéance|Eviter|Etabli"
_ENDINGS = "e|s|es|ne|nes|le|les|te|tes|trice|trices|ère|ères|x|ve"
_ELIDES = "de|du|à|au|le|la|que|lorsque|puisque|quoique|jusque|si|ce|ne|se|me|te|je|un|une"

_PATTERNS: dict[FaultKind, tuple[tuple[str, str], ...]] = {
    FaultKind.SPACE: (
        (r"(?<!\u00a0):(?=\s|$)|[^\S\u00a0]:(?=\S)", "espace insécable avant le deux-points"),
        (r"(?<=\u00a0):(?=\S)", "espace après le deux-points"),
        (r"\s[;!?]", "pas d’espace avant le point-virgule, ! et ?"),
        (r"\s[,.](?=\s|$)", "pas d’espace avant la virgule et le point"),
        (r"«(?!\u00a0)|(?<!\u00a0)»", "espace insécable à l’intérieur des guillemets"),
        (r"(?<!\u00a0)[%$]", "espace insécable avant % et $"),
        (r"(?<=\S) {2,}(?=\S)", "une seule espace entre les mots"),
        (r"^–(?!\u00a0)", "espace insécable après le tiret de liste"),
    ),
    FaultKind.MARK: (
        (r"'", "apostrophe typographique (’)"),
        (r'"', "guillemets français (« »)"),
        (r"\.\.\.", "points de suspension en un caractère (…)"),
    ),
    FaultKind.NUMBER: (
        (r"\d +\d{3}(?!\d)", "espace insécable dans les nombres et les numéros"),
        (r"(?<![\d.])\d+\.\d+(?![\d.])", "virgule décimale"),
        (r"(?<!\w)(?:1ier|\d+i?[eè]me)(?!\w)", "1er, 2e, 3e"),
    ),
    FaultKind.HOUR: (
        (r"(?<!\d)0\d\s?h(?!\w)", "pas de zéro devant l’heure"),
        (r"\dh(?![^\W\d])|\d[^\S\u00a0]h(?!\w)", "espace insécable avant « h »"),
        (r"(?<=\d\sh)(?:[^\S\u00a0]\d|\d)", "espace insécable après « h »"),
        (r"(?<=\d)\s?h\s?0\d", "pas de zéro devant les minutes, pas de « 00 »"),
        (r"(?<![\d:])\d{1,2}:\d{2}(?!\d)", "heure en toutes lettres (14 h 30)"),
    ),
    FaultKind.DATE: (
        (rf"(?:{_DAY_HEADS})\s+\d|\d\s+(?:{_MONTH_HEADS})", "jours et mois en minuscules"),
        (rf"(?:{_DAYS}),\s*(?:le\s+)?\d", "pas de virgule après le jour de la semaine"),
        (rf"(?<!\d)0\d\s+(?:{_MONTHS})", "pas de zéro devant le quantième"),
        (rf"(?<!\d)1\s+(?:{_MONTHS})", "1er"),
        (rf"\d(?:er)?[^\S\u00a0](?:{_MONTHS})(?!\w)", "espace insécable entre le quantième et le mois"),
        (r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])", "date en toutes lettres"),
    ),
    FaultKind.INCLUSIVE: (
        (r"\w[·•‧⋅]\w", "formulation neutre ou doublet complet, sans point médian"),
        (rf"\w\((?:{_ENDINGS})\)", "formulation neutre ou doublet complet, sans parenthèses"),
        (r"\w\.(?:e|es|ne|nes|trice|trices)(?:\.s)?(?!\w)", "formulation neutre ou doublet complet, sans point"),
    ),
    FaultKind.CAPITAL: ((rf"(?<!\w)(?:{_BARE_CAPITALS})|^A (?=la |l’)", "accent sur la capitale"),),
    FaultKind.VARIABLE: (
        (rf"(?i:(?<!\w)(?:{_ELIDES})\s+{ANY_VARIABLE})", "pas de mot qui s’élide ou se contracte devant une variable"),
        (rf"(?i:(?:d|l|qu|n|s|j|m|t|c)’\s*[{ANY_VARIABLE}{PLAIN_VARIABLE}])", "pas d’élision devant une variable"),
    ),
}

RULES: tuple[tuple[FaultKind, re.Pattern[str], str], ...] = tuple(
    (kind, re.compile(pattern, re.MULTILINE), advice) for kind, rows in _PATTERNS.items() for pattern, advice in rows
)
