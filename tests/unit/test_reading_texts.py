"""What a mail says: HTML as text, what is new of it, its language, what is attached, and the minimal scan."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.mail.reading.texts.html import html_to_text
from triage.mail.reading.texts.language import guess_language
from triage.model.codes import Language
from triage.model.message import Address, MachineSigns


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b<br><br>c", "a\nb\n\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div><div><div>a</div></div></div><div><br></div><div>b</div>", "a\n\nb"),
        ("un <b>mot</b> <i>gras</i>, <span>lié</span>", "un mot gras, lié"),
        ("&eacute;&#233;&nbsp;&laquo;&euro;", "éé\u00a0«€"),
        ("<ul><li>un</li><li>deux</li></ul>", "- un\n- deux"),
        ("<ul><li><p>un</p></li><li><p>deux</p></li></ul>", "- un\n\n- deux"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<p>a</p><script>x</script><style>y</style><title>z</title><p>b</p>", "a\n\nb"),
        ('<p hidden>a</p><p style="DISPLAY : none">b</p><p style="visibility:hidden">c</p>d', "d"),
        ("<!-- a -->b", "b"),
        ('<a href="https://x.example/p">ici</a>', "ici <https://x.example/p>"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="javascript:alert(1)">ici</a>', "ici"),
        ('<img src="http://x.example/pixel"><img alt="Reçu" src="cid:1">', "[Reçu]"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td></td><td>c</td></tr></table>", "a | b\nc"),
        ("<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\n\nb\nc"),
        ("<table><tr><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>", "a | b"),
        ('<p>x</p><blockquote type="cite"><p>a</p><p>b</p></blockquote><p>y</p>', "x\n\n> a\n>\n> b\n\ny"),
        ("<p>x</p><blockquote>a</blockquote>y", "x\n\n> a\n\ny"),
        ("<blockquote>a</blockquote><p>x</p><blockquote>b</blockquote>", "a\n\nx\n\n> b"),
        ('<blockquote>a</blockquote><blockquote type="cite">b</blockquote>', "a\n\n> b"),
        ('<p>x</p><blockquote style="margin:0 0 0 40px;border:none">retrait</blockquote>', "x\n\nretrait"),
        (
            '<p>x</p><blockquote class="gmail_quote">mis en retrait par un bouton</blockquote>',
            "x\n\nmis en retrait par un bouton",
        ),
        ('<div class="gmail_quote"><blockquote class="gmail_quote">cité</blockquote></div>x', "> cité\n\nx"),
        ("<p>jamais fermé <b>gras", "jamais fermé gras"),
        ("", ""),
        ("<html></html>", ""),
        ("a \n\t b", "a b"),
    ],
)
def test_a_page_is_read_as_a_person_sees_it(page: str, expected: str) -> None:
    """Text, lines, lists, tables, links; nothing that is hidden or run."""
    assert expected == html_to_text(page.encode(), charset="utf-8", repairs=set())


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"><p>\xe9t\xe9', None),
        (b"<meta charset='utf-8'><p>\xc3\xa9t\xc3\xa9", None),
        (b"<meta charset=utf-16><p>\xc3\xa9t\xc3\xa9", "utf-8"),
        (b"<p>\xe9t\xe9\0", None),
    ],
)
def test_a_page_is_decoded_by_the_mail_then_by_itself(data: bytes, charset: str | None) -> None:
    """The mail's charset wins over the page's; without either the usual chain decides."""
    assert "été" == html_to_text(data, charset=charset, repairs=set())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bonjour, je n’ai jamais reçu ma commande.", Language.FRENCH),
        ("Le produit etait brise et le service tres lent.", Language.FRENCH),
        ("Hello, I never received my order.", Language.ENGLISH),
        ("The bottle was broken.", Language.ENGLISH),
        ("Bonjour, hello, merci, thanks", Language.UNDETERMINED),
        ("4821", Language.UNDETERMINED),
        ("", Language.UNDETERMINED),
    ],
)
def test_the_language_is_told_with_a_margin(text: str, expected: Language) -> None:
    """Short, mixed and other texts stay undetermined."""
    assert expected is guess_language(text)


def part(kind: str, body: str, *fields: str) -> str:
    return "\r\n".join(["--b", f"Content-Type: {kind}", *fields, "", body, ""])


def multipart(kind: str, *parts: str, head: str = "") -> bytes:
    return (f"{head}Content-Type: multipart/{kind}; boundary=b\r\n\r\n" + "".join(parts) + "--b--\r\n").encode()


@pytest.mark.parametrize(
    ("raw", "text", "attached"),
    [
        (multipart("mixed", part("text/plain", "un"), part("text/plain", "deux")), "un\n\ndeux", []),
        (multipart("alternative", part("text/plain", " "), part("text/html", "<p>deux")), "deux", []),
        (multipart("alternative", part("text/html", "<p>un deux"), part("text/plain", "un deux")), "un deux", []),
        (multipart("alternative", part("text/calendar", "un"), part("text/markdown", "deux")), "deux", [""]),
        (
            multipart("mixed", part("text/plain", "un"), part("text/plain", "deux", "Content-Disposition: attachment")),
            "un",
            [""],
        ),
        (
            multipart("mixed", part("text/plain", "un"), part("text/plain; name=notes.txt", "deux")),
            "un",
            ["notes.txt"],
        ),
        (multipart("encrypted", part("application/octet-stream", "secret")), "", [""]),
        (multipart("digest", part("message/rfc822", "Subject: a\r\n\r\nun")), "Subject: a\n\nun", ["a"]),
        (multipart("inconnu", part("text/plain", "un")), "un", []),
        (b"Content-Type: text/plain; name=lettre.txt\r\n\r\nun", "un", []),
        (b"Content-Type: pas un type\r\n\r\nun", "un", []),
        (b"Content-Type: application/pdf\r\n\r\n%PDF", "", [""]),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsans fin", "sans fin", []),
        (b"Content-Type: multipart/mixed\r\n\r\nsans frontiere", "sans frontiere", []),
        (
            b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\nun \r\ndeux\r\n> a \r\n> b\r\n",
            "undeux\n> a \n> b",
            [],
        ),
    ],
)
def test_texts_and_attachments_are_told_apart(raw: bytes, text: str, attached: list[str]) -> None:
    """Text is what a client shows in the mail; all else is listed by name, never opened."""
    message = parse_message(raw)

    assert text == message.text
    assert attached == [attachment.name for attachment in message.attachments]


def test_a_mail_inside_a_mail_may_be_encoded() -> None:
    """Against the standard, and daily life."""
    inner = "U3ViamVjdDogYQ0KDQp1bg=="
    raw = multipart("mixed", part("message/rfc822", inner, "Content-Transfer-Encoding: base64"))

    assert "Subject: a\n\nun" == parse_message(raw).text


def test_the_fingerprint_is_of_the_content_not_of_the_path() -> None:
    """Another server, other line ends, another charset, another order of parts: the same mail."""
    head = "From: a@b.example\r\nDate: Tue, 4 Mar 2025 10:15:00 -0500\r\nSubject: =?utf-8?q?=C3=A9?=\r\n"
    one = multipart("mixed", part("text/plain; charset=utf-8", "été"), part("image/png", "abc"), head=head)
    two = (
        multipart("mixed", part("image/png", "abc"), part("text/plain; charset=utf-8", "été "), head=head)
        .replace(b"\xc3\xa9", b"\xe9")
        .replace(b"charset=utf-8", b"charset=iso-8859-1")
        .replace(b"boundary=b", b"boundary=b; x=y")
    )
    other = one.replace(b"abc", b"abd")

    assert parse_message(one).fingerprint == parse_message(b"Received: x\r\n" + two).fingerprint
    assert parse_message(one).fingerprint != parse_message(other).fingerprint


@pytest.mark.parametrize("field", ["From: c@d.example", "Subject: autre", "Date: Tue, 4 Mar 2025 10:15:01 -0500"])
def test_the_fingerprint_differs_with_sender_subject_and_date(field: str) -> None:
    """Two complaints with the same words are two complaints."""
    name = field.partition(":")[0]
    lines = ["From: a@b.example", "Subject: un", "Date: Tue, 4 Mar 2025 10:15:00 -0500"]
    changed = [field if line.startswith(name) else line for line in lines]

    first = parse_message("\r\n".join([*lines, "", "x"]).encode())
    second = parse_message("\r\n".join([*changed, "", "x"]).encode())

    assert first.fingerprint != second.fingerprint


def test_a_bounce_tells_each_recipient_and_the_mail_it_brings_back() -> None:
    """Original recipients win; headers alone are enough to find the ticket."""
    status = (
        "Reporting-MTA: dns; x\r\n\r\n"
        "Original-Recipient: rfc822; a@b.example\r\nFinal-Recipient: rfc822; alias@x.example\r\n"
        "Action: FAILED\r\nStatus: 5.2.2 (full)\r\n\r\n"
        "Final-Recipient: c@d.example\r\nAction: delayed\r\nStatus: 4.0.0\r\n"
    )
    raw = multipart(
        "report",
        part("text/plain", "Non remis"),
        part("message/delivery-status", status),
        part("text/rfc822-headers", "Message-ID: <notre@organisme.example>\r\n"),
    )
    message = parse_message(raw)

    assert [("a@b.example", "5.2.2", "failed"), ("c@d.example", "4.0.0", "delayed")] == [
        (bounce.recipient, bounce.status, bounce.action) for bounce in message.bounces
    ]
    assert ("notre@organisme.example",) == message.returned
    assert "Non remis" == message.text


def test_signs_are_facts_in_lower_case() -> None:
    """What the rules judge by."""
    raw = (
        b"Return-Path: <A@B.ca>\r\nAuto-Submitted: No\r\nX-Loop: A\r\nX-Loop: B\r\nReceived: x\r\nFrom: a@b.ca\r\n\r\n"
    )

    expected = MachineSigns(
        return_path="a@b.ca", auto_submitted="no", x_loop=("a", "b"), received_count=1, from_count=1
    )

    assert expected == parse_message(raw).signs


def test_the_minimal_scan_reads_what_stands_in_plain_sight() -> None:
    """First lines win, bytes are latin-1, two addresses are none."""
    raw = (
        b"From: \xc9lodie <A.B@Client.example>\r\nFrom: autre@x.example\r\nSubject: R\xe9clamation\x07\r\n"
        b"Date: Tue, 4 Mar 2025 10:15:00 -0500\r\nMessage-ID: <m@x.example>\r\n\r\nx"
    )
    message = scan_minimal(raw)

    assert (Address("", "A.B@client.example"),) == message.senders
    assert ("Réclamation", "m@x.example") == (message.subject, message.message_id)
    assert datetime(2025, 3, 4, 15, 15, tzinfo=UTC) == message.date
    assert (Address("a@b.example, c@d.example", ""),) == scan_minimal(b"From: a@b.example, c@d.example").senders
    assert replace(message, senders=()) == replace(scan_minimal(raw), senders=())
    assert () == scan_minimal(b"rien").senders
