"""`triage letters` writes what would leave, from the operator's own templates where there are any."""

from pathlib import Path

from typer.testing import CliRunner

from triage.cli import app
from triage.mail.writing.templates import load_templates, specimen_letters
from triage.settings.defaults import templates_dir


def test_every_letter_is_written_as_text_and_as_page(tmp_path: Path) -> None:
    """One pair a specimen, in a folder that is made."""
    done = CliRunner().invoke(app, ["letters", "--out", str(tmp_path / "new")])
    names = {name.replace("/", "-") for name, _ in specimen_letters(load_templates([templates_dir()]))}

    assert (0, f"{len(names)} letters") == (done.exit_code, done.output.partition(",")[0])
    assert {f"{name}.{ending}" for name in names for ending in ("txt", "html")} == {
        each.name for each in (tmp_path / "new").iterdir()
    }


def test_the_operators_own_words_are_shown(tmp_path: Path) -> None:
    """A pair in the configuration folder hides the shipped one."""
    folder = tmp_path / "templates/fr"
    folder.mkdir(parents=True)
    (folder / "closing.txt").write_text("Fini\n", "utf-8")
    (folder / "closing.html").write_text('<html lang="fr-CA"><title>Fini</title><h1>Fini</h1></html>', "utf-8")
    CliRunner().invoke(app, ["letters", "--config", str(tmp_path), "--out", str(tmp_path / "out")])

    assert "Fini\n" == (tmp_path / "out/fr-closing.txt").read_text("utf-8")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Wrong usage, without a traceback."""
    (tmp_path / "file").touch()
    done = CliRunner().invoke(app, ["letters", "--out", str(tmp_path / "file")])

    assert 2 == done.exit_code
