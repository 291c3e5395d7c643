"""`triage inspect` as an operator types it: files, folders, standard input; words for people, JSON for programs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAILS = ROOT / "tests" / "examples" / "mails"
COMPLAINT = MAILS / "0001-french-complaint-with-photo.eml"
KEYS = [
    "file readable message_id from reply_to to cc subject date in_reply_to references text html new_text attachments",
    "nature nature_reason may_acknowledge bounce language proposal warnings",
]
PROPOSED = ["kind", "scope", "service", "motive", "client", "urgency", "priority"]


def inspect(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with nothing configured."""
    command = [sys.executable, "-m", "triage", "inspect", *arguments]
    return subprocess.run(command, cwd=ROOT, input=given, capture_output=True, check=False)


def objects(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_json_is_one_object_with_the_promised_keys() -> None:
    """Scripts rely on the keys, their order aside, and on honest empty proposals."""
    done = inspect("--json", str(COMPLAINT))
    (found,) = objects(done)
    unknown: dict[str, object] = {"value": None, "confidence": 0.0, "because": [], "second": None}

    assert 0 == done.returncode
    assert " ".join(KEYS).split() == list(found)
    assert {**dict.fromkeys(PROPOSED, unknown), "flags": [], "strict_clock": True} == found["proposal"]
    assert [{"name": "Élodie Tremblay", "address": "elodie.tremblay@client.example"}] == found["from"]
    assert "2025-03-04T15:15:00Z" == found["date"]
    assert ("person", "no_sign_of_automation", True) == (
        found["nature"],
        found["nature_reason"],
        found["may_acknowledge"],
    )


def test_a_folder_is_read_in_order_and_each_specimen_answers() -> None:
    """All mails below, sorted; the sheets beside them are no mails."""
    found = objects(inspect("--json", str(MAILS)))

    assert sorted(str(path) for path in MAILS.glob("*.eml")) == [one["file"] for one in found]


def test_a_folder_may_be_a_maildir_or_hold_other_names(tmp_path: Path) -> None:
    """Mail files have no ending in a Maildir; where there is nothing else, every file is a mail."""
    maildir, other = tmp_path / "maildir", tmp_path / "autres"
    for folder in (maildir / "new", maildir / "cur", other):
        folder.mkdir(parents=True)
        (folder / "1.hote").write_bytes(COMPLAINT.read_bytes())
    (maildir / "index").write_text("no mail")

    found = objects(inspect("--json", str(maildir), str(other)))

    assert ["cur", "new", "autres"] == [Path(str(one["file"])).parent.name for one in found]


def test_the_standard_input_is_one_mail() -> None:
    """For pipes."""
    (found,) = objects(inspect("--json", "-", given=b"From: a.b@client.example\r\nSubject: \xe9t\xe9\r\n\r\nx"))

    assert ("-", "été") == (found["file"], found["subject"])


def test_people_are_told_what_is_decided_and_why() -> None:
    """The readable form explains the judgement in words."""
    held = inspect("-", given=b"From: no-reply@boutique.example\r\nSubject: x\r\n\r\nBonjour\x1b[31m").stdout.decode()
    told = inspect(str(COMPLAINT), str(MAILS / "0017-bounce-of-a-letter.eml")).stdout.decode()

    assert "a ticket, its acknowledgement held for a person: nobody reads mail at its sender's address" in held
    assert "Warning   held for a person: no address of ours stands among its recipients" in held
    assert "| Bonjour[31m" in held
    assert "a ticket, acknowledged" in told
    assert "no ticket, no acknowledgement: machines are not acknowledged" in told
    assert "Disparu@client.example: failed 5.1.1" in told
    assert "bouteille brisée.png, image/png, 152 bytes" in told


def test_a_path_that_does_not_exist_is_wrong_usage() -> None:
    """Nothing is read then, and the message names the path."""
    done = inspect("--json", str(COMPLAINT), "introuvable.eml")

    assert 2 == done.returncode
    assert b"" == done.stdout
    assert b"introuvable.eml" in done.stderr


@pytest.mark.parametrize("raw", [b"", b"\0" * 1000, b"\xff\xfe\n" * 500, b"From: " + b"=?utf-8?q?=C3=A9?= " * 14_000])
def test_any_bytes_are_answered(raw: bytes) -> None:
    """Noise and bombs give one object and exit 0."""
    done = inspect("--json", "-", given=raw)

    assert 0 == done.returncode
    assert 1 == len(objects(done))


def test_a_mail_over_the_bound_is_read_at_its_beginning(tmp_path: Path) -> None:
    """As the daemon does: headers and first MiB, and the object says so."""
    large = tmp_path / "large.eml"
    large.write_bytes(b"From: a.b@client.example\r\nSubject: x\r\n\r\n" + b"Bonjour\r\n" * 5_000_000)

    (found,) = objects(inspect("--json", str(large)))

    assert "x" == found["subject"]
    assert "truncated" in str(found["warnings"])
