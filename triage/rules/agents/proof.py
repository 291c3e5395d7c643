"""Sender proof: what the servers that the body trusts say of a mail's single sender (MUST 30, RFC 8601 §5 and §7.1).

Doubt never passes: a header that was cut, a rival with our server's name, or results that contradict each other give
no proof. What a trusted server says failed stays failed, whatever stands below. SPF alone and ARC count for nothing.
"""

from collections.abc import Callable

from triage.model.message import ParsedMessage
from triage.model.trust import (
    AuthenticationResults,
    ExchangeAuthAs,
    Hop,
    MethodResult,
    Proof,
    TraceField,
    TrustPolicy,
    TrustProfile,
)

_DMARC, _DKIM, _PASS, _FAIL, _INTERNAL = "dmarc", "dkim", "pass", "fail", "internal"


def judge_proof(message: ParsedMessage, policy: TrustPolicy) -> Proof:
    """Whether the sender is who the From header says, by the word of the servers that `policy` names."""
    return _JUDGES[policy.profile](message, policy)


def has_rival_results(message: ParsedMessage, policy: TrustPolicy) -> bool:
    """Whether more than one header bears our own server's name: it must remove those of others, so somebody is alerted.

    Only the profile `authres` knows a name; RFC 8601 §5 obliges the border server to remove forged ones.
    """
    return policy.profile is TrustProfile.AUTHRES and len(_named(message, policy.authserv_id)) > 1


def claims_failure(message: ParsedMessage) -> bool:
    """Whether the topmost results, whoever wrote them, say that DMARC failed: for people to see, not to decide by."""
    results = [field for field in message.trace.fields if isinstance(field, AuthenticationResults)]
    return bool(results) and _says_failed(results[0])


def _judge_none(_: ParsedMessage, __: TrustPolicy) -> Proof:
    return Proof.NONE


def _judge_authres(message: ParsedMessage, policy: TrustPolicy) -> Proof:
    results = _named(message, policy.authserv_id)
    if not results:
        return Proof.NONE
    topmost, *rivals = results
    if _says_failed(topmost):
        return Proof.FAIL
    domain = _sender_domain(message)
    if rivals or not domain or not topmost.complete or not message.trace.complete:
        return Proof.NONE
    return Proof.PASS if _passes_dmarc(topmost, domain) or _passes_dkim(topmost, domain) else Proof.NONE


def _judge_m365(message: ParsedMessage, policy: TrustPolicy) -> Proof:
    zone = _trusted_zone(message.trace.fields, policy.own_hosts)
    results = [field for field in zone if isinstance(field, AuthenticationResults)]
    if results and _says_failed(results[0]):
        return Proof.FAIL
    domain = _sender_domain(message)
    if not domain or not message.trace.complete:
        return Proof.NONE
    if domain in policy.own_domains and _is_internal(zone):
        return Proof.PASS
    passed = bool(results) and results[0].complete and _passes_dmarc(results[0], domain, must_name=True)
    return Proof.PASS if passed else Proof.NONE


_JUDGES: dict[TrustProfile, Callable[[ParsedMessage, TrustPolicy], Proof]] = {
    TrustProfile.NONE: _judge_none,
    TrustProfile.AUTHRES: _judge_authres,
    TrustProfile.M365: _judge_m365,
}


def _named(message: ParsedMessage, authserv_id: str) -> list[AuthenticationResults]:
    fields = (field for field in message.trace.fields if isinstance(field, AuthenticationResults))
    return [field for field in fields if authserv_id and field.authserv_id == authserv_id]


def _trusted_zone(fields: tuple[TraceField, ...], own_hosts: frozenset[str]) -> tuple[TraceField, ...]:
    """The headers from the top down to the first Received that does not come from a host of ours.

    Without any Received there is no zone: nothing shows that a server brought the mail.
    """
    first_foreign = len(fields)
    for index, field in enumerate(fields):
        if isinstance(field, Hop) and not _is_ours(field, own_hosts):
            first_foreign = index
            break
    zone = fields[:first_foreign]
    return zone if any(isinstance(field, Hop) for field in fields) else ()


def _is_ours(hop: Hop, own_hosts: frozenset[str]) -> bool:
    """Whether every name of the sending host, also the one it gives itself, is one of ours."""
    return bool(hop.names) and all(
        any(name == host or (host.startswith(".") and name.endswith(host)) for host in own_hosts) for name in hop.names
    )


def _is_internal(zone: tuple[TraceField, ...]) -> bool:
    said = [field.value for field in zone if isinstance(field, ExchangeAuthAs)]
    return bool(said) and all(value == _INTERNAL for value in said)


def _says_failed(results: AuthenticationResults) -> bool:
    return any(method.result == _FAIL for method in _of(results, _DMARC))


def _passes_dmarc(results: AuthenticationResults, domain: str, *, must_name: bool = False) -> bool:
    """Every DMARC result says pass, and for this very domain if it names one."""
    found = _of(results, _DMARC)
    return bool(found) and all(
        method.result == _PASS and _names_only(method, domain, must_name=must_name) for method in found
    )


def _names_only(method: MethodResult, domain: str, *, must_name: bool) -> bool:
    named = {_domain_of(value) for value in method.values("header.from")}
    return named == {domain} or (not named and not must_name)


def _passes_dkim(results: AuthenticationResults, domain: str) -> bool:
    """A signature passes that is aligned with the sender, and DMARC, if it spoke at all, named no other domain."""
    if any(not _names_only(method, domain, must_name=False) for method in _of(results, _DMARC)):
        return False
    return any(
        method.result == _PASS and any(is_aligned(signer, domain) for signer in _signers(method))
        for method in _of(results, _DKIM)
    )


def _signers(method: MethodResult) -> tuple[str, ...]:
    """The signing domain; where only the signing identity is given, its domain (RFC 8601 §2.7.1)."""
    return tuple(map(_domain_of, method.values("header.d") or method.values("header.i")))


def _of(results: AuthenticationResults, name: str) -> tuple[MethodResult, ...]:
    return tuple(method for method in results.methods if method.method == name)


def _domain_of(text: str) -> str:
    return text.rpartition("@")[2].strip("<> ").rstrip(".")


def _sender_domain(message: ParsedMessage) -> str:
    single = message.sender and message.signs.from_count == 1
    return _domain_of(message.sender).lower() if single else ""


def is_aligned(signer: str, domain: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1.1) without a list of public suffixes: equal, or one lies below the other.

    Narrower than the standard: brothers under one organisation are not aligned, and nothing is aligned through a
    name that looks like a registry's (`ca`, `qc.ca`, `co.uk`), under which strangers live side by side.
    """
    upper, lower = sorted((signer, domain), key=len)
    if not all(lower.split(".")):
        return False
    return upper == lower or (lower.endswith(f".{upper}") and not _looks_like_registry(upper))


def _looks_like_registry(name: str) -> bool:
    labels = name.split(".")
    # Under the two-letter endings of countries, registries sit on short names.
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and len(labels[0]) <= 3)
