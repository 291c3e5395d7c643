"""One JSON object a line, and nothing in it that was not foreseen (R-77, MUST 36)."""

import logging
from collections.abc import Iterator

import pytest
import structlog

from tests.logging_worlds import HeardLog
from triage.log import ALLOWED_KEYS, HIDDEN, describe_error, locate_error

MARKER = "jeanne.marqueur@client.example"


@pytest.fixture
def log() -> Iterator[HeardLog]:
    """The log at its most talkative."""
    heard = HeardLog()
    with heard.heard("debug"):
        yield heard


def raise_from_within() -> None:
    try:
        int(MARKER)
    except ValueError as error:
        raise RuntimeError(f"about {MARKER}") from error


def caught() -> Exception:
    try:
        raise_from_within()
    except RuntimeError as error:
        return error
    raise AssertionError


def test_an_event_is_one_object_on_one_line(log: HeardLog) -> None:
    """With its level, its instant in UTC and its keys as they are."""
    structlog.get_logger("triage.test").info("mail_received", count=3, reference=None, ms=1.5)
    (line,) = log.lines

    assert ("mail_received", "info", 3, None, 1.5) == tuple(
        line[k] for k in ("event", "level", "count", "reference", "ms")
    )
    assert str(line["timestamp"]).endswith("Z")
    assert set(line) <= ALLOWED_KEYS


def test_a_key_outside_the_list_loses_its_value(log: HeardLog) -> None:
    """Whoever logs a subject by mistake learns it in review, not a citizen from the log."""
    structlog.get_logger("triage.test").warning("mail_received", subject=MARKER, sender=MARKER)

    assert {HIDDEN} == {log.lines[0]["subject"], log.lines[0]["sender"]}
    assert MARKER not in log.text


def test_no_value_breaks_out_of_its_line(log: HeardLog) -> None:
    """Line ends become blanks, control characters are escaped, long texts are cut."""
    value = 'a\r\n{"event": "mail_sent"}\x1b[31m\u2028' + "x" * 500
    structlog.get_logger("triage.test").info("mail_received", reason=value)

    assert 1 == len(log.text.splitlines()) == len(log.text.split("\n")) - 1
    assert ["mail_received"] == log.events()
    assert 300 == len(str(log.lines[0]["reason"]))
    assert "\x1b" not in log.text


def test_an_exception_is_told_by_its_types_and_places(log: HeardLog) -> None:
    """Never by its text, nor by the variables of its frames."""
    structlog.get_logger("triage.test").error("sweep_failed", error=caught())
    (line,) = log.lines

    assert "RuntimeError from ValueError" == line["error"]
    assert MARKER not in log.text


def test_the_usual_ways_to_log_an_exception_are_no_way_around(log: HeardLog) -> None:
    """`exc_info`, `exception`, a stack: what structlog would print of them is hidden."""
    try:
        raise_from_within()
    except RuntimeError:
        structlog.get_logger("triage.test").exception("sweep_failed")
        structlog.get_logger("triage.test").error("sweep_failed", exc_info=True, stack_info=True)

    assert MARKER not in log.text
    assert 2 == len(log.lines)


@pytest.mark.parametrize(
    "name", ["aiosmtplib", "imapclient", "asyncio", "apscheduler.executors.default", "py.warnings"]
)
def test_what_a_library_says_is_reduced_to_its_name_and_level(log: HeardLog, name: str) -> None:
    """Its text, its arguments and its exceptions may quote a mail."""
    try:
        raise_from_within()
    except RuntimeError:
        logging.getLogger(name).exception("cannot send %s", MARKER, extra={"mail": MARKER}, stack_info=True)
    logging.getLogger(name).info("too small to be told: %s", MARKER)
    (line,) = log.lines

    assert ("library_message", name, "error", "RuntimeError from ValueError") == (
        line["event"],
        line["logger"],
        line["level"],
        line["error"],
    )
    assert MARKER not in log.text


def test_the_level_is_that_of_the_settings() -> None:
    """Below it nothing is told."""
    heard = HeardLog()
    with heard.heard("warning"):
        structlog.get_logger("triage.test").info("mail_received")
        structlog.get_logger("triage.test").warning("mail_vanished")

    assert ["mail_vanished"] == heard.events()


def test_an_error_is_described_and_located() -> None:
    """A chain that bites its tail has an end; places are those of our own code."""
    one, other = ValueError(MARKER), KeyError(MARKER)
    one.__cause__, other.__cause__ = other, one

    assert "ValueError from KeyError" == describe_error(one)
    assert "" == locate_error(one)
