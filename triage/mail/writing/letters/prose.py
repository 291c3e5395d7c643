r"""What a person wrote, as blocks that a template prints: paragraphs of lines, and lists. Nothing is added or obeyed.

Markup in it stays text: pages escape it. Characters that no letter needs and that could deceive its reader, such as
controls and marks that turn the direction of writing, are left out.
"""

import re

Block = tuple[str, tuple[str, ...]]
"""« p » with its lines, or « ul » with its items."""

PARAGRAPH, LIST = "p", "ul"

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ITEM = re.compile(r"[-–•][ \u00a0\t]+(?=\S)")


def clean(text: str) -> str:
    """The text in lines that end in LF, without unsafe characters and without blanks at the ends of lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_UNSAFE.sub("", line).replace("\t", " ").rstrip(" ") for line in lines).strip("\n ")


def blocks(text: str) -> tuple[Block, ...]:
    r"""The paragraphs and lists of a text; lines that begin with a dash are items.

    >>> blocks("Bonjour,\n\n- un\n- deux")
    (('p', ('Bonjour,',)), ('ul', ('un', 'deux')))
    """
    found: list[tuple[str, list[str]]] = []
    open_now = ""
    for line in clean(text).split("\n"):
        item = _ITEM.match(line.lstrip(" "))
        kind = LIST if item else PARAGRAPH
        if not line.strip():
            open_now = ""
            continue
        if open_now != kind:
            found.append((kind, []))
            open_now = kind
        found[-1][1].append(line.lstrip(" ")[item.end() :] if item else line)
    return tuple((kind, tuple(lines)) for kind, lines in found)


def one_line(text: str) -> str:
    """The text on one line, blanks evened; no-break spaces stay."""
    return " ".join(part for part in re.split(r"[ \n]+", clean(text)) if part)


def sentence(text: str) -> str:
    """One line with a final point, where it has none of its own."""
    line = one_line(text)
    return line if not line or line.endswith((".", "!", "?", "…")) else f"{line}."


def cut(text: str, *, most_bytes: int) -> tuple[str, bool]:
    """The beginning of a text that fits into so many bytes of UTF-8, and whether something was left out."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most_bytes:
        return text, False
    return raw[:most_bytes].decode("utf-8", "ignore"), True
