"""From raw mail to recorded decision (R-02, R-11; MUST 11, 15, 17, 33): what points to a ticket, and what breaks."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import text

from tests.looking import mail_row
from tests.matters import JEANNE, MAILBOX, NOW, STRANGER, write_mail
from tests.office import Office
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.model.message import ParsedMessage
from triage.store.database import Database
from triage.store.engine import snapshot, transaction

NUMBER = "2026-000001"
DAY = timedelta(days=1)
BROKEN = ReaderFailed(ReaderFailure.ERROR)


@pytest.fixture
async def office(database: Database) -> Office:
    """An office where Jeanne's first mail has a ticket and an acknowledgement that left."""
    office = Office(database)
    await office.handle(write_mail())
    return office


def our_message_id(office: Office) -> str:
    ((message_id,),) = office.outbox("message_id")
    return str(message_id)


FOLLOW_UPS = [
    ("her number in the subject", {"subject": f"Re: [ODF {NUMBER}] Accusé"}),
    ("our Message-ID in In-Reply-To", {"In_Reply_To": "<OURS>"}),
    ("our Message-ID in References", {"References": "<x@y.example> <OURS>"}),
    ("the id that the server gave our mail", {"In_Reply_To": "<provider@serveur.example>"}),
    ("her own first mail in References", {"References": "<1@client.example>"}),
    ("her own first mail, from a phone that writes her address otherwise", {"References": "<1@client.example>", "sender": "Jeanne@Client.Example"}),  # noqa: E501  a row
]  # fmt: skip


@pytest.mark.parametrize("headers", [pytest.param(row[1], id=row[0]) for row in FOLLOW_UPS])
async def test_a_second_mail_of_the_requester_joins_the_ticket(office: Office, headers: dict[str, str]) -> None:
    """Whatever carries the thread; it is not acknowledged a second time."""
    if "provider" in headers.get("In_Reply_To", ""):
        with transaction(office.database.engine) as tx:
            tx.execute(text("UPDATE outbox SET provider_id = 'provider@serveur.example'"))
    told = {name: value.replace("OURS", our_message_id(office)) for name, value in headers.items()}

    await office.handle(write_mail("Voici la photo.", message_id="2@client.example", **told))

    assert [("new_matter", 1), ("follow_up", 1)] == office.reasons()
    assert ["opened", "notice", "sent", "follow_up"] == office.events()
    assert 1 == len(office.sender.kept)


@pytest.mark.parametrize("headers", [pytest.param(row[1], id=row[0]) for row in FOLLOW_UPS[:5]])
async def test_a_stranger_with_the_same_pointer_gets_a_ticket_of_their_own(
    office: Office, headers: dict[str, str]
) -> None:
    """MUST 33, 34: whatever they copied, even with the requester in Cc and Reply-To."""
    told = {name: value.replace("OURS", our_message_id(office)) for name, value in headers.items()}
    stranger = write_mail("Moi aussi.", message_id="2@x.example", sender=STRANGER, Cc=JEANNE, Reply_To=JEANNE, **told)

    await office.handle(stranger)

    assert [("new_matter", 1), ("new_matter", 2)] == office.reasons()
    assert ["opened", "notice", "sent"] == office.events(1)
    assert [JEANNE, STRANGER] == [mail.recipient for mail in office.sender.kept]


async def test_a_reply_that_comes_with_what_it_answers_finds_it(database: Database) -> None:
    """In one group mails are recorded in the order they came, however long each took to understand."""
    office = Office(database)
    read = office.reader.read

    async def slowly(raw: bytes) -> ParsedMessage:
        await asyncio.sleep(0.05 if b"La suite" not in raw else 0)
        return await read(raw)

    office.reader.read = slowly  # type: ignore[method-assign]  # the fake's own, made slow for one mail
    unreadable = write_mail("Un obstacle.", message_id="3@client.example")
    office.reader.fail(unreadable, BROKEN)
    await office.handle(
        write_mail(),
        unreadable,
        write_mail("La suite.", message_id="2@client.example", References="<1@client.example>"),
    )

    assert [("new_matter", 1), ("new_matter", 2), ("follow_up", 1)] == office.reasons()


async def test_the_same_mail_again_is_a_duplicate_and_is_moved(office: Office) -> None:
    """MUST 11: seen again under another UID; the ticket is told, nobody else."""
    await office.handle(write_mail(), write_mail())

    assert [("new_matter", 1), ("duplicate", 1), ("duplicate", 1)] == office.reasons()
    assert ["opened", "notice", "sent", "duplicate", "duplicate"] == office.events()
    assert 1 == len(office.sender.kept)
    assert {} == office.mailbox.inbox


async def test_two_copies_that_come_together_are_one_matter(database: Database) -> None:
    """One after the other in the writing thread: the second sees the first."""
    office = Office(database)
    await office.handle(write_mail(), write_mail())

    assert [("new_matter", 1), ("duplicate", 1)] == office.reasons()


@pytest.mark.parametrize(("after", "reason"), [(6 * DAY, "duplicate"), (8 * DAY, "new_matter")])
async def test_without_a_message_id_the_same_content_is_the_same_mail_for_a_week(
    database: Database, after: timedelta, reason: str
) -> None:
    """Later it is somebody who writes the same again, and who is answered again."""
    office = Office(database)
    anonymous = write_mail(message_id=None)
    await office.handle(anonymous)
    office.wait(after)
    await office.handle(anonymous)

    assert ["new_matter", reason] == [each for each, _ in office.reasons()]


