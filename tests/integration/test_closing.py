"""Closing says what is missing; its letter leaves three business days after the answer, and any reply cancels it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import ANSWER, QUARTER, deliver, standing, write_bounce
from tests.looking import look
from tests.matters import JEANNE, NOW, write_mail
from tests.staff_worlds import MARIE, PASSES, StaffDeskWorld
from triage.store.database import Database

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
ANSWERED = NOW + QUARTER  # Monday 2 March 2026, 9:45 in Quebec
THIRD_DAY = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)  # Thursday at nine


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def answer(world: StaffDeskWorld, typed: str = ANSWER) -> str:
    """A complaint that was answered; its number."""
    reference = await world.complain()
    await world.say(MARIE, typed, to=world.working(MARIE), **PROVEN)
    await deliver(world, at=ANSWERED)
    return reference


async def ask(world: StaffDeskWorld, typed: str, *, at: datetime = ANSWERED) -> None:
    """Marie asks something of the newest ticket."""
    await world.say(MARIE, typed, to=world.working(MARIE), at=at, **PROVEN)


def closed(world: StaffDeskWorld) -> tuple[str, bool]:
    """The status of the newest ticket, and whether it has an instant of closing."""
    status, at = look(world.engine, "SELECT status, closed_at FROM ticket ORDER BY id DESC LIMIT 1")[0]
    return str(status), at is not None


async def test_the_closing_letter_leaves_on_the_third_business_day(world: StaffDeskWorld) -> None:
    """At nine; it asks one question and says until when an answer opens the ticket again."""
    await answer(world)
    await ask(world, "#fermer")
    told = " ".join(world.receipt().text.split())
    await deliver(world, at=THIRD_DAY - timedelta(seconds=1))

    assert ("closed", True) == closed(world)
    assert ["pending"] == [each.state for each in world.sent(kind="closing")]
    assert "La lettre de fermeture part le jeudi 5 mars 2026 à 9 h, sauf si la personne écrit d’ici là." in told

    await deliver(world, at=THIRD_DAY)
    (letter,) = world.sent(kind="closing")

    assert ("sent", JEANNE) == (letter.state, letter.recipient)
    assert "samedi 4 avril 2026" in letter.text.replace("\u00a0", " ")
    assert "satisfaction" in letter.text


async def test_a_late_closing_leaves_at_once(world: StaffDeskWorld) -> None:
    """Ten days later nothing is waited for but the time to take it back."""
    await answer(world)
    later = ANSWERED + timedelta(days=10)
    await ask(world, "#fermer", at=later)
    await deliver(world, at=later + QUARTER)

    assert ["sent"] == [each.state for each in world.sent(kind="closing")]


async def test_what_is_not_answered_is_not_closed(world: StaffDeskWorld) -> None:
    """A complaint needs its final answer, accepted by the server."""
    await world.complain()
    await ask(world, "#fermer", at=NOW)

    assert "attend encore sa réponse finale" in world.receipt().text

    await ask(world, ANSWER, at=NOW)
    await ask(world, "#fermer", at=NOW)

    assert "attend encore sa réponse finale" in world.receipt().text


async def test_a_founded_complaint_needs_its_criterion(world: StaffDeskWorld) -> None:
    """The receipt says how to add it, and it may be added with the closing itself."""
    await answer(world, ANSWER.replace("fondée, norme", "fondée"))
    await ask(world, "#fermer")

    assert ("answered", False) == closed(world)
    assert "Il manque le critère" in world.receipt().text

    await ask(world, "#fermer norme, erreur")

    assert ("closed", True) == closed(world)
    assert [('["standard", "error"]',)] == look(world.engine, "SELECT criteria FROM ticket")


@pytest.mark.parametrize("words", ["Merci!", "Non, rien n’est réglé."])
async def test_any_reply_cancels_the_closing_letter(world: StaffDeskWorld, words: str) -> None:
    """Whoever writes again is not told that all is over."""
    reference = await answer(world)
    await ask(world, "#fermer")
    raw = write_mail(words, message_id="2@client.example", subject=f"Re: [ODF {reference}]")
    await world.desk.arrive(raw, at=ANSWERED + timedelta(hours=1))
    await deliver(world, at=THIRD_DAY)

    assert ["cancelled"] == [each.state for each in world.sent(kind="closing")]


@pytest.mark.parametrize(
    ("words", "status"),
    [("Rien n’est réglé, le camion manque.", "in_analysis"), ("Merci!", "closed"), ("5\r\nTrès bien.", "closed")],
)
async def test_a_reply_opens_a_closed_ticket(world: StaffDeskWorld, words: str, status: str) -> None:
    """As its letter promises, under the same number; not for a thanks, nor for the figure of the survey."""
    reference = await answer(world)
    await ask(world, "#fermer")
    await deliver(world, at=THIRD_DAY)
    raw = write_mail(words, message_id="2@client.example", subject=f"Re: [ODF {reference}]")
    await world.desk.arrive(raw, at=datetime(2026, 4, 4, 22, 0, tzinfo=UTC))  # the evening of the last day

    assert status == closed(world)[0]
    assert 1 == len(look(world.engine, "SELECT id FROM ticket"))
    assert ANSWERED == standing(world)[1]


async def test_after_thirty_days_a_reply_is_a_new_matter(world: StaffDeskWorld) -> None:
    """It has a number of its own, and shows the old one."""
    reference = await answer(world)
    await ask(world, "#fermer")
    await deliver(world, at=THIRD_DAY)
    raw = write_mail("Encore!", message_id="2@client.example", subject=f"Re: [ODF {reference}]")
    await world.desk.arrive(raw, at=datetime(2026, 4, 5, 22, 0, tzinfo=UTC))

    assert [("closed", None), ("new", 1)] == [
        (str(status), related)
        for status, related in look(world.engine, "SELECT status, possibly_related_id FROM ticket ORDER BY id")
    ]


async def test_a_ticket_is_opened_again(world: StaffDeskWorld) -> None:
    """Its letter never leaves, its answer stays the one that counts, and a second answer changes nothing of that."""
    await answer(world)
    await ask(world, "#fermer")
    await ask(world, "#rouvrir", at=ANSWERED + timedelta(hours=1))

    assert ("in_analysis", False) == closed(world)
    assert ["cancelled"] == [each.state for each in world.sent(kind="closing")]

    again = ANSWERED + timedelta(days=2)
    await ask(world, ANSWER, at=again)
    await deliver(world, at=again + QUARTER)

    assert ("answered", ANSWERED) == standing(world)[:2]


async def test_a_closing_is_taken_back(world: StaffDeskWorld) -> None:
    """`#annuler` within half an hour: answered again, and no letter."""
    await answer(world)
    await ask(world, "#fermer")
    await world.say(MARIE, "#annuler", to=world.receipt(), at=ANSWERED + timedelta(minutes=20))

    assert ("answered", False) == closed(world)
    assert ["cancelled"] == [each.state for each in world.sent(kind="closing")]


async def test_an_answer_that_comes_back_opens_what_was_closed(world: StaffDeskWorld) -> None:
    """Nobody is told that a matter is over whose answer they never had."""
    await answer(world)
    await ask(world, "#fermer")
    await world.desk.arrive(write_bounce(world.sent(kind="answer")[0]), at=ANSWERED + timedelta(hours=1))

    assert ("in_analysis", None) == standing(world)[:2]
    assert ["cancelled"] == [each.state for each in world.sent(kind="closing")]


async def test_a_change_of_kind_counts_every_clock_from_reception(world: StaffDeskWorld) -> None:
    """A complaint becomes a request for information with its own promise, and back again with the old ones."""
    await world.complain()
    await ask(world, "#type information; simple question", at=NOW + timedelta(hours=1))

    assert ["E3"] == running(world)
    assert ("in_charge", None, True) == world.ticket()
    assert "Les délais sont recalculés" in world.receipt().text

    await ask(world, "#type plainte", at=NOW + timedelta(hours=2))

    assert ["E1", "E2"] == running(world)
    assert 2 == world.events().count("recoded")


def running(world: StaffDeskWorld) -> list[str]:
    """The standards of the clocks that count."""
    query = "SELECT standard FROM clock WHERE superseded_at IS NULL ORDER BY standard"
    return [str(each) for (each,) in look(world.engine, query)]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#type information", "ajoutez la raison"),
        ("#type plainte", "déjà de ce type"),
        ("#type doublon; copie", "pas encore offert"),
    ],
)
async def test_a_change_of_kind_may_be_refused(world: StaffDeskWorld, typed: str, said: str) -> None:
    """A complaint is not declassed without a reason."""
    await world.complain()
    await ask(world, typed, at=NOW)

    assert said in world.receipt().text
    assert ["E1", "E2"] == running(world)


async def test_one_block_may_say_the_kind_and_answer(world: StaffDeskWorld) -> None:
    """The message that follows is then the answer, accepted by the server; a complaint again, it owes one still."""
    await world.complain()
    await ask(world, "#type information; question\r\n#répondre\r\nBonjour, la voici.", at=NOW)
    await deliver(world, at=ANSWERED)

    assert "answered" == standing(world)[0]

    await ask(world, "#type plainte", at=ANSWERED)

    assert ("in_analysis", None) == standing(world)[:2]


async def test_waiting_is_a_status_and_stops_no_clock(world: StaffDeskWorld) -> None:
    """Until the wait is over; nothing is sent."""
    await world.complain()
    due = look(world.engine, "SELECT due_at FROM clock ORDER BY id")
    await ask(world, "#attente fournisseur", at=NOW)

    assert "waiting_supplier" == closed(world)[0]

    await ask(world, "#reprise", at=NOW + timedelta(days=2))

    assert "in_analysis" == closed(world)[0]
    assert due == look(world.engine, "SELECT due_at FROM clock ORDER BY id")


async def test_a_ticket_is_coded_in_words_or_codes(world: StaffDeskWorld) -> None:
    """Category, service and priority, each with its line in the story and in the receipt."""
    await world.complain()
    await ask(world, "#client municipalité\r\n#service publicité\r\n#priorité 2", at=NOW)

    assert [("MUN", "PUB", 2)] == look(world.engine, "SELECT client, service, priority FROM ticket")
    assert 3 == world.events().count("coded")
    assert "client : municipalité" in world.receipt().text.replace("\u00a0", " ")


@pytest.mark.parametrize(("client", "ombudsman"), [("MUN", False), ("CIT", True), ("fournisseur", True)])
async def test_the_recourse_follows_the_client(world: StaffDeskWorld, client: str, *, ombudsman: bool) -> None:
    """A public body is not sent to the ombudsman (R-32)."""
    await world.complain()
    await ask(world, f"#client {client}", at=NOW)
    await ask(world, ANSWER, at=NOW)

    assert ombudsman is ("Protecteur du citoyen" in world.sent(kind="answer")[0].text)


@pytest.mark.parametrize("typed", ["#client martien", "#service", "#priorité 9"])
async def test_an_unknown_code_is_refused_with_the_choices(world: StaffDeskWorld, typed: str) -> None:
    """Nothing is done, and the receipt names what may be chosen."""
    await world.complain()
    await ask(world, typed, at=NOW)

    assert "code non reconnu; choisissez" in world.receipt().text.replace(" \r\n", " ")
    assert [(None, None, None)] == look(world.engine, "SELECT client, service, priority FROM ticket")
