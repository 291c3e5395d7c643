"""What `triage inspect` says of a mail that the reader could not read, and that it has words for every reason."""

import json

import pytest

from triage.cli.inspected import Inspected, explain, to_json
from triage.mail.reading.minimal import scan_minimal
from triage.mail.reading.parse import parse_message
from triage.model.judgement import NatureReason, WithholdReason
from triage.rules.intake.answering import _REASONS
from triage.rules.intake.nature import _SIGNS

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
    from triage.cli.inspected import _NATURE_WORDS, _WITHHOLD_WORDS

    assert set(_NATURE_WORDS) == {sign.reason for sign in _SIGNS} | {NatureReason.NO_SIGN_OF_AUTOMATION}
    assert set(_WITHHOLD_WORDS) == {reason for reason, _ in _REASONS}


@pytest.mark.parametrize("reason", [WithholdReason.NO_SENDER, WithholdReason.SEVERAL_SENDERS])
def test_a_hold_is_told_among_the_warnings(reason: WithholdReason) -> None:
    """Programs see why a person's mail is not acknowledged."""
    raw = RAW.replace(b"From", b"X") if reason is WithholdReason.NO_SENDER else b"From: c@d.example\r\n" + RAW
    found = to_json(Inspected(file="a.eml", message=parse_message(raw), truncated=True))

    assert f"acknowledgement_withheld:{reason.value}" in str(found["warnings"])
    assert "truncated" in str(found["warnings"])
