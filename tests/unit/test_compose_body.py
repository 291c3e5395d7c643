"""The parts of a letter in wire form (RFC 3676, RFC 2045)."""

import re

from hypothesis import given
from hypothesis import strategies as st

from triage.mail.writing.body import flow, multipart


def test_a_long_line_is_wrapped_softly_at_ordinary_blanks() -> None:
    """The blank at the end says « this goes on »; a no-break space is never parted."""
    flowed = flow("mot " * 30 + "9\u00a0h\u00a05")
    lines = flowed.splitlines()

    assert len(lines) > 1
    assert all(line.endswith(" ") and len(line) <= 72 for line in lines[:-1])
    assert not lines[-1].endswith(" ")
    assert "9\u00a0h\u00a05" in flowed


def test_lines_that_could_be_mistaken_are_stuffed() -> None:
    """A quotation mark, « From » and a leading blank are shielded by one blank."""
    assert "a\n > b\n From c\n  d\n" == flow("a\n> b\nFrom c\n d")


def test_blank_lines_are_evened() -> None:
    """What a branch of a template leaves behind does not show."""
    assert "a\n\nb\n" == flow("\n\na  \n\n\n\nb\n\n")


@given(st.lists(st.text(alphabet="ab>é\u00a0 F", max_size=200).map(str.strip), min_size=1, max_size=5))
def test_flowed_text_joins_into_what_it_was(paragraphs: list[str]) -> None:
    """A mail client that knows the format shows the paragraphs as they were written."""
    text = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    unstuffed = re.sub(r"^ ", "", flow(text), flags=re.MULTILINE)

    assert re.sub(r" +", " ", text) == re.sub(r" +", " ", re.sub(r" \n", " ", unstuffed)).removesuffix("\n")


def test_the_boundary_comes_from_the_key_and_stands_in_no_part() -> None:
    """Two keys, two boundaries; quoted-printable cannot contain it."""
    first_type, first = multipart(text="a", html="<p>a</p>", key="ack:1")
    second_type, _ = multipart(text="a", html="<p>a</p>", key="ack:2")
    boundary = first_type.partition('"')[2].removesuffix('"')

    assert first_type != second_type
    assert 3 == first.count(boundary.encode())
