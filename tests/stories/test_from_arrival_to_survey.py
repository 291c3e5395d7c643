"""One complaint between Dovecot and Postfix, from the first mail to the survey: all that each of them reads."""

import json
from email.message import EmailMessage
from pathlib import Path

from tests.lived_worlds import LivedWorld, live_in, sent_at
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix

ANSWER = """#conclure fondée norme
Bonjour,

Résumé
Les gants livrés n’étaient pas de la taille commandée.

Vérifications
Nous avons comparé le bon de commande et les étiquettes des boîtes.

Constats
Le fournisseur a inversé deux lots.

Mesures
Les boîtes seront remplacées avant vendredi, sans frais."""
PHOTO = b"\x89PNG\r\n\x1a\n of fiction"
EXPECTED = (
    "Nous concluons que votre plainte est fondée",
    "a inversé deux lots",
    "la direction",
    "Protecteur du citoyen",
)
NOTE = "Entre nous, ce fournisseur recommence chaque automne."


def text_of(mail: EmailMessage) -> str:
    """The text part, its soft line ends and no-break spaces undone."""
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).replace(" \n", " ").split())


def ticket(world: LivedWorld, *columns: str) -> tuple[object, ...]:
    """Columns of the only ticket."""
    (row,) = world.look(f"SELECT {', '.join(columns)} FROM ticket")  # noqa: S608  our own words
    return row


def subjects(world: LivedWorld, who: str) -> list[str]:
    """When each of somebody's mails left, and its subject behind the mark."""
    return [
        f"{sent_at(mail):%m-%d %H:%M} {str(mail['Subject']).partition('] ')[2]}".replace("\u00a0", " ")
        for mail in world.mails(who)
    ]


def met_clocks(world: LivedWorld) -> list[tuple[str, str]]:
    """Each clock with the minute at which it ended, in UTC."""
    rows = world.look("SELECT standard, met_at FROM clock WHERE superseded_at IS NULL ORDER BY standard")
    return [(str(standard), str(at)[:16]) for standard, at in rows]


def left(world: LivedWorld, kind: str) -> str:
    """The minute at which the mail server took the only letter of a kind, in UTC."""
    ((at,),) = world.look("SELECT sent_at FROM outbox WHERE kind = :kind", kind=kind)
    return str(at)[:16]


def ratings(world: LivedWorld) -> list[int]:
    """What requesters answered to the one question of the closing letter."""
    rows = world.look("SELECT body FROM event_payload JOIN event ON event.id = event_id WHERE kind = 'surveyed'")
    return [json.loads(str(body))["score"] for (body,) in rows]


async def live_through(world: LivedWorld) -> tuple[object, ...]:
    """Everything that people write, in order; how the ticket stood while the answer was still held."""
    await world.write("jeanne", world.begin("jeanne", "Gants", "Les gants sont trop petits."), "2026-11-30T09:10")
    await world.reply("marie", "working_mail", "#prendre", "2026-11-30T09:30")
    await world.pass_at("2026-11-30T10:30")
    question = "#répondre\nBonjour,\n\nQuel est le numéro de lot?"
    await world.reply("marie", "working_mail", question, "2026-12-01T10:00")
    await world.pass_at("2026-12-01T10:05")
    await world.reply("jeanne", "message", "Le lot est 4471-B, voici une photo.", "2026-12-01T13:00", photo=PHOTO)
    await world.reply("marie", "follow_up", f"#note {NOTE}", "2026-12-02T09:00")
    await world.reply("marie", "follow_up", ANSWER, "2026-12-02T10:00")
    await world.pass_at("2026-12-02T10:10")
    held = ticket(world, "status", "answered_at")
    await world.pass_at("2026-12-02T10:15")
    await world.reply("marie", "receipt", "#fermer", "2026-12-02T11:00")
    await world.pass_days("2026-12-07T17:00")
    await world.reply("jeanne", "closing", "4\n\nMerci de votre suivi.", "2026-12-08T08:00")
    return held


async def test_from_arrival_to_survey(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> None:
    """Acknowledged, taken, asked back, added to, concluded with its recourse when the clock ends, closed, and rated."""
    async with live_in(tmp_path, dovecot, postfix, begins="2026-11-30T09:00") as world:
        held = await live_through(world)
        answer = text_of(world.newest("jeanne", "answer"))

        assert [
            "11-30 09:10 Nous avons bien reçu votre message",
            "11-30 09:30 Votre plainte est prise en charge",
            "12-01 10:00 Un message au sujet de votre dossier",
            "12-01 13:00 Votre message a été ajouté au dossier",
            "12-02 10:00 Réponse à votre plainte",
            "12-02 11:00 Votre dossier est fermé",
        ] == subjects(world, "jeanne")
        assert 1 == sum("photo.png (image/png" in text_of(mail) for mail in world.mails("marie"))
        assert "21 décembre 2026" in text_of(world.newest("jeanne", "follow_up_received"))
        assert [] == [words for words in EXPECTED if words not in answer]
        assert ("in_analysis", None) == held
        assert ("closed", "marie") == ticket(world, "status", "assigned_to")
        assert ["2026-11-30 15:30", "2026-12-07 14:00"] == [left(world, kind) for kind in ("taken_charge", "closing")]
        assert [4] == ratings(world)
        assert [("E1", "2026-11-30 14:30"), ("E2", "2026-12-02 15:15")] == met_clocks(world)
        assert NOTE.encode() not in world.outsiders_got()
