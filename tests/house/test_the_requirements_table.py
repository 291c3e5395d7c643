"""`docs/requirements.md` lists every requirement once, and what it cites as proof exists."""

import re
from pathlib import Path

import pytest

LATER = "later"
STEPS = frozenset({"1", "2", "3", "4", LATER})
NOT_YET = "–"
WANTED = [f"R-{number:02d}" for number in range(1, 96)] + [f"MUST {number}" for number in range(1, 41)]


@pytest.fixture(scope="module")
def rows(texts: dict[str, str]) -> list[list[str]]:
    """The rows of all tables in the document: identifier, requirement, step, proof."""
    lines = texts["docs/requirements.md"].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if re.match(r"(R-|MUST )\d", row[0])]


def test_every_requirement_has_one_row(rows: list[list[str]]) -> None:
    """R-01 to R-95 and MUST 1 to MUST 40, in order, none twice."""
    assert WANTED == [row[0] for row in rows]


def test_every_row_says_what_and_when(rows: list[list[str]]) -> None:
    """A row is a sentence, a release step, and the proof or a dash."""
    assert [] == [row for row in rows if len(row) != 4 or not row[1].endswith(".") or row[2] not in STEPS]


def test_what_this_release_promises_is_proved(rows: list[list[str]]) -> None:
    """A requirement of a step that is reached cites a test or an expected text, not only a document."""
    assert [] == [row[0] for row in rows if row[2] != LATER and "`tests/" not in row[3]]


def test_what_is_cited_exists(rows: list[list[str]], repository: Path) -> None:
    """Each proof is a file or folder of the repository."""
    cited = {row[0]: re.findall(r"`([^`]+)`", row[3]) for row in rows}

    assert [] == [row[0] for row in rows if row[3] != NOT_YET and not cited[row[0]]]
    assert [] == [(name, path) for name, paths in cited.items() for path in paths if not (repository / path).exists()]
