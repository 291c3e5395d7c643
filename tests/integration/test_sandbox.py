"""The sandbox: no mail can take the reader, the memory or the time of the next one (MUST 15, MUST 16)."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.parse_bombs import misbehave
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.transport.parse_worker import limit_worker, read_in_worker
from triage.transport.sandbox import Sandbox

MAIL = b"From: a.b@client.example\r\nSubject: Plainte\r\n\r\nBonjour"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Coverage would follow the workers, which may write no file, and be killed with them."""
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """One worker whose reader does what the mail says."""
    made = Sandbox(workers=1, seconds=2.0, cpu_seconds=1, read=misbehave)
    await made.start()
    yield made
    await made.close()


async def failure_of(sandbox: Sandbox, raw: bytes) -> ReaderFailure:
    with pytest.raises(ReaderFailed) as raised:
        await sandbox.read(raw)
    assert "client.example" not in str(raised.value)
    return raised.value.failure


async def test_a_mail_is_read_in_another_process(sandbox: Sandbox) -> None:
    """The ordinary case."""
    message = await sandbox.read(MAIL)

    assert "Plainte" == message.subject
    assert "Bonjour" == message.text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"hang", ReaderFailure.TIMEOUT),
        (b"eat", ReaderFailure.DIED),
        (b"die", ReaderFailure.DIED),
        (b"raise", ReaderFailure.ERROR),
    ],
)
async def test_a_reader_that_misbehaves_fails_alone(sandbox: Sandbox, raw: bytes, expected: ReaderFailure) -> None:
    """Whatever happens to the worker, the failure has a name, no text of the mail, and the next mail is read."""
    failure = await failure_of(sandbox, raw)
    after = await sandbox.read(MAIL)

    assert expected is failure
    assert "Bonjour" == after.text


async def test_a_mail_that_takes_too_much_processor_time_dies_before_the_clock_ends() -> None:
    """The kernel ends the worker, even if the parent were too busy to look at its clock."""
    sandbox = Sandbox(workers=1, seconds=20.0, cpu_seconds=1, read=misbehave)
    try:
        failure = await failure_of(sandbox, b"burn")
    finally:
        await sandbox.close()

    assert ReaderFailure.DIED is failure


async def test_a_mail_that_costs_the_worker_its_life_is_not_to_be_tried_again(sandbox: Sandbox) -> None:
    """Only an error that the worker survived may be tried again."""
    with pytest.raises(ReaderFailed) as died:
        await sandbox.read(b"die")
    with pytest.raises(ReaderFailed) as erred:
        await sandbox.read(b"raise")

    assert died.value.fatal
    assert not erred.value.fatal


async def test_a_worker_that_leaves_in_silence_does_not_stop_the_next_mail(sandbox: Sandbox) -> None:
    """An exit without a word looks like a recycled worker: the time-out ends the wait."""
    await failure_of(sandbox, b"exit")
    after = await sandbox.read(MAIL)

    assert "Bonjour" == after.text


async def test_a_signal_to_the_group_does_not_cost_the_mail_under_way(sandbox: Sandbox) -> None:
    """The service manager signals all processes at once; only the parent decides what stops."""
    message = await sandbox.read(b"stop")

    assert message.readable


async def test_mails_wait_for_their_turn_without_losing_their_time() -> None:
    """A time-out counts from the moment a worker begins, however many mails wait before."""
    sandbox = Sandbox(workers=2, seconds=2.0, read=misbehave)
    try:
        results = await asyncio.gather(
            *(sandbox.read(raw) for raw in [b"hang", MAIL, b"die", MAIL, MAIL, b"hang", MAIL]), return_exceptions=True
        )
    finally:
        await sandbox.close()

    assert [True, False, True, False, False, True, False] == [isinstance(one, ReaderFailed) for one in results]


async def test_workers_are_recycled_without_losing_a_mail() -> None:
    """A worker retires after its number of mails; what lxml may have leaked goes with it."""
    sandbox = Sandbox(workers=1, mails_per_worker=3)
    try:
        messages = [await sandbox.read(MAIL + str(number).encode()) for number in range(10)]
    finally:
        await sandbox.close()

    assert [f"Bonjour{number}" for number in range(10)] == [message.text for message in messages]


