"""Whoever gets a ticket reads all that was written, and alone gets the attachments (R-73 to R-75)."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.looking import look
from tests.matters import NOW
from tests.photos import WORDS, attached, with_photo, words
from tests.staff_worlds import LUC, MARIE, PASSES, SOPHIE, StaffDeskWorld
from triage.store.database import Database
from triage.workflows.record.charge.kept import MOST_ATTACHED_BYTES
from triage.workflows.record.staff.handover import MOST_LATER

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def follow_up(world: StaffDeskWorld, raw: bytes) -> None:
    """Jeanne answers her acknowledgement."""
    first = world.sent(kind="acknowledgement")[0]
    await world.desk.arrive(
        raw.replace(b"MIME-Version", f"In-Reply-To: {first.headers['Message-ID']}\r\nMIME-Version".encode())
    )


async def test_whoever_is_assigned_reads_what_was_written_and_gets_the_mails_themselves(world: StaffDeskWorld) -> None:
    """Words, later words, due times, card, own token; attachments inside the very mails that brought them."""
    first, later = with_photo(), with_photo("Toujours rien.", number=2)
    await world.desk.arrive(first)
    await follow_up(world, later)
    await world.say(SOPHIE, "#assigner Luc 2026-000001", **PROVEN)
    await world.say(SOPHIE, "Oui", to=world.receipt(SOPHIE), **PROVEN)
    [mail] = world.sent(kind="handover")

    assert LUC.address == mail.recipient
    assert "[ODF 2026-000001] Dossier qui vous est attribué" == mail.subject
    said = (WORDS, "Toujours rien.", "Dossier attribué par Sophie Roy.", "À prendre en charge avant", "#prendre")
    assert [] == [each for each in said if each not in words(mail)]
    assert mail.code not in {each.code for each in world.sent(kind="working_mail")}
    assert [("2026-000001-1.eml", first), ("2026-000001-2.eml", _with_thread(world, later))] == list(attached(mail))
    assert 1 == len([each for each in world.sent() if list(attached(each))])


def _with_thread(world: StaffDeskWorld, raw: bytes) -> bytes:
    first = world.sent(kind="acknowledgement")[0].headers["Message-ID"]
    return raw.replace(b"MIME-Version", f"In-Reply-To: {first}\r\nMIME-Version".encode())


async def test_who_takes_a_ticket_gets_its_attachments_and_nobody_else(world: StaffDeskWorld) -> None:
    """Once, and what comes later with it; a colleague of the team has their names alone."""
    raw = with_photo()
    await world.desk.arrive(raw)
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, "#note\r\nBien.", to=world.working(MARIE))
    await follow_up(world, with_photo("Une autre.", number=2))
    carrying = [each for each in world.sent() if list(attached(each))]

    assert [("handover", MARIE.address), ("follow_up", MARIE.address)] == [(e.kind, e.recipient) for e in carrying]
    assert [("2026-000001-1.eml", raw)] == list(attached(carrying[0]))
    assert "photo.png" in words(world.working(LUC))
    assert "La personne qui prend le dossier les reçoit." in words(world.working(LUC))


async def test_who_takes_a_ticket_that_they_have_read_is_told_nothing_new(world: StaffDeskWorld) -> None:
    """No second copy of a mail without attachments; a director who never had it gets it."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))

    assert [] == world.sent(kind="handover")

    await world.complain()
    await world.say(SOPHIE, "#prendre 2026-000002", subject="[ODF 2026-000002]", **PROVEN)

    assert [SOPHIE.address] == [each.recipient for each in world.sent(kind="handover")]


async def test_of_several_owners_in_one_mail_only_the_last_gets_the_ticket(world: StaffDeskWorld) -> None:
    """Taken and handed on at once: the first has no copy of the attachments."""
    await world.desk.arrive(with_photo())
    await world.say(MARIE, "#prendre\r\n#assigner Luc", to=world.working(MARIE), **PROVEN)

    assert [LUC.address] == [each.recipient for each in world.sent(kind="handover")]
    assert ("in_charge", "luc", True) == world.ticket()


async def test_a_mail_that_is_too_large_stays_in_the_file_and_its_reader_is_told(world: StaffDeskWorld) -> None:
    """Dangerous kinds are named all the same."""
    await world.desk.arrive(with_photo(name="facture.exe", size=MOST_ATTACHED_BYTES + 10))
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    [mail] = world.sent(kind="handover")

    assert [] == list(attached(mail))
    assert "Ce qui est trop volumineux n’est pas joint et reste au dossier." in words(mail)
    assert "facture.exe" in words(mail)
    assert "Programme : ne l’ouvrez pas." in words(mail)


async def test_of_many_later_messages_the_newest_are_shown(world: StaffDeskWorld) -> None:
    """And how many there are beside them."""
    await world.complain()
    for number in range(MOST_LATER + 2):
        await follow_up(world, with_photo(f"Suite {number}.", number=number))
    await world.say(MARIE, "#assigner Luc", to=world.working(MARIE), **PROVEN)
    [mail] = world.sent(kind="handover")

    assert "le dossier compte 2 autres messages" in words(mail)
    assert ["Suite 1." in words(mail), "Suite 2." in words(mail)] == [False, True]


async def test_a_handover_is_compared_with_what_may_leave(world: StaffDeskWorld) -> None:
    """Its words are internal, whatever is attached behind them; text in answer to it is a draft."""
    typed = "un deux trois quatre cinq six sept huit neuf dix"
    await world.desk.arrive(with_photo(typed, size=MOST_ATTACHED_BYTES // 2))
    await world.say(SOPHIE, "#prendre 2026-000001", subject="[ODF 2026-000001]", **PROVEN)
    [mail] = world.sent(kind="handover")
    await world.say(SOPHIE, "Bonjour, voici.", to=mail)
    await world.say(SOPHIE, f"#répondre\r\n{typed}", to=mail, **PROVEN)

    assert "Votre texte n’a pas été envoyé" in world.sent(kind="receipt", recipient=SOPHIE.address)[-2].subject
    assert "huit mots de suite" in words(world.receipt(SOPHIE))
    assert [] == world.sent(kind="message")


async def test_what_was_said_goes_with_the_payload_of_its_event(world: StaffDeskWorld) -> None:
    """A lawful destruction of payload and bytes leaves a ticket that can be handed over, without words."""
    await world.desk.arrive(with_photo())
    with world.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM event_payload")
        connection.exec_driver_sql("DELETE FROM raw_part WHERE sha256 = (SELECT raw_sha256 FROM mail WHERE id = 1)")
    await world.say(SOPHIE, "#prendre 2026-000001", subject="[ODF 2026-000001]", at=NOW, **PROVEN)
    [mail] = world.sent(kind="handover")

    assert WORDS not in words(mail)
    assert [(None,)] == look(world.engine, "SELECT max(body) FROM event_payload WHERE body LIKE '%zébré%'")
