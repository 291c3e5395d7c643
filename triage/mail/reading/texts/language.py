"""French, English or undetermined: by small words and a margin, as information for agents only (R-65)."""

import re

from triage.model.codes import Language

_CHARACTERS = 5_000
_MARGIN = 1.5  # one language must have this many times the points of the other
_WORD = re.compile(r"[a-zà-öø-ÿœ]+")
_FRENCH_ACCENT = re.compile(r"[àâçèêëîïôùûœé]")

# Words that the two languages do not share ("on", "a", "dans", "sent" and the like are left out or weigh nothing).
_FRENCH = frozenset(
    _WORD.findall("""
    je j tu il elle nous vous ils elles le la les un une des du de et ou où mais donc que qui quoi dont ce cet cette
    ces mon ma mes notre nos votre vos leur leurs est sont était suis êtes avez ai avons ont été être avoir fait pas ne
    n plus très aussi avec sans sous sur dans pour par depuis chez bonjour merci bonsoir madame monsieur cordialement
    salutations svp si lorsque quand comment pourquoi combien rien tout tous toute d l qu c s m aucun aucune
    plainte réponse succursale veuillez voici voilà
    """)
)
_ENGLISH = frozenset(
    _WORD.findall("""
    i you he she we they it the an and or but so that which who what whose this these those my your our their his her
    is are was were am been being have has had do does did not don t isn wasn can could would should will won with
    without from for to of in at by about into since hello hi thanks thank please regards sincerely dear sir madam when
    how why where there here nothing any some all complaint store answer bought received
    """)
)


def guess_language(text: str) -> Language:
    """The language of a text; undetermined where it is short, mixed or neither."""
    lowered = text[:_CHARACTERS].lower().replace("’", "'")
    words = _WORD.findall(lowered)
    french = sum(word in _FRENCH for word in words) + min(10, len(_FRENCH_ACCENT.findall(lowered))) * 0.5
    english = sum(word in _ENGLISH for word in words)
    if max(french, english) < 2:
        return Language.UNDETERMINED
    if french >= english * _MARGIN:
        return Language.FRENCH
    return Language.ENGLISH if english >= french * _MARGIN else Language.UNDETERMINED
