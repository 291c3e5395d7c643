"""One daemon a database (MUST 38), and the keys that sign."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.matters import NOW
from triage.store.engine import transaction
from triage.store.keys import KEY_BYTES, signing_keys
from triage.store.lease import AlreadyRunning, only_daemon


def test_a_second_daemon_is_kept_out_until_the_first_ends(
    database_url: str, new_engine: Callable[[str], Engine]
) -> None:
    """However the first ends: an exception gives the lock back too."""
    one, other = new_engine(database_url), new_engine(database_url)
    with only_daemon(one), pytest.raises(AlreadyRunning), only_daemon(other):
        pass
    with pytest.raises(ZeroDivisionError), only_daemon(one):
        raise ZeroDivisionError
    with only_daemon(other):
        pass


def test_the_first_start_makes_a_key_and_the_next_finds_it(engine: Engine) -> None:
    """32 bytes of chance, the same at every start."""
    with transaction(engine) as tx:
        made = signing_keys(tx, now=NOW)
    with transaction(engine) as tx:
        found = signing_keys(tx, now=NOW)

    assert made == found
    assert [KEY_BYTES] == [len(key) for key in found]
