"""An answer to a reminder or an escalation acknowledges it, for its writer and that level (R-62)."""

import json
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from tests.looking import look
from tests.matters import make_policy, make_stationery, write_mail
from tests.sweeping import Watch
from tests.watched_worlds import STAFF, local
from triage.store.database import Database
from triage.workflows.replies import Replies

RECEIVED = "2026-11-24T09:00"
_CODE = re.compile(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b")


@pytest.fixture
def watch(database: Database) -> Watch:
    """An office whose staff answer."""
    made = Watch(database)
    policy, stationery = replace(make_policy(), staff=STAFF), replace(make_stationery(), plus_addressing=True)
    made.stationery = stationery
    made.desk.intake = replace(
        made.desk.intake, policy=policy, stationery=stationery, staff_desk=Replies(policy, stationery)
    )
    return made


async def newest(watch: Watch, kind: str, recipient: str) -> EmailMessage:
    """The newest mail of a kind that the server took for somebody."""
    await watch.desk.send()
    rows = look(watch.database.engine, "SELECT message_id FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)
    ids = {f"<{each}>" for (each,) in rows}
    mails = [each for each in watch.sent() if each["Message-ID"] in ids and each["To"].startswith(recipient)]
    return mails[-1]


async def answer(watch: Watch, mail: EmailMessage, body: str, *, at: str) -> str:
    """Its reader writes above what they read; the subject of the receipt."""
    body_part = mail.get_body(("plain",))
    code = _CODE.findall("" if body_part is None else body_part.get_content())[-1]
    number = len(watch.desk.sender.kept)
    raw = write_mail(
        f"{body}\r\n\r\n> Réf. {code}",
        sender=mail["To"],
        subject="RE",
        message_id=f"a{number}@organisme.example",
        In_Reply_To=mail["Message-ID"],
    )
    watch.desk.now = local(at)
    await watch.desk.handle(raw)
    return str((await newest(watch, "receipt", mail["To"]))["Subject"])


def acknowledged(watch: Watch) -> list[tuple[str, str, list[str], str]]:
    """Of each such event: ticket, who, which steps, with which words."""
    rows = look(
        watch.database.engine,
        "SELECT reference, actor, body FROM event JOIN event_payload ON event_id = event.id "
        "JOIN ticket ON ticket.id = ticket_id WHERE event.kind = 'escalation_acknowledged' ORDER BY event.id",
    )
    said = [(reference, actor, json.loads(body)) for reference, actor, body in rows]
    return [(ref, actor, [step["step"] for step in each["steps"]], each["text"]) for ref, actor, each in said]


async def test_a_word_in_answer_stops_that_level_for_its_writer_alone(watch: Watch) -> None:
    """Suzanne answers on the last day at nine: at two the others hear of it again, and she does not."""
    await watch.receive(RECEIVED)
    await watch.pass_time("2026-12-15T09:30")
    last = await newest(watch, "escalation", "suzanne")
    await answer(watch, last, "Je m’en occupe.", at="2026-12-15T09:40")
    before = len(watch.told())
    await watch.pass_time("2026-12-15T15:00")
    told = [each.split(":")[1].rpartition(" ")[2] for each in watch.told()[before:] if "escalation" in each]

    assert ("2026-000001", "staff:suzanne") == acknowledged(watch)[0][:2]
    assert "E2-D15" in acknowledged(watch)[0][2]
    assert "suzanne" not in told
    assert {"denis"} <= set(told)


async def test_the_next_level_is_told_all_the_same(watch: Watch) -> None:
    """What was acknowledged on day twelve does not silence the last day."""
    await watch.receive(RECEIVED)
    await watch.pass_time("2026-12-10T09:30")
    await answer(watch, await newest(watch, "escalation", "suzanne"), "Vu.", at="2026-12-10T09:40")
    before = len(watch.told())
    await watch.pass_time("2026-12-15T10:00")

    assert any("escalation suzanne" in each for each in watch.told()[before:])


async def test_a_word_in_answer_to_several_files_stands_for_all_and_takes_charge_of_none(watch: Watch) -> None:
    """It is kept with each; nobody's ticket changes by it, and the receipt names them."""
    await watch.receive(RECEIVED)
    await watch.receive("2026-11-24T09:05", write_mail("Autre chose.", message_id="2@client.example"))
    await watch.sweep("2026-11-24T10:30")
    subject = await answer(watch, await newest(watch, "reminder", "marie"), "Vu.", at="2026-11-24T10:40")

    assert subject.endswith("Votre réponse est notée")
    assert [("2026-000001", "staff:marie", ["E1-N1"], "Vu."), ("2026-000002", "staff:marie", ["E1-N1"], "Vu.")] == (
        acknowledged(watch)
    )
    assert [("new", None)] * 2 == look(watch.database.engine, "SELECT status, assigned_to FROM ticket")
    assert [(2,)] == look(watch.database.engine, "SELECT count(*) FROM ticket")


async def test_a_command_in_answer_acknowledges_its_ticket_once(watch: Watch) -> None:
    """A second answer has nothing left to acknowledge."""
    await watch.receive(RECEIVED)
    await watch.sweep("2026-11-24T10:00")
    reminder = await newest(watch, "reminder", "marie")
    await answer(watch, reminder, "#prendre", at="2026-11-24T10:05")
    await answer(watch, reminder, "C’est fait.", at="2026-11-24T10:10")

    assert [("2026-000001", "staff:marie", ["E1-N1"], "")] == acknowledged(watch)
    assert [("in_analysis", "marie")] == look(watch.database.engine, "SELECT status, assigned_to FROM ticket")


async def test_an_answer_to_a_working_mail_acknowledges_nothing(watch: Watch) -> None:
    """It is no answer to what they were told of the due time."""
    await watch.receive(RECEIVED)
    await watch.sweep("2026-11-24T10:00")
    await answer(watch, await newest(watch, "working_mail", "marie"), "#note\r\nVu.", at="2026-11-24T10:05")

    assert [] == acknowledged(watch)
