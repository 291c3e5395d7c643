"""Each pair in examples/mails: what must be read of the mail, and what must be judged from it alone."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from triage.mail.reading.parse import parse_message
from triage.model.message import ParsedMessage
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.nature import judge_nature

MAILS = Path(__file__).parents[1] / "examples" / "mails"
OWN_ADDRESSES = frozenset({"plaintes@organisme.example"})


@pytest.mark.parametrize("stem", sorted(path.stem for path in MAILS.glob("*.eml")))
def test_a_specimen_is_read_and_judged_as_its_sheet_says(stem: str) -> None:
    """Every key of the sheet holds; keys that end in _has name pieces that must stand in the text."""
    expected = tomllib.loads((MAILS / f"{stem}.toml").read_text(encoding="utf-8"))
    message = parse_message((MAILS / f"{stem}.eml").read_bytes())
    read = _as_sheet(message)

    assert message.readable
    for key in expected.keys() - {"why"}:
        if key.endswith("_has"):
            missing = [piece for piece in expected[key] if piece not in read[key.removesuffix("_has")]]
            assert [] == missing
        else:
            wanted = expected[key]
            assert (wanted.strip("\n") if isinstance(wanted, str) else wanted) == read[key]


def test_every_specimen_is_a_pair() -> None:
    """A mail without a sheet, or a sheet without a mail, proves nothing."""
    mails = {path.stem for path in MAILS.glob("*.eml")}
    sheets = {path.stem for path in MAILS.glob("*.toml")}

    assert mails == sheets
    assert len(mails) >= 25


def _as_sheet(message: ParsedMessage) -> dict[str, Any]:
    nature = judge_nature(message, own_addresses=OWN_ADDRESSES)
    answer = judge_answering(message, nature)
    return {
        "message_id": message.message_id or "",
        "from": [f"{sender.name} <{sender.address}>".strip() for sender in message.senders],
        "subject": message.subject,
        "date": message.date or "",
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": message.text,
        "html": message.html,
        "new_text": message.new_text,
        "attachments": [
            {"name": one.name, "type": one.type, "size": one.size, "sha256": one.sha256, "inline": one.inline}
            for one in message.attachments
        ],
        "attachment_names": [one.name for one in message.attachments],
        "bounces": [
            {"recipient": one.recipient, "status": one.status, "action": one.action} for one in message.bounces
        ],
        "returned": list(message.returned),
        "warnings": list(message.warnings),
        "language": message.language.value,
        "nature": nature.nature.value,
        "nature_reason": nature.reason.value,
        "may_acknowledge": answer.may,
        "withheld": answer.reason.value if answer.reason else "",
    }
