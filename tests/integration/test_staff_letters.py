"""What a member of staff writes to a requester: it waits, may be taken back, and goes to nobody else (MUST 31, 34)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.looking import look
from tests.matters import JEANNE, NOW, STRANGER
from tests.staff_worlds import MARIE, PASSES, StaffDeskWorld
from triage.store import outbox
from triage.store.database import Database

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
LETTER = "#répondre\r\nBonjour,\r\n\r\nVotre colis arrive jeudi.\r\n"


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def test_a_message_waits_five_minutes_and_goes_to_the_requester_alone(world: StaffDeskWorld) -> None:
    """The recipient is the ticket's requester, whoever else stands in the mail; nothing is claimed before its time."""
    await world.complain()
    mail: dict[str, Any] = {"Cc": STRANGER, "Reply_To": STRANGER, **PROVEN}
    await world.say(MARIE, LETTER, to=world.working(MARIE), **mail)
    (message,) = world.sent(kind="message")
    early = await world.database.write(lambda tx: outbox.claim_due(tx, now=NOW + timedelta(minutes=4), limit=50))
    late = await world.database.write(lambda tx: outbox.claim_due(tx, now=NOW + timedelta(minutes=5), limit=50))

    assert JEANNE == message.recipient
    assert "Votre colis arrive jeudi." in message.text
    assert "Marie Tremblay" in message.text
    assert "message" not in {each.mail.kind for each in early}
    assert ["message"] == [each.mail.kind for each in late]
    assert ("in_charge", None, True) == world.ticket()
    assert "Votre colis arrive jeudi." in world.receipt().text


async def test_a_message_is_taken_back_while_it_waits(world: StaffDeskWorld) -> None:
    """`#annuler` in answer to the receipt: the letter shall never leave."""
    await world.complain()
    await world.say(MARIE, LETTER, to=world.working(MARIE), **PROVEN)
    await world.say(MARIE, "#annuler", to=world.receipt(), at=NOW + timedelta(minutes=3))

    assert ["cancelled"] == [each.state for each in world.sent(kind="message")]
    assert "ne partira pas" in world.receipt().text


async def test_what_has_left_is_not_taken_back(world: StaffDeskWorld) -> None:
    """After the window there is nothing to undo, and the receipt says so."""
    await world.complain()
    await world.say(MARIE, LETTER, to=world.working(MARIE), **PROVEN)
    await world.say(MARIE, "#annuler", to=world.receipt(), at=NOW + timedelta(minutes=5))

    assert ["pending"] == [each.state for each in world.sent(kind="message")]
    assert "rien à annuler" in world.receipt().text


async def test_the_last_act_is_put_back(world: StaffDeskWorld) -> None:
    """Taking charge and its note, of one mail, are undone together, and the clock runs again."""
    await world.complain()
    await world.say(MARIE, "#prendre\r\nJe regarde.", to=world.working(MARIE))
    await world.say(MARIE, "#annuler", to=world.working(MARIE), at=NOW + timedelta(minutes=29))

    assert ("new", None, False) == world.ticket()
    assert [(None,), (None,)] == look(world.engine, "SELECT met_at FROM clock")
    assert "undone" == [kind for kind in world.events() if kind != "notice"][-1]


@pytest.mark.parametrize("minutes", [31, 600])
async def test_an_old_act_stays(world: StaffDeskWorld, minutes: int) -> None:
    """After half an hour an act is history."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(MARIE, "#annuler", to=world.working(MARIE), at=NOW + timedelta(minutes=minutes))

    assert ("in_charge", "marie", True) == world.ticket()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Bonjour, voir le dossier 2026-999999.", "numéro d’un autre dossier"),
        (
            "Bonjour, la livraison est en retard. Toutes nos excuses à vous.\r\n\r\nVoici ABCD-EFGH-2345-WXYZ",
            "code interne",
        ),
        ("Selon nous le camion de la ligne huit est tombé en panne.", "huit mots de suite"),
    ],
)
async def test_what_is_internal_is_held_and_shown(world: StaffDeskWorld, words: str, said: str) -> None:
    """All or nothing: no letter, no taking charge, and the reason in the receipt."""
    await world.complain()
    await world.say(MARIE, "#note le camion de la ligne huit est tombé en panne", to=world.working(MARIE))
    await world.say(MARIE, f"#répondre\r\n{words}", to=world.working(MARIE), **PROVEN)

    assert [] == world.sent(kind="message")
    assert said in world.receipt().text


async def test_the_draft_s_button_leads_to_a_letter(world: StaffDeskWorld) -> None:
    """The receipt of a draft does not keep its own text from being sent."""
    await world.complain()
    await world.say(
        MARIE, "Bonjour,\r\n\r\nVotre colis arrive jeudi dans la matinée au comptoir.", to=world.working(MARIE)
    )
    draft = world.receipt()
    await world.say(
        MARIE, "#répondre\r\nBonjour,\r\n\r\nVotre colis arrive jeudi dans la matinée au comptoir.", to=draft, **PROVEN
    )

    assert b"mailto:" in draft.raw
    assert 1 == len(world.sent(kind="message"))


async def test_a_message_without_proof_waits_for_the_answer_to_a_challenge(world: StaffDeskWorld) -> None:
    """Then exactly what waited is sent, and not what was typed in the answer."""
    await world.complain()
    await world.say(MARIE, LETTER, to=world.working(MARIE))

    assert [] == world.sent(kind="message")

    await world.say(MARIE, "Oui, secret interne.", to=world.receipt())
    (message,) = world.sent(kind="message")

    assert "Votre colis arrive jeudi." in message.text
    assert "secret" not in message.text


async def test_what_the_same_mail_sends_is_not_what_it_takes_back(world: StaffDeskWorld) -> None:
    """« #annuler » above « #répondre » replaces the letter that waits."""
    await world.complain()
    await world.say(MARIE, "#répondre\r\nBonjour, un.", to=world.working(MARIE), **PROVEN)
    typed = "#annuler\r\n#répondre\r\nBonjour, deux."
    await world.say(MARIE, typed, to=world.working(MARIE), at=NOW + timedelta(minutes=1), **PROVEN)

    assert [("cancelled", True), ("pending", False)] == [
        (each.state, "un." in each.text) for each in world.sent(kind="message")
    ]
