"""A header block says what was meant and nothing else (RFC 2047, RFC 5322)."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.writing.headers import (
    UnsafeMail,
    encode_mailbox,
    encode_text,
    is_safe_address,
    read_names,
    safe_ids,
    write_headers,
)

# What a header text may be: no controls, no invisible marks, no blanks but the ordinary one.
TEXTS = st.text(
    alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="\u0085\u061c\ufeff"), max_size=120
)


@given(text=TEXTS)
def test_a_subject_is_read_back_as_it_was_written(text: str) -> None:
    """The standard parser finds the same words, and one header only."""
    block = write_headers([("Subject", encode_text(f"a{text}b"))])
    parsed = message_from_bytes(block + b"\r\n", policy=policy.default)

    assert ["Subject"] == parsed.keys()
    assert f"a{text}b" == parsed["Subject"]
    assert max(len(line) for line in block.split(b"\r\n")) <= 998


@given(name=TEXTS)
def test_a_display_name_is_read_back_as_it_was_written(name: str) -> None:
    """Quoted, encoded or bare, it is one mailbox with this name and our address."""
    block = write_headers([("From", encode_mailbox(name, "box@example.org"))])
    # Not the newer parser: in phrases it puts a blank between two encoded words, which RFC 2047 §6.2 forbids.
    shown, address = parseaddr(message_from_bytes(block + b"\r\n", policy=policy.compat32)["From"])

    assert "box@example.org" == address
    assert " ".join(name.split()) == " ".join(str(make_header(decode_header(shown))).split())


def test_words_in_ascii_stay_legible() -> None:
    """Only the run that needs it is encoded, so that the number can be seen in any tool."""
    assert "[CAG 2026-000123] bien =?utf-8?q?re=C3=A7u?= ici" == encode_text("[CAG 2026-000123] bien reçu ici")
    assert "Plaintes CAG <a@b.ca>" == encode_mailbox("Plaintes CAG", "a@b.ca")
    assert '"Plaintes, \\"CAG\\"" <a@b.ca>' == encode_mailbox('Plaintes, "CAG"', "a@b.ca")
    assert "a@b.ca" == encode_mailbox("", "a@b.ca")


def test_an_encoded_word_is_never_over_75_characters() -> None:
    """Nor does it end inside a character."""
    words = encode_text("é" * 100).split(" ")

    assert all(len(word) <= 75 and word.removeprefix("=?utf-8?q?").count("=C3=A9") >= 1 for word in words)


def test_what_looks_encoded_is_encoded() -> None:
    """A text that reads like an encoded word is shown as typed, never decoded."""
    assert "=?utf-8?q?a?=" not in encode_text("=?utf-8?q?a?=")


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\x00b", "a\x85b", "a\u2029b", "a\u2066b", "a\ufeffb", "a\ud800b"])
def test_controls_and_invisible_marks_are_refused(bad: str) -> None:
    """They are never mended: whoever wrote the configuration sees the error."""
    with pytest.raises(UnsafeMail):
        encode_text(bad)
    with pytest.raises(UnsafeMail):
        encode_mailbox(bad, "a@b.ca")


@pytest.mark.parametrize(
    "headers",
    [
        [("Subject", "a\r\nBcc: x@example.org")],
        [("Subject", "a\r\n\r\nbody")],
        [("Subject", "a\nBcc: x@example.org")],
        [("Sub ject", "a")],
        [("Subject\r\nBcc", "a")],
        [("Subject", "")],
        [("Subject", "é")],
        [("Subject", "a"), ("Subject", "b")],
    ],
)
def test_a_block_that_says_something_else_is_never_written(headers: list[tuple[str, str]]) -> None:
    """The last belt: the bytes are taken apart again and compared with what was meant."""
    with pytest.raises(UnsafeMail):
        write_headers(headers)


def test_names_are_found_as_any_reader_finds_them() -> None:
    """Folded lines belong to the header above; anything that is no header is no block."""
    assert ["A", "B-C"] == read_names("A: 1\r\n 2\r\nB-C: 3\r\n")
    assert None is read_names("A: 1\r\nno header\r\n")


def test_addresses_are_held_to_one_plain_grammar() -> None:
    """The forms that readers disagree about are out (reliability of the reply depends on it)."""
    assert is_safe_address("o'hara+a.b_c-d/e=f@sub.example.org")
    assert not is_safe_address(f"{'a' * 65}@example.org")
    assert not is_safe_address("agent@corp(<evil@x>)")


def test_each_id_is_kept_once() -> None:
    """In the order of the thread."""
    assert ("a@b", "c@d") == safe_ids(["a@b", "c@d", "a@b"])
