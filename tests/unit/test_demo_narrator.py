"""The demo tells its story in plain words, and no mail can speak to the terminal."""

import io
from datetime import UTC, date, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from triage.demo.account import Check, DueTime, Happening, SentMail, TakenIn, TicketLine
from triage.demo.narrator import Narrator, arrange_tickets, clean, say_taken_in
from triage.demo.people import Correspondent, Letter
from triage.demo.story import SCENES
from triage.model.codes import Nature
from triage.model.decision import Reason

ZONE = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)
HOSTILE = "Bonjour \x1b]0;owned\x07\x1b[31mrouge\u202egnp\r\nSubject: faux\x9b2J"
SENDER = Correspondent(name="Marie-Ève Caron", address="m@people.example", organisation="CHU", language="fr")


def tell(subject: str, words: str) -> str:
    out = io.StringIO()
    narrator = Narrator(out, elapsed=lambda: 1.25)
    letter = Letter(sender=SENDER, message_id="<1@people.example>", subject=subject, words=words, raw=b"")
    narrator.tell_letter(SCENES[0], letter)
    return out.getvalue()


def test_no_mail_can_drive_the_terminal() -> None:
    """Escape sequences, line ends, bidirectional marks: nothing but visible text and our own line ends is printed."""
    told = tell(HOSTILE, HOSTILE)

    assert all(character == "\n" or character.isprintable() or character == "\N{NO-BREAK SPACE}" for character in told)


def test_the_people_are_told_in_their_own_words() -> None:
    """Name, what they do, subject and text, with the seconds since the start."""
    told = tell("Gants", "Bonjour,\n\nLe troisième envoi est mauvais.")

    assert "1.2 s  Marie-Ève Caron (CHU) complains, with a photo:" in told
    assert "« Gants »" in told
    assert "| Le troisième envoi est mauvais." in told


@pytest.mark.parametrize("reason", list(Reason))
@pytest.mark.parametrize("nature", list(Nature))
def test_every_reason_has_plain_words(reason: Reason, nature: Nature) -> None:
    """No code of a closed list reaches the reader as it is."""
    told = say_taken_in(TakenIn(reason, nature, "2026-000001"))

    assert "_" not in told
    assert "{" not in told


def test_an_unknown_reason_is_still_told() -> None:
    """A word that the demo does not know is shown as it came, braces included."""
    told = say_taken_in(TakenIn("{odd}", "person", None))

    assert "« {odd} », no ticket; the reason is on record" == told


def test_due_times_are_those_of_the_daemon() -> None:
    """A counted day is printed as the day, an instant in the body's own time; a missing one as a dash."""
    due_at = datetime(2026, 12, 12, 5, tzinfo=UTC)
    dues = (DueTime("E1", NOW, None), DueTime("E2", due_at, date(2026, 12, 11)))
    tickets = [TicketLine("2026-000002", "new", NOW, None, dues[:1]), TicketLine("2026-000001", "new", NOW, NOW, dues)]

    assert [
        ["Ticket", "Received", "To be taken in charge by", "To be answered by"],
        ["2026-000001", "2026-11-21 13:04 EST", "2026-11-21 13:04 EST", "2026-12-11, end of day"],
        ["2026-000002", "2026-11-21 13:04 EST", "2026-11-21 13:04 EST", "–"],
    ] == arrange_tickets(tickets, ZONE)


def test_an_acknowledgement_is_told_with_its_delay() -> None:
    """Who has it, how soon, and its subject."""
    mail = EmailMessage()
    mail["Subject"] = "[CAP 2026-000001] Nous avons bien reçu votre message"
    out = io.StringIO()
    letter = Letter(sender=SENDER, message_id="<1@people.example>", subject="", words="", raw=b"")
    happening = Happening("complaint", NOW, letter, TakenIn("new_matter", "person", "2026-000001"))
    sent = SentMail(NOW.replace(second=2), "box@body.example", SENDER.address, mail.as_bytes())
    Narrator(out, elapsed=lambda: 3.0).tell_acknowledgement(happening, sent)

    assert "Marie-Ève Caron has an answer, 2.0 s after writing" in out.getvalue()
    assert "« [CAP 2026-000001] Nous avons bien reçu votre message »" in out.getvalue()


def test_a_broken_promise_cannot_be_overlooked() -> None:
    """It is marked, and what was found instead stands below."""
    out = io.StringIO()
    checks = [Check("All is well.", held=True), Check("None is late.", held=False, found="two are")]
    Narrator(out, elapsed=lambda: 0.0).tell_checks(checks)

    assert "  held    All is well." in out.getvalue()
    assert "  NOT SO  None is late.\n          found: two are" in out.getvalue()


def test_clean_keeps_french() -> None:
    """No-break spaces, accents and guillemets are text."""
    assert "« Où\N{NO-BREAK SPACE}? »" == clean("« Où\N{NO-BREAK SPACE}? »")
