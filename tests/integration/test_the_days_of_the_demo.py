"""`triage demo --days`: a few business days from a shell, with nothing configured, and what they say is so."""

import os
import re
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

Lived = tuple[Path, subprocess.CompletedProcess[str]]
DAYS = 4
NAMES = ("Marie-Ève", "Caron", "Fortin", "Karine", ".example", "Gants", "Facture", "photo.png")
PATIENCE_SECONDS = 120
# A reader may write no file, and says so of the one in which the tests measure what it reaches.
UNMEASURED = re.compile(
    r"^Exception ignored in atexit callback: <bound method Coverage\._atexit.*?"
    r"^sqlite3\.OperationalError: disk I/O error\n",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """One run for all the tests of this file."""
    folder = tmp_path_factory.mktemp("days")
    environment = {**os.environ, "TRIAGE_IMAP__HOST": "elsewhere.invalid", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-m", "triage", "demo", "--days", str(DAYS)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    return folder, ended


def test_the_days_pass_and_every_check_holds(lived: Lived) -> None:
    """Exit 0, nothing on standard error, and each check said to hold."""
    _, ended = lived

    assert (0, "") == (ended.returncode, UNMEASURED.sub("", ended.stderr)), ended.stdout
    assert "NOT SO" not in ended.stdout
    assert ended.stdout.count("\n  held  ") >= 10


def test_the_account_goes_day_by_day(lived: Lived) -> None:
    """As many business days as were asked for, in order, and the figures as fractions at the end."""
    _, ended = lived
    numbers = [
        int(number) for number in re.findall(r"^\w+ \d+ \w+ 2026, business day (\d+)$", ended.stdout, re.MULTILINE)
    ]

    assert list(range(1, DAYS + 1)) == numbers
    assert "Pour le retenir, répondez #annuler à ce courriel." in " ".join(ended.stdout.split())
    assert "24 hours: 2/3 = 66.7 % (target 90 %)" in ended.stdout
    assert "2 business days: 1/1 = 100.0 % (target 85 %)" in ended.stdout


def test_each_mail_that_left_is_on_disk(lived: Lived) -> None:
    """To requesters, agents, supervisor: each as its bytes and as a page, with an index that leads to all of them."""
    folder, _ = lived
    mails = sorted((folder / "demo-mail").glob("*.eml"))
    index = (folder / "demo-mail" / "index.html").read_text(encoding="utf-8")
    recipients = {str(message_from_bytes(path.read_bytes(), policy=default)["To"]) for path in mails}

    assert {path.stem for path in mails} == set(re.findall(r'href="([0-9-]+)\.html"', index))
    assert {"karine.morin@approvisionnement.example", "louise.gagnon@approvisionnement.example"} <= recipients
    assert [] == [path.stem for path in mails if not path.with_suffix(".html").exists()]


def test_the_log_of_the_days_names_nobody(lived: Lived) -> None:
    """The daemon ran in the demo's own process, and its log is as bare as ever (R-77)."""
    folder, _ = lived
    log = (folder / "demo-mail" / "daemon.log").read_text(encoding="utf-8")

    assert "staff_mail_judged" in log
    assert [] == [name for name in NAMES if name in log]


@pytest.mark.parametrize("asked", [("--days", "0"), ("--days", "21"), ("--days", "2", "--serve")])
def test_what_cannot_be_told_is_refused(asked: tuple[str, ...], tmp_path: Path) -> None:
    """No story is longer than twenty days, and a demo that serves tells none."""
    command = [sys.executable, "-m", "triage", "demo", *asked]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=PATIENCE_SECONDS, check=False)

    assert 2 == ended.returncode
    assert [] == list(tmp_path.iterdir())
