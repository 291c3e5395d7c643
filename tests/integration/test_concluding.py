"""The final answer: whole or not at all, and the clock ends when the server takes it, not before (R-32; MUST 31)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.answering_worlds import ANSWER, QUARTER, deliver, standing, write_bounce
from tests.fakes_sender import FakeSender, PlannedEnd
from tests.looking import look
from tests.matters import JEANNE, NOW, STRANGER
from tests.staff_worlds import LUC, MARIE, PASSES, StaffDeskWorld
from triage.model.codes import TicketStatus
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.store.database import Database
from triage.store.engine import Transaction

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
LATER = NOW + QUARTER


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def conclude(world: StaffDeskWorld, typed: str = ANSWER, *, at: datetime = NOW) -> None:
    """Marie concludes the newest ticket, in answer to her working mail."""
    await world.say(MARIE, typed, to=world.working(MARIE), at=at, **PROVEN)


async def test_the_answer_goes_to_the_requester_with_its_recourse(world: StaffDeskWorld) -> None:
    """What was typed stands under the letter's own headings; nobody else in the mail gets it."""
    await world.complain()
    await world.say(MARIE, ANSWER, to=world.working(MARIE), **{**PROVEN, "Cc": STRANGER, "Reply_To": STRANGER})
    (answer,) = world.sent(kind="answer")

    assert JEANNE == answer.recipient
    for words in (
        "Ce que nous avons vérifié\n\nNous avons relu la commande.",
        "Ce que nous avons constaté\n\nLe camion est parti deux jours trop tard.",
        "votre plainte est fondée",
        "Ce que nous faisons",
        "Un suivi chaque lundi.",
        "Si vous n’êtes pas d’accord",
        "Protecteur du citoyen",
        "Marie Tremblay",
    ):
        assert words in answer.text.replace("\r\n", "\n")
    assert "Protecteur du citoyen" in world.receipt().text, "the receipt shows the exact letter"
    assert "Réf." not in world.receipt().text.split("Votre lettre")[1].split("Direction des plaintes")[0]


async def test_the_clock_ends_when_the_server_accepts_the_letter(world: StaffDeskWorld) -> None:
    """A quarter of an hour later, at that very instant, and the charge was taken by the command."""
    await world.complain()
    await conclude(world)

    assert ("in_charge", None, [NOW, None]) == standing(world)

    await deliver(world, at=LATER - timedelta(seconds=1))

    assert ("in_charge", None, [NOW, None]) == standing(world)

    await deliver(world, at=LATER)

    assert ("answered", LATER, [NOW, LATER]) == standing(world)
    assert [("founded", '["standard"]')] == look(world.engine, "SELECT conclusion, criteria FROM ticket")
    assert "answered" == [kind for kind in world.events() if kind not in {"notice", "sent"}][-1]


async def test_an_answer_that_the_server_refuses_answers_nothing(world: StaffDeskWorld) -> None:
    """The clock goes on, whatever was typed."""
    await world.complain()
    await deliver(world, at=NOW)  # what else waits
    await conclude(world)
    await deliver(world, at=NOW)  # the receipt
    server = FakeSender()
    server.plan(PlannedEnd(SendResult(SendOutcome.REFUSED, SendPhase.RCPT, 550, "5.1.1", "5.1.1 unknown")))
    await deliver(world, at=LATER, server=server)

    assert ["dead"] == [each.state for each in world.sent(kind="answer")]
    assert ("in_charge", None, [NOW, None]) == standing(world)


@pytest.mark.parametrize("proof", [{}, PROVEN], ids=["unproven", "proven"])
async def test_an_answer_is_taken_back_while_it_waits(world: StaffDeskWorld, proof: dict[str, Any]) -> None:
    """It shall never leave, and another one may be written."""
    await world.complain()
    await conclude(world)
    await world.say(MARIE, "#annuler", to=world.receipt(), at=LATER - timedelta(minutes=1), **proof)
    await deliver(world, at=NOW + timedelta(days=1))

    assert ["cancelled"] == [each.state for each in world.sent(kind="answer")]
    assert "votre réponse finale ne partira pas" in world.receipt().text
    assert ("in_charge", None, [NOW, None]) == standing(world)
    assert [(None, None)] == look(world.engine, "SELECT conclusion, criteria FROM ticket")

    await conclude(world, at=LATER)

    assert ["cancelled", "pending"] == [each.state for each in world.sent(kind="answer")]


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("#conclure fondée\r\nBonjour, vous avez raison.", "vérifications, constats, mesures"),
        ("#conclure fondée\r\nVérifié\r\na b\r\n\r\nConstaté\r\nc d", "ces rubriques : mesures."),
        ("#conclure non fondée\r\nConstaté\r\nRien de tel.", "ces rubriques : vérifications."),
    ],
)
async def test_missing_headings_are_named_and_nothing_is_sent(world: StaffDeskWorld, typed: str, named: str) -> None:
    """All or nothing: no letter, no taking charge, and the text is shown."""
    await world.complain()
    await conclude(world, typed)

    assert [] == world.sent(kind="answer")
    assert named in world.receipt().text.replace("\u00a0", " ")
    assert ("new", None, False) == world.ticket()


async def test_what_was_never_examined_needs_no_headings(world: StaffDeskWorld) -> None:
    """A matter that was settled before any finding says so, and the receipt names what the letter does without."""
    await world.complain()
    await conclude(world, "#conclure réglée\r\nVotre colis est arrivé hier.")

    assert "La situation que vous nous avez signalée est maintenant réglée." in world.sent(kind="answer")[0].text
    assert "La lettre part sans ces rubriques" in world.receipt().text


