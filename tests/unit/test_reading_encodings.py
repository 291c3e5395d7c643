"""The ways in which mail is encoded wrongly, as seen in the wild: each still gives the words that were meant."""

from base64 import b64encode

import pytest

from triage.mail.reading.parse import parse_message


def word(text: str, charset: str, label: str | None = None) -> bytes:
    return b"=?" + (label or charset).encode() + b"?B?" + b64encode(text.encode(charset)) + b"?="


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (b"=?utf-8?B?w6k=?==?utf-8?B?w6g=?=", "éè"),
        (b"=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
        (b"=?UTF-8?Q?caf=C3?=\r\n =?UTF-8?Q?=A9?=", "café"),
        (b"caf\xe9 r\xe9sum\xe9", "café résumé"),
        (b"caf\xc3\xa9", "café"),
        (b"\xe9t\xe9 =?utf-8?Q?=C3=A9?=", "été é"),
        (b"=?iso-8859-1?Q?prix_=80_100?=", "prix € 100"),
        (b"=?iso-8859-1?Q?caf=C3=A9?=", "café"),
        (b"=?unknown-8bit?Q?caf=E9?=", "café"),
        (b"=?utf-8?Q?caf=E9?=", "café"),
        (b"=?utf-8?Q?caf=C3=A9_br=FBl=C3=A9?=", "café brûlé"),
        (b"=?utf-8?Q?o\xc3\xb9?=", "où"),
        (b"=?utf-8?Q?avec des blancs =C3=A9?=", "avec des blancs é"),
        (b"=?utf-8?Q?quand?o=C3=B9?=", "quand?où"),
        (b"=?utf-8?Q?coup=C3=A9", "coupé"),
        (b"=?utf-8?B?w6k", "é"),
        (b"=?utf-7?Q?caf+AOk-?=", "café"),
        (b"=?utf-7?Q?+2D0?=", "+2D0"),
        (b"=?utf-16le?B?Pdg=?=", "=Ø"),
        (b"=?cp1252?Q?l=92=81=E9t=E9?=", "l’\ufffdété"),
        (word("你好世界", "gb18030", "gb2312"), "你好世界"),
        (word("镕", "gbk"), "镕"),
        (word("こんにちは", "shift_jis"), "こんにちは"),
        (word("①髙橋", "cp932", "shift_jis"), "①髙橋"),
        (word("こんにちは", "iso-2022-jp"), "こんにちは"),
        (b"\x1b$B$3$s$K$A$O\x1b(B", "こんにちは"),
        (word("안녕하세요", "cp949", "ks_c_5601-1987"), "안녕하세요"),
        (word("привет", "koi8-r"), "привет"),
    ],
)
def test_a_subject_encoded_wrongly_is_still_read(subject: bytes, expected: str) -> None:
    """Split characters, raw bytes, wrong and unknown labels, words without an end."""
    message = parse_message(b"Subject: " + subject + b"\r\n\r\nx")

    assert expected == message.subject
    assert message.readable


@pytest.mark.parametrize(
    ("data", "charset", "encoding", "expected"),
    [
        ("été €".encode("cp1252"), "iso-8859-1", "8bit", "été €"),
        ("été".encode(), "us-ascii", "8bit", "été"),
        ("été".encode("latin-1"), "utf-8", "8bit", "été"),
        ("l’été d’Élodie".encode(), "iso-8859-1", "8bit", "l’été d’Élodie"),
        ("été ".encode() + "à côté".encode("latin-1"), "utf-8", "8bit", "été à côté"),
        ("l’été \x81".encode("cp1252", "ignore") + b"\x81", "windows-1252", "8bit", "l’été \ufffd"),
        ("😀".encode("utf-16", "surrogatepass").decode("utf-16").encode(), "utf-8", "8bit", "😀"),
        (b"\xed\xa0\xbd\xed\xb8\x80", "utf-8", "8bit", "😀"),
        (b"\xed\xa0\xbd seul", "utf-8", "8bit", "\ufffd seul"),
        ("été".encode("utf-7"), "utf-7", "7bit", "été"),
        ("été".encode("utf-16"), "utf-16", "8bit", "été"),
        ("日本語".encode("iso-2022-jp"), "us-ascii", "7bit", "日本語"),
        ("été".encode("mac_roman"), "x-mac-roman", "8bit", "été"),
        ("été".encode("cp850"), "ibm850", "8bit", "été"),
        (b"=C3=A9t=C3=A9 =\r\nsuite\r\n=XX fin", "utf-8", "Quoted-Printable; x", "été suite\n=XX fin"),
        (b"w6l0w6k", "utf-8", "base64", "été"),
        (b"Bonjour, ceci n'a jamais ete encode.", "utf-8", "base64", "Bonjour, ceci n'a jamais ete encode."),
    ],
)
def test_a_body_encoded_wrongly_is_still_read(data: bytes, charset: str, encoding: str, expected: str) -> None:
    """One stray byte costs itself; a wrong label or a missing encoding costs nothing."""
    head = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"

    assert expected == parse_message(head.encode() + data).text


def test_no_lone_surrogate_ever_comes_out() -> None:
    """Neither a database nor JSON takes one: whatever bytes under whatever label."""
    data = bytes(range(0x80, 0x100)) + b"\xed\xa0\xbd" + b"\xff\xd8\x00\xdc+2D0-"
    for label in ("utf-8", "utf-16", "utf-16le", "utf-32", "utf-7", "cesu-8", "gb18030", "cp932", "rot13", "zlib"):
        raw = f"Content-Type: text/plain; charset={label}\r\n\r\n".encode() + data

        assert parse_message(raw).text.encode("utf-8")
