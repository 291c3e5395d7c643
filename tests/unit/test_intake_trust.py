"""Mail that is held for how it came: a sender that a trusted server calls forged, and mail sent to nobody here."""

from dataclasses import replace

import pytest

from tests.matters import ALIAS, MAILBOX, NOW, make_policy, make_ticket, read_mail, write_mail
from triage.model.decision import (
    Acknowledge,
    Arrival,
    Carrier,
    Decision,
    IntakeFacts,
    OpenTicket,
    Reason,
    TicketPointer,
    WithholdAcknowledgement,
)
from triage.model.judgement import WithholdReason
from triage.model.trust import TrustPolicy, TrustProfile
from triage.rules.intake.decision import decide
from triage.rules.intake.trust import has_recipients, is_addressed_to

TRUST = TrustPolicy(TrustProfile.AUTHRES, authserv_id="mx.organisme.example")
RESULTS = "mx.organisme.example; dmarc="


def decide_on(raw: bytes, trust: TrustPolicy = TRUST, *pointers: TicketPointer) -> Decision:
    arrival = Arrival(internal_date=NOW, observed_at=NOW)
    return decide(read_mail(raw), arrival, IntakeFacts(pointers=pointers), replace(make_policy(), trust=trust))


def held(decision: Decision) -> WithholdReason | None:
    """Why the acknowledgement of a new ticket waits, None where it leaves."""
    action = decision.actions[-1]
    assert isinstance(action, Acknowledge | WithholdAcknowledgement)
    assert action.terms is not None
    return action.reason if isinstance(action, WithholdAcknowledgement) else None


def flags(decision: Decision) -> tuple[str, ...]:
    opened = decision.actions[0]
    assert isinstance(opened, OpenTicket)
    return opened.flags


def test_a_forged_sender_gets_a_ticket_and_no_letter() -> None:
    """The complaint counts, its clock runs; whoever was named as its sender hears nothing without a person."""
    decision = decide_on(write_mail(Authentication_Results=f"{RESULTS}fail header.from=client.example"))

    assert WithholdReason.AUTHENTICATION_FAILED == held(decision)
    assert ("authentication_failed",) == flags(decision)


@pytest.mark.parametrize(
    "results",
    [
        f"{RESULTS}pass header.from=client.example",
        f"{RESULTS}none header.from=client.example",
        f"{RESULTS}temperror",
        "mx.ailleurs.example; dmarc=fail header.from=client.example",
        "dmarc=fail header.from=client.example",
    ],
)
def test_what_is_not_a_trusted_failure_holds_nothing(results: str) -> None:
    """Most honest senders prove nothing; a stranger's word against them counts for nothing."""
    decision = decide_on(write_mail(Authentication_Results=results))

    assert held(decision) is None
    assert () == flags(decision)


def test_without_a_profile_no_failure_is_known() -> None:
    """The default trusts nobody."""
    raw = write_mail(Authentication_Results=f"{RESULTS}fail header.from=client.example")

    assert held(decide_on(raw, TrustPolicy())) is None


def test_a_rival_header_is_flagged_for_a_person() -> None:
    """Two headers with our server's name: that server lets forged ones through, and somebody must mend it."""
    raw = f"Authentication-Results: {RESULTS}none\r\n".encode() + write_mail(Authentication_Results=f"{RESULTS}pass")
    decision = decide_on(raw)

    assert held(decision) is None
    assert ("rival_authentication_results",) == flags(decision)


@pytest.mark.parametrize(
    ("headers", "addressed"),
    [
        ({"To": MAILBOX}, True),
        ({"To": MAILBOX.upper()}, True),
        ({"To": f"Plaintes <{ALIAS}>"}, True),
        ({"To": "plaintes+abcd1234@organisme.example"}, True),
        ({"To": "chef@organisme.example", "Cc": f"x@y.example, {MAILBOX}"}, True),
        ({"To": "liste@ailleurs.example", "Delivered-To": MAILBOX}, True),
        ({"Delivered-To": "plaintes+abcd1234@organisme.example"}, True),
        ({"X-Original-To": ALIAS}, True),
        ({"To": "chef@organisme.example"}, False),
        ({"To": "autres-plaintes@organisme.example"}, False),
        ({"To": "x+plaintes@organisme.example"}, False),
        ({"To": "plaintes@organisme.example.ailleurs.example"}, False),
        ({"To": f'"{MAILBOX}" <x@ailleurs.example>'}, False),
        ({"To": "undisclosed-recipients:;"}, False),
        ({"Bcc": MAILBOX}, False),
        ({"Reply-To": MAILBOX}, False),
        ({}, False),
    ],
)
def test_one_of_our_addresses_must_stand_among_the_recipients(headers: dict[str, str], *, addressed: bool) -> None:
    """A blind copy is held; former addresses, extensions and the delivery's own headers count."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    raw = f"From: jeanne@client.example\r\n{head}Subject: Plainte\r\n\r\nBonjour".encode()
    reason = None if addressed else WithholdReason.NOT_ADDRESSED_TO_US

    assert addressed == is_addressed_to(read_mail(raw), frozenset({MAILBOX, ALIAS}))
    assert reason == held(decide_on(raw))
    assert () == flags(decide_on(raw))


def test_a_failure_is_told_before_a_blind_copy() -> None:
    """One reason is recorded, and the graver one."""
    raw = f"Authentication-Results: {RESULTS}fail\r\nFrom: jeanne@client.example\r\n\r\nx".encode()

    assert WithholdReason.AUTHENTICATION_FAILED == held(decide_on(raw))
    assert not has_recipients(read_mail(raw))


@pytest.mark.parametrize("carrier", list(Carrier))
@pytest.mark.parametrize("result", ["pass", "none", "fail"])
def test_a_forged_requester_joins_only_by_what_the_requester_was_given(carrier: Carrier, result: str) -> None:
    """A number can be guessed and an old Message-ID copied; what we signed was sent to the requester alone."""
    signed = carrier in {Carrier.OUR_MESSAGE_ID, Carrier.REPLY_ADDRESS, Carrier.REFERENCE_LINE}
    raw = write_mail(Authentication_Results=f"{RESULTS}{result} header.from=client.example")
    decision = decide_on(raw, TRUST, TicketPointer(carrier, make_ticket()))
    joins = signed or result != "fail"

    assert (Reason.FOLLOW_UP if joins else Reason.NEW_MATTER) == decision.reason
    if not joins:
        assert isinstance(decision.actions[0], OpenTicket)
        assert make_ticket().reference == decision.actions[0].possibly_related
