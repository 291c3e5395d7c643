"""Tickets and their chained events: the chain verifies, payloads may go, numbers are never given twice (R-23, R-87)."""

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlmodel import col

from tests.looking import look, open_matter, receive, take_in, watch
from tests.matters import JEANNE, NOW, write_mail
from triage.model.codes import Channel, EventKind, TicketKind
from triage.model.decision import Carrier, IntakeFacts, TicketPointer
from triage.model.message import Address
from triage.store.engine import Transaction, snapshot, transaction
from triage.store.journal import NewTicket, OpenedTicket, append_event, mark_acknowledged, open_ticket
from triage.store.journal.chain import GENESIS, hash_event, hash_payload
from triage.store.tables import EventRow
from triage.store.tickets import find_ticket, list_tickets

EVENTS = text(
    "SELECT t.reference, e.sequence, e.kind, e.actor, e.payload_hash, e.previous_hash, e.hash, p.salt, p.body"
    " FROM event e JOIN ticket t ON t.id = e.ticket_id LEFT JOIN event_payload p ON p.event_id = e.id"
    " ORDER BY e.ticket_id, e.sequence"
)


BORN = "SELECT body FROM event_payload p JOIN event e ON e.id = p.event_id WHERE e.ticket_id = 2 AND e.sequence = 1"


def open_plain(tx: Transaction, *, year: int = 2026, requester: Address | None = None) -> OpenedTicket:
    new = NewTicket(
        year=year,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        received_at=NOW,
        opened_at=NOW,
        requester=requester,
        dues=(),
        flags=(),
        possibly_related=None,
    )
    return open_ticket(tx, new)


def broken_links(engine: Engine) -> list[tuple[str, int]]:
    """The events, all of the instant NOW, that do not follow from their fields and the event before."""
    with snapshot(engine) as tx:
        rows = tx.execute(EVENTS).all()
    broken: list[tuple[str, int]] = []
    heads: dict[str, tuple[int, str]] = {}
    for row in rows:
        count, head = heads.get(row.reference, (0, GENESIS))
        computed = hash_event(
            reference=row.reference,
            sequence=row.sequence,
            kind=row.kind,
            at=NOW,
            actor=row.actor,
            payload_hash=row.payload_hash,
            previous_hash=head,
        )
        has_payload = row.salt is None or row.payload_hash == hash_payload(row.salt, row.body)
        if (row.sequence, row.previous_hash, row.hash) != (count + 1, head, computed) or not has_payload:
            broken.append((row.reference, row.sequence))
        heads[row.reference] = (row.sequence, row.hash)
    return broken


def make_story(engine: Engine) -> None:
    """Two tickets with a few events each, all at the same instant."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        open_matter(tx, folder_id, 1)
        open_matter(tx, folder_id, 2, write_mail(sender="Zoé 🌻 <zoe@client.example>", message_id="2@client.example"))
        for number in range(3):
            append_event(tx, 1, EventKind.FOLLOW_UP, at=NOW, payload={"é": number, "none": None})


def test_the_chain_verifies_from_outside(engine: Engine) -> None:
    """Each event's hash follows from its own fields, its payload's hash and the event before."""
    make_story(engine)

    assert [] == broken_links(engine)
    heads = look(engine, "SELECT event_count, event_hash FROM ticket ORDER BY id")
    assert [5, 2] == [count for count, _ in heads]
    assert heads[0][1] in {
        row[0] for row in look(engine, "SELECT hash FROM event WHERE ticket_id = 1 AND sequence = 5")
    }


def test_a_destroyed_payload_leaves_the_chain_whole(engine: Engine) -> None:
    """R-83: what an event said of people can go, the events and their hashes stay."""
    make_story(engine)
    with transaction(engine) as tx:
        tx.execute(text("DELETE FROM event_payload WHERE event_id IN (SELECT id FROM event WHERE ticket_id = 1)"))

    assert [] == broken_links(engine)
    assert [(7,)] == look(engine, "SELECT count(*) FROM event")


CHANGES = [
    "UPDATE event SET actor = 'quelqu''un' WHERE ticket_id = 1 AND sequence = 2",
    "UPDATE event SET kind = 'sent' WHERE ticket_id = 1 AND sequence = 2",
    "UPDATE event SET sequence = 9 WHERE ticket_id = 1 AND sequence = 5",
    "UPDATE event SET previous_hash = hash WHERE ticket_id = 1 AND sequence = 2",
    "UPDATE event_payload SET body = '{}' WHERE event_id = 2",
    "DELETE FROM event_payload WHERE event_id = 2; DELETE FROM event WHERE id = 2",
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_of_an_event_is_seen(engine: Engine, change: str) -> None:
    """Actor, kind, payload, order or a missing event: the chain breaks there."""
    make_story(engine)
    with transaction(engine) as tx:
        for statement in change.split("; "):
            tx.execute(text(statement))

    assert broken_links(engine)


def test_an_instant_hashes_alike_on_every_database(engine: Engine) -> None:
    """The hash that was computed before writing is the one of what is read: no precision and no zone is lost."""
    at = NOW + timedelta(microseconds=7)
    with transaction(engine) as tx:
        ticket = open_plain(tx)
        append_event(tx, ticket.id, EventKind.OPENED, at=at, payload={})
    with snapshot(engine) as tx:
        row = tx.execute(select(col(EventRow.at), col(EventRow.payload_hash), col(EventRow.hash))).one()

    assert at == row.at
    assert row.hash == hash_event(
        reference=ticket.reference,
        sequence=1,
        kind="opened",
        at=row.at,
        actor="triage",
        payload_hash=row.payload_hash,
        previous_hash=GENESIS,
    )


def test_numbers_go_on_by_year_and_are_never_given_twice(engine: Engine) -> None:
    """R-23: `AAAA-NNNNNN`; a number that was rolled back was given to nobody."""
    with transaction(engine) as tx:
        first = [open_plain(tx, year=year).reference for year in (2026, 2026, 2027)]
    with engine.connect() as tx:
        lost = open_plain(tx).reference
        tx.rollback()
    with transaction(engine) as tx:
        again = open_plain(tx).reference

    assert ["2026-000001", "2026-000002", "2027-000001"] == first
    assert ("2026-000003", "2026-000003") == (lost, again)


def test_numbers_stay_unique_across_concurrent_writers(engine: Engine) -> None:
    """Four writers at once, also when the year is new to all of them: every number once, none missing."""
    numbers: list[str] = []
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        for _ in range(10):
            try:
                with transaction(engine) as tx:
                    numbers.append(open_plain(tx, requester=Address("", JEANNE)).reference)
            except Exception as error:  # noqa: BLE001  what a thread raises is lost otherwise
                failures.append(error)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [] == failures
    assert [f"2026-{number:06d}" for number in range(1, 41)] == sorted(numbers)
    assert [(1,)] == look(engine, "SELECT count(*) FROM address")


def test_events_of_one_ticket_stay_in_line_across_concurrent_writers(engine: Engine) -> None:
    """The ticket's row is locked first: no sequence number twice, no chain forked."""
    with transaction(engine) as tx:
        ticket = open_plain(tx)
    start = threading.Barrier(4)
    sequences: list[int] = []

    def write() -> None:
        start.wait()
        for _ in range(5):
            with transaction(engine) as tx:
                sequences.append(append_event(tx, ticket.id, EventKind.FOLLOW_UP, at=NOW, payload={}))

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert list(range(1, 21)) == sorted(sequences)
    assert [] == broken_links(engine)


