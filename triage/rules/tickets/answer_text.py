"""The parts of a final answer in what an agent typed: headings that stand alone on their line (`#conclure`).

A heading is one of a short list of words, however typed: « Constats : », « ce que nous avons vérifié ». What stands
before the first one is the body of the letter. Nothing is moved, corrected or left out.
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.model.agents.commands import Conclusion
from triage.model.letters.requester import AnswerText
from triage.rules.agents.people import name_words

_HEADINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "summary": (
            *("résumé", "situation", "la situation", "votre plainte", "ce que nous avons compris"),
            *("la situation que vous nous avez décrite", "ce que nous avons retenu"),
        ),
        "checked": ("vérifié", "vérifications", "vérification", "ce que nous avons vérifié", "nos vérifications"),
        "found": ("constaté", "constats", "constat", "constatations", "ce que nous avons constaté", "nos constats"),
        "reasons": ("raisons", "raison", "motifs", "conclusion", "notre conclusion", "explications", "explication"),
        "measures": ("mesures", "mesure", "correctifs", "ce que nous faisons", "ce que nous ferons", "nos mesures"),
    }
)
_PARTS = MappingProxyType({name_words(word): part for part, words in _HEADINGS.items() for word in words})

_LONGEST = 80  # characters of a heading's line

WANTED = MappingProxyType(
    {
        "summary": "résumé",
        "checked": "vérifications",
        "found": "constats",
        "reasons": "raisons",
        "measures": "mesures",
    }
)
"""The parts that a final answer to a complaint should have, each by the heading that fills it."""

_EXAMINED = ("checked", "found")
_NEEDED: Mapping[Conclusion, tuple[str, ...]] = MappingProxyType(
    {
        Conclusion.FOUNDED: (*_EXAMINED, "measures"),
        Conclusion.PARTLY_FOUNDED: (*_EXAMINED, "measures"),
        Conclusion.UNFOUNDED: _EXAMINED,
        Conclusion.UNDETERMINED: _EXAMINED,
    }
)


def split_answer(text: str) -> AnswerText:
    """The parts of a text; a heading that stands twice goes on with its part."""
    found: dict[str, list[str]] = {"body": []}
    part = "body"
    for line in text.splitlines():
        named = _PARTS.get(name_words(line)) if len(line) <= _LONGEST else None
        if named is None:
            found.setdefault(part, []).append(line)
        else:
            part = named
    return AnswerText(**{name: "\n".join(lines).strip("\n") for name, lines in found.items()})


def find_missing(text: AnswerText) -> tuple[str, ...]:
    """The headings that the letter does without, to be named in the receipt."""
    return tuple(heading for part, heading in WANTED.items() if not getattr(text, part).strip())


def find_needed(text: AnswerText, conclusion: Conclusion) -> tuple[str, ...]:
    """The headings without which the answer to a complaint may not leave: what was examined must say how, and what
    is founded must say what is done (R-30). A complaint that was never examined needs none.
    """
    needed = _NEEDED.get(conclusion, ())
    return tuple(heading for part, heading in WANTED.items() if part in needed and not getattr(text, part).strip())
