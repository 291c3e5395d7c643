"""Laws of the reader: any bytes give an answer that can be stored, printed and shown in one line.

The same grammar with many more cases is `tests/campaigns/reader.py`.
"""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lawful import assert_lawful
from tests.mail_grammar import MAILS
from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_lawful_answer(raw: bytes) -> None:
    """The reader is total: noise is a mail too."""
    message = parse_message(raw)

    assert_lawful(message)


@given(MAILS)
@settings(max_examples=300, deadline=None)
def test_any_mail_of_the_grammar_gives_a_lawful_answer(raw: bytes) -> None:
    """Fields, parts and encodings in any wrong combination are read, not only survived."""
    message = parse_message(raw)

    assert message.readable
    assert_lawful(message)


@given(st.one_of(st.binary(max_size=2_000), MAILS))
@settings(max_examples=150, deadline=None)
def test_the_minimal_scan_is_total_and_lawful_too(raw: bytes) -> None:
    """What is shown when the reader failed obeys the same laws."""
    message = scan_minimal(raw)

    assert not message.readable
    assert_lawful(message)


@given(MAILS)
@settings(max_examples=100, deadline=None)
def test_the_same_bytes_give_the_same_answer(raw: bytes) -> None:
    """The fingerprint, like all the rest, depends on the bytes alone."""
    assert parse_message(raw) == parse_message(raw)
