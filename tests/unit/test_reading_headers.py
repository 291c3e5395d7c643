"""Headers as senders really write them: addresses, encoded words, ids, dates, parameters."""

from datetime import UTC, datetime

import pytest

from triage.mail.reading.addresses import read_addresses, tidy_address
from triage.mail.reading.caps import ADDRESSES, ID_CHARACTERS, IDS
from triage.mail.reading.dates import read_date
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_file_name, clean_line, clean_text, cut_utf8
from triage.mail.reading.decoding.parameters import parse_parameters
from triage.mail.reading.decoding.transfer import decode_transfer
from triage.mail.reading.decoding.words import decode_base64, decode_words
from triage.mail.reading.ids import read_id, read_ids
from triage.mail.reading.parse import parse_message
from triage.model.message import Address, ReceivedLine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("Élodie Roy <A.B@Client.EXAMPLE>", [("Élodie Roy", "A.B@client.example")]),
        ('"Roy, Élodie" <a@b.example>, c@d.example', [("Roy, Élodie", "a@b.example"), ("", "c@d.example")]),
        (r'"L\"ami\" Roy" <a@b.example>', [('L"ami" Roy', "a@b.example")]),
        ("a@b.example (Élodie Roy)", [("Élodie Roy", "a@b.example")]),
        (
            "Service: a@b.example, c@d.example; e@f.example",
            [("", "a@b.example"), ("", "c@d.example"), ("", "e@f.example")],
        ),
        ("=?utf-8?q?=C3=89lodie?= <a@b.example>", [("Élodie", "a@b.example")]),
        ('"=?utf-8?q?Roy=2C_=C3=89?=" <a@b.example>', [("Roy, É", "a@b.example")]),
        ("'a@b.example' <a@b.example>", [("a@b.example", "a@b.example")]),
        ("<@relais.example:a@b.example>", [("", "a@b.example")]),
        ("Élodie <a@b.example", [("Élodie", "a@b.example")]),
        ("agent@x.example (<evil@y.example>)", [("<evil@y.example>", "agent@x.example")]),
        ("agent@x.example <evil@y.example>", [("agent@x.example", "evil@y.example"), ("", "agent@x.example")]),
        ("<a@b.example><c@d.example>", [("", "a@b.example"), ("", "c@d.example")]),
        ('"deux mots"@b.example', [("", '"deux mots"@b.example')]),
        ("Élodie Roy", [("Élodie Roy", "")]),
        ("<>", []),
        (", ;", []),
        ("Élodie a@b.example", [("Élodie", "a@b.example")]),
        ("evil@y.example agent@x.example", [("evil@y.example", "agent@x.example"), ("", "evil@y.example")]),
        ("agent@x.example: <evil@y.example>;", [("", "evil@y.example"), ("", "agent@x.example")]),
        ("A.B@Client.example <a.b@client.example>", [("A.B@Client.example", "a.b@client.example")]),
    ],
)
def test_addresses_are_read_as_they_are_written(text: str, expected: list[tuple[str, str]]) -> None:
    """Names decoded, domains in lower case, and each address that a reader might take is in the answer."""
    assert [Address(*pair) for pair in expected] == list(read_addresses([text.encode()]))


