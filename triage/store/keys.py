"""The keys that sign our references, and the tokens they made: the newest key signs, all not retired verify.

A token is kept by its hash, so that whoever reads the database cannot write as a correspondent's answer.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import SigningKeyRow, TokenRow

KEY_BYTES = 32
CORRESPONDENT = "correspondent"
"""The scope of a token that ties a correspondent's answers to one ticket."""

_LIFE_OF_THE_TICKET = datetime(2999, 12, 31, tzinfo=UTC)

_VALID_KEYS = (
    select(col(SigningKeyRow.secret))
    .where(col(SigningKeyRow.retired_at).is_(None))
    .order_by(col(SigningKeyRow.id).desc())
)
_IS_KNOWN = select(col(TokenRow.id)).where(col(TokenRow.hash) == bindparam("hash"))
_ADD_TOKEN = insert(TokenRow)


def signing_keys(tx: Transaction, *, now: datetime) -> tuple[bytes, ...]:
    """The valid keys, newest first; the first call makes one."""
    keys = tuple(tx.execute(_VALID_KEYS).scalars())
    return keys or (_add_key(tx, now=now),)


def rotate_key(tx: Transaction, *, now: datetime, retire_older: bool = False) -> None:
    """A new key signs from the daemon's next start on; the older ones go on verifying what they have signed.

    `retire_older` is for keys that leaked: what they signed is then found only where the database knows it.
    """
    if retire_older:
        tx.execute(update(SigningKeyRow).where(col(SigningKeyRow.retired_at).is_(None)).values(retired_at=now))
    _add_key(tx, now=now)


def keep_token(tx: Transaction, token: str, *, ticket_id: int, now: datetime) -> None:
    """Remember a correspondent's token for the life of the ticket; a second time there is nothing to do."""
    digest = _hash(token)
    if tx.execute(_IS_KNOWN, {"hash": digest}).first() is None:
        row = {"hash": digest, "scope": CORRESPONDENT, "ticket_id": ticket_id}
        tx.execute(_ADD_TOKEN, {**row, "created_at": now, "expires_at": _LIFE_OF_THE_TICKET})


def find_tokens(tx: Transaction, tokens: Sequence[str], *, now: datetime) -> dict[str, int]:
    """Those of the texts that are correspondents' tokens of ours and valid now, each with its ticket's row."""
    if not tokens:
        return {}
    texts = {_hash(token): token for token in tokens}
    query = select(col(TokenRow.hash), col(TokenRow.ticket_id)).where(
        col(TokenRow.hash).in_(texts),
        col(TokenRow.scope) == CORRESPONDENT,
        col(TokenRow.ticket_id).is_not(None),
        col(TokenRow.revoked_at).is_(None),
        col(TokenRow.expires_at) > now,
    )
    return {texts[digest]: key for digest, key in tx.execute(query) if key is not None}


def _add_key(tx: Transaction, *, now: datetime) -> bytes:
    secret = secrets.token_bytes(KEY_BYTES)
    tx.execute(insert(SigningKeyRow).values(secret=secret, created_at=now))
    return secret


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
