"""Mails by a grammar, for Hypothesis: what clients write, in any wrong combination, and then damaged on the way.

Fields, encoded words, parts in parts, quotations of every client, notices of servers; then bytes are cut, doubled,
repeated a thousand times, put in and flipped. Specimens of `examples/mails` are damaged too.
"""

from pathlib import Path

from hypothesis import strategies as st

_SPECIMENS = [path.read_bytes() for path in sorted((Path(__file__).parent / "examples" / "mails").glob("*.eml"))]
_CHARSETS = [
    *("utf-8", "iso-8859-1", "windows-1252", "us-ascii", "utf-16", "utf-7", "gb2312", "shift_jis", "iso-2022-jp"),
    *("koi8-r", "x-unknown", "punycode", "rot13", "", '"', "utf-8; format=flowed", "cp65001", "macintosh"),
]
_WORDS = st.one_of(
    st.sampled_from(
        ["été", "Où?", "a écrit :", "日本語", "😀", "\udcff", "=?", "?=", "a\r\nBcc: x@y.example", "«\u00a0»"]
    ),
    st.text(max_size=12),
)
_ENCODED = st.tuples(
    st.sampled_from(_CHARSETS),
    st.sampled_from("QBqbx"),
    st.binary(max_size=12),
    st.sampled_from(["?=", "?", "", "=?="]),
).map(lambda word: f"=?{word[0]}?{word[1]}?".encode() + word[2] + word[3].encode())
_PHRASES = st.lists(st.one_of(_WORDS.map(lambda text: text.encode("utf-8", "replace")), _ENCODED), max_size=4).map(
    b" ".join
)
_ADDRESSES = st.one_of(
    st.sampled_from(
        [
            *(b"a@b.example", b"<a@b.example>", b'"x <y@z.example>" <a@b.example>', b"(((", b"<@a,@b:c@d.example>"),
            *(b"group: a@b.example;", b"MAILER-DAEMON", b"<>", b"a@b@c", b"postmaster@x.example", b'"\\', b"a b@c"),
        ]
    ),
    _PHRASES,
)
_FIELDS = st.one_of(
    st.tuples(st.sampled_from([b"From", b"To", b"Cc", b"Reply-To", b"Delivered-To", b"Sender"]), _ADDRESSES),
    st.tuples(st.sampled_from([b"Subject", b"X-Loop", b"Comments"]), _PHRASES),
    st.sampled_from(
        [
            (b"Subject", b"Undelivered Mail Returned to Sender"),
            (b"Subject", b"Absence du bureau : Re: x"),
            (b"Subject", b"TR: x"),
            (b"Date", b"Tue, 4 Mar 2025 10:15:00 -0500"),
            (b"Date", b"Tue, 99 Foo 0000 99:99:99 +9999"),
            (b"Message-ID", b"<[1"),
            (b"References", b"<a@b> <<>> c@d <e"),
            (b"Received", b"from x by y.example; Tue, 4 Mar 2025 10:15:00 -0500"),
            (b"Return-Path", b"<>"),
            (b"Auto-Submitted", b"auto-replied (x)"),
            (b"Precedence", b"bulk"),
            (b"List-Id", b"<x>"),
            (b"Authentication-Results", b"mx.example; dmarc=fail (p=none) header.from=x"),
        ]
    ),
)
_TYPES = st.one_of(
    st.sampled_from(
        [
            *(b"multipart/mixed; boundary=b", b"multipart/alternative; boundary=b", b"multipart/related; boundary=bb"),
            *(b"multipart/report; report-type=delivery-status; boundary=b", b"multipart/digest; boundary=b"),
            *(b"multipart/signed; boundary=b", b"multipart/mixed boundary=b", b"message/rfc822", b"text/calendar"),
            *(b"message/delivery-status", b"text/rfc822-headers", b"application/pkcs7-mime", b"application/ms-tnef"),
            *(b"image/png; name*0*=utf-8''%ff%fe; name*1=x", b"text/enriched", b"text/plain; format=flowed; delsp=yes"),
        ]
    ),
    st.tuples(st.sampled_from(["plain", "html"]), st.sampled_from(_CHARSETS)).map(
        lambda kind: f"text/{kind[0]}; charset={kind[1]}".encode()
    ),
)
_ENCODINGS = st.sampled_from([b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"binary; x", b"quoted"])
_PART_FIELDS = st.one_of(
    st.tuples(st.just(b"Content-Type"), _TYPES),
    st.tuples(st.just(b"Content-Transfer-Encoding"), _ENCODINGS),
    st.tuples(
        st.just(b"Content-Disposition"),
        st.sampled_from(
            [b"inline", b'attachment; filename="../\xe2\x80\x8b.x"', b"attachment; filename==?utf-8?q?=C3?="]
        ),
    ),
)
_LINES = st.one_of(
    st.sampled_from(
        [
            *("Bonjour,", "", "> cité", ">> cité", "-- ", "_____________", "Envoyé de mon iPhone", "514 555-0100"),
            *("Le mar. 4 mars 2025 à 10:20, X <a@b.example> a écrit :", "a écrit :", "On 4 Mar 2025, X <", "wrote:"),
            *("De : a@b.example", "Envoyé : 4 mars 2025 10:20", "À : c", "Objet : d", "-----Message d’origine-----"),
            *("---------- Forwarded message ----------", "Your message could not be delivered to", "a@b.example"),
            *("550 5.1.1 x", "Final-Recipient: rfc822; a@b.example", "Action: failed", "Status: 5.1.1", "begin 644 x"),
            *(
                "#0V%T",
                "end",
                "BEGIN:VEVENT",
                "DTSTART;TZID=x:20250304T101500",
                "SUMMARY:a\\nb",
                "w6k=",
                "=C3=A9=",
                "=",
            ),
            *(
                "<p>a<table><tr><td>b</p>",
                "<a href='http://x.example'>c",
                "<blockquote class=gmail_quote>",
                "<!--",
                "<div",
            ),
            *("--b", "--b--", "--bb", "abcd-efgh-ijkl-mnop", "-----BEGIN PGP MESSAGE-----", "&#xD800;", "&eacute"),
        ]
    ),
    _WORDS,
).map(lambda line: line.encode("utf-8", "replace"))
_BODIES = st.one_of(
    st.lists(_LINES, max_size=14).map(b"\n".join),
    st.lists(_LINES, max_size=8).map(b"\r\n".join),
    st.binary(max_size=120),
)