def test_no_more_addresses_are_read_than_the_bound() -> None:
    """A mail to thousands is read as far as the bound."""
    assert ADDRESSES == len(read_addresses([b"a@b.example," * 2 * ADDRESSES, b"c@d.example"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("<A@B.Ca.>", "A@b.ca"), ("x", ""), ("@b.ca", ""), (" a@b.ca ", "a@b.ca"), ("a@\u212aB.ca", "a@\u212ab.ca")],
)
def test_one_address_is_tidied(text: str, expected: str) -> None:
    """Without brackets, blanks and the final dot; no letter becomes another (the Kelvin sign is no k)."""
    assert expected == tidy_address(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=?utf-8?q?caf=C3=A9?=", "café"),
        ("=?UTF-8?B?Y2Fmw6k=?= =?UTF-8?B?IGNyw6htZQ==?=", "café crème"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("=?iso-8859-1?q?d=E9j=E0_vu?= et =?utf-8?q?=C3=A9t=C3=A9?=", "déjà vu et été"),
        ("=?utf-8*fr?q?=C3=A9?=", "é"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E9?=", "aé"),
        ("=?x-bogus?q?=E9?=", "é"),
        ("=?utf-8?b?w6k?=", "é"),
        ("=?utf-8?b?***?=", ""),
        ("=?utf-8?z?a?=", "=?utf-8?z?a?="),
        ("=?utf-8?q?a", "a"),
        ("=?utf-8?q", "=?utf-8?q"),
        ("=?utf-8?q?a =?utf-8?q?=C3=A9?=", "=?utf-8?q?a é"),
        ("Re: =?utf-8?q?=C3=A9?= !", "Re: é !"),
        ("sans mot", "sans mot"),
    ],
)
def test_encoded_words_are_decoded(text: str, expected: str) -> None:
    """RFC 2047, with the split characters and wrong labels that clients produce."""
    assert expected == decode_words(text)


@pytest.mark.parametrize(
    ("data", "charset", "expected", "held"),
    [
        (b"\xe9", None, "é", True),
        ("é".encode(), None, "é", True),
        (b"l\x92ami", "iso-8859-1", "l’ami", True),
        (b"\x81\xe9", "windows-1252", "\ufffdé", False),
        (b"\xe9", "utf-8", "é", False),
        ("é".encode(), "us-ascii", "é", True),
        ("é".encode(), "x-bogus", "é", False),
        ("é".encode(), "rot13", "é", False),
        ("é".encode(), "punycode", "é", False),
        ("é".encode(), "charset=", "é", False),
        ("é".encode(), "é" * 50, "é", False),
        ("é".encode("utf-16"), "utf-16", "é", True),
        (b"a\0b", "utf-\0", "a\0b", False),
    ],
)
def test_bytes_become_the_characters_that_were_meant(
    data: bytes,
    charset: str | None,
    expected: str,
    held: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """The declared charset where it holds, else UTF-8, cp1252."""
    assert (expected, held) == decode_bytes(data, charset)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"<a@b.example>", "a@b.example"),
        (b"a@b.example", "a@b.example"),
        (b"<[1", "[1"),
        (b"<<>>", None),
        (b"", None),
        (None, None),
        (b"<a\r\n b@c.example> junk", "a b@c.example"),
        (b"<" + b"a" * 5_000 + b"@b>", "a" * ID_CHARACTERS),
        (b'<a"x) UID 1:* @b.example>', 'a"x) UID 1:* @b.example'),
    ],
)
def test_a_message_id_is_text_without_brackets(value: bytes | None, expected: str | None) -> None:
    """Dangerous ids survive as text of one line and bounded length."""
    assert expected == read_id(value)


def test_many_ids_keep_the_first_and_the_last() -> None:
    """The first tells the thread, the last the mail that is answered."""
    value = b" ".join(b"<%d@b.example>" % number for number in range(500))

    ids = read_ids([value, b"<499@b.example>"])

    assert IDS == len(ids)
    assert ("0@b.example", "499@b.example") == (ids[0], ids[-1])


