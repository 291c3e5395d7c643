"""Which entry of a closed list a typed word means: exactly, by a beginning that only one has, or by a near miss.

Case, accents, hyphens and blanks make no difference. Where several entries are as likely none is chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from triage.wording.folding import fold

_Entry = TypeVar("_Entry")

_LONGEST = 40
_LEAST_BEGINNING = 2
_MOST_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Resolution(Generic[_Entry]):
    """The entry that is meant, or None and the entries that may have been."""

    entry: _Entry | None
    choices: tuple[_Entry, ...] = ()


def key_of(text: str) -> str:
    """A word or several as lists are indexed: folded letters and digits alone.

    >>> key_of("Mesure–Faite")
    'mesurefaite'
    """
    return "".join(sign for sign in fold(text) if sign.isalnum())


def resolve(key: str, index: Mapping[str, _Entry], *, least_beginning: int = _LEAST_BEGINNING) -> Resolution[_Entry]:
    """What a key means in an index of keys. `least_beginning` is the length from which beginnings are understood."""
    if key in index:
        return Resolution(index[key])
    if not key or len(key) > _LONGEST:
        return Resolution(None)
    begun = _distinct(index, [each for each in index if each.startswith(key)])
    if len(begun) == 1 and len(key) >= least_beginning:
        return Resolution(begun[0])
    if begun:
        return Resolution(None, begun[:_MOST_CHOICES])
    limit = _misses_allowed(key)
    distances = {each: distance(key, each, most=limit + 1) for each in index}
    near = _distinct(index, [each for each, misses in distances.items() if misses <= limit])
    if len(near) == 1:
        return Resolution(near[0])
    close = near or _distinct(index, [each for each, misses in distances.items() if misses <= limit + 1])
    return Resolution(None, close[:_MOST_CHOICES])


def _misses_allowed(key: str) -> int:
    """How many slips of the finger are forgiven: none in a very short word, where they make another word."""
    if len(key) < 4:
        return 0
    return 1 if len(key) < 7 else 2


def _distinct(index: Mapping[str, _Entry], keys: list[str]) -> tuple[_Entry, ...]:
    return tuple(dict.fromkeys(index[key] for key in keys))


def distance(one: str, other: str, *, most: int) -> int:
    """Letters added, left out, changed or swapped with their neighbour between two words; more than `most` is not told.

    >>> distance("assinger", "assigner", most=2)
    1
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, sign in enumerate(other, start=1):
            best = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + (letter != sign))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == sign:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, above = above, line
    return min(above[-1], most + 1)
