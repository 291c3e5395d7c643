"""Address headers (RFC 5322), read as senders really write them: tolerant, in one pass, without recursion.

Two From headers give two senders: whoever answers or obeys a mail must find exactly one. Text around an angle address
that is an address itself counts as one more, so that no sender can show one address and be taken for another.
"""

import re
from collections.abc import Iterable
from string import ascii_lowercase, ascii_uppercase

from triage.mail.reading.caps import ADDRESS_CHARACTERS, ADDRESSES, NAME_CHARACTERS
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_line
from triage.mail.reading.decoding.words import decode_words
from triage.model.message import Address, fold_address

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|([(),:;<>])|((?:[^"(),:;<>\\]|\\.)+)|\\', re.DOTALL)
# Letters of ASCII alone: the Kelvin sign's lower case is a plain k, and would make a stranger's domain a known one.
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_PAIR = re.compile(r"\\(.)", re.DOTALL)


def read_addresses(values: Iterable[bytes]) -> tuple[Address, ...]:
    """All mailboxes of one kind of header, in order, at most `caps.ADDRESSES`."""
    found: list[Address] = []
    for value in values:
        reader = _Reader()
        reader.read(decode_bytes(value)[0])
        found.extend(reader.found)
        if len(found) >= ADDRESSES:
            break
    return tuple(found[:ADDRESSES])


def tidy_address(text: str) -> str:
    """One address without blanks and brackets, lower-case in its domain; "" where there is none."""
    text = clean_line(text, limit=ADDRESS_CHARACTERS).strip("<>").strip()
    local, at, domain = text.rpartition("@")
    return f"{local}@{domain.translate(_LOWER).rstrip('.')}" if at and local and domain else ""


class _Reader:
    """One header value, token by token."""

    def __init__(self) -> None:
        self.found: list[Address] = []
        self._reset()

    def _reset(self) -> None:
        self._words: list[str] = []  # text outside of brackets and comments
        self._comments: list[str] = []
        self._hidden: list[str] = []  # addresses beside the one that counts
        self._angle: list[str] | None = None
        self._in_angle = False

    def read(self, text: str) -> None:
        depth = 0  # of comments
        for match in _TOKEN.finditer(text):
            quoted, mark, plain = match.groups()
            if mark in {"(", ")"} and not (mark == ")" and depth == 0):
                depth += 1 if mark == "(" else -1
            elif depth:
                self._comments.append(match[0])
            elif mark:
                self._mark(mark)
            else:
                self._text(plain, quoted)
        self._finish()

    def _text(self, plain: str | None, quoted: str | None) -> None:
        if self._in_angle and self._angle is not None:
            self._angle.append(plain or f'"{quoted or ""}"')
        elif plain is not None:
            self._words.append(plain)
        elif quoted is not None:
            self._words.append(_Quoted(_PAIR.sub(r"\1", quoted)))

    def _mark(self, mark: str) -> None:
        if mark in ",;" and not (self._in_angle and mark == ","):
            self._finish()
        elif mark == "<":
            if self._angle is not None:
                self._finish()
            self._angle, self._in_angle = [], True
        elif mark == ">":
            self._in_angle = False
        elif mark == ":" and not self._in_angle:
            self._hidden.extend(self._loose())  # an address in the name of a group is shown to people too
            self._words = []
        elif self._in_angle and self._angle is not None:
            self._angle.append(mark)  # an old route, or a comma inside brackets

    def _finish(self) -> None:
        """Close the mailbox under way."""
        if len(self.found) < ADDRESSES:
            if self._angle is not None:
                self._finish_angle("".join(self._angle))
            elif self._words:
                self._finish_bare()
            self._add_hidden()
        self._reset()

    def _add_hidden(self) -> None:
        """Each address that stood beside the last one found, once; letter case makes no other address."""
        if not self._hidden:
            return
        known = {fold_address(each.address) for each in self.found} | {""}
        for other in self._hidden:
            if fold_address(other) not in known:
                known.add(fold_address(other))
                self.found.append(Address("", other))

    def _loose(self) -> list[str]:
        loose = "".join(word for word in self._words if not isinstance(word, _Quoted))
        return [tidy_address(word.strip("'")) for word in loose.split() if "@" in word]

    def _finish_angle(self, angle: str) -> None:
        address = tidy_address(angle.rpartition(":")[2] if angle.startswith("@") else angle)
        name = _name(self._words)
        if not address and not name:
            return
        self.found.append(Address(name or _name(self._comments), address))
        self._hidden.extend(self._loose())

    def _finish_bare(self) -> None:
        text = "".join(f'"{word}"' if isinstance(word, _Quoted) else word for word in self._words)
        candidates = [word for word in _split_blank(text) if "@" in word]
        address = tidy_address(candidates[-1]) if candidates else ""
        self._hidden.extend(map(tidy_address, candidates[:-1]))
        rest = text.replace(candidates[-1], " ", 1) if candidates else text
        name = _name([rest]) or _name(self._comments)
        if address or name:
            self.found.append(Address(name, address))


class _Quoted(str):
    """Text that stood in quotation marks: a name for sure."""

    __slots__ = ()


def _split_blank(text: str) -> list[str]:
    """Words between blanks, where a quoted local part is one word."""
    return re.findall(r'"[^"]*"@\S+|\S+', text)


def _name(words: Iterable[str]) -> str:
    text = "".join(word if not isinstance(word, _Quoted) else f" {word} " for word in words)
    return clean_line(decode_words(text), limit=NAME_CHARACTERS).strip("'\" ")