def _written(fields: list[tuple[bytes, bytes]], body: bytes, gap: bytes) -> bytes:
    return b"".join(name + b": " + value + gap for name, value in fields) + gap + body


_GAPS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\n "])
_PARTS = st.builds(_written, st.lists(_PART_FIELDS, max_size=3), _BODIES, _GAPS)
_TREES = st.recursive(
    _PARTS, lambda inner: st.lists(inner, min_size=1, max_size=4).map(b"\r\n--b\r\n".join), max_leaves=8
)
_WHOLE = st.builds(_written, st.lists(st.one_of(_FIELDS, _PART_FIELDS), max_size=9), _TREES, _GAPS)
_DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(["cut", "double", "many", "insert", "flip", "end"]),
        st.floats(0, 1),
        st.integers(1, 40),
        st.binary(max_size=6),
    ),
    max_size=4,
)


def _damage(raw: bytes, damages: list[tuple[str, float, int, bytes]]) -> bytes:
    grown = 0
    for kind, where, length, data in damages:
        if kind == "many" and (grown := grown + 1) > 1:
            continue  # once is a bomb; thrice is what the mailbox's bound on size is for
        at = int(where * len(raw))
        before, piece, after = raw[:at], raw[at : at + length], raw[at + length :]
        raw = {
            "cut": before + after,
            "double": before + piece * 3 + after,
            "many": before + piece * 1_000 + after,
            "insert": before + data + piece + after,
            "flip": before + bytes(byte ^ 0x80 for byte in piece) + after,
            "end": before,
        }[kind]
    return raw


MAILS = st.builds(_damage, st.one_of(_WHOLE, st.sampled_from(_SPECIMENS)), _DAMAGES)
"""Mails that people, machines and accidents write, and now and then none at all."""
