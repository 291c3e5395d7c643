"""Content-Type and Content-Disposition: a value and its parameters, RFC 2231 pieces put together.

Tolerant and linear: quotes may be missing or unclosed, encoded words may stand where they must not.
"""

import re
from urllib.parse import unquote_to_bytes

from triage.mail.reading.caps import PARAMETERS
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.words import decode_words

_PIECE = re.compile(r"([^*]+)\*(?:([0-9]{1,3})(\*?))?")


def parse_parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The lower-case value before the first semicolon, and the decoded parameters by lower-case name."""
    pieces = _split(decode_bytes(value)[0])
    parameters: dict[str, str] = {}
    continued: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in pieces[1 : PARAMETERS + 1]:
        name, equals, text = piece.partition("=")
        name, text = name.strip().lower(), _unquote(text.strip())
        if not equals or not name:
            continue
        match = _PIECE.fullmatch(name)
        if match:
            percent = match[2] is None or bool(match[3])
            continued.setdefault(match[1], {}).setdefault(int(match[2] or 0), (text, percent))
        else:
            parameters.setdefault(name, decode_words(text))
    for name, parts in continued.items():
        parameters[name] = _join(parts) or parameters.get(name, "")
    return pieces[0].strip().lower(), parameters


def _split(text: str) -> list[str]:
    """The pieces between semicolons that stand outside quotes."""
    pieces: list[str] = []
    start, quoted, escaped = 0, False, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == ";" and not quoted:
            pieces.append(text[start:index])
            start = index + 1
    return [*pieces, text[start:]]


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text.strip("'") if text.startswith("'") and text.endswith("'") else text
    return re.sub(r"\\(.)", r"\1", text[1:].rstrip('"') if text.endswith('"') else text[1:])


def _join(parts: dict[int, tuple[str, bool]]) -> str:
    """The pieces in order; the first percent-encoded one carries charset'language' in front."""
    charset, data = "", b""
    for index, (_, (text, percent)) in enumerate(sorted(parts.items())):
        body = text
        if percent and index == 0 and text.count("'") >= 2:
            charset, _language, body = text.split("'", 2)
        data += unquote_to_bytes(body) if percent else body.encode("utf-8", "replace")
    return decode_bytes(data, charset or None)[0]
