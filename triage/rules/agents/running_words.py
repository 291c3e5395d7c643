"""Whether one text repeats eight words running of another, however they are spaced, in time linear in both.

Texts are compared as letters and digits alone, folded: blanks, line ends, case, accents and marks hide nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from triage.wording.folding import fold

RUN = 8
"""So many words are no chance any more."""


def repeats(text: str, sources: Iterable[str]) -> bool:
    """Whether eight words that follow each other in any of `sources` stand in `text`."""
    wanted = _Substrings.of("".join(_words(text)))
    return any(_holds_run(wanted, _words(source)) for source in sources)


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()


def _holds_run(wanted: "_Substrings", words: list[str]) -> bool:
    """Follow the source letter by letter, knowing at each how many letters before it stand in the text too."""
    ends: list[int] = []
    state = length = position = 0
    for number, word in enumerate(words):
        for letter in word:
            state, length = wanted.step(state, length, letter)
        position += len(word)
        ends.append(position)
        begins = 0 if number < RUN else ends[number - RUN]
        if number >= RUN - 1 and length >= position - begins:
            return True
    return False


@dataclass(slots=True)
class _Substrings:
    """The suffix automaton of a text: every substring of it is a path. Built and followed in linear time."""

    following: list[dict[str, int]] = field(default_factory=lambda: [{}])
    link: list[int] = field(default_factory=lambda: [-1])
    longest: list[int] = field(default_factory=lambda: [0])

    @classmethod
    def of(cls, text: str) -> "_Substrings":
        """The automaton of `text`."""
        automaton, last = cls(), 0
        for letter in text:
            last = automaton._extend(last, letter)
        return automaton

    def step(self, state: int, length: int, letter: str) -> tuple[int, int]:
        """The longest end of what was read, `letter` included, that stands in the text: its state and its length."""
        while state and letter not in self.following[state]:
            state = self.link[state]
            length = self.longest[state]
        if letter not in self.following[state]:
            return 0, 0
        return self.following[state][letter], length + 1

    def _add(self, longest: int, following: dict[str, int], link: int) -> int:
        self.longest.append(longest)
        self.following.append(following)
        self.link.append(link)
        return len(self.longest) - 1

    def _extend(self, last: int, letter: str) -> int:
        new = self._add(self.longest[last] + 1, {}, 0)
        state = last
        while state != -1 and letter not in self.following[state]:
            self.following[state][letter] = new
            state = self.link[state]
        if state != -1:
            self.link[new] = self._suffix(state, letter)
        return new

    def _suffix(self, state: int, letter: str) -> int:
        """The state of the longest suffix that was there before, split off where it was part of a longer one."""
        target = self.following[state][letter]
        if self.longest[state] + 1 == self.longest[target]:
            return target
        clone = self._add(self.longest[state] + 1, dict(self.following[target]), self.link[target])
        while state != -1 and self.following[state].get(letter) == target:
            self.following[state][letter] = clone
            state = self.link[state]
        self.link[target] = clone
        return clone
