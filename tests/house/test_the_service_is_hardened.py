"""systemd/triage.service exposes little, is what systemd understands, and lets through what the readers need."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from triage import cli

UNIT = "systemd/triage.service"
MOST_EXPOSED = 15  # of 100: systemd's « 1.5 »


@pytest.fixture
def analyze() -> str:
    """The program that judges units."""
    program = shutil.which("systemd-analyze")
    if program is None:
        reason = "the program systemd-analyze is not installed (Debian: systemd)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def settings(text: str, key: str) -> list[str]:
    """Every value given to a key, in order."""
    return re.findall(rf"^{key}=(.*)$", text, re.MULTILINE)


def test_its_exposure_is_at_most_one_and_a_half(analyze: str, repository: Path) -> None:
    """Judged offline, by systemd's own table; the command fails above the threshold."""
    command = [
        analyze,
        "security",
        "--offline=true",
        f"--threshold={MOST_EXPOSED}",
        "--no-pager",
        str(repository / UNIT),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    assert 0 == done.returncode, done.stdout + done.stderr


def test_systemd_understands_every_line(analyze: str, repository: Path) -> None:
    """Nothing is misspelt: of a unit whose program is not installed here, only that is told."""
    command = [analyze, "verify", str(repository / UNIT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    told = [line for line in done.stderr.splitlines() if "triage.service" in line]

    assert [] == [line for line in told if "is not executable" not in line]


def test_the_readers_may_bound_themselves(texts: dict[str, str]) -> None:
    """A worker that cannot set its limits would refuse every mail: those two calls come after what forbids them."""
    filters = settings(texts[UNIT], "SystemCallFilter")

    assert {"setrlimit", "prlimit64"} <= set(filters[-1].split())
    assert "~@privileged @resources" in filters[:-1]


def test_what_it_starts_is_a_command(texts: dict[str, str]) -> None:
    """The command of the unit exists, and the watchdog is one that the daemon feeds often enough."""
    (command,) = settings(texts[UNIT], "ExecStart")

    assert command.split()[1] in {each.name for each in cli.app.registered_commands}
    assert (["notify"], ["3min"]) == (settings(texts[UNIT], "Type"), settings(texts[UNIT], "WatchdogSec"))


def test_secrets_are_handed_over_and_not_written_here(texts: dict[str, str]) -> None:
    """Passwords reach the daemon as credentials only (MUST 37): no environment variable holds one."""
    assert ["imap-password", "smtp-password"] == [
        each.partition(":")[0] for each in settings(texts[UNIT], "LoadCredential")
    ]
    assert ["TRIAGE_CONFIG=/etc/triage", "MALLOC_MMAP_THRESHOLD_=262144"] == settings(texts[UNIT], "Environment")


def test_tokens_replace_passwords_by_a_drop_in(texts: dict[str, str]) -> None:
    """The drop-in empties the passwords first, since a missing credential keeps the unit from starting."""
    credentials = settings(texts["systemd/oauth.conf"], "LoadCredential")

    assert ["", "oauth-client-secret:/etc/triage/oauth-client-secret"] == credentials
