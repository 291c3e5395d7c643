"""What a colleague answers to a reminder or an escalation: a note on its file, and never a new matter (R-62)."""

from typing import Any

import pytest
from sqlalchemy import Engine

from tests.matters import JEANNE, NOW
from tests.staff_worlds import FAILS, MARIE, PASSES, Sent, StaffDeskWorld
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.escalation.notices import FileStanding, Occasion, Situation, StaffNotice
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.tickets import ticket_id
from triage.workflows.record.escalating import put_staff_notice

TYPED = "Je l’ai appelée, elle attend la livraison."
PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


def standing(tx: Transaction, reference: str) -> FileStanding:
    """A file that waits to be taken."""
    return FileStanding(
        reference=reference,
        ticket_id=ticket_id(tx, reference) or 0,
        situation=Situation.TO_TAKE,
        restricted=False,
        status=TicketStatus.NEW,
        owner=None,
        told_on=NOW.date(),
        received_on=NOW.date(),
        last_action_on=NOW.date(),
        due_at=NOW,
        due_on=None,
    )


async def remind(world: StaffDeskWorld, *references: str) -> Sent:
    """One reminder to Marie about these files; a second call puts nothing more in the outbox."""

    def put(tx: Transaction) -> bool:
        files = tuple(standing(tx, each) for each in references)
        notice = StaffNotice(NoticeKind.REMINDER, f"reminder:{references}", MARIE, Occasion.STEP, files)
        return put_staff_notice(tx, notice, stationery=world.desk.stationery, now=NOW)

    assert await world.database.write(put)
    assert not await world.database.write(put)
    return world.sent(kind="reminder")[-1]


@pytest.mark.parametrize("proof", [{}, PROVEN], ids=["unproven", "proven"])
async def test_words_about_one_file_are_a_note_on_it(world: StaffDeskWorld, proof: dict[str, Any]) -> None:
    """By the reader's own token, whatever the servers say; no ticket is opened and nobody is acknowledged."""
    reference = await world.complain()
    reminder = await remind(world, reference)
    await world.say(MARIE, TYPED, to=reminder, **proof)

    assert TYPED in world.payloads("noted")
    assert 1 == world.events().count("opened")
    assert [JEANNE] == [each.recipient for each in world.sent(kind="acknowledgement")]
    assert f"[ODF {reference}] Votre texte est gardé au dossier" == world.receipt().subject


async def test_a_command_in_answer_to_a_reminder_acts(world: StaffDeskWorld) -> None:
    """As in answer to a working mail."""
    reminder = await remind(world, await world.complain())
    await world.say(MARIE, "#prendre", to=reminder, **PROVEN)

    assert ("in_charge", "marie", True) == world.ticket()


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (PROVEN, "staff_acted"),
        ({}, "staff_challenged"),
        ({"Authentication_Results": FAILS}, "staff_quarantined"),
    ],
    ids=["proven", "unproven", "forged"],
)
async def test_words_about_several_files_open_no_matter(
    world: StaffDeskWorld, proof: dict[str, Any], reason: str
) -> None:
    """No file is changed by them, with the token lost on the way as well, and no ticket is opened."""
    reminder = await remind(world, await world.complain(), await world.complain())
    mail = await world.say(MARIE, TYPED, In_Reply_To=reminder.headers["Message-ID"], **proof)

    assert reason == world.reason(mail)
    assert 2 == world.events().count("opened")
    assert "noted" not in world.events()
    assert MARIE.address not in [each.recipient for each in world.sent(kind="acknowledgement")]


async def test_a_colleague_may_complain_and_answer_the_letter_like_anybody(world: StaffDeskWorld) -> None:
    """Who works here and writes as a client gets the letters of a client, and adds to the own file."""
    await world.say(MARIE, "Ma propre commande est en retard.", subject="Plainte", **PROVEN)
    (letter,) = world.sent(kind="acknowledgement")
    mail = await world.say(MARIE, "J’ajoute une photo.", In_Reply_To=letter.headers["Message-ID"], **PROVEN)

    assert "follow_up" == world.reason(mail)
    assert 1 == world.events().count("opened")
