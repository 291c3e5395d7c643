"""Whether mail is held for how it came: its sender's proof failed, or it was sent to nobody here (MUST 24).

Backscatter is made of answers to forged senders and to blind copies. Such mail is a ticket like any other: only its
acknowledgement waits for a person.
"""

from collections.abc import Iterable

from triage.model.judgement import WithholdReason
from triage.model.message import ParsedMessage
from triage.model.trust import Proof, TrustPolicy
from triage.rules.agents.proof import judge_proof


def judge_trust(message: ParsedMessage, *, own_addresses: frozenset[str], trust: TrustPolicy) -> WithholdReason | None:
    """The first reason to hold the acknowledgement, None where the way that the mail came speaks against nothing."""
    if judge_proof(message, trust) is Proof.FAIL:
        return WithholdReason.AUTHENTICATION_FAILED
    if not is_addressed_to(message, own_addresses):
        return WithholdReason.NOT_ADDRESSED_TO_US
    return None


def is_addressed_to(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether one of our addresses, with or without +extension, stands in To, Cc, or a header of the delivery."""
    return any(_without_extension(address) in own_addresses for address in _recipients(message))


def has_recipients(message: ParsedMessage) -> bool:
    """Whether the mail tells of any address at all to which it was sent."""
    return any(_recipients(message))


def _recipients(message: ParsedMessage) -> Iterable[str]:
    yield from (each.address for each in (*message.to, *message.cc))
    yield from message.delivered_to


def _without_extension(address: str) -> str:
    local, at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
