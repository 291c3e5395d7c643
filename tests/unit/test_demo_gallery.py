"""The pages of the demo show any mail, and no mail can act in them."""

from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from triage.demo.account import SentMail
from triage.demo.gallery import Page, read_page

ZONE = ZoneInfo("America/Toronto")
FIELDS = st.sampled_from([b"From", b"To", b"Date", b"Message-ID", b"Content-Type", b"Content-Disposition", b"Subject"])
NOW = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)


def read(raw: bytes) -> Page:
    return read_page(SentMail(NOW, "box@body.example", "someone@people.example", raw), 1, ZONE)


def make_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = "[CAP 2026-000001] Nous avons bien reçu votre message"
    mail["From"] = "Plaintes <box@body.example>"
    mail.set_content("Bonjour,\n")
    mail.add_alternative("<p>Bonjour,</p>", subtype="html")
    return mail


def test_a_page_shows_both_parts_and_every_header() -> None:
    """Text, HTML and headers, decoded; the file is named by a count and the ticket, never by a person."""
    page = read(make_mail().as_bytes())

    assert "Bonjour,\n" == page.text
    assert "<p>Bonjour,</p>\n" == page.html
    assert ("Subject", "[CAP 2026-000001] Nous avons bien reçu votre message") in page.headers
    assert "01-2026-000001" == page.stem
    assert "2026-11-21 13:04 EST" == page.sent_at


def test_a_mail_without_subject_or_parts_has_a_page() -> None:
    """What is missing is said, and the file name does without."""
    page = read(b"From: box@body.example\r\nContent-Type: application/pdf\r\n\r\nx")

    assert ("01", "(no subject)", "", "") == (page.stem, page.subject, page.text, page.html)


def test_an_unknown_charset_is_shown_as_well_as_can_be() -> None:
    """A page is made even where the standard parser gives up."""
    page = read(b'Subject: x\r\nContent-Type: text/plain; charset="x-nowhere"\r\n\r\npay\xe9\r\n')

    assert "payé" == page.text.strip()


def test_a_header_over_which_the_standard_parser_breaks_is_shown_as_it_was_written() -> None:
    """« From: < » makes it raise; the other headers are decoded all the same."""
    page = read(b"FROM:<\r\nSubject: =?utf-8?q?=C3=A9t=C3=A9?=\r\n\r\nx\r\n")

    assert (("FROM", "<"), ("Subject", "été")) == page.headers
    assert "x" == page.text.strip()


@given(st.binary(max_size=400) | st.builds(b"%b:%b\r\n\r\nx".__mod__, st.tuples(FIELDS, st.binary(max_size=40))))
def test_any_bytes_have_a_page(raw: bytes) -> None:
    """Whatever left, its page can be written as UTF-8."""
    page = read(raw)

    assert isinstance("".join((page.subject, page.text, page.html, *map(str, page.headers))).encode("utf-8"), bytes)
