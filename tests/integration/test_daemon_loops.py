"""The loops end to end, with a mailbox and a mail server of fiction: stop, loss, refusal, doorbells (MUST 12, 13)."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.daemon_worlds import SLICE_SECONDS, Daemon, make_daemon
from tests.fakes_sender import PlannedEnd
from tests.matters import write_mail
from triage.daemon import loops
from triage.daemon.build import Parts
from triage.daemon.keeping import pauses
from triage.daemon.loops import run_loops
from triage.model.delivery import ClaimedMail, SendOutcome, SendPhase, SendResult
from triage.model.errors import ConfigurationError, MailboxRefused, MailboxUnavailable
from triage.model.message import ParsedMessage

STOPS_WITHIN_SECONDS = 1.0


@pytest.fixture
async def daemon(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Daemon]:
    """A daemon on an empty database, not started yet."""
    async with make_daemon(sqlite_template, tmp_path) as made:
        yield made


def is_waiting(daemon: Daemon) -> Callable[[], bool]:
    return lambda: daemon.office.mailbox.calls[-1:] == ["wait"]


async def test_mail_is_answered_and_moved_without_any_tick(daemon: Daemon) -> None:
    """Bells carry it from loop to loop: long before the first tick or the end of a slice."""
    office = daemon.office
    daemon.start()
    await daemon.until(is_waiting(daemon))
    started = time.monotonic()
    office.deliver(write_mail(), write_mail("Autre.", message_id="2@client.example"))
    await daemon.until(lambda: len(office.sender.kept) == 2 and not office.mailbox.inbox)

    assert time.monotonic() - started < loops.TICK_SECONDS / 3
    assert STOPS_WITHIN_SECONDS > await daemon.stop()
    assert office.sender.closed
    assert "close" == office.mailbox.calls[-1]
    assert [("new_matter", 1), ("new_matter", 2)] == office.reasons()
    assert {"mailbox_opened", "mail_received", "mail_taken_in", "mail_sent"} <= set(daemon.log.events())


async def test_mail_that_comes_during_a_pass_is_not_slept_over(daemon: Daemon) -> None:
    """The status that the wait starts from is older than the listing; a newer one would hide what was not listed."""
    daemon.office.deliver(write_mail())
    daemon.start()
    await daemon.until(is_waiting(daemon))
    calls = daemon.office.mailbox.calls
    first_listing = calls.index("list_uids")

    assert "status" not in calls[first_listing : calls.index("wait")]
    assert "status" in calls[:first_listing]


async def test_it_stops_at_once_while_it_waits_for_mail(daemon: Daemon) -> None:
    """In the middle of a slice of half a minute."""
    daemon.start()
    await daemon.until(is_waiting(daemon))

    assert STOPS_WITHIN_SECONDS > await daemon.stop()


async def test_it_stops_at_once_before_it_has_begun(daemon: Daemon) -> None:
    """A stop that came first is not forgotten."""
    daemon.start()

    assert STOPS_WITHIN_SECONDS > await daemon.stop()


async def test_it_stops_at_once_in_the_pause_after_a_loss(daemon: Daemon) -> None:
    """It does not sleep the pause out."""
    daemon.office.mailbox.fail_next(MailboxUnavailable("busy", not_before=timedelta(minutes=5)))
    daemon.start()
    await daemon.until(lambda: "mailbox_lost" in daemon.log.events())

    assert STOPS_WITHIN_SECONDS > await daemon.stop()
    assert [300.0] == [line["delay_seconds"] for line in daemon.log.lines if line["event"] == "mailbox_lost"]


async def test_it_stops_at_once_while_a_mail_waits_for_its_next_try(daemon: Daemon) -> None:
    """The mail keeps its place."""
    daemon.office.sender.plan(PlannedEnd(SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 450)))
    daemon.start()
    daemon.office.deliver(write_mail())
    await daemon.until(lambda: "mail_not_sent" in daemon.log.events())

    assert STOPS_WITHIN_SECONDS > await daemon.stop()
    assert [("retry",)] == daemon.office.outbox("state")


async def test_it_finishes_the_mail_that_it_reads(daemon: Daemon) -> None:
    """What is under way is recorded before the end."""
    office = daemon.office
    reading, go_on = asyncio.Event(), asyncio.Event()
    read = office.reader.read

    async def slowly(raw: bytes) -> ParsedMessage:
        reading.set()
        await go_on.wait()
        return await read(raw)

    office.reader.read = slowly  # type: ignore[method-assign]  # the fake's own, made slow
    daemon.start()
    office.deliver(write_mail())
    await daemon.until(reading.is_set)
    stopping = asyncio.create_task(daemon.stop())
    await asyncio.sleep(0.05)
    go_on.set()

    assert STOPS_WITHIN_SECONDS > await stopping
    assert [("new_matter", 1)] == office.reasons()


async def test_it_finishes_the_mail_that_it_sends_and_begins_no_other(daemon: Daemon) -> None:
    """The answer is written down; the next one stays pending."""
    office = daemon.office
    sending, go_on = asyncio.Event(), asyncio.Event()
    send = office.sender.send

    async def slowly(mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        sending.set()
        await go_on.wait()
        return await send(mail, before_dot=before_dot)

    office.sender.send = slowly  # type: ignore[method-assign]  # the fake's own, made slow
    daemon.start()
    office.deliver(write_mail(), write_mail("Autre.", message_id="2@client.example"))
    await daemon.until(lambda: sending.is_set() and len(office.outbox("id")) == 2)
    stopping = asyncio.create_task(daemon.stop())
    await asyncio.sleep(0.05)
    go_on.set()
    await stopping

    assert [("sent",), ("pending",)] == office.outbox("state")


async def test_a_lost_connection_is_made_again(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server goes away and comes back; what arrived meanwhile is taken in."""
    monkeypatch.setattr(pauses, "SHORTEST_PAUSE", 0.01)
    office = daemon.office
    daemon.start()
    await daemon.until(is_waiting(daemon))
    office.mailbox.go_away()
    await daemon.until(lambda: daemon.log.events().count("mailbox_lost") >= 2)
    office.deliver(write_mail())
    office.mailbox.come_back()
    await daemon.until(lambda: len(office.sender.kept) == 1 and not office.mailbox.inbox)

    assert STOPS_WITHIN_SECONDS > await daemon.stop()
    assert 2 == daemon.log.events().count("mailbox_opened")
    assert {"MailboxUnavailable"} == {line["error"] for line in daemon.log.lines if line["event"] == "mailbox_lost"}


