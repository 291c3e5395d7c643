"""What the demo gives to the daemon and what it understands of its answers."""

from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from triage.demo.account import DueTime, TicketLine
from triage.demo.people import MARIE_EVE, Letter
from triage.demo.process import DemoFailed, make_environment, parse_line, parse_ticket
from triage.demo.show import is_taken_in, read_taken_in

TICKET: dict[str, object] = {
    "reference": "2026-000001",
    "kind": "PLA",
    "status": "new",
    "received_at": "2026-11-21T18:04:15Z",
    "acknowledged_at": None,
    "taken_charge_at": None,
    "answered_at": None,
    "restricted": False,
    "due": [
        {"standard": "E1", "clock": "elapsed_hours", "due_at": "2026-11-22T18:04:15Z", "committed": True},
        {"standard": "E2", "due_on": "2026-12-11", "due_at": "2026-12-12T05:00:00Z", "committed": True},
    ],
}


def test_the_settings_of_the_operator_do_not_reach_the_demo() -> None:
    """An override in the environment would send the demo to a real mailbox; byte code may be cached."""
    environment = {"TRIAGE_DATABASE__URL": "x", "TRIAGE_CONFIG": "y", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin"}

    assert {"PATH": "/bin"} == make_environment(environment)


def test_a_ticket_is_read_as_it_is_printed() -> None:
    """Instants are aware UTC, a counted day is a date."""
    received_at = datetime(2026, 11, 21, 18, 4, 15, tzinfo=UTC)
    dues = (
        DueTime("E1", datetime(2026, 11, 22, 18, 4, 15, tzinfo=UTC), None),
        DueTime("E2", datetime(2026, 12, 12, 5, tzinfo=UTC), date(2026, 12, 11)),
    )

    assert TicketLine("2026-000001", "new", received_at, None, dues) == parse_ticket(TICKET)


@pytest.mark.parametrize("key", ["reference", "received_at", "due"])
def test_a_ticket_without_a_promised_key_fails_the_demo(key: str) -> None:
    """The contract of the command is checked, not guessed around."""
    line = {name: value for name, value in TICKET.items() if name != key}

    with pytest.raises(DemoFailed, match="cannot be understood"):
        parse_ticket(line)


@pytest.mark.parametrize("line", [b"Traceback (most recent call last):\n", b"[1, 2]\n", b"\xff\xfe\n", b"\n"])
def test_what_is_not_a_log_line_is_not_taken_for_one(line: bytes) -> None:
    """A traceback before the log is set up, or anything else, is no event."""
    assert parse_line(line) is None


def test_a_letter_is_known_in_the_log_by_its_hash() -> None:
    """The beginning of the SHA-256 of its Message-ID, without brackets; another letter's line is not taken for it."""
    letter = Letter(sender=MARIE_EVE, message_id="<a@people.example>", subject="", words="", raw=b"")
    digest = sha256(b"a@people.example").hexdigest()

    assert is_taken_in(letter, {"event": "mail_taken_in", "message_id_hash": digest[:16]})
    assert not is_taken_in(letter, {"event": "mail_taken_in", "message_id_hash": "0" * 16})
    assert not is_taken_in(letter, {"event": "mail_sent", "message_id_hash": digest[:16]})


def test_a_mail_taken_in_is_read_from_the_log() -> None:
    """Reason, nature and ticket; a mail without ticket has none."""
    taken_in = read_taken_in({"event": "mail_taken_in", "reason": "automation", "nature": "bulk", "reference": None})

    assert ("automation", "bulk", None) == (taken_in.reason, taken_in.nature, taken_in.reference)
