"""A requester asks where their matter stands, withdraws it, or answers the survey, each in one word."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.fakes_sender import FakeSender
from tests.looking import look
from tests.matters import JEANNE, NOW, STRANGER, write_mail
from tests.staff_worlds import MARIE, Sent, StaffDeskWorld
from triage.model.codes import NoticeKind
from triage.model.decision import Thread
from triage.model.delivery import DeliveryPolicy
from triage.model.letters.requester import ClosingFacts
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.record.letters import Addressed, put_letter

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICKETS = "SELECT count(*) FROM ticket"


@pytest.fixture
async def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """Jeanne has complained and holds her acknowledgement."""
    made = StaffDeskWorld(engine, database)
    await made.complain()
    await deliver(made)
    return made


async def deliver(world: StaffDeskWorld) -> None:
    """The server takes everything that is due."""
    at = NOW + 3 * DAY
    delivery = Delivery(world.database, FakeSender(), DeliveryPolicy(), lambda: at, lambda: 0.5)
    await Dispatcher(delivery, rate=SendingRate(per_minute=0, per_day=0)).deliver_due()


async def write(world: StaffDeskWorld, body: str, to: Sent | None = None, **headers: Any) -> str:
    """Jeanne writes, beneath a letter of ours unless `to` is given otherwise; why it was treated as it was."""
    letter = world.sent(kind="acknowledgement")[0] if to is None else to
    at = headers.pop("at", NOW + HOUR)
    headers = {"In_Reply_To": letter.headers["Message-ID"], **headers}
    raw = write_mail(body, message_id=f"w{world.desk.uid}@client.example", subject="Re", **headers)
    reason = world.reason(await world.desk.arrive(raw, at=at))
    await deliver(world)
    return reason


async def close(world: StaffDeskWorld) -> Sent:
    """The ticket is closed, and F7 with its survey has left."""
    with world.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE ticket SET status = 'closed'")
    addressed = Addressed(1, "2026-000001", NOW, JEANNE, Thread(None, ()), key="closing:1")
    facts = ClosingFacts
    await world.database.write(
        lambda tx: put_letter(
            tx,
            NoticeKind.CLOSING,
            addressed,
            lambda matter: facts(matter, date(2027, 1, 11)),
            stationery=world.desk.stationery,
            now=NOW,
        )
    )
    await deliver(world)
    return world.sent(kind="closing")[0]


@pytest.mark.parametrize("word", ["STATUT", "statut.", " Statut\r\n\r\n> Bonjour,\r\n> Nous avons bien reçu"])
async def test_a_requester_who_asks_for_the_status_gets_it_once_a_day(world: StaffDeskWorld, word: str) -> None:
    """Number, day and plan; no staff is disturbed, and a second question of that day is only written down."""
    before = len(world.sent())
    reasons = [
        await write(world, word),
        await write(world, word, at=NOW + 2 * HOUR),
        await write(world, word, at=NOW + DAY),
    ]
    sent = world.sent()[before:]

    assert ["asked_in_a_word"] * 3 == reasons
    assert [("status", JEANNE)] * 2 == [(each.kind, each.recipient) for each in sent]
    assert "Une personne de notre équipe le lira bientôt." in " ".join(sent[0].text.split())
    assert "2026-000001" in sent[0].subject
    assert 3 == world.events().count("status_asked")
    assert [(1,)] == look(world.engine, TICKETS)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("STATUT s'il vous plaît", {}),
        ("Je voudrais retirer ma plainte si rien n’est fait.", {}),
        ("Je confirme", {}),
        ("5", {}),
        ("RETIRER MA PLAINTE", {"sender": f"X <{STRANGER}>"}),
        ("STATUT", {"In_Reply_To": "<c0@client.example>"}),
    ],
)
async def test_nothing_else_is_a_word(world: StaffDeskWorld, body: str, headers: dict[str, Any]) -> None:
    """Inside a sentence, before anything was asked, from somebody else, or without what a letter of ours gave."""
    reason = await write(world, body, **headers)

    assert reason in {"follow_up", "new_matter"}
    assert ("new", None, False) == world.ticket()
    assert [] == [each.kind for each in world.sent() if each.kind in {"status", "withdrawal", "withdrawn"}]


async def test_a_complaint_is_withdrawn_when_its_requester_confirms(world: StaffDeskWorld) -> None:
    """Asked, confirmed beneath that very letter, told to both; the fifteen days end at that instant."""
    asked = await write(world, "RETIRER MA PLAINTE")
    [letter] = world.sent(kind="withdrawal")
    waiting = world.ticket()
    confirmed = await write(world, "Je confirme.", letter, at=NOW + 2 * HOUR)
    told = world.sent(kind="follow_up", recipient=MARIE.address)[-1]

    assert ["asked_in_a_word"] * 2 == [asked, confirmed]
    assert ("new", None, False) == waiting
    assert ("withdrawn", None, False) == world.ticket()
    assert ["withdrawal_asked", "withdrawn"] == [each for each in world.events() if "withdraw" in each]
    assert 1 == len(world.sent(kind="withdrawn", recipient=JEANNE))
    assert "La personne a retiré sa plainte et l’a confirmé." in " ".join(told.text.split())
    assert [(1,)] == look(world.engine, "SELECT count(*) FROM ticket WHERE closed_at IS NOT NULL")


async def test_what_was_not_asked_is_not_confirmed(world: StaffDeskWorld) -> None:
    """« Je confirme » beneath another letter is a message; so is a withdrawal of what was answered."""
    await write(world, "RETIRER MA PLAINTE")
    reason = await write(world, "Je confirme")

    assert "follow_up" == reason
    assert ("new", None, False) == world.ticket()


async def test_the_digit_of_the_survey_is_kept_once_and_opens_nothing(world: StaffDeskWorld) -> None:
    """A second digit changes nothing; with a comment beneath, the digit is kept and people read the comment."""
    letter = await close(world)
    before = len(world.sent())
    reasons = [await write(world, body, letter) for body in ("4", "1")]
    quiet = len(world.sent())
    reasons.append(await write(world, "2\r\n\r\nMerci, mais le délai était long pour une si petite chose.", letter))

    assert ["asked_in_a_word", "asked_in_a_word", "follow_up"] == reasons
    assert before == quiet
    assert '"score":4' in world.payloads("surveyed")
    assert 1 == world.events().count("surveyed")
    assert "follow_up" in {each.kind for each in world.sent()[quiet:]}
    assert ("closed", None, False) == world.ticket()
    assert [(1,)] == look(world.engine, TICKETS)


async def test_a_digit_above_a_comment_is_kept_too(world: StaffDeskWorld) -> None:
    """The letter invites a comment below it."""
    letter = await close(world)
    reason = await write(world, "5\r\n\r\nTrès bon service, livré à temps cette fois.", letter)

    assert "follow_up" == reason
    assert ("closed", None, False) == world.ticket()
    assert '"score":5' in world.payloads("surveyed")
