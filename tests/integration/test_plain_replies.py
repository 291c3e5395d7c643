"""What text without a command is, as the body decides: a draft, a note, or a message with the same care (MUST 31)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import deliver
from tests.looking import look
from tests.matters import JEANNE, NOW
from tests.staff_worlds import MARIE, PASSES, StaffDeskWorld
from triage.model.agents.policy import AgentsPolicy, PlainReply
from triage.store.database import Database

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
TEXT = "Bonjour,\r\n\r\nVotre colis arrive jeudi.\r\n"


def make_world(engine: Engine, database: Database, plain_reply: PlainReply) -> StaffDeskWorld:
    """A desk with three people, where text alone is this."""
    return StaffDeskWorld(engine, database, agents=AgentsPolicy(plain_reply=plain_reply))


async def test_a_body_may_keep_all_text_as_notes(engine: Engine, database: Database) -> None:
    """Nothing is sent, no draft is shown."""
    world = make_world(engine, database, PlainReply.NOTE)
    await world.complain()
    await world.say(MARIE, TEXT, to=world.working(MARIE), **PROVEN)

    assert "Votre colis arrive jeudi." in world.payloads("noted")
    assert "gardé au dossier" in world.receipt().subject
    assert b"jeudi" not in world.requester_bytes()


async def test_a_body_may_send_text_as_a_message(engine: Engine, database: Database) -> None:
    """As if `#répondre` stood above it: the same wait, the same undo, the same letter."""
    world = make_world(engine, database, PlainReply.SEND)
    await world.complain()
    await world.say(MARIE, TEXT, to=world.working(MARIE), **PROVEN)
    (message,) = world.sent(kind="message")

    assert JEANNE == message.recipient
    assert "Votre colis arrive jeudi." in message.text
    assert "dans 5 minutes" in world.receipt().text.replace("\u00a0", " ")

    await world.say(MARIE, "#annuler", to=world.receipt(), at=NOW + timedelta(minutes=1))

    assert ["cancelled"] == [each.state for each in world.sent(kind="message")]


async def test_without_proof_such_a_message_waits_for_the_mailbox(engine: Engine, database: Database) -> None:
    """It is a letter, and a letter needs more than a token."""
    world = make_world(engine, database, PlainReply.SEND)
    await world.complain()
    await world.say(MARIE, TEXT, to=world.working(MARIE))

    assert [] == world.sent(kind="message")

    await world.say(MARIE, "Oui.", to=world.receipt())

    assert "Votre colis arrive jeudi." in world.sent(kind="message")[0].text


@pytest.mark.parametrize(
    "typed",
    [
        "Voir le dossier 2026-999999.",
        "Code ABCD-EFGH-2345-WXYZ",
        "Bonjour,\r\n#nte interne kwijibo7719",
        "> Bonjour\r\nkwijibo7719",
        "Je prends\r\nkwijibo7719",
        "\r\n**Je m’en occupe.**\r\nkwijibo7719, voir avec Luc.",
    ],
)
async def test_what_is_in_doubt_is_shown_and_not_sent(engine: Engine, database: Database, typed: str) -> None:
    """The strict reading holds whatever the body decided."""
    world = make_world(engine, database, PlainReply.SEND)
    await world.complain()
    await world.say(MARIE, typed, to=world.working(MARIE), **PROVEN)
    await deliver(world, at=NOW + timedelta(hours=1))

    assert [] == world.sent(kind="message")
    assert b"kwijibo7719" not in world.requester_bytes()


async def test_an_answer_to_a_receipt_is_still_a_note(engine: Engine, database: Database) -> None:
    """Only a working mail is answered to the requester."""
    world = make_world(engine, database, PlainReply.SEND)
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, TEXT, to=world.receipt(), at=NOW + timedelta(minutes=1), **PROVEN)

    assert [] == world.sent(kind="message")
    assert [("noted",)] == look(world.engine, "SELECT kind FROM event WHERE kind = 'noted'")


async def test_a_command_in_words_with_words_below_is_shown_as_a_draft(engine: Engine, database: Database) -> None:
    """Its writer reads that nothing left, and has the text before them."""
    world = make_world(engine, database, PlainReply.SEND)
    await world.complain()
    await world.say(MARIE, "Je prends\r\nVoir avec Luc.", to=world.working(MARIE), **PROVEN)

    assert "n’a pas été envoyé" in world.receipt().subject
    assert "Voir avec Luc." in world.receipt().text
    assert ("new", None, False) == world.ticket()
