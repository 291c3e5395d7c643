"""Which ticket a mail joins when tickets were merged, closed, or an old mail is answered about something else."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from tests.looking import look
from tests.matters import JEANNE, NOW, STRANGER, write_mail
from tests.staff_worlds import StaffDeskWorld
from triage.store.database import Database
from triage.store.engine import transaction

LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """Two tickets of Jeanne, and one of a stranger."""
    world = StaffDeskWorld(engine, database)
    await world.desk.arrive(write_mail(message_id="a@client.example", subject="Livraison"))
    await world.desk.arrive(write_mail("Autre.", message_id="b@client.example", subject="Facture"))
    await world.desk.arrive(write_mail("Moi.", message_id="c@x.example", subject="Camion", sender=STRANGER))
    return world


def change(world: StaffDeskWorld, statement: str, **values: int) -> None:
    with transaction(world.engine) as tx:
        tx.execute(text(statement), values)


def merge(world: StaffDeskWorld, ticket: int, into: int) -> None:
    """As the relation stands in the store once somebody merged them."""
    merged = "UPDATE ticket SET status = 'merged', merged_into_id = :into WHERE id = :ticket"
    change(world, merged, ticket=ticket, into=into)


def joined(world: StaffDeskWorld) -> tuple[object, ...]:
    """Why the newest mail was treated as it was, and the row of its ticket."""
    (row,) = look(world.engine, "SELECT reason, ticket_id FROM mail ORDER BY id DESC LIMIT 1")
    return row


async def answer(world: StaffDeskWorld, body: str = "Encore ceci.", **headers: str) -> None:
    known = {"message_id": "z@client.example", "subject": "Re: Livraison", "References": "<a@client.example>"}
    await world.desk.arrive(write_mail(body, **{**known, **headers}), at=LATER)


async def test_later_mail_follows_a_merge(world: StaffDeskWorld) -> None:
    """To the ticket that counts now, through as many merges as there were."""
    merge(world, 1, 2)
    merge(world, 2, 3)
    await answer(world)

    assert ("follow_up", 3) == joined(world)


async def test_a_merge_lets_nobody_else_in(world: StaffDeskWorld) -> None:
    """Who corresponds on neither is a stranger to both, and the one's people do not get into the other's part."""
    merge(world, 1, 3)
    await answer(world, sender="autre@ailleurs.example", subject="2026-000001")

    assert ("new_matter", 4) == joined(world)


async def test_a_ring_of_merges_ends(world: StaffDeskWorld) -> None:
    """It should not be; mail that meets it is taken in all the same."""
    merge(world, 1, 2)
    merge(world, 2, 1)
    await answer(world)

    assert "follow_up" == joined(world)[0]


INTRUDERS = [
    pytest.param({"sender": STRANGER, "subject": "Re: 2026-000001"}, id="a stranger with the number"),
    pytest.param({"sender": STRANGER}, id="a stranger with a forged thread"),
    pytest.param({"sender": STRANGER, "Cc": JEANNE, "Reply_To": JEANNE}, id="with her in Cc and Reply-To"),
    pytest.param({"sender": f"{JEANNE} <{STRANGER}>"}, id="with her address as a name"),
    pytest.param({"sender": STRANGER, "Sender": JEANNE}, id="with her as Sender"),
    pytest.param({"sender": f"{JEANNE}, {STRANGER}"}, id="with two senders"),
]


@pytest.mark.parametrize("headers", INTRUDERS)
async def test_nobody_else_enters_somebody_s_ticket(world: StaffDeskWorld, headers: dict[str, str]) -> None:
    """MUST 33, 34: a ticket of their own, and the one that they point to hears nothing."""
    before = look(world.engine, "SELECT count(*) FROM event WHERE ticket_id = 1")
    await answer(world, **headers)

    assert ("new_matter", 4) == joined(world)
    assert before == look(world.engine, "SELECT count(*) FROM event WHERE ticket_id = 1")


async def test_thanks_after_closing_reopen_nothing(world: StaffDeskWorld) -> None:
    """The words are kept on the ticket; it stays closed, and no letter answers them."""
    change(world, "UPDATE ticket SET status = 'closed' WHERE id = 1")
    letters = len(world.sent())
    await answer(world, "Merci, bonne journée !")
    leaving = [mail.kind for mail in world.sent()[letters:]]

    assert ("follow_up", 1) == joined(world)
    assert [("closed",)] == look(world.engine, "SELECT status FROM ticket WHERE id = 1")
    assert "follow_up_received" not in leaving


async def test_two_matters_in_one_thread_are_flagged(world: StaffDeskWorld) -> None:
    """It joins, and whoever is in charge is told of the doubt; an ordinary answer is told without one."""
    await answer(world)
    plain = [mail.text for mail in world.sent(kind="follow_up")]
    await answer(world, subject="Mon permis de conduire", message_id="y@client.example")
    both = [mail.text for mail in world.sent(kind="follow_up")]

    assert ("follow_up", 1) == joined(world)
    assert plain
    assert [False] * len(plain) == ["L’objet a changé" in each for each in plain]
    assert len(plain) == sum("L’objet a changé" in each for each in both)
