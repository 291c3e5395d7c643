"""What servers on a mail's way said of its sender, and whose word the body believes (RFC 8601; MUST 30).

The facts come from the mail and prove nothing by themselves: anybody may write such headers. Only
`rules.agents.proof`, which knows the body's `TrustPolicy`, says what they are worth.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method came to, such as `dkim`, `pass` and `(("header.d", "client.example"),)`. All lower-case."""

    method: str
    result: str
    properties: tuple[tuple[str, str], ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of the property `name`."""
        return tuple(value for key, value in self.properties if key == name)


@dataclass(frozen=True, slots=True)
class AuthenticationResults:
    """One Authentication-Results header. `authserv_id` is lower-case, None where there is none (Microsoft writes none).

    `complete` is False where the header was cut, or does not follow the grammar to its end.
    """

    authserv_id: str | None
    methods: tuple[MethodResult, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Hop:
    """One Received header: the lower-case names under which the sending host is known there, () where none is told."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExchangeAuthAs:
    """One X-MS-Exchange-Organization-AuthAs header: how Exchange says that the sender had logged in, lower-case."""

    value: str


TraceField = AuthenticationResults | Hop | ExchangeAuthAs


@dataclass(frozen=True, slots=True)
class Trace:
    """The headers above in the order of the mail, topmost (latest) first. `complete` is False where some were cut."""

    fields: tuple[TraceField, ...] = ()
    complete: bool = True


class Proof(StrEnum):
    """What the servers that the body trusts say of a mail's single sender; NONE is no word, or a doubtful one."""

    PASS = "pass"  # noqa: S105 - a result of RFC 8601, no secret
    FAIL = "fail"
    NONE = "none"


class TrustProfile(StrEnum):
    """Whose word is believed (`[authority] profile`): Exchange Online's, one named server's, or nobody's."""

    M365 = "m365"
    AUTHRES = "authres"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """Whom the body believes about senders; all texts lower-case.

    `authserv_id` is the name of the body's own border server (profile `authres`). `own_hosts` are the hosts of the
    body, whole names or endings with a leading dot, and `own_domains` its mail domains (profile `m365`).
    """

    profile: TrustProfile = TrustProfile.NONE
    authserv_id: str = ""
    own_hosts: frozenset[str] = frozenset()
    own_domains: frozenset[str] = frozenset()
