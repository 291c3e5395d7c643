"""What the house tests read: the repository's own tracked files, found and parsed once."""

import ast
import subprocess
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def texts(repository: Path) -> dict[str, str]:
    """Every tracked text file: path from the top -> text."""
    # A checkout may belong to another user than the one who tests it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached"]
    listed = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    found = {}
    for name in filter(None, listed.split("\0")):
        path = repository / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            found[name] = content.decode(errors="replace")
    return found


@pytest.fixture(scope="session")
def trees(texts: dict[str, str]) -> dict[str, ast.Module]:
    """Every tracked Python file: path from the top -> syntax tree."""
    return {name: ast.parse(text) for name, text in texts.items() if name.endswith(".py")}


@pytest.fixture(scope="session")
def product(trees: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """The modules of the package itself."""
    return {name: tree for name, tree in trees.items() if name.startswith("triage/")}
