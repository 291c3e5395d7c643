"""A sweep on a real database: what is written, what is asked of it, and what never happens (MUST 17, 28, 29)."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from tests.looking import look
from tests.matters import JEANNE, make_stationery, write_mail
from tests.sweeping import Watch
from tests.watched_worlds import STAFF, SUZANNE, local
from triage.model.agents.staff import NOBODY
from triage.model.codes import DeliveryMode, NoticeKind
from triage.model.delivery import DeliveryModes
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts.deadlines import due_query
from triage.store.tables import ConcernedRow
from triage.workflows.deadlines import Swept

TUESDAY = "2026-11-24T09:00"


@pytest.fixture
async def watch(database: Database) -> Watch:
    """A complaint of a Tuesday at nine."""
    made = Watch(database)
    await made.receive(TUESDAY)
    return made


def set_ticket(watch: Watch, **said: object) -> None:
    """Change a ticket past the journal, as a later workflow would."""
    assignments = ", ".join(f"{name} = :{name}" for name in said)
    with watch.database.engine.begin() as tx:
        tx.execute(text(f"UPDATE ticket SET {assignments}"), said)  # noqa: S608  our own words


async def test_one_step_is_one_event_and_its_notices(watch: Watch) -> None:
    """In one commit: the event says which step and who was told by what, the outbox has a row a person."""
    swept = await watch.sweep("2026-11-24T10:00")
    ((body,),) = look(
        watch.database.engine,
        "SELECT body FROM event_payload JOIN event ON event.id = event_id WHERE kind = 'escalated'",
    )

    assert (1, 1, 2, ()) == (swept.reviewed, swept.settled, swept.notices, swept.failed)
    assert {
        "steps": [
            {
                "key": "escalation:2026-000001:E1-N1",
                "step": "E1-N1",
                "level": "N1",
                "reached_at": "2026-11-24T15:00:00+00:00",
                "by": "reminder",
                "to": ["marie", "luc"],
            }
        ]
    } == json.loads(body)
    assert [
        ("escalation:2026-000001:E1-N1:marie", "reminder", "pending"),
        ("escalation:2026-000001:E1-N1:luc", "reminder", "pending"),
    ] == look(watch.database.engine, "SELECT key, kind, state FROM outbox WHERE kind <> 'acknowledgement' ORDER BY id")
    assert 1 == watch.rung


async def test_before_anything_is_due_nothing_is_written(watch: Watch) -> None:
    """The first look after a ticket was opened only says when to look again."""
    swept = await watch.sweep("2026-11-24T09:30")

    assert (1, 0) == (swept.reviewed, swept.notices)
    assert Swept() == await watch.sweep("2026-11-24T09:59")
    assert ["2026-11-24 10:00"] == watch.reviews()
    assert [] == watch.told()


async def test_while_nobody_works_here_nothing_is_due(watch: Watch) -> None:
    """A fresh installation: no ticket is touched, so that the first staff.toml finds all that is owed."""
    watch.staff = NOBODY

    assert Swept() == await watch.sweep("2026-11-24T10:00")
    watch.staff = STAFF

    assert 2 == (await watch.sweep("2026-11-24T10:05")).notices


async def test_reminders_of_an_hour_are_gathered(watch: Watch) -> None:
    """A second complaint twenty minutes after the first: its reminder leaves an hour after the first one's."""
    await watch.sweep("2026-11-24T10:00")
    await watch.receive("2026-11-24T09:20", write_mail("Autre chose.", message_id="2@client.example"))
    await watch.receive("2026-11-24T09:40", write_mail("Encore autre chose.", message_id="3@client.example"))
    await watch.sweep("2026-11-24T10:21")
    await watch.sweep("2026-11-24T10:41")
    early = len(watch.told())
    await watch.sweep("2026-11-24T11:00")

    assert 2 == early
    assert [
        "11-24 11:00 reminder marie: Rappel\u00a0: 2\u00a0dossiers sans responsable",
        "11-24 11:00 reminder luc: Rappel\u00a0: 2\u00a0dossiers sans responsable",
    ] == watch.told()[2:]
    assert [(None, 0)] * 2 == look(
        watch.database.engine, "SELECT ticket_id, sequence FROM outbox WHERE kind = 'reminder' ORDER BY id"
    )[2:]


async def test_a_gathered_notice_that_is_taken_in_leads_to_no_ticket(watch: Watch) -> None:
    """Its Message-ID names none, since it is about several; that of one file does."""
    await watch.receive("2026-11-24T09:00", write_mail("Autre chose.", message_id="2@client.example"))
    await watch.sweep("2026-11-24T10:00")
    await watch.sweep("2026-11-24T13:00")
    ids = look(watch.database.engine, "SELECT message_id FROM outbox WHERE kind <> 'acknowledgement' ORDER BY id")

    assert ["rem", "rem", "esc", "esc"] == [each.split(".")[0] for (each,) in ids]
    assert [False, False, True, True] == ["2026-00000" in each for (each,) in ids]