async def test_a_refused_login_is_tried_twice_and_then_left_alone(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MUST 13: after two failures not more than once in five minutes; the mails in the outbox go on leaving."""
    monkeypatch.setattr(pauses, "SHORTEST_PAUSE", 0.01)
    daemon.office.mailbox.fail_next(*[MailboxRefused("no") for _ in range(9)])
    daemon.start()
    await daemon.until(lambda: daemon.log.events().count("mailbox_lost") == 2)
    await asyncio.sleep(0.1)

    assert ["open", "open"] == daemon.office.mailbox.calls
    told = [line["delay_seconds"] for line in daemon.log.lines if line["event"] == "mailbox_lost"]
    assert [0.0, pauses.LONGEST_PAUSE] == told
    assert STOPS_WITHIN_SECONDS > await daemon.stop()


async def test_a_new_folder_without_a_first_day_ends_the_daemon(daemon: Daemon) -> None:
    """The one thing that no later try can mend: it is raised, and the other loops end with it."""
    office = daemon.office
    daemon.parts = Parts(
        **{
            **{name: getattr(daemon.parts, name) for name in daemon.parts.__slots__},
            "receiving": type(office.receiving)(
                office.database, office.mailbox, office.receiving.zone, None, office.receiving.max_bytes
            ),
        }
    )
    with pytest.raises(ExceptionGroup) as caught:
        await run_loops(daemon.parts, daemon.bells, slice_seconds=SLICE_SECONDS)

    assert [ConfigurationError] == [type(error) for error in caught.value.exceptions]


async def test_a_sweep_that_fails_is_told_and_tried_again(daemon: Daemon, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery that breaks is recovered; the mail leaves at the next try."""
    monkeypatch.setattr(loops, "TICK_SECONDS", 0.05)
    office = daemon.office
    send = office.sender.send
    broken = iter([True])

    async def breaking(mail: ClaimedMail, *, before_dot: Callable[[], Awaitable[None]]) -> SendResult:
        if next(broken, False):
            raise RuntimeError("jeanne@client.example")
        return await send(mail, before_dot=before_dot)

    office.sender.send = breaking  # type: ignore[method-assign]  # the fake's own, broken once
    daemon.start()
    office.deliver(write_mail())
    await daemon.until(lambda: len(office.sender.kept) == 1)

    assert [("delivery", "RuntimeError")] == [
        (line["sweep"], line["error"]) for line in daemon.log.lines if line["event"] == "sweep_failed"
    ]
    assert "jeanne" not in daemon.log.text
    await daemon.stop()
    assert [("sent", 2, 1)] == office.outbox("state", "attempts", "troubles")
