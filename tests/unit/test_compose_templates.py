"""Templates are proved when the daemon starts; an operator overrides single files (MUST 36)."""

from pathlib import Path

import pytest

from triage.mail.writing.templates import load_templates, specimen_letters
from triage.model.errors import ConfigurationError

SHIPPED = Path(__file__).parents[2] / "templates"
TITLE = "Bien reçu"
TEXT = f"{TITLE}\n\nDossier {{{{ reference }}}}, {{{{ unit }}}}\n"
HTML = f"<title>{TITLE}</title><h1>{TITLE}</h1><p>Dossier {{{{ reference }}}}, {{{{ unit }}}}</p>"


def write(folder: Path, **files: str) -> Path:
    """A folder of templates; `txt` and `html` are the acknowledgement's two."""
    (folder / "fr").mkdir(parents=True)
    for ending, source in files.items():
        (folder / f"fr/acknowledgement.{ending}").write_text(source, "utf-8")
    return folder


def test_the_operators_file_hides_the_shipped_one(tmp_path: Path) -> None:
    """A pair of the operator's is used; the rest stays as shipped."""
    templates = load_templates([write(tmp_path / "own", txt=TEXT, html=HTML), SHIPPED])
    letter = dict(specimen_letters(templates))["fr/acknowledgement"]

    assert TITLE == letter.title
    assert "Dossier 2026-000123, Direction du service à la clientèle" in letter.text


def test_a_folder_that_is_missing_or_empty_changes_nothing(tmp_path: Path) -> None:
    """The usual case: no override at all."""
    shipped = dict(specimen_letters(load_templates([SHIPPED])))

    assert shipped == dict(specimen_letters(load_templates([tmp_path / "none", tmp_path, SHIPPED])))


REFUSED = {
    "a value with a wrong name": ({"txt": "{{ referense }}"}, "uses referense"),
    "a wrong name in a branch that no specimen takes": (
        {"txt": "{% if false %}{{ sender }}{% endif %}"},
        "uses sender",
    ),
    "a broken tag": ({"txt": "a\n{% if %}"}, "acknowledgement.txt, line 2"),
    "one part changed and not the other": ({"txt": TEXT}, "do not say the same"),
    "a subject that is not the title": ({"txt": f"Accusé\n\n{TEXT}", "html": f"<p>Accusé</p>{HTML}"}, "first line"),
    "escaping switched off for a value": ({"txt": TEXT, "html": HTML.replace("unit", "unit | safe")}, "escaping"),
    "escaping switched off for a block": (
        {"txt": TEXT, "html": f"{{% autoescape false %}}{HTML}{{% endautoescape %}}"},
        "escaping",
    ),
    "a text file inside a page": ({"html": '{% include "fr/acknowledgement.txt" %}'}, ".html files only"),
    "a file that is missing": ({"txt": '{% include "fr/_none.txt" %}'}, "cannot be written"),
    "a step out of the sandbox": ({"txt": "{{ unit.__class__ }}", "html": "x"}, "cannot be written"),
}


@pytest.mark.parametrize(("files", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_faulty_template_stops_the_start(files: dict[str, str], says: str, tmp_path: Path) -> None:
    """The error names what is wrong; no requester ever meets it."""
    with pytest.raises(ConfigurationError) as caught:
        load_templates([write(tmp_path / "own", **files), SHIPPED])

    assert says in str(caught.value)


def test_a_misspelt_file_is_refused(tmp_path: Path) -> None:
    """It would never be used, and the operator would not know."""
    own = write(tmp_path / "own")
    (own / "fr/acuse.txt").write_text(TEXT, "utf-8")
    with pytest.raises(ConfigurationError, match=r"acuse\.txt is not a letter"):
        load_templates([own, SHIPPED])


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """An old editor's Latin-1 would garble every accent."""
    own = write(tmp_path / "own")
    (own / "fr/acknowledgement.txt").write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_templates([own, SHIPPED])


def test_without_shipped_templates_nothing_starts(tmp_path: Path) -> None:
    """A half installation says so."""
    with pytest.raises(ConfigurationError, match="is missing"):
        load_templates([tmp_path])
