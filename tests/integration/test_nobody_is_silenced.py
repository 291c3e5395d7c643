"""Hostile mail against intake (MUST 11, 15, 24): whatever a third party does, a person gets a ticket and an answer."""

import random

import pytest

from tests.fakes_sender import PlannedEnd
from tests.matters import ALIAS, JEANNE, MAILBOX, STRANGER, write_mail
from tests.office import Office
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.store.database import Database

_CHANCE = random.Random(1)  # noqa: S311  texts that no index compresses
WILD = "".join(chr(_CHANCE.randrange(0x20000, 0x2FFFF)) for _ in range(3000))

ODD_HEADERS = [
    ("a long Message-ID beyond the basic plane", {"message_id": WILD}),
    ("nine hundred references", {"References": " ".join(f"<{n}.{_CHANCE.random()}@x.example>" for n in range(900))}),
    ("an address beyond every limit", {"sender": f"<{WILD[:300]}@{WILD[300:600]}.example>"}),
    ("a name with NUL", {"sender": f"Jea\0nne <{JEANNE}>"}),
    ("nine hundred numbers of tickets", {"subject": " ".join(f"2026-{n:06d}" for n in range(900))}),
    ("three thousand people in copy", {"Cc": ", ".join(f"a{n}@b.example" for n in range(3000))}),
    ("a server's stamp of the year 1", {"Received": "by x; Mon, 01 Jan 0001 00:00:00 +1400"}),
    ("a date at the end of time", {"Date": "Fri, 31 Dec 9999 23:59:59 -1200"}),
]


async def test_a_copy_that_came_through_a_list_does_not_silence_the_mail_itself(database: Database) -> None:
    """The list's copy is no matter, so it is nothing that the direct one could repeat."""
    office = Office(database)

    await office.handle(write_mail(List_Id="<direction.organisme.example>"), write_mail())

    assert [("automation", None), ("new_matter", 1)] == office.reasons()
    assert [JEANNE] == [mail.recipient for mail in office.sender.kept]


async def test_a_copy_that_left_a_line_on_a_ticket_does_not_silence_the_mail_itself(database: Database) -> None:
    """Nor where the machine's copy belongs to a ticket."""
    office = Office(database)
    await office.handle(write_mail(message_id="0@client.example"))
    second = {"subject": "2026-000001", "body": "Autre chose."}

    await office.handle(write_mail(**second, Precedence="bulk"), write_mail(**second))

    assert ["new_matter", "automation", "follow_up"] == [reason for reason, _ in office.reasons()]


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"sender": f"Direction <{MAILBOX}>"}, "own_address"),
        ({"X_Loop": ALIAS}, "own_address"),
        ({"List_Unsubscribe": "<https://x.example>"}, "looks_automatic"),
        ({"Auto_Submitted": "auto-forwarded"}, "looks_automatic"),
    ],
)
async def test_what_a_program_on_the_way_adds_costs_a_letter_at_most(
    database: Database, headers: dict[str, str], why: str
) -> None:
    """A ticket with its clocks; the letter waits for a person with its reason, and leaves on their word alone."""
    office = Office(database)

    await office.handle(write_mail(**headers))

    assert [("new_matter", 1)] == office.reasons()
    assert [("held", why)] == office.outbox("state", "hold_reason")
    assert [] == office.sender.kept


@pytest.mark.parametrize("shape", ["ack.2026-000001.1.abcdefghijklmnop@organisme.example", "7@organisme.example"])
async def test_an_id_that_only_looks_like_ours_silences_nobody(database: Database, shape: str) -> None:
    """What we never wrote is no loop, whatever its shape and domain."""
    office = Office(database)

    await office.handle(write_mail(message_id=shape))

    assert [("new_matter", 1)] == office.reasons()
    assert [JEANNE] == [mail.recipient for mail in office.sender.kept]


@pytest.mark.parametrize("headers", [pytest.param(row[1], id=row[0]) for row in ODD_HEADERS])
async def test_no_header_keeps_a_mail_from_being_recorded(database: Database, headers: dict[str, str]) -> None:
    """At the first try, readable, on both databases."""
    office = Office(database)

    await office.handle(write_mail(**headers))

    assert [("new_matter", 1)] == office.reasons()
    assert [(1,)] == office.look("SELECT attempts FROM mail")


async def test_an_address_in_the_servers_answer_leads_to_no_ticket(database: Database) -> None:
    """Servers name the recipient between the brackets of a Message-ID; anybody knows that, and could cite it."""
    office = Office(database)
    text = f"2.1.5 <{JEANNE.upper()}> saved"
    office.sender.plan(PlannedEnd(SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, "2.1.5", text), keeps=True))
    await office.handle(write_mail())

    await office.handle(write_mail(sender=STRANGER, Precedence="bulk", References=f"<{JEANNE.upper()}>"))

    assert [("sent", None)] == office.outbox("state", "provider_id")
    assert [("new_matter", 1), ("automation", None)] == office.reasons()