async def test_mails_of_nobody_are_the_same_only_where_their_bytes_are(database: Database) -> None:
    """Without Message-ID, Date and sender two people's words are soon the same; the very same bytes are one mail."""
    office = Office(database)
    nobody = write_mail("Aidez-moi.", message_id=None, sender=None).replace(b"Date: ", b"X-Sent: ")
    other = b"Received: from ailleurs.example by mx.organisme.example\r\n" + nobody

    await office.handle(nobody, other, nobody)

    assert ["new_matter", "new_matter", "duplicate"] == [each for each, _ in office.reasons()]


async def test_our_letter_refers_to_their_mail_and_to_ours_only(office: Office) -> None:
    """MUST 25: nothing else that a sender put into References is carried on; ours as the outbox writes them."""
    ours = office.outbox("message_id")[0][0]
    raw = write_mail(sender=STRANGER, message_id="9@ailleurs.example", References=f"<pub@ici.example> <{ours.upper()}>")

    await office.handle(raw)
    letter = message_from_bytes(office.sender.kept[-1].raw)

    assert ("<9@ailleurs.example>", [f"<{ours}>", "<9@ailleurs.example>"]) == (
        letter["In-Reply-To"],
        letter["References"].split(),
    )


async def test_a_reused_message_id_silences_nobody(office: Office) -> None:
    """MUST 11: the same id and another content is a matter of its own, acknowledged and flagged."""
    await office.handle(write_mail("Tout autre chose.", sender=STRANGER))

    assert [("new_matter", 1), ("new_matter", 2)] == office.reasons()
    assert [("[]",), ('["message_id_reused"]',)] == office.look("SELECT flags FROM ticket ORDER BY id")
    assert 2 == len(office.sender.kept)


async def test_a_machines_mail_is_told_on_the_ticket_that_it_cites(office: Office) -> None:
    """MUST 24: no ticket and no letter, an event on each ticket whose letter it answers."""
    await office.handle(write_mail("Autre chose.", message_id="2@client.example", sender=STRANGER))
    first, second = (message_id for (message_id,) in office.outbox("message_id"))
    absence = write_mail(
        "Absente jusqu'à lundi.",
        message_id="3@client.example",
        References=f"<{second}> <{first}>",
        Auto_Submitted="auto-replied",
    )
    await office.handle(absence)

    assert "automation" == office.reasons()[-1][0]
    assert ("automation", "automation") == (office.events(1)[-1], office.events(2)[-1])
    assert 2 == len(office.sender.kept)


async def test_our_own_mail_that_comes_back_is_a_loop(office: Office) -> None:
    """Recorded, moved, never answered: as it left, and stripped of each mark against loops."""
    letter = office.sender.kept[0]
    stripped = re.sub(rb"(?m)^(Auto-Submitted|X-Loop|X-Auto-Response-Suppress): .*\r\n", b"", letter.raw)
    ours = write_mail(sender=MAILBOX, message_id="7@organisme.example", Auto_Submitted="auto-generated")
    assert b"auto-replied" not in stripped

    await office.handle(letter.raw, stripped.replace(b"From: ", b"X-Was: ", 1), ours)

    assert ["new_matter"] + ["own_loop"] * 3 == [reason for reason, _ in office.reasons()]
    assert 1 == len(office.sender.kept)


async def test_a_mail_is_settled_once(database: Database) -> None:
    """Two processes that took it in at the same time: the second finds nothing to do."""
    office, other = Office(database), Office(database)
    office.deliver(write_mail())
    await office.fetch()
    gate, waiting = asyncio.Event(), asyncio.Event()
    read = office.reader.read

    async def held(raw: bytes) -> ParsedMessage:
        waiting.set()
        await gate.wait()
        return await read(raw)

    office.reader.read = held  # type: ignore[method-assign]  # the fake's own, held back
    late = asyncio.create_task(office.take_in())
    await waiting.wait()
    await other.take_in()
    gate.set()
    await late

    assert [("new_matter", 1)] == office.reasons()
    assert [(1,)] == office.look("SELECT count(*) FROM ticket")
    assert [(1,)] == office.look("SELECT count(*) FROM outbox")
    assert (0, 1) == (office.rung, other.rung)


async def test_received_at_is_the_servers_date_however_late_we_come(database: Database) -> None:
    """R-57: three days of outage do not move reception; the ticket's clocks run from it."""
    office = Office(database)
    office.deliver(write_mail())
    office.wait(3 * DAY)
    await office.fetch()
    await office.take_in()
    with snapshot(database.engine) as tx:
        row = mail_row(tx, 1)

    assert (NOW, NOW + 3 * DAY, NOW) == (row.internal_date_at, row.observed_at, row.received_at)


async def test_the_daemon_is_woken_only_for_mail_to_send(database: Database) -> None:
    """A follow-up puts nothing in the outbox."""
    office = Office(database)
    await office.handle(write_mail())
    await office.handle(write_mail("Suite.", message_id="2@client.example", References="<1@client.example>"))

    assert 1 == office.rung
