"""`triage demo` from a shell, in an empty folder, with nothing configured: the newcomer's first minute."""

import os
import subprocess
import sys
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

PROMISED_SECONDS = 60  # it ends by itself in under a minute
NAMES = ("Marie-Ève", "Caron", "Whitmore", "Gaétan", ".example", "Gants", "laboratory", "Facture")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """One run for all the tests of this file: it takes a quarter of a minute."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "TRIAGE_IMAP__HOST": "elsewhere.invalid", "PYTHONIOENCODING": "utf-8"}
    ended = subprocess.run(
        [sys.executable, "-m", "triage", "demo"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PROMISED_SECONDS,
        check=False,
    )
    return folder, ended


Played = tuple[Path, subprocess.CompletedProcess[str]]


def test_it_tells_its_story_and_every_promise_holds(played: Played) -> None:
    """Exit 0, nothing on standard error, and no check that did not hold."""
    _, ended = played

    assert (0, "") == (ended.returncode, ended.stderr), ended.stdout
    assert "NOT SO" not in ended.stdout
    assert 7 == ended.stdout.count("\n  held  ")


def test_three_people_have_an_acknowledgement_that_is_on_disk(played: Played) -> None:
    """Each as the very bytes and as a page, to three different addresses, and an index beside them."""
    folder, _ = played
    mails = [
        message_from_bytes(path.read_bytes(), policy=default) for path in sorted((folder / "demo-mail").glob("*.eml"))
    ]

    assert 3 == len(mails)
    assert 3 == len({str(mail["To"]) for mail in mails})
    assert 3 == len({str(mail["Message-ID"]) for mail in mails})
    assert 4 == len(list((folder / "demo-mail").glob("*.html")))


def test_it_leaves_nothing_else(played: Played) -> None:
    """One folder, named in the last line; the configuration and the database of the demo are gone."""
    folder, ended = played

    assert ["demo-mail"] == [path.name for path in folder.iterdir()]
    assert str(Path("demo-mail") / "index.html") in ended.stdout


def test_the_log_names_nobody(played: Played) -> None:
    """The real daemon, on real-looking mail, wrote no name, no address and no subject (R-77)."""
    folder, _ = played
    log = (folder / "demo-mail" / "daemon.log").read_text(encoding="utf-8")

    assert "mail_taken_in" in log
    assert [] == [name for name in NAMES if name in log]


def list_descendants(pid: int) -> list[int]:
    children = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return children + [pid for child in children for pid in list_descendants(child)]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="descendants are counted by /proc")
def test_sigterm_ends_it_and_all_that_it_started(tmp_path: Path) -> None:
    """An interrupted demo says so, exits 1, and leaves neither daemon nor worker behind."""
    with subprocess.Popen(
        [sys.executable, "-m", "triage", "demo"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as demo:
        assert demo.stdout is not None
        heard = next(line for line in demo.stdout if "has an answer" in line)
        descendants = list_descendants(demo.pid)
        demo.terminate()
        rest, _ = demo.communicate(timeout=PROMISED_SECONDS)
    patience_ends_at = time.monotonic() + 5
    while any(map(is_alive, descendants)) and time.monotonic() < patience_ends_at:
        time.sleep(0.05)

    assert heard
    assert descendants
    assert (1, True) == (demo.returncode, "interrupted" in rest)
    assert [] == [pid for pid in descendants if is_alive(pid)]
