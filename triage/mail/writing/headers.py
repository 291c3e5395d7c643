"""A header block from plain texts, and the proof that it says what was meant and nothing else (MUST 14, MUST 25).

Written by hand because the standard generator takes longer than all the rest and has had several injections through
folding; this one encodes in one way only, and what it made is taken apart again before it is used.
"""

import re
from collections.abc import Iterable, Sequence

Header = tuple[str, str]

_WIDTH = 76  # of a line with an encoded word (RFC 2047 §2)
_MAX_WORD = 66  # so that the first one fits beside « Subject: »; the standard allows 75
_WORD_HEAD, _WORD_TAIL = "=?utf-8?q?", "?="
# The strictest set of RFC 2047 §5 (3), which is right in phrases and in unstructured text alike.
_BARE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+", re.ASCII)
# Controls, line and paragraph separators, invisible and bidirectional marks: none has a place in a header.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_MAX_TEXT = 200
_ADDRESS = re.compile(
    r"[^\s<>@,;:()\"\\\[\]\x00-\x20\x7f-\uffff]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"
)
# Printable ASCII without blanks and angle brackets; ids come from strangers.
_SAFE_ID = re.compile(r"[!-;=?-~]{1,250}", re.ASCII)
_MAX_IDS = 20
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*): [^\r\n]+(?:\r\n [^\r\n]+)*\r\n", re.ASCII)


class UnsafeMail(ValueError):
    """A mail that must not be made: a header would say something that was not meant. The text names no content."""


def encode_text(text: str) -> str:
    """Unstructured text for a header; words outside ASCII become encoded words, the others stay legible.

    Raises `UnsafeMail` for control or invisible characters, and for more than 200 characters.
    """
    _require_safe(text)
    words = text.split(" ")
    odd = [at for at, word in enumerate(words) if not word.isascii() or "=?" in word or not word]
    if not odd:
        return text
    first, last = odd[0], odd[-1] + 1
    return " ".join([*words[:first], *_encoded_words(" ".join(words[first:last])), *words[last:]])


def encode_mailbox(name: str, address: str) -> str:
    """A mailbox for From: « name <address> », the name encoded or quoted where it must be; without name the address.

    Raises `UnsafeMail` for an address that is not plain ASCII `local@domain`.
    """
    if not is_safe_address(address):
        raise UnsafeMail("an address is not of the plain form local@domain")
    _require_safe(name)
    name = " ".join(name.split())
    if not name:
        return address
    if "=?" not in name and _ATOMS.fullmatch(name):
        return f"{name} <{address}>"
    if name.isascii() and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{' '.join(_encoded_words(name))} <{address}>"


def is_safe_address(address: str) -> bool:
    """Whether an address may stand in a header: ASCII, one @, no comment, quote, route or blank, at most 254 long."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def safe_ids(ids: Iterable[str]) -> tuple[str, ...]:
    """The ids that may stand in a header, each once; of too many, the first (the thread's root) and the newest.

    An id with « =? » is left out too: a mail client would decode it.
    """
    kept = tuple(dict.fromkeys(each for each in ids if _SAFE_ID.fullmatch(each) and "=?" not in each))
    return kept if len(kept) <= _MAX_IDS else (kept[0], *kept[1 - _MAX_IDS :])


def write_headers(headers: Sequence[Header]) -> bytes:
    """The block in wire form, each header folded at blanks, without the empty line that ends it.

    Raises `UnsafeMail` unless the bytes, taken apart again, hold exactly these names, once each and in this order.
    """
    text = "".join(f"{_fold(name, value)}\r\n" for name, value in headers)
    names = [name for name, _ in headers]
    if names != read_names(text) or len(set(names)) != len(names) or not text.isascii():
        raise UnsafeMail("the header block would not say what was meant")
    return text.encode("ascii")


def read_names(block: str) -> list[str] | None:
    """The names in a header block as any reader finds them, or None where it is not a run of well-formed headers."""
    names, at = [], 0
    while at < len(block):
        match = _FIELD.match(block, at)
        if match is None:
            return None
        names.append(match[1])
        at = match.end()
    return names


def _fold(name: str, value: str) -> str:
    lines = [f"{name}:"]
    for word in value.split(" "):
        # The first word stays on the line of the name, since some readers stumble over an empty first line.
        if len(lines[-1]) + 1 + len(word) > _WIDTH and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines)


def _encoded_words(text: str) -> list[str]:
    """Encoded words, none ending inside a character, and inside a word of the text only where it is too long.

    Readers join them without blank; those that wrongly put one (CPython, in names) then part no word.
    """
    lines, room = [""], _MAX_WORD - len(_WORD_HEAD) - len(_WORD_TAIL)
    for word in re.findall(r"[^ ]* ?", text):
        pieces = ["_" if each == " " else "".join(_quoted(octet) for octet in each.encode()) for each in word]
        if lines[-1] and len(lines[-1]) + sum(map(len, pieces)) > room:
            lines.append("")
        for piece in pieces:
            if len(lines[-1]) + len(piece) > room:
                lines.append("")
            lines[-1] += piece
    return [f"{_WORD_HEAD}{line}{_WORD_TAIL}" for line in lines]


def _quoted(octet: int) -> str:
    return chr(octet) if octet in _BARE else f"={octet:02X}"


def _require_safe(text: str) -> None:
    if len(text) > _MAX_TEXT or _UNSAFE.search(text):
        raise UnsafeMail("a header text is too long or holds invisible characters")
