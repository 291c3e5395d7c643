"""A mailbox that lets us in and hangs up at once is left alone for longer and longer (MUST 13)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.daemon_worlds import Daemon, make_daemon
from tests.matters import write_mail
from triage.daemon.keeping import pauses
from triage.model.errors import MailboxUnavailable
from triage.model.mailbox import Announced
from triage.model.message import RawMail


@pytest.fixture
async def daemon(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Daemon]:
    """A daemon whose shortest pause is between a tenth and a fifth of a second."""
    monkeypatch.setattr(pauses, "SHORTEST_PAUSE", 0.2)
    async with make_daemon(sqlite_template, tmp_path) as made:
        yield made


def hang_up(daemon: Daemon, *calls: str) -> None:
    """From now on the server ends each connection at one of these calls."""

    async def lost(*_: object, **__: object) -> None:
        daemon.office.mailbox.go_away()
        daemon.office.mailbox.come_back()
        raise MailboxUnavailable("the mail server ended the connection")

    for call in calls:
        setattr(daemon.office.mailbox, call, lost)


def told(daemon: Daemon) -> list[float]:
    return [float(str(line["delay_seconds"])) for line in daemon.log.lines if line["event"] == "mailbox_lost"]


@pytest.mark.parametrize("call", ["status", "list_uids", "wait"])
async def test_a_server_that_hangs_up_at_once_is_tried_less_and_less(daemon: Daemon, call: str) -> None:
    """Whether before, in the middle of, or right after the first look: each pause is the double of the one before."""
    hang_up(daemon, call)
    daemon.office.deliver(write_mail())
    daemon.start()
    await daemon.until(lambda: len(told(daemon)) == 4)
    await daemon.stop()

    assert 0.7 < told(daemon)[3] <= 1.6
    assert sorted(told(daemon)) == told(daemon)


async def test_the_end_of_a_connection_that_lived_usefully_begins_anew(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a minute with a look that was completed: servers end long connections every day."""
    monkeypatch.setattr(pauses, "USEFUL_SECONDS", 0.0)
    hang_up(daemon, "wait")
    daemon.start()
    await daemon.until(lambda: len(told(daemon)) == 5)
    await daemon.stop()

    assert 0.2 >= max(told(daemon))


async def test_a_mail_over_which_the_server_hangs_up_makes_nobody_wait_long(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MUST 15: the pauses end at half a minute (here at half a second), for the others' sake."""
    monkeypatch.setattr(pauses, "LONGEST_PAUSE_OVER_A_MAIL", 0.4)
    office = daemon.office
    poison = {office.mailbox.deliver(write_mail("Un courriel empoisonné.", message_id=f"{n}@x.example")) for n in "ab"}
    fetch = office.mailbox.fetch

    async def choking(wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        if poison & {each.uid for each in wanted}:
            office.mailbox.fail_next(MailboxUnavailable("the mail server ended the connection"))
        return await fetch(wanted, limit_bytes=limit_bytes)

    office.mailbox.fetch = choking  # type: ignore[method-assign]  # the fake's own, made to fail
    daemon.start()
    await daemon.until(lambda: len(told(daemon)) == 4)
    await daemon.stop()

    assert 0.4 >= max(told(daemon))
