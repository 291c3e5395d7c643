"""One mail said twice: which of its alternatives is the text, and which of the others say something more.

Clients send the same words as plain text and as HTML; some put « votre logiciel ne montre pas le HTML » into one of
them, others forget half of it. So no alternative is dropped unless its words stand in those that are kept.
"""

import re
from collections import Counter

_ORDER = ("text/plain", "text/html")  # these first; what nobody reads by preference comes last
_SAID = 0.9  # so much of an alternative's words stand elsewhere: it says nothing more
_RICHER = 2  # an alternative with so many times the words is the text itself
_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"<[^<>\s]{1,2000}>|\[[^\[\]\n]{0,200}\]")  # addresses of links, words for pictures


def choose(texts: list[tuple[str, str]]) -> tuple[str, list[str]]:
    """Of texts with their types: the one to read as the mail, and those that say more than it.

    >>> choose([("text/plain", "Bonjour"), ("text/html", "Bonjour")])
    ('Bonjour', [])
    >>> choose([("text/plain", "Sans HTML, rien"), ("text/html", "Mon colis est perdu, deux fois déjà.")])
    ('Mon colis est perdu, deux fois déjà.', ['Sans HTML, rien'])
    """
    filled = sorted(((kind, text) for kind, text in texts if text.strip()), key=_rank)
    kept: list[tuple[str, Counter[str]]] = []
    known: Counter[str] = Counter()
    for _, text in filled:
        words = Counter(_WORD.findall(_MARKUP.sub(" ", text).lower()))
        if not kept or _share(words, known) < _SAID:
            kept.append((text, words))
            known |= words
    if not kept:
        return "", []
    main = next((each for each in kept[1:] if each[1].total() > _RICHER * kept[0][1].total()), kept[0])
    return main[0], [text for text, words in kept if text is not main[0] and _share(words, main[1]) < _SAID]


def _rank(text: tuple[str, str]) -> int:
    return _ORDER.index(text[0]) if text[0] in _ORDER else len(_ORDER)


def _share(words: Counter[str], known: Counter[str]) -> float:
    """How much of the words is known; one word more is nothing more only in a text without words."""
    return (words & known).total() / words.total() if words else 1.0
