"""Servers for the whole session, as fixtures. A missing program skips with a reason; where CI=true it fails."""

import os
from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.pymap import Pymap


def require_dovecot() -> None:
    """Skip where the program is missing; fail where CI=true."""
    if find_dovecot() is None:
        reason = "the program dovecot is not installed (Debian: dovecot-imapd, dovecot-lmtpd)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A private Dovecot that runs; give each test a user of its own (`new_user`)."""
    require_dovecot()
    with Dovecot() as server:
        yield server


@pytest.fixture(scope="session")
def pymap_server() -> Iterator[Pymap]:
    """An in-memory IMAP server that runs in this process; give each test a user of its own (`new_user`)."""
    with Pymap() as server:
        yield server
