"""The daily digests on both databases: who gets what, when, once; on Fridays, holidays, clock changes, restarts."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from tests.digest_worlds import NATHALIE, OMAR, STAFF, Desk, make_digest_policy, make_member
from tests.matters import ZONE, make_stationery
from triage.model.agents.authority import TokenScope
from triage.model.agents.staff import Role, Staff
from triage.model.codes import DeliveryMode, TicketKind, TicketStatus
from triage.model.delivery import DeliveryModes
from triage.store.database import Database
from triage.store.engine import snapshot, transaction
from triage.store.health.signs import SignOf, give_sign
from triage.store.ledgers.numbering import find_numbering
from triage.store.raw import read_bytes
from triage.store.staff_tokens import find_shown
from triage.store.tables import OutboxRow
from triage.workflows.digest import Digests, prepare_digests, send_digests


def at(text: str) -> datetime:
    """An instant of the wall clock in Quebec, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def make_tools(database: Database, staff: Staff = STAFF, **values: Any) -> Digests:
    """Digests of the shipped calendar; nobody listens to the bell."""
    return Digests(database, make_digest_policy(staff), make_stationery(), lambda: None, **values)


def outbox(engine: Engine) -> list[tuple[str, str]]:
    """Key and state of every digest."""
    with snapshot(engine) as tx:
        query = select(col(OutboxRow.key), col(OutboxRow.state)).where(col(OutboxRow.kind) == "digest")
        return [(row.key, row.state) for row in tx.execute(query.order_by(col(OutboxRow.id)))]


def mails(engine: Engine) -> dict[str, EmailMessage]:
    """Every digest as its recipient's mail program reads it, by address; the newest of each."""
    with snapshot(engine) as tx:
        query = select(col(OutboxRow.raw_sha256), col(OutboxRow.recipient)).where(col(OutboxRow.kind) == "digest")
        rows = tx.execute(query.order_by(col(OutboxRow.id))).all()
        raw = {row.recipient: read_bytes(tx, row.raw_sha256) for row in rows}
    return {address: message_from_bytes(each, policy=default) for address, each in raw.items()}


def text_of(mail: EmailMessage) -> str:
    """The plain part, soft breaks joined."""
    body = mail.get_body(("plain",))
    assert body is not None
    return re.sub(r" \n", " ", body.get_content().replace("\r\n", "\n"))


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


async def test_each_supervisor_gets_one_digest_at_eight(database: Database, engine: Engine) -> None:
    """Not a second before, then every supervisor one and no agent any; each later tick finds them made."""
    tools = make_tools(database)
    made = [await prepare_digests(tools, now=at(f"2026-12-07T{clock}")) for clock in ("07:59:59", "08:00", "08:01")]

    assert [0, 2, 0] == made
    assert [("digest:2026-12-07:nathalie", "pending"), ("digest:2026-12-07:omar", "pending")] == outbox(engine)


async def test_the_days_of_a_fortnight(database: Database, engine: Engine) -> None:
    """Business days only: no weekend, no holiday (24 December to 4 January), and clock changes move nothing."""
    tools = make_tools(database, Staff(members=(NATHALIE,)))
    for first_on, days in ((date(2026, 12, 21), 16), (date(2026, 10, 30), 5), (date(2027, 3, 12), 4)):
        for hour in range(24 * days):
            local = datetime.combine(first_on, datetime.min.time()) + timedelta(hours=hour, minutes=1)
            await prepare_digests(tools, now=local.replace(tzinfo=ZONE).astimezone(UTC))

    assert [
        *(f"2026-12-{day}" for day in (21, 22, 23, 29, 30)),
        "2027-01-05",
        *("2026-10-30", "2026-11-02", "2026-11-03"),
        *("2027-03-12", "2027-03-15"),
    ] == [key.split(":")[1] for key, _ in outbox(engine)]


@pytest.mark.parametrize(
    ("clock", "made"),
    [("08:03", 1), ("16:29:59", 1), ("16:30", 0), ("23:59", 0)],
    ids=["soon", "late", "shut", "night"],
)
async def test_a_morning_that_was_missed_is_caught_up(database: Database, clock: str, made: int) -> None:
    """Until the office closes; later the next morning's says everything."""
    tools = make_tools(database, Staff(members=(NATHALIE,)))

    assert made == await prepare_digests(tools, now=at(f"2026-12-07T{clock}"))


async def test_a_restart_at_eight_repeats_nothing(database: Database, engine: Engine) -> None:
    """Two daemons' worth of ticks at the same instants, and one supervisor's digest lost with its process."""
    now = at("2026-12-07T08:00")
    await send_digests(make_tools(database), [NATHALIE], now=now)
    for second in range(3):
        await prepare_digests(make_tools(database), now=now + timedelta(seconds=second))

    assert ["digest:2026-12-07:nathalie", "digest:2026-12-07:omar"] == [key for key, _ in outbox(engine)]