async def test_a_worker_that_died_while_idle_is_replaced() -> None:
    """Somebody kills the worker between two mails: one failure that may be tried again, at most, then it reads."""
    sandbox = Sandbox(workers=1)
    try:
        await sandbox.start()
        os.kill(worker_of(sandbox), signal.SIGKILL)
        failures = []
        for _ in range(20):
            try:
                after = await sandbox.read(MAIL)
            except ReaderFailed as failed:
                failures.append(failed.fatal)
            else:
                break
    finally:
        await sandbox.close()

    assert "Bonjour" == after.text
    assert True not in failures


async def test_closing_is_safe_before_after_and_during_everything() -> None:
    """Close never raises: not twice, not without a start, not under a mail that hangs; and reading starts anew."""
    sandbox = Sandbox(workers=1, read=misbehave)
    await sandbox.close()
    hanging = asyncio.create_task(sandbox.read(b"hang"))
    await asyncio.sleep(0)
    await sandbox.close()
    with pytest.raises(ReaderFailed) as closed:
        await hanging
    again = await sandbox.read(MAIL)
    await sandbox.close()
    await sandbox.close()

    assert not closed.value.fatal
    assert "Bonjour" == again.text


async def test_a_cancelled_read_stays_cancelled(sandbox: Sandbox) -> None:
    """Whoever stops waiting is told so, and the worker is free for the next mail."""
    hanging = asyncio.create_task(sandbox.read(b"hang"))
    await asyncio.sleep(0)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    after = await sandbox.read(MAIL)

    assert "Bonjour" == after.text


async def test_a_mail_of_forty_mebibytes_is_read_within_the_memory_limit() -> None:
    """The largest mail that is taken in, as one broken base64 attachment: the costliest honest kind."""
    line = b"QUJD" * 19 + b"\r\n"
    raw = (
        MAIL.replace(b"\r\n\r\n", b"\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n")
        + line * (40 * 1024 * 1024 // len(line))
        + b"Q"
    )
    sandbox = Sandbox(workers=1)
    try:
        message = await sandbox.read(raw)
    finally:
        await sandbox.close()

    assert 1 == len(message.attachments)
    assert message.attachments[0].size > 30_000_000


def test_the_worker_imports_the_reader_and_little_else() -> None:
    """Workers start fast because they import the reader, the model, the standard library and lxml only."""
    code = "import sys, triage.transport.parse_worker; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    foreign = set(found.stdout.split()) - sys.stdlib_module_names - {"__main__", "triage", "lxml", "cython_runtime"}

    # `.pth` files of an environment may import editable-install hooks and namespace shims at every start, and
    # Debian's own Python imports a `sitecustomize`.
    assert set() == {name for name in foreign - {"sitecustomize"} if not name.startswith("_")}


def test_a_limited_worker_may_not_write_dump_or_open_without_end() -> None:
    """The limits stand before the first mail."""
    code = "import resource; from tests.integration.test_sandbox import limits_of_a_worker; print(limits_of_a_worker())"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "(0, 0, 32, True, True)" == found.stdout.strip()


def limits_of_a_worker() -> tuple[int, int, int, bool, bool]:
    """In a process of its own: what `limit_worker` and one mail leave behind."""
    limit_worker(64 * 1024 * 1024)
    read_in_worker(MAIL, 3)
    return (
        resource.getrlimit(resource.RLIMIT_CORE)[0],
        resource.getrlimit(resource.RLIMIT_FSIZE)[0],
        resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        resource.getrlimit(resource.RLIMIT_AS)[0] < 2 * 1024**3,
        0 < resource.getrlimit(resource.RLIMIT_CPU)[0] < 60,
    )


def worker_of(sandbox: Sandbox) -> int:
    """The process id of the only worker, as the kernel lists it."""
    assert sandbox is not None
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    found = [int(pid) for file in children for pid in file.read_text().split()]
    return next(pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes())
