"""Whom of the staff a matter may be about: a suspicion that narrows who sees a file, and never widens it (R-74, R-75).

Somebody is named by their address, by their whole name in either order, or by a title and their last name. Nothing is
concluded from a first name alone: half an office would share it.
"""

from collections.abc import Iterable

from triage.model.agents.staff import Staff, StaffMember
from triage.rules.agents.people import name_words
from triage.wording.folding import fold

_TITLES = frozenset(
    {
        *("m", "mr", "mme", "mlle", "mrs", "ms", "monsieur", "madame", "mademoiselle", "messieurs", "mesdames"),
        *("conseiller", "conseillere", "agent", "agente", "directeur", "directrice", "gestionnaire", "collegue"),
        *("employe", "employee", "technicien", "technicienne", "fonctionnaire"),
    }
)


def find_concerned(staff: Staff, texts: Iterable[str]) -> tuple[StaffMember, ...]:
    """The members whom any of the texts (a subject, a mail's text) names, in the order of the staff.

    Time is linear in the texts for one staff.
    """
    found: set[str] = set()
    names = {each.id: tuple(name_words(each.name).split()) for each in staff.members}
    for text in texts:
        folded = fold(text)
        words = name_words(text).split()
        runs = _runs(words, longest=1 + max((len(names[each.id]) for each in staff.members), default=0))
        found |= {each.id for each in staff.members if each.address in folded or _is_named(names[each.id], runs)}
    return tuple(each for each in staff.members if each.id in found)


def _is_named(name: tuple[str, ...], runs: set[tuple[str, ...]]) -> bool:
    if len(name) > 1:
        turned = {name[at:] + name[:at] for at in range(len(name))} | {(name[0], name[-1])}
        if turned & runs:
            return True
    # Where the last name begins nobody can tell: « d’Amours » is two words.
    last_names = [name[at:] for at in range(min(1, len(name) - 1), len(name))]
    return any((title, *last) in runs for last in last_names for title in _TITLES)


def _runs(words: list[str], *, longest: int) -> set[tuple[str, ...]]:
    """Every run of at least two words, as long as a title and the longest name at most."""
    return {tuple(words[at : at + length]) for length in range(2, longest + 1) for at in range(len(words) - length + 1)}
