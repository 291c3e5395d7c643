"""The keys that sign our references; the newest signs, all that are not retired verify."""

import secrets
from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import col

from triage.store.engine import Transaction
from triage.store.tables import SigningKeyRow

KEY_BYTES = 32


def signing_keys(tx: Transaction, *, now: datetime) -> tuple[bytes, ...]:
    """The valid keys, newest first; the first call makes one."""
    query = (
        select(col(SigningKeyRow.secret))
        .where(col(SigningKeyRow.retired_at).is_(None))
        .order_by(col(SigningKeyRow.id).desc())
    )
    keys = tuple(tx.execute(query).scalars())
    if keys:
        return keys
    secret = secrets.token_bytes(KEY_BYTES)
    tx.execute(insert(SigningKeyRow).values(secret=secret, created_at=now))
    return (secret,)
