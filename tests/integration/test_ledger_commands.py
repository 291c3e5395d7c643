"""`triage mail` and `triage outbox`: the contract's fields, the acts of an operator, and the lines that they leave."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from tests.fakes_sender import FakeSender
from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, NOW, write_mail
from tests.operator_worlds import Operator
from triage.cli import app
from triage.daemon.clock import utc_now
from triage.model.codes import DeliveryMode
from triage.model.delivery import DeliveryModes, DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.transport.imap import ImapAccess
from triage.workflows.delivery import Delivery, Dispatcher

MAIL_FIELDS = "id folder uidvalidity uid sha256 size message_id arrived_at state nature reason ticket"
OUTBOX_FIELDS = "id key kind ticket recipient state attempts message_id next_attempt_at sent_at response"
STORY = "SELECT kind, actor FROM event ORDER BY id"
NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")
"""A server that nobody asks: these commands need the database only."""


class Commands:
    """The commands in this very process, on the desk's database."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator

    def run(self, *arguments: str, **environment: str) -> Result:
        """One command, its streams apart."""
        return CliRunner().invoke(app, arguments, env={"TRIAGE_CONFIG": str(self.operator.folder), **environment})


@pytest.fixture
def commands(tmp_path: Path, database_url: str) -> Commands:
    """An operator at the same database as the desk."""
    operator = Operator(tmp_path / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database_url)
    return Commands(operator)


@pytest.fixture
def desk(database: Database) -> Desk:
    """A body whose letters wait for a person."""
    desk = Desk(database)
    desk.stationery = replace(desk.stationery, modes=DeliveryModes(DeliveryMode.APPROVE))
    return desk


