"""ARCHITECTURE.md names every folder of the package, and nothing that is not there."""

import ast
import re
from pathlib import Path, PurePosixPath

PAGE = "ARCHITECTURE.md"
LIMIT = 150


def test_it_is_short(texts: dict[str, str]) -> None:
    """What is longer than a hundred and fifty lines is not read before the first change."""
    assert texts[PAGE].count("\n") <= LIMIT


def test_every_folder_and_top_module_is_on_the_map(texts: dict[str, str], product: dict[str, ast.Module]) -> None:
    """Each folder of the package, and each module that stands beside them, has its line."""
    modules = [PurePosixPath(name).relative_to("triage") for name in product]
    folders = {f"{module.parent}/" for module in modules if module.parent != PurePosixPath()}
    alone = {str(module) for module in modules if module.parent == PurePosixPath() and module.name != "__init__.py"}

    assert set() == {place for place in folders | alone if f"`{place}`" not in texts[PAGE]}


def test_what_the_map_names_exists(texts: dict[str, str], repository: Path) -> None:
    """Each path in the document, from the top of the repository or of the package, is there."""
    named = set(re.findall(r"`([\w./-]+(?:/|\.py|\.md|\.toml))`", texts[PAGE]))

    assert set() == {path for path in named if not any((repository / top / path).exists() for top in (".", "triage"))}
