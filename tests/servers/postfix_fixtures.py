"""Fixtures around the private Postfix; a missing program skips with a reason, and fails where CI=true."""

import os
from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix, find_postfix


def _reason_to_skip() -> str | None:
    if find_postfix() is None:
        return "the program postfix is not installed (Debian: postfix)"
    return None if os.geteuid() == 0 else "Postfix changes users, which only root may do"


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A private Postfix that delivers into the private Dovecot; give each test users of its own."""
    reason = _reason_to_skip()
    if reason is not None:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with Postfix(dovecot) as server:
        yield server
