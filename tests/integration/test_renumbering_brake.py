"""The brake after a renumbering (MUST 8): few old mails are answered; of many, each becomes a ticket, none a letter."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.charge_worlds import STAFF
from tests.matters import NOW, make_policy, write_mail
from tests.office import Office
from triage.store.database import Database
from triage.store.engine import transaction
from triage.workflows.record import release

DAY = timedelta(days=1)
TODAY = "Sat, 07 Mar 2026 09:00:00 -0500"
HOLDS = "SELECT o.state, o.hold_reason, t.flags FROM outbox o JOIN ticket t ON t.id = o.ticket_id ORDER BY o.id"
BRAKED = ("held", "renumbered", '["a_verifier"]')
ANSWERED = ("sent", None, "[]")


def from_somebody(number: int, **headers: str) -> bytes:
    """A mail of a person that nobody else resembles, written on the first day."""
    return write_mail(
        f"La plainte {number}.",
        sender=f"p{number}@client{number}.example",
        message_id=f"{number}@client.example",
        **headers,
    )


async def moved_mailbox(office: Office, *, unknown: int) -> None:
    """A mail was handled, five days went by; then the mailbox is moved, and shows old mails nobody here has seen."""
    office.deliver(from_somebody(0))
    backup = office.mailbox.back_up()
    await office.handle()
    office.wait(5 * DAY)
    office.mailbox.restore(backup)
    office.mailbox.change_uidvalidity()
    for number in range(1, unknown + 1):
        office.mailbox.deliver(from_somebody(number), internal_date=NOW + DAY)


async def look_through(office: Office) -> list[tuple[object, ...]]:
    """One whole pass and all that follows; what was logged of the brake."""
    with capture_logs() as logs:
        await office.fetch(whole_folder=True)
        while (await office.take_in()).settled:
            pass
        await office.send()
        await office.tidy()
    return [(line["count"], line["log_level"]) for line in logs if line["event"] == "renumbering_braked"]


async def test_many_unknown_old_mails_become_tickets_and_their_letters_wait(database: Database) -> None:
    """Also the first of them; what is known stays known, and what came today is answered today."""
    office = Office(database)
    await moved_mailbox(office, unknown=21)
    office.deliver(from_somebody(99, Date=TODAY))

    assert [[(21, "warning")], []] == [await look_through(office), await look_through(office)]
    assert ["new_matter", "duplicate", *["new_matter"] * 22] == [reason for reason, _ in office.reasons()]
    assert [ANSWERED, *[BRAKED] * 21, ANSWERED] == office.look(HOLDS)
    assert {} == office.mailbox.inbox


async def test_a_person_lets_the_letters_go(database: Database) -> None:
    """One command, and they leave."""
    office = Office(database)
    await moved_mailbox(office, unknown=21)
    await look_through(office)
    held = [outbox_id for (outbox_id,) in office.look("SELECT id FROM outbox WHERE hold_reason = 'renumbered'")]
    with transaction(database.engine) as tx:
        for each in held:
            release(tx, each, now=office.now)
    await office.send()

    assert [("sent", 22)] == office.look("SELECT state, count(*) FROM outbox GROUP BY state")


async def test_a_few_unknown_old_mails_are_answered(database: Database) -> None:
    """Twenty may well have come while the mailbox was being moved."""
    office = Office(database)
    await moved_mailbox(office, unknown=20)

    assert [] == await look_through(office)
    assert [ANSWERED] * 21 == office.look(HOLDS)


async def test_many_new_mails_after_a_renumbering_are_answered(database: Database) -> None:
    """What came within a day waited only for the servers to be ready."""
    office = Office(database)
    await moved_mailbox(office, unknown=0)
    office.deliver(*(from_somebody(number, Date=TODAY) for number in range(1, 31)))

    assert [] == await look_through(office)
    assert [ANSWERED] * 31 == office.look(HOLDS)


async def test_a_mailbox_moved_by_a_tool_that_dates_every_mail_today_is_braked_all_the_same(database: Database) -> None:
    """Mail from before our first day was never read, and now seems new: the senders' dates tell, after twenty."""
    office = Office(database)
    for number in range(1, 31):
        office.mailbox.deliver(from_somebody(number), internal_date=NOW - 30 * DAY)
    await office.fetch()
    office.wait(5 * DAY)
    office.mailbox.restore(office.mailbox.back_up().dated(office.now))
    office.mailbox.change_uidvalidity()
    await look_through(office)

    assert [ANSWERED] * 20 + [BRAKED] * 10 == office.look(HOLDS)


@pytest.mark.parametrize("days", [6, 8, 400])
async def test_a_mail_without_message_id_is_known_under_its_new_number_however_late(
    database: Database, days: int
) -> None:
    """Nobody gets a second letter because a server was moved."""
    office = Office(database)
    office.deliver(write_mail(message_id=None))
    backup = office.mailbox.back_up()
    await office.handle()
    office.wait(days * DAY)
    office.mailbox.restore(backup)
    office.mailbox.change_uidvalidity()
    await look_through(office)

    assert [("new_matter", 1), ("duplicate", 1)] == office.reasons()
    assert 1 == len(office.sender.kept)


async def test_the_same_words_without_message_id_a_week_after_a_renumbering_are_a_matter(database: Database) -> None:
    """Only what stood there was renumbered: who writes again later is answered again."""
    office = Office(database)
    await office.handle(write_mail(message_id=None))
    office.mailbox.change_uidvalidity()
    await look_through(office)
    office.wait(8 * DAY)
    await office.handle(write_mail(message_id=None))

    assert [("new_matter", 1), ("new_matter", 2)] == office.reasons()


async def test_a_mailbox_full_of_known_mails_gets_no_second_letter(database: Database) -> None:
    """T10 in small: the whole processed past is put back into the inbox under new numbers."""
    office = Office(database)
    office.deliver(*map(from_somebody, range(40)))
    backup = office.mailbox.back_up()
    await office.handle()
    office.wait(5 * DAY)
    office.mailbox.restore(backup)
    office.mailbox.change_uidvalidity()

    assert [] == await look_through(office)
    assert [(40,)] == office.look("SELECT count(*) FROM ticket")
    assert [("duplicate", 40), ("new_matter", 40)] == office.look(
        "SELECT reason, count(*) FROM mail GROUP BY reason ORDER BY reason"
    )
    assert 40 == len(office.sender.kept)
    assert {} == office.mailbox.inbox


async def test_braked_matters_call_no_staff_one_by_one(database: Database) -> None:
    """Two agents would have had 21 working mails each; the mail of today tells them as ever."""
    office = Office(database)
    office.intake = replace(office.intake, policy=replace(make_policy(), staff=STAFF))
    await moved_mailbox(office, unknown=21)
    office.deliver(from_somebody(99, Date=TODAY))
    await look_through(office)
    told = office.look("SELECT mail_id, count(*) FROM outbox WHERE kind = 'working_mail' GROUP BY mail_id ORDER BY 1")

    assert 21 == office.look("SELECT count(*) FROM ticket WHERE flags = '[\"a_verifier\"]'")[0][0]
    assert [2, 2] == [count for _, count in told]  # the mail before the move, and that of today