@pytest.mark.parametrize(
    ("modes", "state", "reason"),
    [
        (DeliveryModes(DeliveryMode.OBSERVE), "cancelled", "observation"),
        (DeliveryModes(DeliveryMode.APPROVE), "pending", None),
        (DeliveryModes(by_kind={NoticeKind.REMINDER: DeliveryMode.APPROVE}), "held", "approval"),
    ],
)
async def test_modes_hold_for_notices_to_staff(
    watch: Watch, modes: DeliveryModes, state: str, reason: str | None
) -> None:
    """What is observed never leaves; « approve » is about letters to requesters, unless this kind is named."""
    watch.stationery = replace(make_stationery(), modes=modes)
    await watch.sweep("2026-11-24T10:00")

    assert [(state, reason)] * 2 == look(
        watch.database.engine, "SELECT state, hold_reason FROM outbox WHERE kind = 'reminder'"
    )


async def test_a_restricted_file_is_its_handlers_alone(watch: Watch) -> None:
    """The team learns nothing; the handler reads a number and a due time."""
    set_ticket(watch, restricted=True)
    await watch.sweep("2026-11-24T10:00")
    await watch.desk.send()
    mail = watch.sent()[-1]
    (plain, _) = mail.iter_parts()
    due = "le mercredi 25\u00a0novembre 2026, à 9\u00a0h"
    said = plain.get_content().replace("\r", "")

    assert [f"11-24 10:00 reminder suzanne: Échéance\u00a0: {due}"] == watch.told()
    assert f"\n\nDossier 2026-000001\n\n–\u00a0Échéance\u00a0: {due}\n\nPour dire" in said


async def test_whom_a_file_concerns_never_hears_of_it(watch: Watch) -> None:
    """Though she is the only handler: it goes to the director, and so does the summary after an outage."""
    set_ticket(watch, restricted=True)

    def concern(tx: Transaction) -> None:
        tx.execute(insert(ConcernedRow).values(ticket_id=1, address=SUZANNE.address, since_at=local(TUESDAY)))

    await watch.database.write(concern)
    await watch.sweep("2026-11-24T10:00")
    await watch.sweep("2026-12-04T09:00")

    assert [("denis@organisme.example",)] * 2 == look(
        watch.database.engine, "SELECT recipient FROM outbox WHERE kind <> 'acknowledgement'"
    )


async def test_what_a_person_did_ends_the_steps(watch: Watch) -> None:
    """Taken in charge and answered: no look at it any more until somebody reopens it."""
    set_ticket(watch, assigned_to="luc", taken_charge_at="2026-11-24 14:30:00.000000+00:00", status="in_charge")
    await watch.sweep("2026-11-24T13:00")
    set_ticket(watch, status="closed")
    await watch.sweep("2026-12-01T09:00")

    assert ([], [None]) == (watch.told(), watch.reviews())


async def test_one_file_that_cannot_be_judged_stops_no_other(watch: Watch) -> None:
    """A date that no calendar knows: that file is tried again later, the other's people are told."""
    await watch.receive(TUESDAY, write_mail("Autre chose.", message_id="2@client.example"))
    with watch.database.engine.begin() as tx:
        tx.execute(
            text("UPDATE ticket SET received_at = :at WHERE id = 1"),
            {"at": datetime(9999, 12, 30, tzinfo=UTC).strftime("%Y-%m-%d %H:%M:%S.000000+00:00")},
        )
    swept = await watch.sweep("2026-11-24T10:00")

    assert ["2026-000001"] == [reference for reference, _ in swept.failed]
    assert ["2026-11-24 10:15", "2026-11-24 13:00"] == watch.reviews()
    assert 2 == len(watch.told())


async def test_many_files_are_swept_in_groups(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due, one sweep finds all of them."""
    monkeypatch.setattr("triage.workflows.deadlines.GROUP", 2)
    for number in range(2, 6):
        await watch.receive(TUESDAY, write_mail(f"Plainte {number}.", message_id=f"{number}@client.example"))
    swept = await watch.sweep("2026-11-24T13:00")

    assert 5 == swept.reviewed
    assert 5 == len(look(watch.database.engine, "SELECT id FROM outbox WHERE kind = 'escalation'"))


async def test_the_requester_is_never_written_to(watch: Watch) -> None:
    """All that a sweep sends goes to staff."""
    for at in ("2026-11-24T10:00", "2026-11-24T13:00", "2026-12-04T09:00"):
        await watch.sweep(at)

    assert [("acknowledgement",)] == look(
        watch.database.engine, "SELECT kind FROM outbox WHERE recipient = :her", her=JEANNE
    )


async def test_a_sweep_asks_the_index_and_nothing_else(database: Database) -> None:
    """Its cost follows what is due, not how many tickets there are."""
    query = due_query(now=local(TUESDAY), limit=500)
    with database.engine.connect() as tx:
        compiled = query.compile(tx, compile_kwargs={"literal_binds": True})
        if tx.dialect.name == "sqlite":
            plan = str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all())
        else:
            tx.exec_driver_sql("SET enable_seqscan = off")  # an empty table is read whole otherwise
            plan = str(tx.exec_driver_sql(f"EXPLAIN {compiled}").all())

    assert "ix_ticket_next_review_at" in plan
    assert "SCAN ticket" not in plan
