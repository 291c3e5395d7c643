"""`triage demo` refuses in plain words where it cannot begin."""

import subprocess
import sys
from pathlib import Path

WITHOUT_PYMAP = """
import sys
sys.modules["pymap"] = None
import typer
from triage.cli.demo import demo
typer.run(demo)
"""
WITH_ALL = WITHOUT_PYMAP.replace('sys.modules["pymap"] = None', "")


def run(script: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    """Wrong usage, not a traceback: exit 2, and the extra by its name; nothing is left behind."""
    ended = run(WITHOUT_PYMAP, folder=tmp_path)

    assert (2, "") == (ended.returncode, ended.stdout)
    assert "triage demo needs pymap: pip install 'triage-plaintes[demo]'\n" == ended.stderr
    assert [] == list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    """Exit 2, and not one file of somebody else's is touched."""
    (tmp_path / "thesis.odt").write_text("years of work", encoding="utf-8")
    ended = run(WITH_ALL, "--out", str(tmp_path), folder=tmp_path)

    assert 2 == ended.returncode
    assert "--out" in ended.stderr
    assert ["thesis.odt"] == [path.name for path in tmp_path.iterdir()]
