"""Whom a member of staff means by « Marie », and who acts for somebody who is away or concerned (R-75).

Names are compared folded. Where several people answer to a name nobody is chosen: whoever typed it is asked.
"""

from collections.abc import Callable, Collection
from datetime import date

from triage.model.agents.staff import Role, Staff, StaffMember
from triage.wording.folding import fold

_NAME_MATCHES: tuple[Callable[[str, str], bool], ...] = (
    # In order: the first that anybody meets settles who is meant.
    lambda name, asked: asked == name,
    lambda name, asked: set(asked.split()) <= set(name.split()),
    lambda name, asked: _are_beginnings(asked.split(), name.split()),
)


def find_named(staff: Staff, text: str) -> tuple[StaffMember, ...]:
    """Everybody that the text may name: by id or address, by whole name, by some of its words, by their beginnings.

    « Marie » is one Marie, both Maries, or nobody.

    >>> find_named(Staff(), "Marie")
    ()
    """
    folded, asked = fold(text), name_words(text)
    registered = {each.id for each in staff.members if folded in {fold(each.id), fold(each.address)}}
    # An id that is also a word of somebody's name means either; that it begins one is chance.
    for matches in _NAME_MATCHES[:-1] if registered else _NAME_MATCHES:
        named = {each.id for each in staff.members if asked and matches(name_words(each.name), asked)}
        if named:
            registered |= named
            break
    return tuple(each for each in staff.members if each.id in registered)


def find_acting(staff: Staff, staff_id: str, *, today: date) -> StaffMember | None:
    """The member themself, or the first stand-in along the line who is there today; None where nobody is."""
    seen: set[str] = set()
    member = staff.by_id(staff_id)
    while member is not None and member.is_absent(today):
        seen.add(member.id)
        following = member.stand_in
        member = None if following is None or following in seen else staff.by_id(following)
    return member


def find_restricted_handlers(staff: Staff, *, concerned: Collection[str]) -> tuple[StaffMember, ...]:
    """Who may see a restricted file: its handlers less the people whom it concerns (ids), else the directors.

    Empty where the file concerns everybody who could handle it: then a person outside must be found (R-75).
    """
    named = tuple(member for each in staff.restricted_handlers if (member := staff.by_id(each)) is not None)
    free = tuple(member for member in named if member.id not in concerned)
    return free or tuple(member for member in staff.with_role(Role.DIRECTOR) if member.id not in concerned)


def name_words(text: str) -> str:
    """Folded, with hyphens, points and apostrophes as blanks: « Jean-Luc D’Amours » is four words."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in fold(text)).split())


def _are_beginnings(asked: list[str], words: list[str]) -> bool:
    """Whether each word asked for begins another word of the name, in order: « m trem » for Marie Tremblay."""
    left = iter(words)
    return all(any(word.startswith(each) for word in left) for each in asked)
