"""Tokens of staff: issued at random, kept by their hash, found with what they were given for (MUST 30, MUST 32)."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import func, insert, select, update
from sqlmodel import col

from triage.model.agents.authority import StaffToken, TokenScope
from triage.store.engine import Transaction
from triage.store.tables import DigestLineRow, TicketRow, TokenRow

_TOKEN_BYTES = 10  # sixteen letters of base32 without padding, the shape of every token of ours
_SCOPES = tuple(scope.value for scope in TokenScope)


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A token that a mail shows: its text, its row, and what it was given for.

    `items` are the numbers of the digest that it came with; `issued_at` is when its mail was written (aware UTC).
    """

    text: str
    id: int
    token: StaffToken
    ticket_id: int | None
    items: tuple[tuple[int, str], ...] = ()
    issued_at: datetime | None = None


def issue_token(
    tx: Transaction,
    *,
    scope: TokenScope,
    staff_id: str,
    ticket_id: int | None,
    expires_at: datetime,
    now: datetime,
    digest_on: date | None = None,
) -> tuple[int, str]:
    """A new token: its row, and the text, which is written down nowhere else.

    `digest_on` is the local day of the digest that it comes with, whose numbers it then stands for.
    """
    text = base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()
    row = insert(TokenRow).values(
        hash=_hash(text),
        scope=scope,
        staff_id=staff_id,
        ticket_id=ticket_id,
        valid_on=digest_on,
        created_at=now,
        expires_at=expires_at,
    )
    return tx.execute(row.returning(col(TokenRow.id))).scalar_one(), text


def find_shown(tx: Transaction, texts: Sequence[str]) -> tuple[ShownToken, ...]:
    """Those of the texts that are tokens of staff, good or not, in the order of the texts."""
    hashes = {_hash(text): text for text in texts}
    query = (
        select(
            col(TokenRow.id),
            col(TokenRow.hash),
            col(TokenRow.scope),
            col(TokenRow.staff_id),
            col(TokenRow.ticket_id),
            col(TokenRow.valid_on),
            col(TokenRow.created_at),
            col(TokenRow.expires_at),
            col(TokenRow.revoked_at),
            col(TokenRow.used_at),
            col(TicketRow.reference),
        )
        .join(TicketRow, col(TicketRow.id) == col(TokenRow.ticket_id), isouter=True)
        .where(
            col(TokenRow.hash).in_(list(hashes)), col(TokenRow.scope).in_(_SCOPES), col(TokenRow.staff_id).is_not(None)
        )
    )
    found = {}
    for row in tx.execute(query).all() if hashes else ():
        is_digest = row.scope == TokenScope.DIGEST and row.valid_on is not None
        items = _items(tx, row.staff_id, row.valid_on) if is_digest else ()
        references = frozenset(reference for _, reference in items) | frozenset(filter(None, (row.reference,)))
        token = StaffToken(
            scope=TokenScope(row.scope),
            staff_id=row.staff_id,
            expires_at=row.expires_at,
            references=references,
            revoked=row.revoked_at is not None or (row.scope == TokenScope.NONCE and row.used_at is not None),
        )
        text = hashes[row.hash]
        found[text] = ShownToken(text, row.id, token, row.ticket_id, items, row.created_at)
    return tuple(found[text] for text in dict.fromkeys(texts) if text in found)


def note_used(tx: Transaction, token_id: int, *, now: datetime) -> None:
    """The token did its work; a nonce does it once."""
    tx.execute(update(TokenRow).where(col(TokenRow.id) == token_id).values(used_at=now))


def revoke_token(tx: Transaction, token_id: int, *, now: datetime) -> None:
    """The token is good no more."""
    tx.execute(
        update(TokenRow).where(col(TokenRow.id) == token_id, col(TokenRow.revoked_at).is_(None)).values(revoked_at=now)
    )


def count_nonces(tx: Transaction, staff_id: str, *, since_at: datetime) -> int:
    """How many challenges this person was sent since an instant, that instant included."""
    query = (
        select(func.count())
        .select_from(TokenRow)
        .where(
            col(TokenRow.scope) == TokenScope.NONCE,
            col(TokenRow.staff_id) == staff_id,
            col(TokenRow.created_at) >= since_at,
        )
    )
    return int(tx.execute(query).scalar_one())


def _items(tx: Transaction, staff_id: str, digest_on: object) -> tuple[tuple[int, str], ...]:
    query = (
        select(col(DigestLineRow.number), col(TicketRow.reference))
        .join(TicketRow, col(TicketRow.id) == col(DigestLineRow.ticket_id))
        .where(col(DigestLineRow.staff_id) == staff_id, col(DigestLineRow.digest_on) == digest_on)
        .order_by(col(DigestLineRow.number))
    )
    return tuple((number, reference) for number, reference in tx.execute(query))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
