"""The people of the demo write what real mail programs write."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from triage.demo.people import Letter, Occasion
from triage.demo.story import SCENES, Scene

MAILBOX = "plaintes@approvisionnement.example"
NOW = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)


def make_acknowledgement() -> EmailMessage:
    mail = EmailMessage(policy=default)
    mail["From"] = f"Plaintes <{MAILBOX}>"
    mail["Date"] = NOW
    mail["Subject"] = "[CAP 2026-000001] Nous avons bien reçu votre message"
    mail["Message-ID"] = "<acknowledgement.1@approvisionnement.example>"
    mail["References"] = "<message-1@chu-belle-rive.example>"
    mail.set_content("Bonjour,\n\nVotre numéro de dossier est le 2026-000001.\n")
    return mail


def write(scene: Scene) -> Letter:
    return scene.write(Occasion(mailbox=MAILBOX, now=NOW, answering=make_acknowledgement()))


def read(letter: Letter) -> EmailMessage:
    return message_from_bytes(letter.raw, _class=EmailMessage, policy=default)


SCENE = {scene.key: scene for scene in SCENES}


@pytest.mark.parametrize("key", list(SCENE))
def test_every_letter_is_addressed_to_the_mailbox_and_named_by_a_message_id(key: str) -> None:
    """What the story knows of a letter is what stands in its bytes; lines end as on the wire."""
    letter = write(SCENE[key])
    mail = read(letter)

    assert letter.message_id == mail["Message-ID"]
    assert [MAILBOX] == [address.addr_spec for address in mail["To"].addresses]
    assert [letter.sender.address] == [address.addr_spec for address in mail["From"].addresses]
    assert letter.raw.count(b"\n") == letter.raw.count(b"\r\n")


@pytest.mark.parametrize("key", list(SCENE))
def test_nothing_in_the_demo_can_reach_anybody(key: str) -> None:
    """Every domain is reserved for examples (RFC 2606)."""
    domain = write(SCENE[key]).sender.domain

    assert domain.endswith(".example")


def test_the_complaint_carries_a_real_picture() -> None:
    """The photo is a whole PNG under an accented name."""
    (photo,) = read(write(SCENE["complaint"])).iter_attachments()

    assert "boîte-reçue.png" == photo.get_filename()
    assert photo.get_content().startswith(b"\x89PNG\r\n\x1a\n")
    assert photo.get_content().endswith(b"IEND\xaeB`\x82")


def test_the_broken_letter_is_broken() -> None:
    """Its charset exists nowhere, its bytes are not UTF-8, and its subject is bare bytes."""
    letter = write(SCENE["broken"])

    assert "x-ancien-systeme" == read(letter).get_content_charset()
    assert b"Subject: Facture pay\xe9e deux fois\r\n" in letter.raw
    with pytest.raises(UnicodeDecodeError):
        letter.raw.decode("utf-8")


@pytest.mark.parametrize("key", ["follow_up", "out_of_office"])
def test_an_answer_answers(key: str) -> None:
    """In-Reply-To and References name the acknowledgement, after what it referred to itself (RFC 5322, 3.6.4)."""
    mail = read(write(SCENE[key]))

    assert "<acknowledgement.1@approvisionnement.example>" == mail["In-Reply-To"]
    assert "<message-1@chu-belle-rive.example> <acknowledgement.1@approvisionnement.example>" == mail["References"]
    assert "2026-000001" in mail["Subject"]


def test_a_person_quotes_below_her_answer() -> None:
    """The acknowledgement stands quoted under her own words."""
    body = read(write(SCENE["follow_up"])).get_body(("plain",))
    text = body.get_content() if body else ""

    assert text.index("4471-B") < text.index("> Votre numéro de dossier est le 2026-000001.")


def test_robots_say_that_they_are_robots() -> None:
    """The out-of-office and the newsletter carry the headers that real ones carry."""
    out_of_office, newsletter = read(write(SCENE["out_of_office"])), read(write(SCENE["newsletter"]))

    assert "auto-replied" == out_of_office["Auto-Submitted"]
    assert "bulk" == newsletter["Precedence"]
    assert newsletter["List-Id"]
    assert newsletter["List-Unsubscribe"]


def test_an_answer_needs_something_to_answer() -> None:
    """A scene played without its acknowledgement is an error of the story, not a mail."""
    with pytest.raises(ValueError, match="none was given"):
        SCENE["follow_up"].write(Occasion(mailbox=MAILBOX, now=NOW))