def lines(done: Result) -> list[dict[str, Any]]:
    assert (0, "") == (done.exit_code, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


async def test_the_lists_have_the_fields_of_the_contract(desk: Desk, commands: Commands) -> None:
    """One object a line, newest first, with exactly these fields in this order; instants in UTC with Z."""
    await desk.arrive(write_mail())
    await desk.arrive(write_mail("Autre chose.", message_id="2@client.example"), at=NOW + timedelta(days=1))
    mails, letters = lines(commands.run("mail", "list", "--json")), lines(commands.run("outbox", "list", "--json"))

    assert [MAIL_FIELDS] * 2 == [" ".join(each) for each in mails]
    assert [OUTBOX_FIELDS] * 2 == [" ".join(each) for each in letters]
    assert [("2026-000002", "2026-03-03T14:30:00Z"), ("2026-000001", "2026-03-02T14:30:00Z")] == [
        (each["ticket"], each["arrived_at"]) for each in mails
    ]
    assert ("processed", "person", "new_matter", "1@client.example") == tuple(
        mails[1][key] for key in ("state", "nature", "reason", "message_id")
    )
    assert ("acknowledgement:1", JEANNE, "held", 0, None) == tuple(
        letters[1][key] for key in ("key", "recipient", "state", "attempts", "next_attempt_at")
    )


async def test_filters_narrow_the_lists(desk: Desk, commands: Commands) -> None:
    """By state, reason, nature, ticket and local day; a code outside the closed list is wrong usage."""
    await desk.arrive(write_mail())
    await desk.arrive(write_mail(message_id="2@client.example", Auto_Submitted="auto-replied"))
    found = [
        len(lines(commands.run("mail", "list", "--json", *options.split())))
        for options in (
            "--nature person",
            "--reason automation",
            "--ticket 2026-000001",
            "--state held",
            "--since 2026-03-02 --until 2026-03-02",
            "--since 2026-03-03",
            "--limit 1",
        )
    ]

    assert [1, 1, 1, 0, 2, 0, 1] == found
    assert 2 == commands.run("mail", "list", "--state", "nonsense").exit_code
    assert 1 == len(lines(commands.run("outbox", "list", "--json", "--state", "held", "--reason", "approval")))
    assert "no outgoing mails\n" == commands.run("outbox", "list", "--state", "dead").stdout


async def test_the_very_bytes_are_shown(desk: Desk, commands: Commands) -> None:
    """What came, octet by octet, and what would leave."""
    raw = write_mail() + b"\xff\x00\r\n."
    await desk.arrive(raw)

    assert raw == commands.run("mail", "show", "1", "--raw").stdout_bytes
    assert "\nReply-To" not in (letter := commands.run("outbox", "show", "1", "--raw").stdout)
    assert "Subject: [ODF 2026-000001]" in letter


async def test_a_released_letter_is_due_and_its_ticket_knows_who_let_it_go(desk: Desk, commands: Commands) -> None:
    """Held to pending, at once; a second time there is nothing to release."""
    await desk.arrive(write_mail())
    first, second = commands.run("outbox", "release", "1"), commands.run("outbox", "release", "1")

    assert (0, "1: released\n") == (first.exit_code, first.stdout)
    assert (1, "") == (second.exit_code, second.stdout)
    assert "only a mail that is held can be released" in second.stderr
    assert [("pending", None)] == look(desk.database.engine, "SELECT state, hold_reason FROM outbox")
    assert [("opened", "triage"), ("notice_withheld", "triage"), ("notice_released", "operator")] == look(
        desk.database.engine, STORY
    )


async def test_what_is_let_go_leaves_once_at_the_dispatchers_next_look(desk: Desk, commands: Commands) -> None:
    """The daemon's own dispatcher asks the database, so it needs no word of the command."""
    await desk.arrive(write_mail())
    sender = FakeSender()
    tools = Delivery(desk.database, sender, DeliveryPolicy(), utc_now, lambda: 0.0)
    dispatcher = Dispatcher(tools, rate=SendingRate())
    await dispatcher.deliver_due()
    before = len(sender.kept)
    commands.run("outbox", "release", "1")
    await dispatcher.deliver_due()
    await dispatcher.deliver_due()

    assert (0, [JEANNE]) == (before, [mail.recipient for mail in sender.kept])
    assert [("sent",)] == look(desk.database.engine, "SELECT state FROM outbox")
    assert [(True,)] == look(desk.database.engine, "SELECT acknowledged_at IS NOT NULL FROM ticket")


async def test_the_letter_of_a_mail_can_be_released_by_the_mail(desk: Desk, commands: Commands) -> None:
    """Once; a mail without a held letter says so."""
    await desk.arrive(write_mail())
    done, again = commands.run("mail", "release", "1"), commands.run("mail", "release", "1")

    assert (0, 1) == (done.exit_code, again.exit_code)
    assert "no acknowledgement of it is held" in again.stderr
    assert [("pending",)] == look(desk.database.engine, "SELECT state FROM outbox")


async def test_a_letter_that_was_given_up_leaves_again_as_it_was(desk: Desk, commands: Commands) -> None:
    """The same bytes and Message-ID; earlier attempts stay on record and count no more."""
    await desk.arrive(write_mail())
    query = "SELECT raw_sha256, message_id FROM outbox"
    before = look(desk.database.engine, query)
    await desk.database.write(
        lambda tx: tx.execute(text("UPDATE outbox SET state = 'dead', hold_reason = 'exhausted', attempts = 9"))
    )
    done = commands.run("outbox", "retry", "1")

    assert 0 == done.exit_code
    assert before == look(desk.database.engine, query)
    assert [("pending", 9, 9, 0)] == look(
        desk.database.engine, "SELECT state, attempts, troubles, unknowns FROM outbox"
    )
    assert ("notice_retried", "operator") == look(desk.database.engine, STORY)[-1]


@pytest.mark.parametrize(("state", "reason"), [("unknown", None), ("dead", "unknown")])
async def test_an_uncertain_letter_needs_a_word_more(
    desk: Desk, commands: Commands, state: str, reason: str | None
) -> None:
    """It may have left: without --force nothing changes, and the reason is said."""
    await desk.arrive(write_mail())
    await desk.database.write(
        lambda tx: tx.execute(text("UPDATE outbox SET state = :s, hold_reason = :r"), {"s": state, "r": reason})
    )
    refused = commands.run("outbox", "retry", "1")
    between = look(desk.database.engine, "SELECT state FROM outbox")
    forced = commands.run("outbox", "retry", "--force", "1")

    assert (1, [(state,)], 0) == (refused.exit_code, between, forced.exit_code)
    assert "may get it twice" in refused.stderr
    assert [("pending",)] == look(desk.database.engine, "SELECT state FROM outbox")


async def test_a_cancelled_letter_never_leaves(desk: Desk, commands: Commands) -> None:
    """Held to cancelled, with the operator's words in the ticket's story and nowhere else; then nothing moves it."""
    await desk.arrive(write_mail())
    done = commands.run("outbox", "cancel", "1", "--reason", "répondu au téléphone")
    again = [commands.run("outbox", *act.split()).exit_code for act in ("release 1", "retry --force 1", "cancel 1")]

    assert (0, [1, 1, 1]) == (done.exit_code, again)
    assert [("cancelled", "operator", None)] == look(
        desk.database.engine, "SELECT state, hold_reason, next_attempt_at FROM outbox"
    )
    assert (
        "répondu au téléphone" in look(desk.database.engine, "SELECT body FROM event_payload ORDER BY event_id")[-1][0]
    )


async def test_some_may_be_done_and_others_refused(desk: Desk, commands: Commands) -> None:
    """Each by itself; one that does not exist is said, and makes the command fail."""
    await desk.arrive(write_mail())
    done = commands.run("outbox", "release", "7", "1")

    assert (1, "1: released\n", "triage: there is no outgoing mail 7\n") == (done.exit_code, done.stdout, done.stderr)
    assert 2 == commands.run("outbox", "release").exit_code
    assert 2 == commands.run("outbox", "release", "x").exit_code


async def test_an_id_that_does_not_exist_is_wrong_usage(desk: Desk, commands: Commands) -> None:
    """Exit code 2, as for the number of a ticket, wherever one id is asked for."""
    await desk.arrive(write_mail())
    asked = ("mail show 7", "mail release 7", "outbox show 7")

    assert [2, 2, 2] == [commands.run(*each.split()).exit_code for each in asked]


async def test_nothing_is_let_go_while_triage_observes(desk: Desk, commands: Commands) -> None:
    """The command says why; the letter stays."""
    await desk.arrive(write_mail())
    done = commands.run("outbox", "release", "1", TRIAGE_DELIVERY__MODE="observe")

    assert (1, 'triage: [delivery] mode is "observe": nothing leaves\n') == (done.exit_code, done.stderr)
    assert [("held",)] == look(desk.database.engine, "SELECT state FROM outbox")