async def test_who_stands_in_gets_the_digest_of_who_is_away(database: Database, engine: Engine) -> None:
    """Once, even where they are a supervisor themself; with nobody to stand in, it waits in the absent one's box."""
    away = {"absent_until_on": date(2026, 12, 11)}
    pair = Staff(members=(make_member("Nathalie A", Role.SUPERVISOR, stand_in="omar", **away), OMAR))
    alone = Staff(members=(make_member("Zoe B", Role.SUPERVISOR, **away),))
    for staff in (pair, alone):
        await prepare_digests(make_tools(database, staff), now=at("2026-12-07T08:00"))

    assert ["digest:2026-12-07:omar", "digest:2026-12-07:zoe"] == [key for key, _ in outbox(engine)]


@pytest.mark.parametrize(
    ("modes", "state"),
    [(DeliveryModes(DeliveryMode.OBSERVE), "cancelled"), (DeliveryModes(DeliveryMode.LIVE), "pending")],
)
async def test_modes_are_respected(database: Database, engine: Engine, modes: DeliveryModes, state: str) -> None:
    """Who only observes sends none, now or later."""
    tools = replace(make_tools(database), stationery=replace(make_stationery(), modes=modes))
    await prepare_digests(tools, now=at("2026-12-07T08:00"))

    assert {state} == {each for _, each in outbox(engine)}


@pytest.fixture
def morning(engine: Engine) -> Desk:
    """Tuesday 8 December 2026: one file of each sort, number six about Omar, number seven restricted."""
    desk = Desk(engine)
    working = TicketStatus.IN_ANALYSIS
    desk.open(at("2026-11-20T10:00"), assigned_to="marie-anne", taken_charge_at=at("2026-11-20T11:00"), status=working)
    desk.open(at("2026-11-12T10:00"), assigned_to="marie-anne", taken_charge_at=at("2026-11-12T11:00"), status=working)
    desk.open(at("2026-12-07T15:00"))
    desk.open(at("2026-12-07T16:00"), TicketKind.SUGGESTION)
    desk.open(at("2026-12-04T10:00"), assigned_to="marie-anne", taken_charge_at=at("2026-12-04T11:00"), status=working)
    desk.open(at("2026-11-19T10:00"), concerned=(OMAR.address,), taken_charge_at=at("2026-11-19T11:00"))
    desk.open(at("2026-11-13T10:00"), restricted=True, assigned_to="omar", taken_charge_at=at("2026-11-13T11:00"))
    desk.open(at("2026-12-07T11:00"), status=TicketStatus.QUARANTINED)
    desk.hold(desk.references[2], "held", "no_reply_sender")
    desk.hold(desk.references[5], "dead", "refused")
    desk.hold(None, "dead", "unknown", kind="digest_of_fiction")
    with transaction(engine) as tx:
        give_sign(tx, SignOf.MAILBOX, at=at("2026-12-08T07:59"))
    return desk


@pytest.mark.usefixtures("morning")
async def test_a_busy_morning(database: Database, engine: Engine) -> None:
    """Each file stands once, where it is most urgent, with its number; what is on its way is left out."""
    await prepare_digests(make_tools(database), now=at("2026-12-08T08:00"))
    text = text_of(mails(engine)[NATHALIE.address]).replace("\u00a0", " ")
    lines = [line.split(" – ")[0] for line in text.splitlines() if line.startswith("– #")]

    assert [
        *("– #1 2026-000003", "– #2 2026-000006", "– #3 2026-000001"),
        *("– #4 2026-000002", "– #5 2026-000007", "– #6 2026-000004", "– #7 2026-000008"),
    ] == lines
    assert "– aujourd’hui à 15 h : prendre en charge\nplainte, sans responsable\n" in text
    assert "– en retard de 3 jours ouvrables (échéance : jeudi 3 décembre) : répondre\n" in text
    assert "plainte, état : en analyse, M.-A. F.\n" in text
    assert "– 2026-000003 – retenu : adresse où personne ne lit\n" in text
    assert "– courriel interne – non remis : remise incertaine\n" in text
    assert "Dernière relève de la boîte : aujourd’hui, 7 h 59\n" in text
    assert "Plaintes traitées dans les 15 jours ouvrables\n0,0 % (0/2), cible de 75 % non atteinte\n" in text


@pytest.mark.usefixtures("morning")
async def test_a_restricted_file_shows_number_and_due_date_only(database: Database, engine: Engine) -> None:
    """No kind, state or owner of it, in neither part (R-74)."""
    await prepare_digests(make_tools(database), now=at("2026-12-08T08:00"))
    text = text_of(mails(engine)[NATHALIE.address]).replace("\u00a0", " ")

    assert "– #5 2026-000007 – échéance : vendredi 4 décembre\n\n" in text


