"""Nothing grows past what a reader holds in mind: bodies, classes, files and folders have a limit."""

import ast
from collections import Counter
from pathlib import PurePosixPath

BODY_LINES = 50
CLASS_LINES = 150
FILE_LINES = 300
MODULES_IN_A_FOLDER = 12
# A migration is the frozen picture of a schema: read once, never edited, and split nowhere.
FROZEN = "triage/store/migrations/versions/"


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its signature and its docstring, which nobody should be punished for."""
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_function_body_is_longer_than_fifty_lines(trees: dict[str, ast.Module]) -> None:
    """Ten lines are usual, fifty the limit; decorators, signature and docstring do not count."""
    functions = [
        (f"{name}:{node.lineno} {node.name}", body_lines(node))
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not name.startswith(FROZEN)
    ]

    assert [] == [(where, lines) for where, lines in functions if lines > BODY_LINES]


def test_no_class_is_longer_than_a_hundred_and_fifty_lines(trees: dict[str, ast.Module]) -> None:
    """A class at its limit holds two things."""
    classes = [
        (f"{name}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]

    assert [] == [(where, lines) for where, lines in classes if lines > CLASS_LINES]


def test_no_file_is_longer_than_three_hundred_lines(texts: dict[str, str], trees: dict[str, ast.Module]) -> None:
    """A file above the limit is split by question, not by size."""
    sizes = {name: texts[name].count("\n") for name in trees if not name.startswith(FROZEN)}

    assert {} == {name: lines for name, lines in sizes.items() if lines > FILE_LINES}


def test_no_folder_holds_more_than_a_dozen_modules(product: dict[str, ast.Module]) -> None:
    """A folder above the limit is a question that has become two."""
    modules = (PurePosixPath(name) for name in product)
    folders = Counter(str(module.parent) for module in modules if module.name != "__init__.py")

    assert {} == {folder: count for folder, count in folders.items() if count > MODULES_IN_A_FOLDER}