def test_a_person_is_known_by_their_address_whatever_its_case(engine: Engine) -> None:
    """Two tickets of one address are one person's; the name is the first that they gave."""
    with transaction(engine) as tx:
        open_plain(tx, requester=Address("Jeanne", "Jeanne@client.example"))
        open_plain(tx, requester=Address("J.", JEANNE))
        ticket = find_ticket(tx, "2026-000002")

    assert ticket is not None
    assert (JEANNE,) == ticket.correspondents
    assert [("Jeanne",)] == look(engine, "SELECT name FROM person")


def test_only_the_first_acceptance_is_the_acknowledgement(engine: Engine) -> None:
    """A second copy of the letter does not move the instant (R-01)."""
    with transaction(engine) as tx:
        ticket = open_plain(tx)
        mark_acknowledged(tx, ticket.id, at=NOW)
        mark_acknowledged(tx, ticket.id, at=NOW + timedelta(days=1))
        found = find_ticket(tx, ticket.reference)

    assert found is not None
    assert NOW == found.acknowledged_at


def test_a_ticket_is_born_with_all_that_its_mail_brought(engine: Engine) -> None:
    """Clocks, flags, kinship, correspondent; the snapshot says so, and the event too."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        first = open_matter(tx, folder_id, 1)
        stranger = write_mail(sender="Autre <autre@client.example>", message_id="2@client.example", subject=first)
        known = find_ticket(tx, first)
        assert known is not None
        facts = IntakeFacts(pointers=(TicketPointer(Carrier.SUBJECT, known),), message_id_reused=True)
        second = take_in(tx, receive(tx, folder_id, 2, stranger), stranger, facts).reference
        ticket = find_ticket(tx, second or "")

    assert ticket is not None
    assert (("message_id_reused",), ("autre@client.example",)) == (ticket.flags, ticket.correspondents)
    assert ["E1", "E2"] == [due.standard for due in ticket.dues]
    assert [(first,)] == look(engine, "SELECT r.reference FROM ticket t JOIN ticket r ON r.id = t.possibly_related_id")
    (body,) = look(
        engine,
        "SELECT body FROM event_payload p JOIN event e ON e.id = p.event_id AND e.ticket_id = 2 AND e.sequence = 1",
    )[0]
    assert (first, "PLA", ["message_id_reused"]) == tuple(
        json.loads(body)[key] for key in ("possibly_related", "kind", "flags")
    )


def test_tickets_are_listed_newest_first_and_filtered(engine: Engine) -> None:
    """By kind and status, at most so many; an empty filter filters nothing."""
    with transaction(engine) as tx:
        for _ in range(3):
            open_plain(tx)
        tx.execute(text("UPDATE ticket SET status = 'closed', kind = 'INF' WHERE reference = '2026-000002'"))

        def listed(**filters: object) -> list[str]:
            return [ticket.reference[-1] for ticket in list_tickets(tx, **filters)]  # type: ignore[arg-type]  # the table below

        assert ["3", "2", "1"] == listed()
        assert ["3", "2"] == listed(limit=2)
        assert ["2"] == listed(statuses=["closed"])
        assert ["3", "1"] == listed(kinds=["PLA"])
        assert [] == listed(kinds=["PLA"], statuses=["closed"])
