"""One word for one thing, no address of a machine or a registry, and a docstring at the head of each module."""

import ast
import re

# Written so that this file does not hold what it forbids; the glossary alone may name a word in order to advise
# against it, and the specimens are other people's words.
BANNED_WORDS = re.compile(r"acknowled[g]ment|request[o]r\b|\bSL[A]\b|\bsh[u]nt", re.IGNORECASE)
MAY_NAME_THEM = ("docs/glossary.md", "tests/examples/")
BANNED_MODULES = frozenset({"utils", "helpers", "common", "base", "lib", "managers"})
REGISTRIES = re.compile(
    r"p[y]pi\b|pythonh[o]sted|anac[o]nda\.|npm[j]s|crat[e]s\.io|rubyg[e]ms|deb\.d[e]bian|pr[o]xy\.golang|"
    r"^--(?:extra-)?(?:index-url|find-links)",
    re.IGNORECASE | re.MULTILINE,
)
UNKNOWN_STUDIES = re.compile(r"\b(?:design|domain|reliability|house|libraries|models|peers)(?:\.md)? ?§")
DOCUMENTS = re.compile(r"\bdocs/[\w./-]+\.md\b")
MACHINE_PATHS = re.compile(r"(?<![\w.>-])/(?:work|root|home|Users)/")


def found(pattern: re.Pattern[str], texts: dict[str, str], *, exempt: tuple[str, ...] = ()) -> list[str]:
    """Each place where a pattern stands: file, line and the text found."""
    return [
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}: {hit.group()}"
        for name, text in texts.items()
        if not name.startswith(exempt)
        for hit in pattern.finditer(text)
    ]


def test_banned_words_stand_nowhere(texts: dict[str, str]) -> None:
    """The words that the glossary replaces are not used in code, documents, templates or configuration."""
    assert [] == found(BANNED_WORDS, texts, exempt=MAY_NAME_THEM)


def test_no_module_is_a_drawer_for_everything(trees: dict[str, ast.Module]) -> None:
    """A module or folder is named after a question, never after its being handy."""
    assert [] == [name for name in trees if BANNED_MODULES & set(name.removesuffix(".py").split("/"))]


def test_no_registry_is_named(texts: dict[str, str]) -> None:
    """Where packages come from is the operator's affair: names, versions and hashes are all that is committed."""
    assert [] == found(REGISTRIES, texts)


def test_no_path_of_a_build_machine_is_named(texts: dict[str, str]) -> None:
    """What is committed means the same on every machine."""
    assert [] == found(MACHINE_PATHS, texts)


def test_every_module_says_what_it_owns(trees: dict[str, ast.Module]) -> None:
    """Each Python file opens with a docstring: what it owns, what it refuses, and where the rule comes from."""
    assert [] == [name for name, tree in trees.items() if not ast.get_docstring(tree)]


def test_every_test_says_what_must_hold(trees: dict[str, ast.Module]) -> None:
    """A test that fails explains itself by a sentence."""
    tests = [
        (name, node)
        for name, tree in trees.items()
        if name.startswith("tests/")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    ]

    assert [] == [f"{name}:{test.lineno} {test.name}" for name, test in tests if not ast.get_docstring(test)]


def test_a_citation_can_be_looked_up(texts: dict[str, str]) -> None:
    """Code cites requirements, clauses, standards and decisions that stand in this repository or are published."""
    assert [] == found(UNKNOWN_STUDIES, texts, exempt=("tests/house/",))


def test_every_document_that_is_named_exists(texts: dict[str, str]) -> None:
    """A path of a document, anywhere in the repository, is that of a tracked file."""
    named = {(name, path) for name, text in texts.items() for path in DOCUMENTS.findall(text) if name != "CHANGELOG.md"}

    assert set() == {(name, path) for name, path in named if path not in texts}


def test_a_decision_has_a_number_of_its_own(texts: dict[str, str]) -> None:
    """Whoever cites a decision by its number means one page."""
    numbers = [name.removeprefix("docs/decisions/")[:4] for name in texts if name.startswith("docs/decisions/")]

    assert sorted(set(numbers)) == sorted(numbers)
