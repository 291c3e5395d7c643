"""Mail of staff that nobody foresaw: a refused challenge, a code in other hands, a program that answers receipts."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import ANSWER, deliver, standing, write_bounce
from tests.matters import NOW, STRANGER, write_mail
from tests.staff_worlds import LUC, MARIE, PASSES, StaffDeskWorld
from triage.store.database import Database

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


@pytest.mark.parametrize("words", ["Non, ce n’est pas moi!", "#annuler", "Qui a demandé cela?"])
async def test_who_refuses_a_challenge_is_believed(world: StaffDeskWorld, words: str) -> None:
    """Nothing is done, then or later; what they say stays in the file."""
    await world.complain()
    await world.say(MARIE, "#assigner Luc", to=world.working(MARIE))
    challenged = world.receipt()
    await world.say(MARIE, words, to=challenged, at=NOW + timedelta(minutes=3))

    assert ("new", None) == world.ticket()[:2] or ("in_charge", None) == world.ticket()[:2]
    assert "n’est pas faite" in world.receipt().text

    await world.say(MARIE, "oui", to=challenged, at=NOW + timedelta(minutes=4))

    assert "assigned" not in world.events()
    assert words in world.payloads("noted")


async def test_a_requester_who_quotes_a_token_still_writes_on_their_file(world: StaffDeskWorld) -> None:
    """An agent sent the working mail on by mistake: the token ends, and the words reach whoever is in charge."""
    await world.complain()
    ours = world.sent(kind="acknowledgement")[0].headers["Message-ID"]
    words = f"Le gérant a rappelé hier.\r\n\r\n> Réf. {world.working(MARIE).code}"
    mail_id = await world.desk.arrive(
        write_mail(words, message_id="2@client.example", In_Reply_To=ours), at=NOW + MINUTE
    )

    assert "follow_up" == world.reason(mail_id)
    assert {MARIE.address, LUC.address} == {
        each.recipient for each in world.sent(kind="follow_up") if "a rappelé hier" in each.text
    }
    assert "Une autre personne" in world.receipt().subject

    await world.say(MARIE, "#prendre", to=world.working(MARIE), at=NOW + MINUTE)

    assert ("new", None, False) == world.ticket()


async def test_what_a_stranger_wrote_under_a_token_is_shown_to_its_owner(world: StaffDeskWorld) -> None:
    """Nothing is done and no ticket comes of it, so its words must reach somebody."""
    await world.complain()
    await world.say(MARIE, "Mon conseil : remboursez-la.", to=world.working(MARIE), sender=STRANGER)

    assert "Mon conseil : remboursez-la." in world.receipt().text.replace("\u00a0", " ")


async def test_a_program_that_answers_receipts_is_not_answered_without_end(world: StaffDeskWorld) -> None:
    """The same words again within a day are noted once, and no receipt follows; other words are another note."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    away = "Je suis en vacances jusqu’au 9 mars."
    for minute in range(5):
        await world.say(MARIE, away, to=world.receipt(), at=NOW + MINUTE * (minute + 1))

    assert (1, 2) == (world.events().count("noted"), len(world.sent(kind="receipt")))

    await world.say(MARIE, "Luc, regarde les photos.", to=world.receipt(), at=NOW + MINUTE * 9)

    assert (2, 3) == (world.events().count("noted"), len(world.sent(kind="receipt")))


@pytest.mark.parametrize("which", [0, 1])
async def test_an_answer_that_comes_back_leaves_the_other_one_standing(world: StaffDeskWorld, which: int) -> None:
    """Of two final answers, between which the file was opened again, one arrived: its instant is the answer's."""
    await world.complain()
    accepted = (NOW + HOUR, NOW + 3 * HOUR)
    await world.say(MARIE, ANSWER, to=world.working(MARIE), **PROVEN)
    await deliver(world, at=accepted[0])
    await world.say(MARIE, "#rouvrir", to=world.working(MARIE), at=NOW + 2 * HOUR, **PROVEN)
    await world.say(MARIE, ANSWER, to=world.working(MARIE), at=NOW + 2 * HOUR, **PROVEN)
    await deliver(world, at=accepted[1])
    letters = world.sent(kind="answer")
    await world.desk.arrive(write_bounce(letters[which]), at=NOW + 4 * HOUR)

    assert ("in_analysis", accepted[1 - which], [NOW, accepted[1 - which]]) == standing(world)

    await world.desk.arrive(write_bounce(letters[1 - which]), at=NOW + 5 * HOUR)

    assert ("in_analysis", None, [NOW, None]) == standing(world)
