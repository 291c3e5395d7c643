"""May a machine answer, from the mail alone: each hold has its reason, and an address must be safe to send to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.model.judgement import AnswerVerdict, WithholdReason
from triage.model.message import ParsedMessage
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.nature import judge_nature
from triage.wording.addresses import is_sendable_address


def judge(message: ParsedMessage) -> AnswerVerdict:
    return judge_answering(message, judge_nature(message, own_addresses=frozenset()))


def judge_sender(sender: str) -> AnswerVerdict:
    return judge(parse_message(f"From: {sender}\r\nSubject: Plainte\r\n\r\nx".encode()))


@pytest.mark.parametrize(
    "sender",
    [
        "a.b@client.example",
        "Élodie <elodie+plaintes@sous.client.example>",
        "norepl@client.example",
        "noreplyson@client.example",
        "bouncer@client.example",
        "non.reponseur@client.example",
    ],
)
def test_an_ordinary_sender_is_answered(sender: str) -> None:
    """Nobody is held back for a name that resembles a machine's."""
    assert AnswerVerdict(may=True) == judge_sender(sender)


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("", WithholdReason.NO_SENDER),
        ("Anonyme", WithholdReason.NO_SENDER),
        ("undisclosed-recipients:;", WithholdReason.NO_SENDER),
        ("a@client.example, b@client.example", WithholdReason.SEVERAL_SENDERS),
        ("a@client.example\r\nFrom: a@client.example", WithholdReason.SEVERAL_SENDERS),
        ("agent@organisme.example <faux@ailleurs.example>", WithholdReason.SEVERAL_SENDERS),
        ("<agent@organisme.example>faux@ailleurs.example", WithholdReason.SEVERAL_SENDERS),
        ("agent@organisme.example;faux@ailleurs.example", WithholdReason.SEVERAL_SENDERS),
        ('"a b"@client.example', WithholdReason.ADDRESS_REFUSED),
        ("a@localhost", WithholdReason.ADDRESS_REFUSED),
        ("a@[192.0.2.1]", WithholdReason.ADDRESS_REFUSED),
        ("élodie@client.example", WithholdReason.ADDRESS_REFUSED),
        ("no-reply@client.example", WithholdReason.NO_REPLY_SENDER),
        ("NoReply-4821@client.example", WithholdReason.NO_REPLY_SENDER),
        ("ne_pas_repondre@client.example", WithholdReason.NO_REPLY_SENDER),
        ("donotreply@client.example", WithholdReason.NO_REPLY_SENDER),
        ("bounces+123@client.example", WithholdReason.NO_REPLY_SENDER),
    ],
)
def test_a_sender_who_cannot_be_answered_is_held_with_the_reason(sender: str, reason: WithholdReason) -> None:
    """The ticket is made in every case; only the acknowledgement waits."""
    assert AnswerVerdict(may=False, reason=reason) == judge_sender(sender)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("Precedence: bulk\r\n", WithholdReason.NOT_A_PERSON),
        ("Received: by a.example\r\n" * 51, WithholdReason.TOO_MANY_HOPS),
        ("Received: by a.example\r\n" * 50, None),
        ("Subject: Out of office\r\n", WithholdReason.LOOKS_AUTOMATIC),
        ("Subject: Out of office: nobody for weeks\r\n", WithholdReason.LOOKS_AUTOMATIC),
        ("Subject: Delivery Status Notification\r\n", WithholdReason.LOOKS_AUTOMATIC),
    ],
)
def test_what_is_no_persons_plain_mail_is_held(fields: str, reason: WithholdReason | None) -> None:
    """Machines, loops, and titles that only look automatic."""
    assert reason == judge(parse_message(f"From: a.b@client.example\r\n{fields}\r\nx".encode())).reason


def test_an_unreadable_mail_is_held() -> None:
    """A person looks first."""
    verdict = judge(scan_minimal(b"From: a.b@client.example\r\n\r\nx"))

    assert AnswerVerdict(may=False, reason=WithholdReason.UNREADABLE) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b.example",
        "a@",
        "a@b",
        "a@b..example",
        "a@-b.example",
        "a@b-.example",
        "a@b.example.",
        "a@192.0.2.1",
        ".a@b.example",
        "a.@b.example",
        "a..b@b.example",
        "a@b@c.example",
        "a b@c.example",
        "a\n@c.example",
        "a@c.example\n",
        "a\r\nRCPT TO:<x@y.example>@c.example",
        "<a@c.example>",
        "a,b@c.example",
        '"a"@c.example',
        "a(c)@c.example",
        "a@c_d.example",
        "a@cé.example",
        "a@c.example\u200b",
        "a" * 65 + "@c.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
        "a" * 64 + "@" + ("b" * 60 + ".") * 4 + "ca",
    ],
)
def test_a_text_that_is_no_plain_address_is_never_sent_to(text: str) -> None:
    """What reaches the mail server's commands is a plain dot-atom at a named domain (MUST 14)."""
    assert not is_sendable_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@b.ca",
        "a.b+c_d-e@x-y.b.example",
        "O'Neil@b.example",
        "a" * 64 + "@b.example",
        "1@1.example",
        "a@xn--c-bja.example",
    ],
)
def test_a_plain_address_may_be_sent_to(text: str) -> None:
    """What requesters have."""
    assert is_sendable_address(text)


@given(st.text(max_size=40))
def test_no_character_outside_the_grammar_gets_through(text: str) -> None:
    """Whatever is accepted holds printable ASCII without blanks, brackets, commas and quotes."""
    accepted = is_sendable_address(f"a{text}@b.example")

    assert not accepted or (set(text).isdisjoint(' \t\r\n<>()[],;:\\"') and text.isascii() and text.isprintable())
