"""Readers that misbehave, for the sandbox to contain: functions that a worker process can import by name."""

import os
import signal
import time

from triage.model.message import ParsedMessage
from triage.transport.parse_worker import read_in_worker


def misbehave(raw: bytes, cpu_seconds: int) -> ParsedMessage:
    """Do what the mail says: hang, eat memory, die, raise; any other mail is read."""
    message = read_in_worker(raw, cpu_seconds)
    _MISDEEDS.get(raw, _behave)()
    return message


def _behave() -> None:
    pass


def _hang() -> None:
    while True:
        signal.pause()


def _eat() -> None:
    bytearray(2 * 1024**3)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _leave() -> None:
    os._exit(0)


def _raise() -> None:
    raise ValueError("elodie.tremblay@client.example")


def _get_stopped() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGINT)


def _burn() -> None:
    end = time.process_time() + 30
    while time.process_time() < end:
        pass


_MISDEEDS = {
    b"hang": _hang,
    b"eat": _eat,
    b"die": _die,
    b"exit": _leave,
    b"raise": _raise,
    b"stop": _get_stopped,
    b"burn": _burn,
}
