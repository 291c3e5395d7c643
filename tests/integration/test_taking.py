"""F2 tells a requester who has their matter: within the hour, once, and not where a letter tells more."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import col

from tests.answering_worlds import ANSWER, deliver
from tests.fakes_sender import FakeSender, PlannedEnd
from tests.matters import JEANNE, NOW
from tests.staff_worlds import LUC, MARIE, PASSES, StaffDeskWorld
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts.digest import gather_digest_facts
from triage.store.tables import OutboxRow

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
HOUR = timedelta(hours=1)


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


def confirmations(world: StaffDeskWorld) -> list[str]:
    """How each F2 stands."""
    return [each.state for each in world.sent(kind="taken_charge")]


async def test_the_requester_is_told_within_the_hour(world: StaffDeskWorld) -> None:
    """Who has the matter, and the day of the answer; not before the hour is over."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await deliver(world, at=NOW + HOUR - timedelta(seconds=1))

    assert ["pending"] == confirmations(world)

    await deliver(world, at=NOW + HOUR)
    (letter,) = world.sent(kind="taken_charge")

    assert ("sent", JEANNE) == (letter.state, letter.recipient)
    assert "Marie Tremblay" in letter.text
    assert "lundi 23 mars 2026" in letter.text.replace("\u00a0", " ")


@pytest.mark.parametrize("typed", ["#répondre\r\nBonjour, quel est le numéro du colis?", ANSWER])
async def test_a_letter_that_leaves_first_makes_it_needless(world: StaffDeskWorld, typed: str) -> None:
    """Whatever was typed at minute fifty is waited for; then the letter alone leaves."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, typed, to=world.working(MARIE), at=NOW + timedelta(minutes=50), **PROVEN)
    await deliver(world, at=NOW + HOUR + timedelta(minutes=5))
    await deliver(world, at=NOW + 2 * HOUR)

    assert ["cancelled"] == confirmations(world)


async def test_a_letter_that_is_taken_back_leaves_it_standing(world: StaffDeskWorld) -> None:
    """Then the requester is told all the same, a little later."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, ANSWER, to=world.working(MARIE), at=NOW + timedelta(minutes=50), **PROVEN)
    await world.say(MARIE, "#annuler", to=world.receipt(MARIE), at=NOW + timedelta(minutes=55))
    await deliver(world, at=NOW + timedelta(minutes=70))

    assert ["sent"] == confirmations(world)


async def test_it_is_told_once(world: StaffDeskWorld) -> None:
    """Whoever takes the matter later needs no second letter."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await deliver(world, at=NOW + HOUR)
    await world.say(LUC, "#assigner moi", to=world.working(LUC), at=NOW + HOUR, **PROVEN)

    assert ["sent"] == confirmations(world)


async def test_it_names_who_has_the_matter_in_the_end(world: StaffDeskWorld) -> None:
    """Handed on within the hour, the first letter never leaves; the next owner's does."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, "#assigner Luc", to=world.working(MARIE), at=NOW + timedelta(minutes=5), **PROVEN)

    assert ["cancelled"] == confirmations(world)

    await world.say(LUC, "#prendre", to=world.working(LUC), at=NOW + timedelta(minutes=9))
    await deliver(world, at=NOW + 2 * HOUR)

    assert ["cancelled", "sent"] == confirmations(world)
    assert "Luc Bouchard" in world.sent(kind="taken_charge", state="sent")[0].text


async def test_undoing_a_taking_tells_nobody(world: StaffDeskWorld) -> None:
    """What was put back was never true."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, "#annuler", to=world.receipt(MARIE), at=NOW + timedelta(minutes=2))
    await deliver(world, at=NOW + 2 * HOUR)

    assert ["cancelled"] == confirmations(world)


@pytest.mark.parametrize(("kind", "expected"), [("INF", ["pending"]), ("FEL", []), ("COM", [])])
async def test_only_who_waits_for_an_answer_is_told(world: StaffDeskWorld, kind: str, expected: list[str]) -> None:
    """A complaint or a request for information; a thanks is not « taken in charge »."""
    await world.complain()
    await world.database.write(lambda tx: _code(tx, kind))
    await world.say(MARIE, "#prendre", to=world.working(MARIE))

    assert expected == confirmations(world)


def _code(tx: Transaction, kind: str) -> None:
    tx.execute(text("UPDATE ticket SET kind = :kind"), {"kind": kind})


async def test_a_confirmation_that_a_server_put_off_does_not_leave_behind_the_answer(world: StaffDeskWorld) -> None:
    """It was tried once and refused for now; then the answer was accepted."""
    await world.complain()
    await deliver(world, at=NOW)
    await world.say(MARIE, "#prendre", to=world.working(MARIE), **PROVEN)
    later = NOW + timedelta(hours=1, minutes=1)
    server = FakeSender()
    await deliver(world, at=later - timedelta(minutes=2), server=server)
    server.plan(PlannedEnd(SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 451, "4.7.1", "later")))
    await deliver(world, at=later, server=server)
    (waiting,) = world.sent(kind="taken_charge")

    assert "retry" == waiting.state

    await world.database.write(lambda tx: _put_off(tx, waiting.key, until_at=later + timedelta(hours=2)))
    await world.say(MARIE, ANSWER, to=world.working(MARIE), at=later, **PROVEN)
    await deliver(world, at=later + timedelta(hours=1), server=server)
    await deliver(world, at=later + timedelta(hours=4), server=server)

    assert ["answer"] == [each.kind for each in server.kept if each.recipient == JEANNE and "ack" not in each.kind]


def _put_off(tx: Transaction, key: str, *, until_at: datetime) -> None:
    tx.execute(update(OutboxRow).where(col(OutboxRow.key) == key).values(next_attempt_at=until_at))


async def test_what_is_not_due_yet_does_not_wait(world: StaffDeskWorld) -> None:
    """The digest counts letters that should have left, and since when they should."""
    await world.complain()
    await deliver(world, at=NOW)
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await deliver(world, at=NOW)  # the receipt

    assert (0, None) == await _waiting(world, NOW + timedelta(minutes=59))
    assert (1, NOW + HOUR) == await _waiting(world, NOW + 2 * HOUR)


async def _waiting(world: StaffDeskWorld, now: datetime) -> tuple[int, datetime | None]:
    """How many letters wait at that instant, and since when."""
    facts = await world.database.read(
        lambda tx: gather_digest_facts(tx, statuses=(), since_at=NOW, until_at=NOW + 24 * HOUR, now=now)
    )
    return facts.waiting, facts.waiting_since_at
