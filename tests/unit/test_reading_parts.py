"""What stands in which part: alternatives that say more, invitations, files in the text, sealed and broken mails."""

import binascii
from hashlib import sha256

import pytest

from triage.mail.reading.decoding.uuencoded import take_uuencoded
from triage.mail.reading.parse import parse_message
from triage.mail.reading.texts.alternatives import choose
from triage.mail.reading.texts.calendars import read_calendar

CALENDAR = """BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VTIMEZONE
DTSTART:19671029T020000
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=America/Toronto:20250304T101500
DTEND:20250304T160000Z
SUMMARY:Rencontre au suj
 et du dossier
LOCATION:Salle 2\\, rue Exemple
DESCRIPTION:Bonjour\\n\\nà demain\\; merci
END:VEVENT
END:VCALENDAR
"""
INVITATION = (
    "{title}\u00a0: Rencontre au sujet du dossier\nDébut\u00a0: 2025-03-04 10:15 America/Toronto\n"
    "Fin\u00a0: 2025-03-04 16:00 UTC\nLieu\u00a0: Salle 2, rue Exemple\n\nBonjour\n\nà demain; merci"
)


def part(kind: str, body: str, *fields: str) -> str:
    return "\n".join(["--b", f"Content-Type: {kind}", *fields, "", body, ""])


def multipart(kind: str, *parts: str) -> bytes:
    return (f"Content-Type: multipart/{kind}; boundary=b\n\n" + "".join(parts) + "--b--\n").encode()


def uuencoded(content: bytes) -> bytes:
    lines = [content[start : start + 45] for start in range(0, len(content), 45)]
    return b"begin 644 re\xc3\xa7u.jpg\n" + b"".join(map(binascii.b2a_uu, lines)) + b"`\nend\n"


@pytest.mark.parametrize(
    ("texts", "main", "others"),
    [
        ([("text/html", "Bonjour"), ("text/plain", "Bonjour")], "Bonjour", []),
        ([("text/plain", "a b c d e"), ("text/html", "a b c d e <https://x.example/f> [Logo]")], "a b c d e", []),
        ([("text/plain", "un deux"), ("text/html", "un trois")], "un deux", ["un trois"]),
        ([("text/plain", "Sans HTML, rien."), ("text/html", "mot " * 20)], "mot " * 20, ["Sans HTML, rien."]),
        ([("text/plain", "Début"), ("text/html", "Début et toute la suite")], "Début et toute la suite", []),
        ([("text/plain", " "), ("text/html", "")], "", []),
        ([("image/png", "")], "", []),
    ],
)
def test_of_alternatives_no_word_is_lost(texts: list[tuple[str, str]], main: str, others: list[str]) -> None:
    """What says the same is dropped, what says more is kept, and the richer one is the mail."""
    assert (main, others) == choose(texts)


def test_an_alternative_that_says_more_stands_under_the_text_but_is_not_new() -> None:
    """The text has every word; what is new is found in one of them."""
    message = parse_message(
        multipart("alternative", part("text/plain", "Oui."), part("text/html", "<p>Oui, mais non."))
    )

    assert "Oui, mais non." == message.text
    assert "Oui, mais non." == message.new_text


@pytest.mark.parametrize(
    ("method", "title"),
    [("REQUEST", "Invitation"), ("CANCEL", "Rendez-vous annulé"), ("REPLY", "Réponse à une invitation")],
)
def test_an_invitation_is_readable_and_attached(method: str, title: str) -> None:
    """What, when, where and what was written with it, under the text of the mail."""
    calendar = part("text/calendar; charset=utf-8", CALENDAR.format(method=method))
    message = parse_message(multipart("alternative", part("text/plain; charset=utf-8", "Voir l’invitation."), calendar))

    assert f"Voir l’invitation.\n\n{INVITATION.format(title=title)}" == message.text
    assert "Voir l’invitation." == message.new_text
    assert ["text/calendar"] == [attachment.type for attachment in message.attachments]


def test_a_calendar_without_events_says_nothing() -> None:
    """Nor does one that is none, and one of many events is bounded."""
    assert "" == read_calendar("BEGIN:VCALENDAR\nEND:VCALENDAR")
    assert "" == read_calendar("SUMMARY:x\n:\n\n")
    assert 20 == read_calendar("BEGIN:VEVENT\nSUMMARY:x\n" * 5_000).count("x")


def test_files_in_the_text_are_attachments() -> None:
    """As Outlook Express wrote them; the words around them stay."""
    photo = bytes(range(256)) * 3
    raw = b"Content-Type: text/plain; charset=utf-8\n\nVoici le re\xc3\xa7u.\n\n" + uuencoded(photo) + b"\nMerci.\n"
    message = parse_message(raw)

    assert "Voici le reçu.\n\n\nMerci." == message.text
    assert [("reçu.jpg", len(photo), sha256(photo).hexdigest(), False)] == [
        (one.name, one.size, one.sha256, one.inline) for one in message.attachments
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"begin 644 x\nceci n'est pas un fichier\nend\n",
        b"begin 644 x\n#0V%T\n",
        b"begin 644 \n#0V%T\nend\n",
        b"begin to worry\n#0V%T\nend\n",
        b"begin 644 x\n" * 5_000,
    ],
)
def test_what_only_looks_like_a_file_stays_text(text: bytes) -> None:
    """A block that does not decode, or never ends, is what somebody wrote."""
    assert (text, []) == take_uuencoded(text)


@pytest.mark.parametrize(
    "raw",
    [
        multipart("encrypted", part("application/octet-stream", "x")),
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nx",
        b"Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
    ],
)
def test_a_sealed_mail_says_so(raw: bytes) -> None:
    """Nobody here can read it: a person must ask for it in clear."""
    assert "encrypted" in parse_message(raw).warnings


def test_a_signed_mail_is_read_as_any_other() -> None:
    """The signature is one attachment more."""
    signature = part("application/pkcs7-signature; name=smime.p7s", "MIAG")
    message = parse_message(multipart("signed", part("text/plain", "Bonjour"), signature))

    assert "Bonjour" == message.text
    assert ["smime.p7s"] == [attachment.name for attachment in message.attachments]
    assert () == message.warnings


def test_a_mail_whose_words_stand_behind_its_end_is_read() -> None:
    """A boundary that closes too early leaves everything behind it; where nothing else is read, this is."""
    early = b"Content-Type: multipart/mixed; boundary=a\n\n--a\n--a--\nMon colis est perdu.\n"
    footer = multipart("mixed", part("text/plain", "Bonjour")) + b"Virus-free.\n"

    assert "Mon colis est perdu." == parse_message(early).text
    assert "Bonjour" == parse_message(footer).text


def test_a_boundary_that_the_header_does_not_name_is_found() -> None:
    """A lost semicolon must not turn a mail with a photo into a page of base64."""
    raw = multipart("mixed", part("text/plain", "Bonjour"), part("image/png", "x")).replace(b"; boundary", b" boundary")
    message = parse_message(raw)

    assert "Bonjour" == message.text
    assert ["image/png"] == [attachment.type for attachment in message.attachments]


def test_a_blank_that_the_client_put_before_a_line_is_taken_off() -> None:
    """In flowed text a line of the author's that begins with « > » or « From » is written with a blank before it."""
    raw = b"Content-Type: text/plain; format=flowed\n\nPlus vite \nque cela :\n > 3 jours\n From ici\n-- \nMoi\n"

    assert "Plus vite que cela :\n> 3 jours\nFrom ici\n-- \nMoi" == parse_message(raw).text
