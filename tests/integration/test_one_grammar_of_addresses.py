"""What intake promises to answer is what delivery can write into a command: one language of addresses (MUST 14)."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.matters import MAILBOX, read_mail, write_mail
from tests.servers.ports import find_free_ports
from triage.mail.writing.headers import is_safe_address
from triage.model.codes import Nature
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase
from triage.model.judgement import NatureReason, NatureVerdict, WithholdReason
from triage.model.message import Address
from triage.rules.intake.answering import judge_answering
from triage.transport.smtp import SmtpAccess, SmtpSender
from triage.wording.addresses import is_sendable_address

PERSON = NatureVerdict(Nature.PERSON, NatureReason.NO_SIGN_OF_AUTOMATION)
TABLE = [
    ("jeanne@client.example", True),
    ("o'hara+x@client.example", True),
    ("a%b@client.example", False),  # the old ways to have a third server pass it on
    ("a!b@client.example", False),
    ("usine!jeanne@client.example", False),
    ("a@b", False),
    ("a@1.2", False),
    ("a..b@client.example", False),
    ("a@client.example\r\nRCPT TO:<b@client.example>", False),
    ("é@client.example", False),
]
near = st.text("ab.@%!+-_ é1<>\"'\r\n", max_size=24)


async def is_written(address: str) -> bool:
    """Whether the sender would begin a conversation about this recipient; nobody listens where it would."""
    sender = SmtpSender(SmtpAccess("127.0.0.1", find_free_ports(1)[0], "none"))

    async def never() -> None:
        raise AssertionError

    mail = ClaimedMail(1, "acknowledgement", MAILBOX, address, "1@organisme.example", b"", 0, 0)
    result = await sender.send(mail, before_dot=never)
    await sender.close()
    assert (result.outcome, result.phase) in {
        (SendOutcome.REFUSED, SendPhase.RCPT),
        (SendOutcome.SERVER_TROUBLE, SendPhase.CONNECT),
    }
    return result.outcome is SendOutcome.SERVER_TROUBLE


def is_promised(address: str) -> bool:
    """Whether intake would let a letter be composed for this sender, at once or on a person's word."""
    message = replace(read_mail(write_mail()), senders=(Address("", address),))
    return judge_answering(message, PERSON).reason not in {WithholdReason.ADDRESS_REFUSED, WithholdReason.NO_SENDER}


@pytest.mark.parametrize(("address", "fits"), TABLE)
async def test_the_table_of_addresses_holds_on_both_sides(address: str, fits: bool) -> None:  # noqa: FBT001  a column
    """Also where an older rule of one side was wider than the other's."""
    assert (fits, fits) == (is_promised(address), await is_written(address))


@settings(max_examples=150, deadline=None)
@given(near | st.builds("{}@{}".format, near, near) | st.builds("{}@{}.example".format, near, near))
@example("a%b@client.example")
def test_no_address_is_promised_and_then_not_written(address: str) -> None:
    """Nor the other way round; and each one can stand in a header."""
    assert is_promised(address) == asyncio.run(is_written(address))
    assert not is_sendable_address(address) or is_safe_address(address)
