"""Mails made to be expensive, into the inbox of a running daemon: a ticket each, and the next mail is not late."""

from pathlib import Path

import pytest

from tests.campaigns.bombs import throw
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.needs_dovecot

# The largest and the costliest; `make campaign-bombs` throws them all.
NAMES = (
    "a mail of 100 MB",
    "a mail of 150 MB and one byte",
    "100,000 parts",
    "nested 10,000",
    "a header line of 50 MB",
    "410 KiB of encoded words in Subject",
    "400 KiB of encoded words in From",
    "1 MB of open tags",
    "1 MB of divisions",
    "line breaks only",
    "header blocks",
)


@pytest.mark.timeout(240)
def test_each_bomb_becomes_a_ticket_and_so_does_the_mail_behind_it(dovecot: Dovecot, tmp_path: Path) -> None:
    """Within a minute both, and the daemon itself stays below 200 MiB (MUST 7, MUST 15)."""
    found = list(throw(tmp_path, NAMES, dovecot))

    assert list(NAMES) == [each.name for each in found]
    assert [] == [each for each in found if not each.held]
