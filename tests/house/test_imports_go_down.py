"""The import contracts of pyproject.toml are kept, and each of them really catches the slip that it is there for."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FLOORS = "Imports go down, and neighbours on one floor do not know each other"
PURE = "Model, wording and rules are pure: no input, no output, no clock, no framework"
PAIRS = "Workflows do not call each other"
SOCKETS = "Only the daemon opens sockets"
SINGLE_WRITER = "Tickets change in one place"
ROWS_STAY_HOME = "Table classes do not leave the store"

# What is tried, the file that the line is added to, the line, and the contract that must fail.
SLIPS = (
    ("the operating system in a rule", "rules/intake/slip.py", "import os", PURE),
    ("the clock in the wording", "wording/slip.py", "import time", PURE),
    ("a framework in the model", "model/slip.py", "import sqlmodel", PURE),
    ("a rule that asks the store", "rules/slip.py", "import triage.store", FLOORS),
    ("the model that looks up", "model/slip.py", "import triage.wording", FLOORS),
    ("a folder for everything", "utils.py", "", FLOORS),
    ("a table class in a workflow", "workflows/record/slip.py", "import triage.store.tables", ROWS_STAY_HOME),
    ("a second writer of tickets", "workflows/slip.py", "import triage.store.journal", SINGLE_WRITER),
    ("one workflow that calls another", "workflows/intake.py", "import triage.workflows.delivery", PAIRS),
    ("a socket in a command", "cli/slip.py", "import triage.transport", SOCKETS),
)


def lint(tree: Path) -> dict[str, str]:
    """Run import-linter on the package in `tree`: name of the contract -> KEPT or BROKEN, and the whole output."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"}
    done = subprocess.run(
        [*command, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    verdicts = {}
    for line in done.stdout.splitlines():
        name, _, verdict = line.strip().rpartition(" ")
        if verdict in {"KEPT", "BROKEN"}:
            verdicts[name] = verdict
    return verdicts | {"output": done.stdout + done.stderr}


@pytest.fixture
def copied(repository: Path, tmp_path: Path) -> Path:
    """A copy of the package and its contracts, free to be spoilt."""
    shutil.copytree(repository / "triage", tmp_path / "triage", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept(repository: Path) -> None:
    """The package as it stands breaks none of the six contracts."""
    verdicts = lint(repository)

    names = (FLOORS, PURE, PAIRS, SOCKETS, SINGLE_WRITER, ROWS_STAY_HOME)
    assert dict.fromkeys(names, "KEPT") == {name: verdicts.get(name) for name in names}, verdicts["output"]


def test_every_workflow_is_kept_from_the_others(repository: Path) -> None:
    """A new workflow joins the contract that keeps workflows apart on the day it is made."""
    contracts = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    listed = next(contract["modules"] for contract in contracts if contract["name"] == PAIRS)
    modules = {f"triage.workflows.{path.stem}" for path in (repository / "triage/workflows").glob("*.py")}

    assert sorted(modules - {"triage.workflows.__init__", "triage.workflows.ports"}) == sorted(listed)


@pytest.mark.parametrize(("place", "line", "contract"), [slip[1:] for slip in SLIPS], ids=[slip[0] for slip in SLIPS])
def test_each_slip_is_caught(copied: Path, place: str, line: str, contract: str) -> None:
    """A single forbidden line, added anywhere, fails the contract that forbids it."""
    with (copied / "triage" / place).open("a", encoding="utf-8") as module:
        module.write(f"\n{line}\n")
    verdicts = lint(copied)

    assert verdicts.get(contract) == "BROKEN", verdicts["output"]
