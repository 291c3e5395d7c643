"""The headers by which servers vouch for a sender (RFC 8601, Received, Exchange's own), as plain values.

Tolerant, in one pass, bounded, and without any decoding: an encoded word, an escape or a letter beyond ASCII is never
turned into a name that somebody trusts. What they are worth is judged in `rules.agents.proof`.
"""

import re
from collections.abc import Iterator
from itertools import islice

from triage.mail.reading.caps import FIELD_BYTES
from triage.mail.reading.decoding.headers import Head
from triage.model.trust import AuthenticationResults, ExchangeAuthAs, Hop, MethodResult, Trace, TraceField

_RESULTS, _RECEIVED, _AUTH_AS = "authentication-results", "received", "x-ms-exchange-organization-authas"
_FIELDS = 200
_METHODS = 100
_PROPERTIES = 20
_VALUE_CHARACTERS = 320

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)("?)|([()])|(;)|(=)|([^\s"();=\\]+)|\\.?|\s+', re.DOTALL)
_IN_COMMENT = re.compile(r"([()])|(?:[^()\\]|\\.)+|\\", re.DOTALL)
_FROM = re.compile(r"\s*from\s+([^\s();<>]{1,255})(?:\s*\(\s*([^\s()\[\];]{1,255}))?", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*\.?")


def read_trace(head: Head) -> Trace:
    """What servers wrote above the mail, topmost first, at most 200 headers."""
    wanted = [(name, value) for name, value in head.fields if name in {_RESULTS, _RECEIVED, _AUTH_AS}]
    return Trace(tuple(_read(name, value) for name, value in wanted[:_FIELDS]), complete=len(wanted) <= _FIELDS)


def _read(name: str, value: bytes) -> TraceField:
    text = value.decode("ascii", "replace")
    if name == _RECEIVED:
        return Hop(_hosts(text))
    if name == _AUTH_AS:
        return ExchangeAuthAs(text.strip().lower()[:_VALUE_CHARACTERS])
    return read_results(text, complete=len(value) < FIELD_BYTES)


def _hosts(text: str) -> tuple[str, ...]:
    match = _FROM.match(text)
    if match is None:
        return ()
    # In parentheses stands what the receiving host found by itself, beside what the sending one said of itself.
    found = (match[2] or "").lower()
    return (match[1].lower().rstrip("."), *([found.rstrip(".")] if _HOST.fullmatch(found) else []))


def read_results(text: str, *, complete: bool = True) -> AuthenticationResults:
    """One Authentication-Results value, unfolded or not. `complete` says whether the whole value is there."""
    scan = _Scan()
    segments = scan.read(text)
    authserv_id, first_method = _authserv_id(segments[0])
    methods = tuple(method for segment in segments[first_method:] if (method := _method(segment)))
    whole = complete and scan.well_formed and len(methods) <= _METHODS
    return AuthenticationResults(authserv_id, methods[:_METHODS], complete=whole)


_Segment = list[str]  # words, and "=" between them


class _Scan:
    """One pass over a value: words without comments and quotation marks, split at semicolons."""

    def __init__(self) -> None:
        self.well_formed = True
        self._segments: list[_Segment] = [[]]

    def read(self, text: str) -> list[_Segment]:
        position = 0
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:  # the pattern has an answer for every character
                raise AssertionError("a character that begins no token")
            position = match.end()
            if match[3] == "(":
                position = self._skip_comment(text, position)
            elif match[3]:
                self.well_formed = False  # closes what was never opened
            elif match[4]:
                self._segments.append([])
            else:
                self._take_word(match)
        return self._segments

    def _skip_comment(self, text: str, position: int) -> int:
        depth = 1  # comments stand in each other; a quotation mark means nothing in them
        for match in _IN_COMMENT.finditer(text, position):
            depth += {"(": 1, ")": -1}.get(match[1], 0)
            if depth == 0:
                return match.end()
        self.well_formed = False
        return len(text)

    def _take_word(self, match: re.Match[str]) -> None:
        quoted, closed, _, _, equals, plain = match.groups()
        if equals or plain:
            self._segments[-1].append(equals or plain)
        elif quoted is not None and closed:
            # An escape stays as it stands: a name that is spelt with one equals no name that is trusted.
            self._segments[-1].append(quoted if quoted != "=" else "")
        elif not match[0].isspace():
            self.well_formed = False


def _authserv_id(segment: _Segment) -> tuple[str | None, int]:
    """The name before the first semicolon, and at which segment the methods begin."""
    if "=" in segment:
        return None, 0
    return (segment[0].lower()[:_VALUE_CHARACTERS] if segment else None), 1


def _method(segment: _Segment) -> MethodResult | None:
    # « dkim/1 = pass »: a method may carry its version.
    pairs = ((name.partition("/")[0], value) for name, value in _pairs(segment))
    first = next(pairs, None)
    return MethodResult(*first, tuple(islice(pairs, _PROPERTIES))) if first and first[0] else None


def _pairs(segment: _Segment) -> Iterator[tuple[str, str]]:
    """Each `name = value`; base64 that ends in equals signs does not lead astray."""
    position = 0
    while position + 2 < len(segment):
        name, equals, value = segment[position : position + 3]
        if name != "=" and equals == "=" and value != "=":
            yield name.lower()[:_VALUE_CHARACTERS], value.lower()[:_VALUE_CHARACTERS]
            position += 3
        else:
            position += 1
