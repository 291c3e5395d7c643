"""Mails made to be expensive, each read whole in this very process: what would take gigabytes takes a moment."""

import pytest

from tests.mail_bombs import BOMBS, HEAD, HTML, nested
from triage.mail.reading.caps import DEPTH, FIELDS, PARTS, TEXT_BYTES
from triage.mail.reading.parse import parse_message


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