async def test_there_is_one_answer_on_its_way(world: StaffDeskWorld) -> None:
    """A colleague who concludes meanwhile is told, and so is whoever concludes twice."""
    await world.complain()
    await conclude(world)
    await world.say(LUC, ANSWER, to=world.working(LUC), **PROVEN)
    await conclude(world, at=NOW + timedelta(minutes=1))

    assert 1 == len(world.sent(kind="answer"))
    assert "déjà en route" in world.receipt(LUC).text
    assert "déjà en route" in world.receipt(MARIE).text


async def test_an_answer_given_by_word_of_mouth_is_confirmed_in_writing(world: StaffDeskWorld) -> None:
    """The letter says on which day it was told."""
    await world.complain()
    await conclude(world, ANSWER.replace("norme", "norme, verbal"))

    assert "de vive voix le lundi 2 mars 2026" in world.sent(kind="answer")[0].text.replace("\u00a0", " ")


async def test_a_conclusion_without_words_is_refused(world: StaffDeskWorld) -> None:
    """To redirect is another letter."""
    await world.complain()
    await conclude(world, "#conclure redirigée\r\nVoyez le ministère.")

    assert [] == world.sent(kind="answer")
    assert "pas de lettre" in world.receipt().text


async def test_the_answer_leaves_before_midnight_of_its_day(world: StaffDeskWorld) -> None:
    """Ten minutes before midnight of the fifteenth day it waits five minutes, and is in time."""
    await world.complain()
    almost = datetime(2026, 3, 24, 3, 50, tzinfo=UTC)  # ten to midnight of Monday 23 March in Quebec
    await conclude(world, at=almost)

    assert [("2026-03-23",)] == [(str(on),) for (on,) in look(world.engine, DUE_ON)]
    assert "dans 5 minutes" in world.receipt().text.replace("\u00a0", " ")

    left = almost + timedelta(minutes=5)
    await deliver(world, at=left)

    assert ("answered", left) == standing(world)[:2]


DUE_ON = "SELECT due_on FROM clock WHERE standard = 'E2'"


async def test_an_answer_that_comes_back_opens_the_clock_again(world: StaffDeskWorld) -> None:
    """The bounce names the letter; whoever is in charge is told, and may answer again."""
    await world.complain()
    await conclude(world)
    await deliver(world, at=LATER)
    (letter,) = world.sent(kind="answer")
    await world.desk.arrive(write_bounce(letter), at=LATER + timedelta(minutes=1))
    told = world.sent(kind="follow_up")

    assert ("in_analysis", None, [NOW, None]) == standing(world)
    assert {MARIE.address, LUC.address} == {each.recipient for each in told}
    assert "n’a pas été remise" in told[0].text
    assert "answer_returned" in world.events()

    await conclude(world, at=LATER + timedelta(hours=1))
    await deliver(world, at=LATER + timedelta(hours=2))

    assert ("answered", LATER + timedelta(hours=2)) == standing(world)[:2]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
async def test_a_delay_is_no_return(world: StaffDeskWorld, action: str) -> None:
    """The server still tries, or says that it has delivered: the answer holds."""
    await world.complain()
    await conclude(world)
    await deliver(world, at=LATER)
    await world.desk.arrive(write_bounce(world.sent(kind="answer")[0], action=action), at=LATER)

    assert ("answered", LATER) == standing(world)[:2]


async def test_only_the_answer_s_own_bounce_reopens(world: StaffDeskWorld) -> None:
    """That of the acknowledgement, or of another ticket's letter, changes nothing; the same bounce counts once."""
    await world.complain()
    await conclude(world)
    await deliver(world, at=LATER)
    acknowledgement, answer = world.sent(kind="acknowledgement")[0], world.sent(kind="answer")[0]
    await world.desk.arrive(write_bounce(acknowledgement), at=LATER)

    assert "answered" == standing(world)[0]

    await world.desk.arrive(write_bounce(answer), at=LATER)
    await conclude(world, at=LATER)
    await deliver(world, at=LATER + QUARTER)
    await world.desk.arrive(write_bounce(answer).replace(b"<failed", b"<again"), at=LATER + timedelta(hours=1))

    assert ("answered", LATER + QUARTER) == standing(world)[:2]
    assert 1 == world.events().count("answer_returned")


async def test_a_message_answers_what_is_no_complaint(world: StaffDeskWorld) -> None:
    """For a request for information `#répondre` is the answer, once the server has it; for a complaint never."""
    await world.complain()
    await world.say(MARIE, "#répondre\r\nBonjour, voici la liste.", to=world.working(MARIE), **PROVEN)
    await deliver(world, at=LATER)

    assert TicketStatus.IN_CHARGE == standing(world)[0]

    await world.complain("Où est la liste?")
    await world.database.write(code_as_information)
    await world.say(MARIE, "#répondre\r\nBonjour, la voici.", to=world.working(MARIE), at=NOW, **PROVEN)

    assert ("in_charge", None) == standing(world)[:2]

    await deliver(world, at=LATER)

    assert ("answered", LATER) == standing(world)[:2]


def code_as_information(tx: Transaction) -> None:
    """The newest ticket is a request for information."""
    tx.execute(text("UPDATE ticket SET kind = 'INF' WHERE id = (SELECT max(id) FROM ticket)"))


async def test_what_is_no_complaint_is_concluded_by_a_plain_letter(world: StaffDeskWorld) -> None:
    """No conclusion, no recourse; the text alone."""
    await world.complain("Où est la liste?")
    await world.database.write(code_as_information)
    await conclude(world, "#conclure réglée\r\nLa voici.")
    (answer,) = world.sent(kind="answer")

    assert "Réponse à votre demande" in answer.subject
    assert "La voici." in answer.text
    assert "Protecteur" not in answer.text
