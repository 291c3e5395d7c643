"""Two installations of triage that write to each other: one letter, and silence (MUST 24)."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.matters import MAILBOX, write_mail
from tests.office import Office
from triage.store.database import Database
from triage.store.engine import make_engine

OTHER = "plaintes@ailleurs.example"
_MARKS = re.compile(rb"(?m)^(?:Auto-Submitted|X-Loop|X-Auto-Response-Suppress): .*\r\n")


@pytest.fixture
async def offices(database: Database, sqlite_template: Path, tmp_path: Path) -> AsyncIterator[tuple[Office, Office]]:
    """Ours, and one of another body at another address."""
    elsewhere = Database(make_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'elsewhere.db')}"))
    here, there = Office(database), Office(elsewhere)
    there.intake = replace(
        there.intake,
        policy=replace(there.intake.policy, own_addresses=frozenset({OTHER}), own_domain="ailleurs.example"),
        stationery=replace(
            there.intake.stationery,
            letterhead=replace(there.intake.stationery.letterhead, address=OTHER),
            domain="ailleurs.example",
        ),
    )
    yield here, there
    elsewhere.close()


@pytest.mark.parametrize("stripped", [False, True])
async def test_what_one_says_the_other_does_not_answer(
    offices: tuple[Office, Office],
    stripped: bool,  # noqa: FBT001  a server between them takes off every mark against loops
) -> None:
    """A mail forged in the other's name begins it; with the marks taken off it ends after one letter each."""
    here, there = offices
    forged = write_mail(sender=OTHER)
    here.deliver(forged)
    for _ in range(10):  # each round carries what the one sent to the other
        for office, other in ((here, there), (there, here)):
            sent = len(office.sender.kept)
            await office.handle()
            for mail in office.sender.kept[sent:]:
                other.deliver(_MARKS.sub(b"", mail.raw) if stripped else mail.raw)

    letters = [(mail.envelope_from, mail.recipient) for office in offices for mail in office.sender.kept]
    assert [(MAILBOX, OTHER), *([(OTHER, MAILBOX)] if stripped else [])] == letters