@pytest.mark.usefixtures("morning")
async def test_nothing_of_a_ticket_reaches_whom_it_concerns(database: Database, engine: Engine) -> None:
    """Neither line nor letter; the other supervisor sees both (R-75)."""
    await prepare_digests(make_tools(database), now=at("2026-12-08T08:00"))
    found = {address: "2026-000006" in mail.as_string() for address, mail in mails(engine).items()}

    assert {NATHALIE.address: True, OMAR.address: False} == found


@pytest.mark.usefixtures("morning")
async def test_no_personal_data_leaves(database: Database, engine: Engine) -> None:
    """No requester, no address but the recipient's and ours, and no colleague's name (R-77)."""
    await prepare_digests(make_tools(database), now=at("2026-12-08T08:00"))
    for address, mail in mails(engine).items():
        whole = "\n".join((str(mail["Subject"]), text_of(mail), html_of(mail)))

        assert [] == re.findall(r"[\w.+-]+@[\w.-]+", whole)
        assert [] == [word for word in ("Jeanne", "Secrète", "Marie-Anne", "marie", "Fiction", "Omar") if word in whole]
        assert address == mail["To"]


async def test_the_mail_is_marked_as_automatic(database: Database, engine: Engine) -> None:
    """No absence notice answers it, and its Message-ID leads to no ticket (MUST 25)."""
    await prepare_digests(make_tools(database), now=at("2026-12-07T08:00"))
    mail = mails(engine)[NATHALIE.address]

    assert ("auto-generated", "bulk", "All", None) == tuple(
        mail[name] for name in ("Auto-Submitted", "Precedence", "X-Auto-Response-Suppress", "Reply-To")
    )
    assert "Plaintes et commentaires\u00a0: bilan du lundi 7\u00a0décembre 2026" == mail["Subject"]
    assert None is not re.fullmatch(r"<dig\.[a-z2-7]{16}@organisme\.example>", mail["Message-ID"])


@pytest.mark.usefixtures("morning")
async def test_the_numbers_are_remembered_for_each_supervisor_and_day(database: Database, engine: Engine) -> None:
    """« #3 » is what this very digest said, whatever happened since (MUST 33)."""
    for day in ("2026-12-08T08:00", "2026-12-09T08:00"):
        await prepare_digests(make_tools(database), now=at(day))
    with snapshot(engine) as tx:
        first = find_numbering(tx, staff_id=NATHALIE.id, on=date(2026, 12, 8))
        second = find_numbering(tx, staff_id=NATHALIE.id, on=date(2026, 12, 9))
        others = find_numbering(tx, staff_id=OMAR.id, on=date(2026, 12, 8))

    assert {1: "2026-000003", 2: "2026-000006", 3: "2026-000001", 4: "2026-000002"} == {
        n: first[n] for n in range(1, 5)
    }
    assert ("2026-000006", "2026-000001") == (second[1], others[2])
    assert "2026-000006" not in others.values()


@pytest.mark.usefixtures("morning")
async def test_an_answer_finds_its_numbers(database: Database, engine: Engine) -> None:
    """A token of that supervisor, that day and the tickets listed, in the last line and in the reply address."""
    tools = replace(make_tools(database), stationery=replace(make_stationery(), plus_addressing=True))
    await prepare_digests(tools, now=at("2026-12-08T08:00"))
    mail = mails(engine)[OMAR.address]
    text = text_of(mail)
    code = text.rstrip().rpartition("Réf.\u00a0")[2]
    token = code.replace("-", "").lower()
    with snapshot(engine) as tx:
        (shown,) = find_shown(tx, [token])

    assert f"plaintes+{token}@organisme.example" == mail["Reply-To"]
    assert "#1 assigner NOM" in text  # no colleague is named, and nobody who does not work here
    assert (TokenScope.DIGEST, OMAR.id, True) == (
        shown.token.scope,
        shown.token.staff_id,
        shown.token.is_good(at("2026-12-18T08:00")),
    )
    assert (2, "2026-000001") in shown.items
    assert "2026-000006" not in shown.token.references


async def test_an_empty_morning_says_so(database: Database, engine: Engine) -> None:
    """A digest that is not there would be read as a daemon that is not there."""
    await prepare_digests(make_tools(database), now=at("2026-12-07T08:00"))
    text = text_of(mails(engine)[NATHALIE.address]).replace("\u00a0", " ")

    assert "Réf." not in text
    assert "Rien à décider aujourd’hui, aucun retard, aucun dossier sans responsable.\n" in text
    assert "La boîte n’est plus relevée" in text
    assert 3 == text.count("s. o. (0/0)")
