"""One form for all the ways of typing the same words, for comparing what people write; never for showing.

Case, accents, ligatures, apostrophes, dashes, no-break spaces and invisible characters make no difference.
"""

import unicodedata

_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"}
_APOSTROPHES = dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u02b9\u00b4\u0060\uff07", "'")
_QUOTES = dict.fromkeys("«»\u201c\u201d\u201e\u201f\u2033", '"')
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-")
# Before NFKD, which would turn some of these marks into a blank and an accent.
_MARKS = str.maketrans({**_APOSTROPHES, **_QUOTES, **_DASHES})
_LIGATURES = str.maketrans(_LETTERS)


def fold(text: str) -> str:
    """The comparable form: lower case, no accent, plain marks, single blanks, nothing at the ends.

    « Éléonore n’a pas reçu » and "eleonore n'a  pas recu" give the same. Folding what is folded changes nothing.
    """
    bare = unicodedata.normalize("NFKD", text.translate(_MARKS).casefold())
    kept = "".join(mark for mark in bare if unicodedata.category(mark) not in {"Mn", "Me", "Cf"})
    # Compatibility forms may unfold into capitals or marks once more.
    plain = kept.casefold().translate(_LIGATURES).translate(_MARKS)
    return " ".join(plain.split())
