"""Mail of staff in quarantine goes on only by an answer from the registered mailbox, never by an operator's word."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.matters import NOW
from tests.staff_worlds import FAILS, MARIE, StaffDeskWorld
from triage.store.database import Database
from triage.workflows.replies import Confirmation, Replies, ask_to_confirm

FORGED: dict[str, Any] = {"Authentication_Results": FAILS}
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
async def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """Jeanne has complained."""
    made = StaffDeskWorld(engine, database)
    await made.complain()
    return made


async def release(world: StaffDeskWorld, mail_id: int) -> Confirmation:
    """What an operator does."""
    tools = world.desk.tools()
    desk = tools.staff_desk
    assert isinstance(desk, Replies)
    return await ask_to_confirm(desk, world.database, tools.reader, mail_id, now=LATER)


async def test_what_was_quarantined_is_done_when_its_writer_confirms(world: StaffDeskWorld) -> None:
    """Asked once at the registered address; until then nothing has changed."""
    mail_id = await world.say(MARIE, "#prendre", to=world.working(MARIE), **FORGED)
    came = [await release(world, mail_id), await release(world, mail_id)]
    asked = world.receipt(MARIE)
    before = world.ticket()
    await world.say(MARIE, "Oui.", to=asked, at=LATER + timedelta(minutes=1))

    assert [Confirmation.ASKED, Confirmation.NOT_QUARANTINED] == came
    assert "Confirmez votre demande" in asked.subject
    assert ("new", None, False) == before
    assert ("in_charge", "marie", True) == world.ticket()
    assert "staff_challenged" == world.reason(mail_id)


async def test_what_asks_for_nothing_cannot_be_confirmed(world: StaffDeskWorld) -> None:
    """Text alone, mail that is in no quarantine, and mail that is not there."""
    text = await world.say(MARIE, "Bonjour.", to=world.working(MARIE), **FORGED)
    came = [await release(world, each) for each in (text, 1, 99)]

    assert [Confirmation.NOTHING_TO_CONFIRM, Confirmation.NOT_QUARANTINED, Confirmation.NO_SUCH_MAIL] == came
    assert [] == world.sent(kind="receipt")
    assert "staff_quarantined" == world.reason(text)
