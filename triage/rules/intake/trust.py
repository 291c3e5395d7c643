"""Whether mail is held for how it came: its sender's proof failed, it bears our name, or nobody here is addressed.

Backscatter is made of answers to forged senders and to blind copies (MUST 24). Such mail is a ticket like
any other: only its acknowledgement waits for a person.
"""

from collections.abc import Iterable

from triage.model.judgement import WithholdReason
from triage.model.message import ParsedMessage
from triage.model.trust import Proof, TrustPolicy
from triage.rules.agents.proof import judge_proof
from triage.rules.intake.nature import has_own_loop_header, is_from_us, without_extension


def judge_trust(message: ParsedMessage, *, own_addresses: frozenset[str], trust: TrustPolicy) -> WithholdReason | None:
    """The first reason to hold the acknowledgement, None where the way that the mail came speaks against nothing."""
    if judge_proof(message, trust) is Proof.FAIL:
        return WithholdReason.AUTHENTICATION_FAILED
    if bears_our_name(message, own_addresses):
        return WithholdReason.OWN_ADDRESS
    if not is_addressed_to(message, own_addresses):
        return WithholdReason.NOT_ADDRESSED_TO_US
    return None


def bears_our_name(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether the sender is an address of ours, or X-Loop names one, with or without +extension.

    Not a machine's mail for that: people forward from the shared mailbox, and a redirection may add the header.
    """
    return is_from_us(message, own_addresses) or has_own_loop_header(message, own_addresses)


def is_addressed_to(message: ParsedMessage, own_addresses: frozenset[str]) -> bool:
    """Whether one of our addresses, with or without +extension, stands in To, Cc, or a header of the delivery."""
    return any(without_extension(address) in own_addresses for address in _recipients(message))


def has_recipients(message: ParsedMessage) -> bool:
    """Whether the mail tells of any address at all to which it was sent."""
    return any(_recipients(message))


def _recipients(message: ParsedMessage) -> Iterable[str]:
    yield from (each.address for each in (*message.to, *message.cc))
    yield from message.delivered_to
