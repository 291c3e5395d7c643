"""Laws of the reader: any bytes give an answer that can be stored, printed and shown in one line."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from itertools import repeat

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.mail.reading.caps import TEXT_BYTES
from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.model.message import ParsedMessage

_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")

_NAMES = st.one_of(
    st.sampled_from(["From", "To", "Cc", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Received"]),
    st.sampled_from(["Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Return-Path", "X-Loop"]),
)
_VALUES = st.one_of(
    st.sampled_from(
        [
            b'multipart/mixed; boundary="a"',
            b"multipart/alternative; boundary=a",
            b"multipart/report; report-type=delivery-status; boundary=a",
            b"message/rfc822",
            b"message/delivery-status",
            b"text/html; charset=utf-16",
            b"text/plain; charset=punycode; format=flowed",
            b"attachment; filename*0*=utf-8''%ff%fe; filename*1=x",
            b"base64",
            b"quoted-printable",
            b"x-uuencode",
            b"=?utf-8?b?w6k=?= =?utf-8?q?=C3?= =?utf-8?q?=A9=0D=0A?=",
            b"<a@b.example> (c <d@e.example>) , group: f@g.example;",
            b"Tue, 4 Mar 2025 10:15:00 -0500",
            b"Tue, 99 Foo 0000 99:99:99 +9999",
            b"<[1",
            b"<<>>",
        ]
    ),
    st.binary(max_size=60),
)
_HEADS = st.lists(st.tuples(_NAMES, _VALUES), max_size=8).map(
    lambda fields: b"".join(name.encode() + b": " + value + b"\r\n" for name, value in fields)
)
_BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from([b"begin 644 x\nM\n#", b"<p>a<table><tr><td>b</p><a href='http://x.example'>c", b"> q\n-- \ns"]),
)
_PARTS = st.tuples(_HEADS, _BODIES).map(lambda part: part[0] + b"\r\n" + part[1])
_MAILS = st.lists(_PARTS, min_size=1, max_size=5).map(b"\r\n--a\r\n".join)


def one_line_fields(message: ParsedMessage) -> Iterator[str]:
    """Every text that somebody will show on one line."""
    yield from (message.subject, message.message_id or "", *message.in_reply_to, *message.references)
    yield from (*message.returned, *message.delivered_to, message.signs.content_type, message.signs.return_path or "")
    yield from (*message.signs.x_loop, message.signs.report_type or "", *(line.by for line in message.received))
    for address in (*message.senders, *message.reply_to, *message.to, *message.cc):
        yield from (address.name, address.address)
    for attachment in message.attachments:
        yield from (attachment.name, attachment.type)
    for bounce in message.bounces:
        yield from (bounce.recipient, bounce.status, bounce.action)


def assert_lawful(message: ParsedMessage) -> None:
    """The laws that hold for every answer."""
    everything = json.dumps(asdict(message), default=str, ensure_ascii=False)
    faulty = [
        text
        for text in one_line_fields(message)
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI for character in text)
    ]
    controls = {c for c in message.text + message.new_text if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n", "\t"}
    lines = message.text.split("\n")
    # A broken client puts « On … wrote: » behind the author's last words: then a line's beginning is new.
    invented = [
        new
        for new in set(message.new_text.split("\n")) - set(lines)
        if not any(map(str.startswith, lines, repeat(new)))
    ]

    assert everything.encode("utf-8")
    assert [] == faulty
    assert set() == controls
    assert len(message.text.encode("utf-8")) <= TEXT_BYTES
    assert [] == invented
    assert all(address == address.strip() for address in (sender.address for sender in message.senders))


@given(st.binary(max_size=2_000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_a_lawful_answer(raw: bytes) -> None:
    """The reader is total: noise is a mail too."""
    message = parse_message(raw)

    assert_lawful(message)


@given(_MAILS)
@settings(max_examples=300, deadline=None)
def test_any_mail_of_a_small_grammar_gives_a_lawful_answer(raw: bytes) -> None:
    """Fields, parts and encodings in any wrong combination are read, not only survived."""
    message = parse_message(raw)

    assert message.readable
    assert_lawful(message)


@given(st.one_of(st.binary(max_size=2_000), _MAILS))
@settings(max_examples=150, deadline=None)
def test_the_minimal_scan_is_total_and_lawful_too(raw: bytes) -> None:
    """What is shown when the reader failed obeys the same laws."""
    message = scan_minimal(raw)

    assert not message.readable
    assert_lawful(message)


@given(_MAILS)
@settings(max_examples=100, deadline=None)
def test_the_same_bytes_give_the_same_answer(raw: bytes) -> None:
    """The fingerprint, like all the rest, depends on the bytes alone."""
    assert parse_message(raw) == parse_message(raw)
