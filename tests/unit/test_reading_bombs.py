"""Mails made to be expensive, each read whole in this very process: what would take gigabytes takes a moment."""

import pytest

from triage.mail.reading.caps import DEPTH, FIELDS, PARTS, TEXT_BYTES
from triage.mail.reading.parse import parse_message

HEAD = b"From: a.b@client.example\r\nSubject: x\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
WORD = b"=?utf-8?q?=C3=A9?= "


def nested(levels: int) -> bytes:
    """Multiparts in each other."""
    layers = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels))
    return HEAD + b"".join(layers) + b"\r\nau fond"


BOMBS = {
    "273 KiB of encoded words in From": b"From: " + WORD * 14_000 + b"\r\n\r\nx",
    "410 KiB of encoded words in Subject": b"Subject: " + WORD * 21_000 + b"\r\n\r\nx",
    "words that never end": b"Subject: " + b"=?utf-8?q?" * 40_000 + b"\r\n\r\nx",
    "parentheses": b"From: " + b"(" * 3_000 + b"\r\n\r\nx",
    "angles": b"To: " + b"<" * 9_000 + b"\r\nCc: " + b"<,@a" * 4_000 + b"\r\n\r\nx",
    "quotes": b"From: " + b'"\\' * 1_000 + b"\r\n\r\nx",
    "ids": b"References: " + b"<a@b> " * 100_000 + b"\r\nMessage-ID: <[1\r\n\r\nx",
    "parameters": b"Content-Type: text/plain" + b"; a*0*=%ff" * 1_600 + b"\r\n\r\nx",
    "a million header lines": b"X: y\r\n" * 300_000 + b"\r\nx",
    "one endless header": b"X: " + b"a" * 5_000_000 + b"\r\n\r\nx",
    "line breaks only": b"\n" * 5_000_000,
    "nested 300": nested(300),
    "nested 10,000": nested(10_000),
    "messages in messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_200,
    "parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    "near boundaries": b"Content-Type: multipart/mixed; boundary=-\r\n\r\n" + b"---x\n" * 500_000,
    "open tags": HTML + b"<a " * 200_000,
    "open comments": HTML + b"<!--" * 200_000,
    "deep divisions": HTML + b"<div>" * 100_000,
    "deep tables": HTML + b"<table><tr><td>x" * 30_000,
    "deep quotations": HTML + b"<blockquote type=cite>x" * 20_000,
    "attributes": HTML + b"<a " + b'b="c" ' * 100_000 + b">",
    "ampersands": HTML + b"&" * 500_000,
    "attributions": HEAD + b"\r\n" + "Le 3 mars 2025 a écrit :\r\n\r\n".encode() * 20_000,
    "wide attributions": HEAD + b"\r\n" + (b"Le 3 mars 2025" + b" " * 380 + b"x\r\n") * 2_000,
    "header blocks": HEAD + b"\r\n" + b"De : x\r\n" * 60_000,
    "quoted lines": HEAD + b"\r\n" + b"> a\r\nb\r\n" * 100_000,
    "punycode": HEAD + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 200_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", BOMBS)
def test_an_expensive_mail_is_read_whole_in_linear_time(name: str) -> None:
    """Each of these hung a mail library for minutes, took gigabytes, or broke it."""
    message = parse_message(BOMBS[name])

    assert message.readable
    assert len(message.text) <= TEXT_BYTES


def test_a_long_header_keeps_the_fields_before_the_bound_and_the_body_after_it() -> None:
    """A cut header costs what follows the bound, never the text of the mail."""
    message = parse_message(HEAD + b"X: y\r\n" * (2 * FIELDS) + b"\r\nBonjour")

    assert "x" == message.subject
    assert "Bonjour" == message.text
    assert "header_cut" in message.warnings


def test_a_sender_field_is_cut_at_its_own_smaller_bound() -> None:
    """The address in front of a long From is still read."""
    message = parse_message(b"From: a@client.example, " + b"b@client.example, " * 500 + b"\r\n\r\nx")

    assert "a@client.example" == message.senders[0].address
    assert "field_cut" in message.warnings


def test_parts_and_depth_are_bounded_and_said_to_be() -> None:
    """What is beyond is kept in the raw mail, not read."""
    many = parse_message(BOMBS["parts"])
    deep = parse_message(nested(DEPTH + 1))
    just_so = parse_message(nested(DEPTH - 1))

    assert "too_many_parts" in many.warnings
    assert many.text.count("x") < PARTS
    assert "too_deep" in deep.warnings
    assert "au fond" == just_so.text


def test_a_long_text_is_cut_at_a_character_and_said_to_be() -> None:
    """A text over 1 MiB is read as far as the last whole character."""
    message = parse_message(HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "é".encode() * 3_000_000)

    assert TEXT_BYTES == len(message.text.encode("utf-8"))
    assert {"é"} == set(message.text)
    assert ("text_cut",) == message.warnings


def test_a_long_page_is_read_as_far_as_the_bound() -> None:
    """HTML has a bound of its own, for the whole mail."""
    message = parse_message(HTML + b"<p>bonjour</p>" * 200_000)

    assert message.text.startswith("bonjour\n\nbonjour")
    assert "html_cut" in message.warnings