def test_ids_without_brackets_are_found_by_their_at_sign() -> None:
    """Some clients leave the brackets out, others add words."""
    assert ("a@b.example",) == read_ids([b"message of a@b.example"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"Tue, 4 Mar 2025 10:15:00 -0500", datetime(2025, 3, 4, 15, 15, tzinfo=UTC)),
        (b"4 Mar 2025 10:15 +0000 (UTC)", datetime(2025, 3, 4, 10, 15, tzinfo=UTC)),
        (b"Tue, 4 Mar 2025 10:15:00 -0000", datetime(2025, 3, 4, 10, 15, tzinfo=UTC)),
        (b"Tue, 99 Foo 2025 10:15:00 -0500", None),
        (b"31 Dec 9999 23:59:59 -2300", None),
        (b"mardi", None),
        (b"", None),
        (None, None),
    ],
)
def test_a_date_is_an_instant_in_utc_or_nothing(value: bytes | None, expected: datetime | None) -> None:
    """What cannot be told is None, never an exception, never another day."""
    assert expected == read_date(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'Text/Plain; charset="utf-8"', ("text/plain", {"charset": "utf-8"})),
        (b"a/b; x='y'", ("a/b", {"x": "y"})),
        (b'a/b; name="p;q\\"r.txt"', ("a/b", {"name": 'p;q"r.txt'})),
        (b"a/b; name*=utf-8'fr'%C3%A9.txt", ("a/b", {"name": "é.txt"})),
        (b"a/b; name*0*=iso-8859-1''%E9; name*1=t%E9; name*2*=%E9", ("a/b", {"name": "ét%E9é"})),
        (b'a/b; name*0="un "; name*1="deux"', ("a/b", {"name": "un deux"})),
        (b'a/b; name="=?utf-8?q?=C3=A9=2Etxt?="', ("a/b", {"name": "é.txt"})),
        (b"a/b; name=plain; name*=utf-8''%C3%A9", ("a/b", {"name": "é"})),
        (b'a/b; name="open', ("a/b", {"name": "open"})),
        (b"a/b;;; =x; y", ("a/b", {})),
        (b"a/b; x=1; x=2", ("a/b", {"x": "1"})),
    ],
)
def test_parameters_are_read_and_put_together(value: bytes, expected: tuple[str, dict[str, str]]) -> None:
    """RFC 2045 and RFC 2231, and what clients make of them."""
    assert expected == parse_parameters(value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Mes images\\photo.png", "photo.png"),
        ("\u200b.htaccess", ".htaccess"),
        ("gnp.\u202eexe", "gnp.exe"),
        ("a\r\nb.txt", "a b.txt"),
        ("..", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_file_name_is_a_label(name: str, expected: str) -> None:
    """No path, no control, no invisible character; the ending survives the cut."""
    assert expected == clean_file_name(name, limit=200)


def test_a_line_is_one_line_of_visible_characters() -> None:
    """Controls vanish, everything that moves the cursor is a blank, runs of blanks are one."""
    assert "a b c d" == clean_line(" a\r\n\tb\x00\x1b \u2028c\u202e \ud800d ", limit=100)
    assert "abc" == clean_line("abc   def", limit=4)


def test_a_text_has_one_kind_of_line_break() -> None:
    """Every reader counts the same lines."""
    assert "a\nb\nc\nd\te" == clean_text("a\r\nb\rc\x85d\te\x07\ufeff")


def test_a_cut_never_splits_a_character() -> None:
    """The bound is in bytes, the cut between characters."""
    assert "é" == cut_utf8("éé", 3)
    assert "abc" == cut_utf8("abc", 100)


@pytest.mark.parametrize(
    ("encoding", "data", "expected", "broken"),
    [
        ("base64", b"Ym9uam91cg==", b"bonjour", False),
        ("base64", b"Ym9uam91cg", b"bonjour", True),
        ("base64", b"Ym9u\r\nam91cg==\r\n-- \r\nliste", b"bonjour", False),
        ("base64", b"A", b"", True),
        ("quoted-printable", b"d=C3=A9=\r\nj=C3=A0", "déjà".encode(), False),
        ("quoted-printable", b"100 % = tout", b"100 % = tout", False),
        ("x-uuencode", b"begin 644 x\n#86)C\n`\nend\n", b"abc", False),
        ("x-uuencode", b"begin 644 x\n#86)C!!!!zzzz\nend\n", b"abc", True),
        ("x-uuencode", b"sans debut", b"sans debut", True),
        ("x-inconnu", b"abc", b"abc", False),
    ],
)
def test_transfer_encodings_are_undone(encoding: str, data: bytes, expected: bytes, broken: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """Broken ones give what can be told, and a warning."""
    repairs: set[str] = set()

    decoded = decode_transfer(memoryview(data), encoding, repairs)

    assert expected == decoded
    assert broken == bool(repairs)


def test_base64_in_a_header_may_lack_its_padding_and_hold_rubbish() -> None:
    """Only the letters of the alphabet count."""
    assert b"bonjour" == decode_base64(b"Ym9u am91cg")
    assert b"" == decode_base64(b"")


def test_received_lines_are_read_topmost_first() -> None:
    """The host that wrote the line and when, as far as legible."""
    raw = b"Received: from x by Relais.Example (Postfix); Tue, 4 Mar 2025 10:15:00 -0500\r\nReceived: rubbish\r\n\r\nx"

    expected = (ReceivedLine("relais.example", datetime(2025, 3, 4, 15, 15, tzinfo=UTC)), ReceivedLine("", None))

    assert expected == parse_message(raw).received


def test_delivered_to_lists_each_address_once() -> None:
    """The headers that servers add on the way in."""
    raw = b"Delivered-To: B@Organisme.Example\r\nX-Original-To: B@organisme.example\r\nEnvelope-To: b@c.example\r\n\r\n"

    assert ("B@organisme.example", "b@c.example") == parse_message(raw).delivered_to


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"From a@b Tue Mar  4\nSubject: x\n\ny", "x", "y"),
        (b"\r\n\r\nSubject: x\r\n\r\ny", "x", "y"),
        (b"\xef\xbb\xbfSubject: x\r\n\r\ny", "x", "y"),
        (b"Subject: x\nrubbish\nTo: a@b.example\n\ny", "x", "y"),
        (b"Subject: x\nBonjour, ceci est le texte.", "x", "Bonjour, ceci est le texte."),
        (b"Subject : x\r\n\r\ny", "x", "y"),
        (b"Subject: x\r\rbonjour\rmonde", "x", "bonjour\nmonde"),
        (b"Subject: un\r\n deux\r\n\ttrois\r\n\r\ny", "un deux trois", "y"),
        (b"Bonjour, sans aucun en-tete.", "", "Bonjour, sans aucun en-tete."),
    ],
)
def test_header_blocks_that_begin_or_end_badly_are_read(raw: bytes, subject: str, text: str) -> None:
    """Mail saved by editors, old spools and broken servers."""
    message = parse_message(raw)

    assert (subject, text) == (message.subject, message.text)
