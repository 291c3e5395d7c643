"""`triage letters`: every letter with facts of fiction, as text and as page, to read before any of them leaves."""

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.options import ConfigOption

WRONG_USAGE = 2


def letters(
    config: ConfigOption = None,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write into.")] = Path("letters"),
) -> None:
    """Write every letter with facts of fiction into a folder: .txt and .html, the operator's own templates included.

    With --config the templates of that folder are used; without it, those that were shipped.
    """
    from triage.mail.writing.templates import load_templates, specimen_letters
    from triage.settings.defaults import templates_dir

    # The folder in which the operator's templates lie, beside the shipped ones.
    own = () if config is None else (config / "templates",)
    templates = load_templates([each for each in (*own, templates_dir()) if each.is_dir()])
    count = 0
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, letter in specimen_letters(templates):
            stem = name.replace("/", "-")
            (out / f"{stem}.txt").write_text(letter.text, encoding="utf-8")
            (out / f"{stem}.html").write_text(letter.html, encoding="utf-8")
            count += 1
    except OSError as error:
        typer.echo(f"triage: {out} cannot be written ({error.strerror})", err=True)
        raise typer.Exit(WRONG_USAGE) from None
    typer.echo(f"{count} letters, as text and as page, in {out}")
