"""Mail of staff in quarantine goes on only by an answer from the registered mailbox, and none of it is lost."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.digest_worlds import make_digest_policy
from tests.looking import look
from tests.matters import NOW, ZONE, make_stationery
from tests.staff_worlds import FAILS, MARIE, STAFF, StaffDeskWorld
from triage.store.database import Database
from triage.workflows.digest import Digests, prepare_digests
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


async def test_a_matter_of_its_own_waits_in_quarantine_as_a_ticket(world: StaffDeskWorld) -> None:
    """Its clocks run from arrival, nobody is written to, and neither reminder nor release makes more of it."""
    before = len(world.sent())
    mail_id = await world.say(MARIE, "Bonjour, la livraison kwijibo7719 manque.", subject="Plainte", **FORGED)
    found = look(
        world.engine,
        "SELECT ticket.status, ticket.acknowledged_at, mail.reason, mail.ticket_id = ticket.id"
        " FROM ticket JOIN mail ON mail.ticket_id = ticket.id WHERE mail.id = :id",
        id=mail_id,
    )
    clocks = look(
        world.engine,
        "SELECT DISTINCT clock.started_at = mail.received_at FROM clock"
        " JOIN mail ON mail.ticket_id = clock.ticket_id WHERE mail.id = :id",
        id=mail_id,
    )

    assert [("quarantined", None, "staff_quarantined", 1)] == [tuple(each) for each in found]
    assert [(1,)] == [tuple(each) for each in clocks]
    assert before == len(world.sent())
    assert ["staff_mail_quarantined"] == world.alarms
    assert '"proof":"fail"' in world.payloads("staff_mail")
    assert '"status":"quarantined"' in world.payloads("opened")
    assert await release(world, mail_id) is Confirmation.NOTHING_TO_CONFIRM
    assert before == len(world.sent())


async def test_the_digest_shows_what_waits_in_quarantine(world: StaffDeskWorld) -> None:
    """In its own section, with its number and no word of it."""
    await world.say(MARIE, "Bonjour, la livraison kwijibo7719 manque.", subject="Plainte", **FORGED)
    tools = Digests(world.database, make_digest_policy(STAFF), make_stationery(), lambda: None)
    morning = datetime.combine((NOW + timedelta(days=1)).astimezone(ZONE).date(), time(8), tzinfo=ZONE).astimezone(UTC)
    await prepare_digests(tools, now=morning)
    text = world.sent(kind="digest")[-1].text.replace("\u00a0", " ")
    section = text.partition("Quarantaine (1)")[2]

    assert section.strip().startswith("– #2 2026-000002 – décider si c’est un message indésirable")
    assert "kwijibo7719" not in text


@pytest.mark.parametrize("body", ["#prendre 2026-000001", "Bonjour."])
async def test_what_is_about_a_file_opens_no_other(world: StaffDeskWorld, body: str) -> None:
    """A number or an answer to a mail of ours to staff: it stays a line of the ledger, with its alert."""
    about: dict[str, Any] = {"subject": "2026-000001"} if body.startswith("#") else {"to": world.working(MARIE)}
    await world.say(MARIE, body, **about, **FORGED)

    assert 1 == world.events().count("opened")
    assert ["staff_mail_quarantined"] == world.alarms
