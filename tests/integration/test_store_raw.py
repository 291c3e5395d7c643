"""Raw bytes in rows of at most 1 MiB, addressed by their SHA-256, each mail once (MUST 1)."""

from hashlib import sha256

import pytest
from sqlalchemy import Engine

from tests.looking import look
from triage.store.engine import snapshot, transaction
from triage.store.raw import keep_bytes, read_bytes

MIB = 1 << 20
# Every byte there is, NUL and CR LF among them.
PATTERN = bytes(range(256)) * (5 * MIB // 256)


@pytest.mark.parametrize(("size", "parts"), [(0, 1), (1, 1), (MIB, 1), (MIB + 1, 2), (5 * MIB, 5)], ids=str)
def test_bytes_come_back_as_they_were(engine: Engine, size: int, parts: int) -> None:
    """Whatever the size, none included."""
    raw = PATTERN[:size]
    with transaction(engine) as tx:
        digest = keep_bytes(tx, raw)
    with snapshot(engine) as tx:
        kept = read_bytes(tx, digest)

    assert sha256(raw).hexdigest() == digest
    assert raw == kept
    assert [(parts,)] == look(engine, "SELECT count(*) FROM raw_part")
    assert max(length for (length,) in look(engine, "SELECT length(content) FROM raw_part")) <= MIB


def test_the_same_bytes_are_kept_once(engine: Engine) -> None:
    """Two mails with the same bytes share them; others do not."""
    with transaction(engine) as tx:
        digests = [keep_bytes(tx, raw) for raw in (b"a", b"b", b"a")]

    assert digests[0] == digests[2] != digests[1]
    assert [(2,)] == look(engine, "SELECT count(*) FROM raw_part")


def test_bytes_that_are_not_there_are_not_invented(engine: Engine) -> None:
    """A destroyed message is no empty one."""
    with snapshot(engine) as tx, pytest.raises(LookupError):
        read_bytes(tx, "0" * 64)
