"""An acknowledgement that comes back: that person does not know that we have their complaint, and somebody must."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import deliver, write_bounce
from tests.looking import look
from tests.matters import NOW, write_mail
from tests.staff_worlds import Sent, StaffDeskWorld
from triage.store.database import Database

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
async def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A body with staff, that has acknowledged one complaint."""
    world = StaffDeskWorld(engine, database)
    await world.complain()
    await deliver(world, at=NOW)
    return world


def the_acknowledgement(world: StaffDeskWorld) -> Sent:
    (letter,) = world.sent(kind="acknowledgement")
    return letter


def standing(world: StaffDeskWorld) -> tuple[Any, ...]:
    """State and reason of the letter, and whether the ticket counts as acknowledged."""
    query = (
        "SELECT state, hold_reason, acknowledged_at IS NOT NULL FROM outbox JOIN ticket ON ticket.id = ticket_id"
        " WHERE outbox.kind = 'acknowledgement'"
    )
    ((state, reason, acknowledged),) = look(world.engine, query)
    return state, reason, bool(acknowledged)


async def test_it_is_a_task_for_a_person(world: StaffDeskWorld) -> None:
    """Shown as given up (so the digest lists it on top), no longer counted, and told to whoever is in charge."""
    before = standing(world)
    await world.desk.arrive(write_bounce(the_acknowledgement(world)), at=LATER)
    told = world.sent(kind="follow_up")

    assert ("sent", None, True) == before
    assert ("dead", "returned", False) == standing(world)
    assert told
    assert all("ne sait pas que nous avons sa plainte" in " ".join(mail.text.split()) for mail in told)
    assert 1 == world.events().count("undelivered")


async def test_the_same_bounce_counts_once(world: StaffDeskWorld) -> None:
    """A second report about the letter finds it given up already."""
    bounce = write_bounce(the_acknowledgement(world))
    await world.desk.arrive(bounce, at=LATER)
    told = len(world.sent(kind="follow_up"))
    await world.desk.arrive(bounce.replace(b"<failed", b"<again"), at=LATER + timedelta(minutes=1))

    assert told == len(world.sent(kind="follow_up"))


FALSE = [
    pytest.param("delayed", b"", b"", id="it is only delayed"),
    pytest.param("relayed", b"", b"", id="it was relayed"),
    pytest.param("failed", b"2026-000001", b"2026-000009", id="a forged reference"),
    pytest.param("failed", b"@organisme.example>", b"@ailleurs.example>", id="another domain's id"),
]


@pytest.mark.parametrize(("action", "true", "forged"), FALSE)
async def test_what_does_not_say_so_with_our_reference_changes_nothing(
    world: StaffDeskWorld, action: str, true: bytes, forged: bytes
) -> None:
    """MUST 27: neither a delay nor what anybody can write; staff are not called."""
    bounce = write_bounce(the_acknowledgement(world), action=action)
    head, _, rest = bounce.partition(b"text/rfc822-headers")
    await world.desk.arrive(head + b"text/rfc822-headers" + (rest.replace(true, forged) if true else rest), at=LATER)

    assert ("sent", None, True) == standing(world)
    assert () == tuple(world.sent(kind="follow_up"))


async def test_a_person_s_words_with_the_same_ids_are_no_bounce(world: StaffDeskWorld) -> None:
    """Who answers the acknowledgement names it too."""
    sent = the_acknowledgement(world)
    thread = {"In_Reply_To": sent.headers["Message-ID"], "Return_Path": "<>"}
    await world.desk.arrive(write_mail("Merci.", message_id="9@client.example", **thread), at=LATER)
    del thread["Return_Path"]
    await world.desk.arrive(write_mail("Encore ceci.", message_id="8@client.example", **thread), at=LATER)

    assert ("sent", None, True) == standing(world)
