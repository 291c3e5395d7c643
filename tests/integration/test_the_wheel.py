"""The wheel, installed in an empty environment outside of the repository, is the whole product: it does the main job.

It is built without a network from what is in the checkout, and installed without its dependencies, which that
environment borrows from ours; everything of triage's own, configuration and letters too, comes out of the wheel.
"""

import json
import subprocess
import sys
import sysconfig
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.matters import write_mail
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

REPOSITORY = Path(__file__).resolve().parents[2]
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and nothing else, and finds the dependencies in ours."""
    folder = tmp_path_factory.mktemp("wheel")
    call("-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=REPOSITORY)
    (wheel,) = folder.glob("*.whl")
    call("-m", "venv", "--without-pip", str(folder / "env"), cwd=folder)
    python = folder / "env" / "bin" / "python"
    offline = ("--quiet", "--no-deps", "--no-index", "--disable-pip-version-check")
    call("-m", "pip", "--python", str(python), "install", *offline, str(wheel), cwd=folder)
    (site,) = (folder / "env" / "lib").glob("python*/site-packages")
    # After the environment's own folder on the path; what is editable there hangs on a .pth that is not read again.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "env"


def call(*arguments: str, cwd: Path) -> None:
    """Run our interpreter; its output is shown where it fails."""
    done = subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.fixture
def operator(environment: Path, tmp_path: Path) -> Operator:
    """An operator of the installed program."""
    return Operator(tmp_path / "configuration", program=(str(environment / "bin" / "triage"),))


def test_everything_of_ours_comes_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    """Code, configuration and letters lie in the environment, none of them in a checkout."""
    code = (
        "import triage; from triage.settings.defaults import config_dir, templates_dir;"
        "print(triage.__file__, config_dir(), templates_dir())"
    )
    command = [str(environment / "bin" / "python"), "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert [True] * 3 == [Path(each).is_relative_to(environment) for each in done.stdout.split()]


def test_a_new_folder_is_filled_in_and_checked(operator: Operator) -> None:
    """`init` writes a private folder; `check` then says what is missing, in words, and exits with 1."""
    made = operator.run("init", str(operator.folder))
    again = operator.run("init", str(operator.folder))
    text = (operator.folder / "triage.toml").read_text()
    checked = operator.run("check", "--config", str(operator.folder))

    assert (0, 2) == (made.returncode, again.returncode)
    assert "triage check" in made.stdout
    assert '# >>> FILL IN\nhost = "imap.' in text
    assert abs(date.fromisoformat(text.split("\nsince = ")[1][:10]) - TODAY).days <= 1
    assert [0o600] * 2 == [(operator.folder / f"{each}-password").stat().st_mode & 0o777 for each in ("imap", "smtp")]
    assert 1 == checked.returncode
    assert "imap-password is empty" in checked.stdout
    assert "PROBLEM  sending: the mail server stopped us at connect" in checked.stdout
    assert "Traceback" not in checked.stderr


def test_dates_need_no_folder(operator: Operator) -> None:
    """`due` and `calendar` answer from the shipped files."""
    unconfigured = Operator(operator.folder, program=operator.program, environment={"TRIAGE_CONFIG": ""})
    due = unconfigured.run("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--json")
    calendar = unconfigured.run("calendar", "2027", "--json")

    assert "2026-12-18" == json.loads(due.stdout)["due"][1]["due_on"]
    assert 13 == len(calendar.stdout.splitlines())


def test_the_main_job(operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer) -> None:
    """A mail in a real mailbox becomes a ticket, its sender holds an acknowledgement, and `status` sees all is well."""
    user = dovecot.new_user()
    dovecot.append(user, write_mail())
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    once = operator.run("run", "--once")
    tickets = operator.run("tickets", "--json")
    status = operator.run("status", "--json")
    standing = json.loads(status.stdout)

    assert 0 == once.returncode, once.stderr
    assert 1 == len(smtp_server.kept)
    assert json.loads(tickets.stdout)["acknowledged_at"] is not None
    assert ([], 1) == (dovecot.messages(user), len(dovecot.messages(user, "Traités")))
    assert (0, 1, 1, {"sent": 1}) == (
        status.returncode,
        standing["received_today"],
        standing["taken_in_today"],
        standing["outbox"],
    )


def test_check_finds_nothing_wrong_with_it(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """What the main job ran on passes every question."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    code, findings = operator.check()

    assert (0, []) == (code, [each for each in findings if each["level"] == "problem"])
