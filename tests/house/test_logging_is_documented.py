"""`docs/logging.md` lists exactly the events that are logged, with their keys, and no key outside the allow-list."""

import ast
import re

from triage.log import ALLOWED_KEYS

PAGE = "docs/logging.md"
LEVELS = frozenset({"debug", "info", "warning", "error", "critical", "exception"})
PAST_TENSE_SNAKE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")
ADDED_BY_THE_LOGGER = frozenset({"event", "level", "timestamp"})


def log_calls(tree: ast.Module) -> list[ast.Call]:
    """Every call of a logger's method."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LEVELS
        and ast.unparse(node.func.value).split(".")[-1].lower().strip("_") in {"log", "logger"}
    ]


def events_of(call: ast.Call) -> list[str]:
    """The names of the event, two where a condition chooses, or the code that stands where a name must stand."""
    match call.args:
        case [ast.Constant(value=str(name))]:
            return [name]
        case [ast.IfExp(body=ast.Constant(value=str(name)), orelse=ast.Constant(value=str(other)))]:
            return [name, other]
        case _:
            return [f"not a literal: {ast.unparse(call)}"]


def logged(product: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Each event that the code logs, with every key that comes with it anywhere."""
    found: dict[str, set[str]] = {}
    for tree in product.values():
        for call in log_calls(tree):
            for event in events_of(call):
                found.setdefault(event, set()).update(keyword.arg or "**" for keyword in call.keywords)
    return found


def listed(page: str) -> dict[str, set[str]]:
    """Each event that the page lists, with its keys."""
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (?:debug|info|warning|error)[^|]* \| ([^|]*) \|", page, re.MULTILINE)
    return {event: set(re.findall(r"`([a-z0-9_]+)`", keys)) for event, keys in rows}


def test_the_page_lists_exactly_what_is_logged(texts: dict[str, str], product: dict[str, ast.Module]) -> None:
    """Whoever reads the logs finds each event and its keys on the page, and nothing that is not logged any more."""
    assert logged(product) == listed(texts[PAGE])


def test_every_event_name_is_a_literal_in_snake_case(product: dict[str, ast.Module]) -> None:
    """An event is searched for by its name, so the name stands in the code as it stands in the log."""
    assert [] == [event for event in logged(product) if not PAST_TENSE_SNAKE.fullmatch(event)]


def test_no_key_outside_the_list_is_used(texts: dict[str, str], product: dict[str, ast.Module]) -> None:
    """A key that the allow-list lacks would be hidden; the page explains each key of the list."""
    explained = set(re.findall(r"^\| `([a-z0-9_]+)` \| [^`|]+ \|$", texts[PAGE], re.MULTILINE))

    assert set() == {key for keys in logged(product).values() for key in keys} - ALLOWED_KEYS
    assert set(ALLOWED_KEYS) == explained
