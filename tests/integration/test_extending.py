"""A notice of delay tells a new day, before the old one or after it; the promise stays what it was (R-33)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.answering_worlds import ANSWER, QUARTER, deliver, standing
from tests.looking import look
from tests.matters import JEANNE, NOW, write_mail
from tests.staff_worlds import MARIE, PASSES, StaffDeskWorld
from triage.store.database import Database
from triage.store.tickets import find_ticket

PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
EXTEND = "#prolonger 30 mars 2026 le transporteur doit encore nous répondre"
AFTER = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)  # two days after the day of the answer


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def extend(world: StaffDeskWorld, typed: str = EXTEND, *, at: datetime = NOW) -> None:
    """Marie puts off the answer of the newest ticket."""
    await world.say(MARIE, typed, to=world.working(MARIE), at=at, **PROVEN)


def plain(text: str) -> str:
    """With ordinary blanks, and lines that were only folded joined again."""
    return text.replace(" \r\n", " ").replace("\u00a0", " ")


async def test_before_the_day_the_notice_tells_both_days(world: StaffDeskWorld) -> None:
    """Its reason, the day that is put off and the new one; no due time changes, and the ticket keeps its clock."""
    await world.complain()
    before = look(world.engine, "SELECT standard, due_at, met_at FROM clock WHERE standard = 'E2'")
    await extend(world)
    (letter,) = world.sent(kind="delay")

    assert JEANNE == letter.recipient
    for words in ("lundi 23 mars 2026", "lundi 30 mars 2026", "Le transporteur", "Marie Tremblay"):
        assert words.lower() in plain(letter.text).lower()
    assert "dans 15 minutes" in plain(world.receipt().text)
    assert before == look(world.engine, "SELECT standard, due_at, met_at FROM clock WHERE standard = 'E2'")
    assert [("2026-03-30",)] == [(str(on),) for (on,) in look(world.engine, "SELECT extended_to_on FROM ticket")]

    await deliver(world, at=NOW + QUARTER)

    assert "in_charge" == standing(world)[0], "a notice of delay answers nothing"


async def test_after_the_day_it_says_so(world: StaffDeskWorld) -> None:
    """F5-R: the day has passed, and an excuse is owed for that."""
    await world.complain()
    await extend(world, at=AFTER)

    assert [] == world.sent(kind="delay")
    assert 1 == len(world.sent(kind="delay_late"))


async def test_on_the_last_evening_it_leaves_before_midnight(world: StaffDeskWorld) -> None:
    """Ten minutes before midnight it waits five, and is no late notice."""
    await world.complain()
    await extend(world, at=datetime(2026, 3, 24, 3, 50, tzinfo=UTC))

    assert 1 == len(world.sent(kind="delay"))
    assert "dans 5 minutes" in plain(world.receipt().text)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("#prolonger 23 mars 2026 trop tôt", "doit venir après le lundi 23 mars 2026"),
        ("#prolonger 30 mars 2026 voir 2026-999999 et la suite", "numéro d’un autre dossier"),
        ("#prolonger 30 mars 2026", "ajoutez le motif"),
    ],
)
async def test_what_makes_no_sense_is_refused(world: StaffDeskWorld, typed: str, said: str) -> None:
    """An earlier day, a reason that is not for the requester, no reason: nothing is sent."""
    await world.complain()
    await extend(world, typed)

    assert [] == world.sent(kind="delay")
    assert said in plain(world.receipt().text)
    assert ("new", None, False) == world.ticket()


async def test_a_third_notice_is_for_a_director(world: StaffDeskWorld) -> None:
    """Two at most; each tells the day that was announced last."""
    await world.complain()
    for day in ("30 mars", "7 avril", "14 avril"):
        await extend(world, f"#prolonger {day} 2026 l’enquête continue")
    first, second = world.sent(kind="delay")

    assert "lundi 23 mars 2026" in plain(first.text)
    assert "lundi 30 mars 2026" in plain(second.text)
    assert "La direction seule" in world.receipt().text


async def test_it_can_be_taken_back(world: StaffDeskWorld) -> None:
    """The first day stands again."""
    await world.complain()
    await extend(world)
    await world.say(MARIE, "#annuler", to=world.receipt(), at=NOW + timedelta(minutes=9))

    assert ["cancelled"] == [each.state for each in world.sent(kind="delay")]
    assert [(None,)] == look(world.engine, "SELECT extended_to_on FROM ticket")
    assert "avis de prolongation ne partira pas" in world.receipt().text


async def test_later_letters_announce_the_new_day(world: StaffDeskWorld) -> None:
    """F3 of a later message says it as a forecast."""
    reference = await world.complain()
    await extend(world)
    raw = write_mail("Voici la photo.", message_id="2@client.example", subject=f"Re: [ODF {reference}]")
    await world.desk.arrive(raw, at=NOW + timedelta(days=1))
    (confirmation,) = world.sent(kind="follow_up_received")
    snapshot = await world.database.read(lambda tx: find_ticket(tx, reference))

    assert "lundi 30 mars 2026" in plain(confirmation.text)
    assert "prévoyons" in confirmation.text
    assert snapshot is not None
    assert date(2026, 3, 30) == snapshot.extended_to_on


async def test_while_an_answer_is_on_its_way_nothing_is_put_off(world: StaffDeskWorld) -> None:
    """Two letters that contradict each other never leave together."""
    await world.complain()
    await extend(world, ANSWER)
    await extend(world)

    assert [] == world.sent(kind="delay")
    assert "déjà en route" in world.receipt().text
