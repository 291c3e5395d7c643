"""A supervisor reads the digest and answers it: « #1 assigner Luc » (MUST 30, R-75)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from tests.digest_worlds import make_digest_policy
from tests.looking import look
from tests.matters import NOW, make_stationery
from tests.staff_worlds import LUC, PASSES, SOPHIE, STAFF, Sent, StaffDeskWorld
from triage.store.database import Database
from triage.workflows.digest import Digests, prepare_digests

MORNING = NOW + timedelta(hours=22, minutes=30)
"""Tuesday, eight o'clock."""
PROVEN = {"Authentication_Results": PASSES}


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people, of whom Sophie is the supervisor."""
    return StaffDeskWorld(engine, database)


async def write_digest(world: StaffDeskWorld) -> Sent:
    """The digest of that Tuesday, as Sophie reads it."""
    stationery = replace(make_stationery(), plus_addressing=True)
    tools = Digests(world.database, make_digest_policy(STAFF), stationery, lambda: None)
    await prepare_digests(tools, now=MORNING)
    return world.sent(kind="digest", recipient=SOPHIE.address)[-1]


def owners(world: StaffDeskWorld) -> list[str | None]:
    """Who has each ticket, by number."""
    return [owner for (owner,) in look(world.engine, "SELECT assigned_to FROM ticket ORDER BY id")]


async def test_a_number_assigns_the_ticket_that_it_meant(world: StaffDeskWorld) -> None:
    """Two files on the list; the second goes to Luc, who is told, and the first stays where it was."""
    for minute in range(2):
        await world.complain(f"Bonjour, plainte numéro {minute}.", at=NOW + timedelta(minutes=minute))
    digest = await write_digest(world)
    await world.say(SOPHIE, "#2 assigner Luc", to=digest, at=MORNING + timedelta(minutes=5), **PROVEN)

    assert [None, LUC.id] == owners(world)
    assert [SOPHIE.address] == [each.recipient for each in world.sent(kind="receipt") if each.recipient != LUC.address]


async def test_a_number_that_was_not_listed_does_nothing(world: StaffDeskWorld) -> None:
    """All or nothing: one wrong number, and the right one is not done either."""
    await world.complain()
    digest = await write_digest(world)
    await world.say(SOPHIE, "#1 assigner Luc\r\n#9 assigner Luc", to=digest, at=MORNING, **PROVEN)

    assert [None] == owners(world)
    assert "Rien n’a été fait" in world.receipt(SOPHIE).subject


async def test_the_digest_of_another_is_no_right(world: StaffDeskWorld) -> None:
    """Luc forwards himself Sophie's digest: its numbers do nothing in his hands."""
    await world.complain()
    digest = await write_digest(world)
    await world.say(LUC, "#1 assigner Luc", to=digest, at=MORNING, **PROVEN)

    assert [None] == owners(world)


async def test_nothing_of_the_answer_reaches_the_requester(world: StaffDeskWorld) -> None:
    """Neither the command nor what is typed below it."""
    await world.complain()
    digest = await write_digest(world)
    before = world.requester_bytes()
    await world.say(SOPHIE, "#1 assigner Luc\r\nCe client exagère.", to=digest, at=MORNING, **PROVEN)

    assert before == world.requester_bytes()


async def test_a_text_below_lines_that_have_their_own_is_kept(world: StaffDeskWorld) -> None:
    """It belongs to none of them, and is a note on the first file; nothing typed is dropped."""
    for minute in range(2):
        await world.complain(f"Bonjour, plainte numéro {minute}.", at=NOW + timedelta(minutes=minute))
    digest = await write_digest(world)
    typed = "#1 note vu\r\n#2 note attendre\r\nEt merci à toute l’équipe."
    await world.say(SOPHIE, typed, to=digest, at=MORNING, **PROVEN)

    assert ["vu", "attendre", "Et merci à toute l’équipe."] == [
        json.loads(each)["text"] for each in world.payloads("noted").splitlines()
    ]


async def test_two_letters_about_one_file_are_refused(world: StaffDeskWorld) -> None:
    """One of them would have been told as sent and never left."""
    await world.complain()
    digest = await write_digest(world)
    typed = "#1 répondre Bonjour, un.\r\n#1 répondre Bonjour, deux."
    await world.say(SOPHIE, typed, to=digest, at=MORNING, **PROVEN)

    assert [] == world.sent(kind="message")
    assert "Rien n’a été fait" in world.receipt(SOPHIE).subject
