"""Which number of a digest means which ticket, so that « #3 assigner Marie » is understood days later."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import insert, select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import DigestLineRow, TicketRow


def keep_numbering(tx: Transaction, *, staff_id: str, on: date, numbering: Mapping[int, str]) -> None:
    """Remember the numbers of one supervisor's digest of one local day; a ticket that is gone leaves its number free.

    Written once, with the digest itself: the outbox key keeps a second one out.
    """
    rows = tx.execute(
        select(col(TicketRow.reference), col(TicketRow.id)).where(col(TicketRow.reference).in_(numbering.values()))
    )
    keys = {reference: key for reference, key in rows}  # noqa: C416  rows are no pairs to mypy
    lines = [
        {"staff_id": staff_id, "digest_on": on, "number": number, "ticket_id": keys[reference]}
        for number, reference in numbering.items()
        if reference in keys
    ]
    if lines:
        tx.execute(insert(DigestLineRow), lines)


def find_numbering(tx: Transaction, *, staff_id: str, on: date) -> dict[int, str]:
    """The numbers of that digest, each with its ticket's reference; empty where there was no such digest."""
    query = (
        select(col(DigestLineRow.number), col(TicketRow.reference))
        .join(TicketRow, col(TicketRow.id) == col(DigestLineRow.ticket_id))
        .where(col(DigestLineRow.staff_id) == staff_id, col(DigestLineRow.digest_on) == on)
        .order_by(col(DigestLineRow.number))
    )
    return {row.number: row.reference for row in tx.execute(query)}
