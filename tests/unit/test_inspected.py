"""What `triage inspect` says of a mail that the reader could not read, and that it has words for every reason."""

import json

import pytest

from triage.cli.inspected import Inspected, Mailbox, explain, to_json
from triage.cli.judgements import (
    DANGER_WORDS,
    LANGUAGE_WORDS,
    NATURE_WORDS,
    REASON_WORDS,
    REPAIR_WORDS,
    WITHHOLD_WORDS,
    explain_status,
    explain_warning,
)
from triage.mail.reading.caps import Repair
from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.model.codes import Language
from triage.model.decision import Reason
from triage.model.judgement import NatureReason, WithholdReason
from triage.model.trust import TrustPolicy, TrustProfile
from triage.rules.intake.answering import _REASONS
from triage.rules.intake.nature import _SIGNS
from triage.rules.tickets.attachments import Danger

RAW = b"From: a.b@client.example\r\nSubject: Plainte\r\n\r\nx"


def test_an_unreadable_mail_still_answers() -> None:
    """What stands in plain sight is shown, and a person is asked."""
    inspected = Inspected(file="a.eml", message=scan_minimal(RAW))
    found = to_json(inspected)

    assert (False, "unreadable", "unreadable", False) == (
        found["readable"],
        found["nature"],
        found["nature_reason"],
        found["may_acknowledge"],
    )
    assert "held for a person: the mail could not be read" in explain(inspected)
    assert json.dumps(found)


def test_a_long_text_is_shown_at_its_beginning() -> None:
    """Twelve lines, and how many more there are."""
    message = parse_message(RAW + b"\r\n" + b"ligne\r\n" * 20)

    assert "(9 more lines)" in explain(Inspected(file="a.eml", message=message))


def test_every_sign_has_words() -> None:
    """A new sign needs its sentence."""
    by_its_way = {
        WithholdReason.AUTHENTICATION_FAILED,
        WithholdReason.OWN_ADDRESS,
        WithholdReason.NOT_ADDRESSED_TO_US,
    }

    assert set(NATURE_WORDS) == {sign.reason for sign in _SIGNS} | {NatureReason.NO_SIGN_OF_AUTOMATION}
    assert set(WITHHOLD_WORDS) == {reason for reason, _ in _REASONS} | by_its_way


@pytest.mark.parametrize("reason", [WithholdReason.NO_SENDER, WithholdReason.SEVERAL_SENDERS])
def test_a_hold_is_told_among_the_warnings(reason: WithholdReason) -> None:
    """Programs see why a person's mail is not acknowledged."""
    raw = RAW.replace(b"From", b"X") if reason is WithholdReason.NO_SENDER else b"From: c@d.example\r\n" + RAW
    found = to_json(Inspected(file="a.eml", message=parse_message(raw), truncated=True))

    assert f"acknowledgement_withheld:{reason.value}" in str(found["warnings"])
    assert "truncated" in str(found["warnings"])


MAILBOX = Mailbox(
    frozenset({"plaintes@organisme.example"}),
    TrustPolicy(TrustProfile.AUTHRES, authserv_id="mx.organisme.example"),
)
FORGED = b"Authentication-Results: mx.organisme.example; dmarc=fail\r\n"
TO_US = b"To: plaintes@organisme.example\r\n"
NOT_TO_US = "acknowledgement_withheld:not_addressed_to_us"


@pytest.mark.parametrize(
    ("head", "mailbox", "warnings"),
    [
        (TO_US, None, []),
        (TO_US, MAILBOX, []),
        (b"To: autre@organisme.example\r\n", None, []),
        (b"To: autre@organisme.example\r\n", MAILBOX, [NOT_TO_US]),
        (b"", None, [NOT_TO_US]),
        (b"", MAILBOX, [NOT_TO_US]),
        (TO_US + FORGED, None, ["authentication_results_say_failed"]),
        (TO_US + FORGED, MAILBOX, ["acknowledgement_withheld:authentication_failed"]),
        (TO_US + FORGED.replace(b"mx.", b"autre."), MAILBOX, []),
    ],
)
def test_holds_for_how_a_mail_came_are_warnings(head: bytes, mailbox: Mailbox | None, warnings: list[str]) -> None:
    """Whether a machine may answer is judged from the message alone; what the mailbox adds is told beside it."""
    inspected = Inspected(file="a.eml", message=parse_message(head + RAW), mailbox=mailbox)
    found = to_json(inspected)
    held = any(warning.startswith("acknowledgement_withheld") for warning in warnings)

    assert (True, warnings) == (found["may_acknowledge"], found["warnings"])
    assert held == ("its acknowledgement held for a person" in explain(inspected))


def test_with_a_configuration_our_own_mail_is_recognised() -> None:
    """Only a configuration says which addresses are ours."""
    machine = parse_message(TO_US + b"From: plaintes@organisme.example\r\nAuto-Submitted: auto-generated\r\n\r\nx")
    person = parse_message(TO_US + b"From: plaintes@organisme.example\r\n\r\nx")
    held = to_json(Inspected(file="a.eml", message=person, mailbox=MAILBOX))

    assert "auto_reply" == to_json(Inspected(file="a.eml", message=machine))["nature"]
    assert "loop" == to_json(Inspected(file="a.eml", message=machine, mailbox=MAILBOX))["nature"]
    assert ("person", ["acknowledgement_withheld:own_address"]) == (held["nature"], held["warnings"])


def test_every_code_has_words() -> None:
    """Repairs, reasons, dangers and languages are told in words; nothing unknown is invented."""
    assert set(Repair) == set(REPAIR_WORDS)
    assert set(Reason) == set(REASON_WORDS)
    assert set(Danger) == set(DANGER_WORDS)
    assert set(Language) == set(LANGUAGE_WORDS)
    assert "unknown_code" == explain_warning("unknown_code")
    assert "held for a person: it names no sender" == explain_warning("acknowledgement_withheld:no_sender")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.1.1", "will not arrive: there is no such mailbox"),
        ("4.2.2", "may still arrive: the mailbox is full"),
        ("5.9.9", "will not arrive"),
        ("", ""),
        ("x.1.1", ""),
    ],
)
def test_the_status_of_a_bounce_has_words(status: str, words: str) -> None:
    """The first digit says whether it lasts, the others why."""
    assert words == explain_status(status)


def test_a_readable_form_explains_each_judgement() -> None:
    """Nature, language, repairs and dangers are sentences."""
    program = b"Content-Type: application/octet-stream; name=a.pdf.exe\r\n\r\nMZ"
    raw = RAW.replace(b"\r\n\r\nx", b"\r\n" + program)
    said = explain(Inspected(file="a.eml", message=parse_message(raw), truncated=True))

    assert "careful: a program" in said
    assert "only its beginning was read" in said
    assert "nothing says that a machine wrote it" in said
