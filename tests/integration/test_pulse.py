"""The pulse: the service manager hears of progress on a real socket, and nothing while the pipeline stands still."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.fakes_mailbox import FakeMailbox
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.ports import find_free_ports
from triage.daemon.pulse import DELIVERY, INTAKE, MAILBOX, Pulse, notify
from triage.daemon.watched import WatchedMailbox
from triage.model.mailbox import Announced


class Manager:
    """A datagram socket as systemd's; `heard` takes what has come."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.settimeout(0)

    def heard(self) -> list[str]:
        """Every message since the last call."""
        messages = []
        while True:
            try:
                messages.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return messages

    def wait(self) -> None:
        """From now on wait for messages, up to half a minute each."""
        self._socket.settimeout(30)

    def next(self) -> str:
        """The next message."""
        return self._socket.recv(4096).decode()

    def next_that_starts(self, beginning: str) -> str:
        """The next message that begins so; others are passed over."""
        while not (message := self.next()).startswith(beginning):
            pass
        return message

    def close(self) -> None:
        """Go away."""
        self._socket.close()


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """A service manager that listens on a path, or on an abstract name."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@triage-test-{tmp_path.name}"
    manager = Manager(address)
    yield manager
    manager.close()


class Clock:
    """Seconds that only the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """A clock at some second."""
    return Clock()


def make_pulse(manager: Manager, clock: Clock) -> Pulse:
    """A pulse that reports to this manager."""
    return Pulse(clock=clock, tell=lambda message: notify(manager.address, message), delivery_seconds=900)


def test_a_moving_pipeline_feeds_the_watchdog(manager: Manager, clock: Clock) -> None:
    """As long as every loop moves in time, each report says so."""
    pulse = make_pulse(manager, clock)
    for _ in range(3):
        for part in (MAILBOX, INTAKE, DELIVERY):
            pulse.beat(part)
        pulse.report()
        clock.seconds += 240

    assert ["WATCHDOG=1"] * 3 == manager.heard()


def test_a_stalled_loop_starves_the_watchdog(manager: Manager, clock: Clock) -> None:
    """Five minutes without an answer of the mailbox: no more WATCHDOG=1, whoever else moves; the log tells once."""
    pulse = make_pulse(manager, clock)
    pulse.beat(MAILBOX)
    with capture_logs() as logs:
        for _ in range(4):
            clock.seconds += 100
            pulse.beat(INTAKE)
            pulse.beat(DELIVERY)
            pulse.report()

    assert ["WATCHDOG=1"] * 3 == manager.heard()
    assert [("loop_stalled", MAILBOX)] == [(line["event"], line["task"]) for line in logs]


def test_a_reconnect_loop_that_waits_is_alive(manager: Manager, clock: Clock) -> None:
    """A server that asked for an hour's pause is no reason to be killed; the hour once over, five minutes are."""
    pulse = make_pulse(manager, clock)
    pulse.beat(MAILBOX, beyond=3600)
    clock.seconds += 3899
    pulse.report()
    clock.seconds += 2
    pulse.report()

    assert ["WATCHDOG=1"] == manager.heard()


def test_a_pipeline_that_recovers_feeds_it_again(manager: Manager, clock: Clock) -> None:
    """A loop that moves again is well again."""
    pulse = make_pulse(manager, clock)
    pulse.beat(MAILBOX)
    clock.seconds += 400
    pulse.report()
    pulse.beat(MAILBOX)
    pulse.report()

    assert ["WATCHDOG=1"] == manager.heard()


def test_ready_is_said_once(manager: Manager, clock: Clock) -> None:
    """READY=1 after the first look at the mailbox, and a new status each time; STOPPING=1 at the end."""
    pulse = make_pulse(manager, clock)
    pulse.ready("the mailbox cannot be read; next try in 2 s")
    pulse.ready("watching the mailbox")
    pulse.stopping()

    assert [
        "READY=1",
        "STATUS=the mailbox cannot be read; next try in 2 s",
        "STATUS=watching the mailbox",
        "STOPPING=1\nSTATUS=finishing what is under way",
    ] == manager.heard()


@pytest.mark.parametrize("address", [None, "", "/nowhere/notify", "@triage-nobody-listens"])
def test_without_a_manager_nothing_happens(address: str | None) -> None:
    """Outside of systemd, or when it is gone, telling costs nothing and breaks nothing."""
    notify(address, "WATCHDOG=1")
    pulse = Pulse(clock=Clock(), tell=lambda message: notify(address, message))
    pulse.report()

    assert frozenset() == pulse.stalled()


async def test_every_round_trip_is_a_beat(clock: Clock) -> None:
    """The mailbox's answers move its deadline; a large mail over a slow line has the time it needs."""
    pulse = Pulse(clock=clock, tell=lambda _: None)
    mailbox = WatchedMailbox(FakeMailbox(), pulse)
    await mailbox.open()
    clock.seconds += 299
    await mailbox.status()
    clock.seconds += 299
    before = pulse.stalled()
    await mailbox.fetch([Announced(uid=9, size=40_000_000, internal_date=None)], limit_bytes=1)
    clock.seconds += 4299
    during = pulse.stalled()
    clock.seconds += 2

    assert (frozenset(), frozenset(), frozenset({MAILBOX})) == (before, during, pulse.stalled())


@pytest.fixture
def patient_manager(tmp_path: Path) -> Iterator[Manager]:
    """A service manager that waits up to half a minute for each message."""
    manager = Manager(str(tmp_path / "notify"))
    manager.wait()
    yield manager
    manager.close()


def test_the_daemon_is_ready_although_the_mail_server_is_down(
    patient_manager: Manager, dovecot: Dovecot, tmp_path: Path
) -> None:
    """It says READY=1 after the first try, says what is wrong, and takes leave when it is stopped."""
    closed, other = find_free_ports(2)
    access = dovecot.access("boite")
    operator = Operator(tmp_path / "configuration", environment={"NOTIFY_SOCKET": patient_manager.address})
    operator.configure(imap=access, smtp_port=other)
    toml = operator.folder / "triage.toml"
    toml.write_text(toml.read_text().replace(f"port = {access.port}", f"port = {closed}"))
    with operator.start("run") as daemon:
        first, second = patient_manager.next(), patient_manager.next()
        daemon.send_signal(signal.SIGTERM)
        last = patient_manager.next_that_starts("STOPPING=1")
        code = daemon.wait(30)

    assert ("READY=1", 0) == (first, code)
    assert second.startswith("STATUS=the mailbox cannot be read; next try in ")
    assert last.startswith("STOPPING=1")
