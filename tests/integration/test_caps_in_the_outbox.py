"""Caps on a real database (MUST 26): what a flood gets, where an hour begins and ends, and one alert."""

import asyncio
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, NOW, make_policy, write_mail
from triage.model.judgement import AnsweringCaps
from triage.store.database import Database
from triage.store.engine import make_engine

HOLDS = "SELECT state, hold_reason FROM outbox ORDER BY id"


def said(number: int, *, sender: str = JEANNE) -> bytes:
    """One of many mails that differ in their words."""
    return write_mail(f"Plainte {number}.", sender=sender, message_id=f"{number}@client.example")


async def flood(desk: Desk, count: int, *, every: timedelta, sender: str = JEANNE) -> None:
    for number in range(count):
        await desk.arrive(said(number, sender=sender), at=NOW + number * every)


async def test_the_sixth_letter_in_an_hour_waits_and_its_ticket_does_not(database: Database) -> None:
    """Ten mails of one sender: ten tickets, five letters, five held, and one alert without a name in it."""
    desk = Desk(database)
    with capture_logs() as logs:
        await flood(desk, 10, every=timedelta(minutes=1))
    alerts = [each for each in logs if each["event"] == "acknowledgements_capped"]

    assert [("pending", None)] * 5 + [("held", "sender_cap")] * 5 == look(database.engine, HOLDS)
    assert [(10,)] == look(database.engine, "SELECT count(*) FROM ticket")
    assert [("sender_cap", "2026-000006")] == [(each["reason"], each["reference"]) for each in alerts]
    assert JEANNE not in str(alerts)


@pytest.mark.parametrize(("gap", "fate"), [(timedelta(hours=1), "held"), (timedelta(hours=1, seconds=1), "pending")])
async def test_the_hour_includes_both_its_ends(database: Database, gap: timedelta, fate: str) -> None:
    """The first letter counts until the hour after it is over."""
    desk = Desk(database)
    await flood(desk, 5, every=timedelta(0))
    await desk.arrive(said(5), at=NOW + gap)

    assert fate == look(database.engine, HOLDS)[-1][0]


async def test_the_twenty_first_letter_in_a_day_waits(database: Database) -> None:
    """Four an hour break no hourly cap, and still one sender gets twenty a day."""
    desk = Desk(database)
    await flood(desk, 22, every=timedelta(minutes=15))

    assert [("pending", None)] * 20 + [("held", "sender_cap")] * 2 == look(database.engine, HOLDS)


async def test_letter_case_makes_no_other_sender(database: Database) -> None:
    """The mailbox is one, however its address is written."""
    desk = Desk(database)
    await flood(desk, 5, every=timedelta(0))
    await desk.arrive(said(5, sender=JEANNE.upper()))

    assert ("held", "sender_cap") == look(database.engine, HOLDS)[-1]


async def test_a_domain_has_a_cap_unless_anybody_may_live_there(database: Database) -> None:
    """Each mail from another person of the same domain; in a public mail domain they are strangers to each other."""
    caps = AnsweringCaps(domain_per_hour=3, exempt_domains=frozenset({"courriel.example"}))
    desk = Desk(database, policy=replace(make_policy(), caps=caps))
    for domain in ("client.example", "courriel.example"):
        for number in range(5):
            await desk.arrive(said(number, sender=f"p{number}@{domain}"))

    assert [None, None, None, "domain_cap", "domain_cap"] + [None] * 5 == [
        row[1] for row in look(database.engine, HOLDS)
    ]


async def test_ever_new_addresses_share_one_cap_in_all(database: Database) -> None:
    """A flood of one letter each, to strangers at as many domains: so many an hour and no more, and one alert."""
    caps = AnsweringCaps(total_per_hour=4, exempt_domains=frozenset({"courriel.example"}))
    desk = Desk(database, policy=replace(make_policy(), caps=caps))
    with capture_logs() as logs:
        for number in range(7):
            domain = "courriel.example" if number % 2 else f"d{number}.example"
            await desk.arrive(said(number, sender=f"p{number}@{domain}"))
        await desk.arrive(said(7), at=NOW + timedelta(hours=1, seconds=1))
    alerts = [each["reason"] for each in logs if each["event"] == "acknowledgements_capped"]

    assert [None] * 4 + ["total_cap"] * 3 + [None] == [row[1] for row in look(database.engine, HOLDS)]
    assert [(8,)] == look(database.engine, "SELECT count(*) FROM ticket")
    assert ["total_cap"] == alerts


async def test_dots_that_gmail_ignores_make_no_other_mailbox(database: Database) -> None:
    """Nor its second domain; elsewhere a dot is part of the name, and the letter goes to the address as written."""
    desk = Desk(database, policy=replace(make_policy(), caps=AnsweringCaps(sender_per_hour=2)))
    written = ["jeanne@gmail.com", "j.eanne@gmail.com", "je.an.ne+x@googlemail.com"]
    for number, sender in enumerate(
        [*written, "j.eanne@client.example", "jeanne@client.example", "jeann.e@client.example"]
    ):
        await desk.arrive(said(number, sender=sender))

    assert [None, None, "sender_cap", None, None, None] == [row[1] for row in look(database.engine, HOLDS)]
    assert [(each,) for each in written] == look(database.engine, "SELECT recipient FROM outbox ORDER BY id")[:3]


async def test_the_same_words_within_a_day_get_one_letter(database: Database) -> None:
    """Sent again under a new id: a ticket each time, a letter once; other words, people or days have their own."""
    desk = Desk(database)

    async def send(number: int, body: str, sender: str, hours: int) -> str | None:
        raw = write_mail(body, sender=sender, message_id=f"{number}@client.example", X_Try=str(number))
        await desk.arrive(raw.replace(b"09:29:00", f"09:{number:02d}:00".encode()), at=NOW + timedelta(hours=hours))
        reason: str | None = look(database.engine, HOLDS)[-1][1]
        return reason

    assert None is await send(1, "Rien ne va.", JEANNE, 0)
    assert "same_words" == await send(2, "Rien ne va.", JEANNE, 23)
    assert None is await send(3, "Rien ne va plus.", JEANNE, 23)
    assert None is await send(4, "Rien ne va.", "paul@client.example", 23)
    assert None is await send(5, "Rien ne va.", JEANNE, 25)
    assert [(5,)] == look(database.engine, "SELECT count(*) FROM ticket")


@settings(max_examples=30, deadline=None)
@given(minutes=st.lists(st.integers(0, 180), min_size=1, max_size=12))
def test_no_hour_of_the_outbox_holds_more_than_the_cap(sqlite_template: Path, minutes: list[int]) -> None:
    """Whatever the rhythm of a sender, and from wherever the hour is counted."""
    let_go = asyncio.run(_let_go([NOW + timedelta(minutes=each) for each in sorted(minutes)], sqlite_template))
    hours = [[at for at in let_go if first <= at <= first + timedelta(hours=1)] for first in let_go]

    assert 3 >= max(map(len, hours))


async def _let_go(instants: list[datetime], template: Path) -> list[datetime]:
    with TemporaryDirectory() as folder:
        database = Database(make_engine(f"sqlite:///{shutil.copy(template, folder)}"))
        desk = Desk(database, policy=replace(make_policy(), caps=AnsweringCaps(sender_per_hour=3)))
        for number, at in enumerate(instants):
            await desk.arrive(said(number), at=at)
        rows = look(database.engine, "SELECT created_at FROM outbox WHERE state = 'pending'")
        database.close()
    return [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in rows]
