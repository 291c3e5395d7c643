"""Bytes to characters, whatever the sender claims: the declared charset, else UTF-8, else cp1252, else latin-1.

Guessing libraries are wrong on French cp1252, the chain is right wherever it matters. Only true text encodings are
believed: Python also lists compressors, `rot13` and quadratic ones such as `punycode`.
"""

import codecs

_ALIASES = {
    # What labels mean in practice: each is a subset of the encoding that senders really used.
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "ansi": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-sjis": "shift_jis",
    "unicode-1-1-utf-8": "utf-8",
}
_REFUSED = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_LABEL_LENGTH = 40


def decode_bytes(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text, and whether the declared charset held (True where none was declared)."""
    name = _usable(declared) if declared else None
    if name:
        text = _strict(data, name)
        if text is not None:
            return text, True
    for fallback in ("utf-8", "cp1252"):
        text = _strict(data, fallback)
        if text is not None:
            return text, not declared or (name == "cp1252" == fallback)
    return data.decode("latin-1"), not declared


def _usable(label: str) -> str | None:
    label = label.strip().strip("\"'").lower()
    if not label.isascii() or not 0 < len(label) <= _LABEL_LENGTH:
        return None
    label = _ALIASES.get(label, label)
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    text_encoding: bool = getattr(found, "_is_text_encoding", True)
    return found.name if text_encoding and found.name.replace("-", "_") not in _REFUSED else None


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return None
