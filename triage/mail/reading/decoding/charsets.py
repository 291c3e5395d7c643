"""Bytes to characters, whatever the sender claims: the declared charset, else UTF-8, else cp1252.

Guessing libraries are wrong on French cp1252, the chain is right wherever it matters. Only true text encodings are
believed: Python also lists compressors, `rot13` and quadratic ones such as `punycode`. A byte that fits nowhere
costs itself, never the text around it.
"""

import codecs

_ALIASES = {
    # What labels mean in practice: each is a subset of the encoding that senders really used.
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "utf8mb4": "utf-8",
    "ansi": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "x-mac-roman": "mac_roman",
    "unicode-1-1-utf-8": "utf-8",
}
_REFUSED = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_LABEL_LENGTH = 40
_WESTERN = {"cp1252", "iso8859-15"}  # texts of accents: none of them is UTF-8 by accident
_JAPANESE = (b"\x1b$B", b"\x1b$@", b"\x1b(J")  # ISO-2022-JP announces itself, whatever the label says

_BY_ACCIDENT = 4  # one letter in so many strange bytes is no accident
_HIGH = bytes(range(0x80, 0x100))
# The bytes that are no UTF-8, as Python's `surrogateescape` keeps them apart, and what they are in cp1252.
_ESCAPED = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


def decode_bytes(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text, and whether the declared charset held (True where none was declared)."""
    name = _usable(declared) if declared else None
    if name in {None, "utf-8"} and data.isascii() and any(mark in data for mark in _JAPANESE):
        name = "iso2022_jp_2"
    if name in _WESTERN and not data.isascii() and (text := _strict(data, "utf-8")) is not None:
        return text, False  # the label is wrong: accents as two bytes each
    if name and (text := _strict(data, name)) is not None:
        return text, True
    text = _strict(data, "utf-8")
    return (_mend(data) if text is None else text), not declared


def _mend(data: bytes) -> str:
    """UTF-8 with some bytes of cp1252 in it, or cp1252, where two bytes are a letter of UTF-8 by accident only."""
    pairs = _strict(data, "utf-8", errors="surrogatepass")
    if pairs is not None:  # emoji as two surrogates each, from an old library
        return pairs.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    mixed = data.decode("utf-8", "surrogateescape")
    valid = len(data.decode("utf-8", "ignore"))
    strangers, known = len(mixed) - valid, valid - len(data.translate(None, _HIGH))
    return mixed.translate(_ESCAPED) if known * _BY_ACCIDENT >= strangers else data.decode("cp1252", "replace")


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


def _strict(data: bytes, name: str, *, errors: str = "strict") -> str | None:
    try:
        return data.decode(name, errors)
    except (UnicodeError, LookupError, ValueError):
        return None
