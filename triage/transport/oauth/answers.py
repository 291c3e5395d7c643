"""What the answer to a request for a token means (RFC 6749 §5); nothing of its text passes, but numbers and codes.

An answer may quote a secret or a person, so what is said of it is from a closed list.
"""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from triage.transport.credentials import TokenRefused, TokenUnavailable

LONGEST_ANSWER = 256 * 1024
_LIFE_UNTOLD = 3600.0  # what token servers mean when they do not say (RFC 6749 §5.1 only recommends to say it)
_SHORTEST_LIFE, _LONGEST_LIFE = 1.0, 86_400.0
_LONGEST_PAUSE = timedelta(hours=1)
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")  # nothing that could end a line or a field of a login
_FOR_NOW = frozenset({408, 425, 429})
_MICROSOFT_CODE = re.compile(r"AADSTS([0-9]{4,9})\b")

# RFC 6749 §5.2, and two errors that mean "later" (RFC 6749 §4.1.2.1).
_ERRORS = {
    "invalid_request": "the request lacks something: see grant, client_id and scope",
    "invalid_client": "client_id or its secret (or certificate) is wrong or has expired",
    "invalid_grant": "the refresh token is no longer valid: consent must be given anew",
    "unauthorized_client": "this client may not ask for tokens in this way",
    "unsupported_grant_type": "the token server does not know this grant",
    "invalid_scope": "the scope is not one that this client may have",
}
_LATER = frozenset({"temporarily_unavailable", "server_error", "slow_down"})

# Microsoft's own numbers, for what a mailbox owner meets.
_MICROSOFT = {
    90002: "the tenant in token_url does not exist",
    700016: "client_id is not known in this tenant",
    700027: "the certificate is not registered with the application, or signed wrongly",
    7000215: "the client secret is wrong (its value is needed, not its id)",
    7000222: "the client secret has expired",
    70011: "the scope is not valid",
    1002012: "the scope must end in /.default",
    65001: "an administrator has not consented",
    700082: "the refresh token expired because it was not used",
}


@dataclass(frozen=True, slots=True)
class Issued:
    """A token and for how many seconds it is good; `refresh_token` where the server exchanged ours."""

    token: str = field(repr=False)
    seconds: float
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the line."""

    status: int
    body: bytes = field(repr=False)
    retry_after: str | None = None


def judge(answer: Answer) -> Issued:
    """The token, or `TokenRefused` or `TokenUnavailable` with a sentence of ours."""
    told = _read_object(answer.body)
    if answer.status == 200:
        return read_issued(told, untold_seconds=_LIFE_UNTOLD)
    error = told.get("error")
    if answer.status >= 500 or answer.status in _FOR_NOW or error in _LATER:
        sentence = f"the token server cannot serve us now (HTTP {answer.status})"
        raise TokenUnavailable(sentence, not_before=_read_pause(answer.retry_after))
    known = error if isinstance(error, str) and error in _ERRORS else None
    code = _read_code(told)
    what = _MICROSOFT.get(code or 0) or _ERRORS.get(known or "") or "see token_url"
    number = f", AADSTS{code}" if code else ""
    sentence = f"the token server refuses us (HTTP {answer.status}{number}): {what}"
    raise TokenRefused(sentence, reason=known or "refused", code=code)


def read_issued(told: dict[str, Any], *, untold_seconds: float) -> Issued:
    """The token in a JSON object; raises `TokenUnavailable` for one that is none. A life is at least a second."""
    token, kind, life = told.get("access_token"), told.get("token_type", "Bearer"), told.get("expires_in")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
        raise TokenUnavailable("the answer holds no bearer token that can be used")
    renewed = told.get("refresh_token")
    return Issued(
        token=token,
        seconds=_read_life(life, untold_seconds=untold_seconds),
        refresh_token=renewed if isinstance(renewed, str) and _TOKEN.fullmatch(renewed) else None,
    )


def _read_life(told: object, *, untold_seconds: float) -> float:
    try:
        seconds = float(told)  # type: ignore[arg-type]  # whatever it is
    except (TypeError, ValueError, OverflowError):
        return untold_seconds
    return untold_seconds if math.isnan(seconds) else min(max(seconds, _SHORTEST_LIFE), _LONGEST_LIFE)


def _read_object(body: bytes) -> dict[str, Any]:
    if len(body) > LONGEST_ANSWER:
        raise TokenUnavailable("the answer of the token server is too long")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _read_pause(retry_after: str | None) -> timedelta | None:
    if retry_after is None or not re.fullmatch(r"[0-9]{1,6}", retry_after.strip()):
        return None
    return min(timedelta(seconds=int(retry_after)), _LONGEST_PAUSE)


def _read_code(told: dict[str, Any]) -> int | None:
    codes = told.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int) and 0 < codes[0] < 10**9:
        return codes[0]
    found = _MICROSOFT_CODE.search(str(told.get("error_description", ""))[:2000])
    return int(found[1]) if found else None
