"""Every key of the configuration stands in the shipped file with its default and an explanation, and no other key."""

import re
import tomllib
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from triage.settings.schema import Settings

SHIPPED = "config/triage.toml"
KEY = re.compile(r"^(?:# )?([a-z_]+) = ")  # with "# " before it, the key has this value when it is left out
OPTIONAL = frozenset({"effective_to"})  # explained, though no shipped entry needs it


def sections() -> dict[str, type[BaseModel]]:
    """The tables of the file and the model that checks each."""
    found = {name: field.annotation for name, field in Settings.model_fields.items()}
    return {name: model for name, model in found.items() if isinstance(model, type) and issubclass(model, BaseModel)}


def fields() -> dict[tuple[str, str], FieldInfo]:
    """What the program knows: (section, key) -> field."""
    return {(name, key): field for name, model in sections().items() for key, field in model.model_fields.items()}


@pytest.fixture(scope="module")
def lines(texts: dict[str, str]) -> list[tuple[str, str]]:
    """Each line of the shipped file with the section that it stands in."""
    numbered, section = [], ""
    for line in texts[SHIPPED].splitlines():
        if head := re.fullmatch(r"\[([a-z_]+)\]", line):
            section = head[1]
        numbered.append((section, line))
    return numbered


def keys_of(lines: list[tuple[str, str]], *, given: bool | None = None) -> list[tuple[str, str]]:
    """The keys in the order of the file; only those given, or only those left at their default, if one asks."""
    return [
        (section, key[1])
        for section, line in lines
        if (key := KEY.match(line)) and given in {None, not line.startswith("#")}
    ]


def shown_values(lines: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """What the file would say if every key that it shows were given."""
    shown = [line.removeprefix("# ") if KEY.match(line) else line for _, line in lines]
    return tomllib.loads("\n".join(shown))


def test_the_file_and_the_program_know_the_same_keys(lines: list[tuple[str, str]]) -> None:
    """No key of the program is missing in the file, none of the file is unknown, and none stands twice."""
    assert sorted(fields()) == sorted(keys_of(lines))


def test_what_must_be_given_is_given(lines: list[tuple[str, str]]) -> None:
    """A key without default stands there to be filled in; all others stand behind a number sign."""
    assert {place for place, field in fields().items() if field.is_required()} == set(keys_of(lines, given=True))


def test_the_default_shown_is_the_default(lines: list[tuple[str, str]]) -> None:
    """A key behind a number sign shows the value that holds without it; one that has none shows an example."""
    shown = shown_values(lines)
    optional = {place: field.default for place, field in fields().items() if not field.is_required()}
    defaults = {place: default for place, default in optional.items() if default is not None}
    values = {(section, key): shown[section][key] for section, key in defaults}

    assert defaults == {place: tuple(value) if isinstance(value, list) else value for place, value in values.items()}


def test_every_key_is_explained(lines: list[tuple[str, str]]) -> None:
    """Above each key, or above the group of keys in which it stands, there is a sentence."""
    unexplained, sentence_above = [], False
    for section, line in lines:
        if key := KEY.match(line):
            unexplained += [] if sentence_above else [(section, key[1])]
        else:
            sentence_above = line.startswith("# ")

    assert [] == unexplained


def test_the_file_as_a_whole_is_valid(lines: list[tuple[str, str]]) -> None:
    """The shipped file would be accepted as it stands, and with every key that it shows."""
    for values in (tomllib.loads("\n".join(line for _, line in lines)), shown_values(lines)):
        assert set(values) == set(Settings.model_validate(values).model_dump(include=set(values)))


@pytest.mark.parametrize("name", ["standards", "holidays", "escalation"])
def test_dated_files_explain_their_keys(texts: dict[str, str], name: str) -> None:
    """Each key of a dated entry is explained at the head of its file, and each explained key is used."""
    text = texts[f"config/{name}.toml"]
    groups = [group for group in tomllib.loads(text).values() if isinstance(group, list)]
    entries = [entry for group in groups for entry in group if isinstance(entry, dict)]
    explained = set(re.findall(r"^#   ([a-z_]+)  ", text, re.MULTILINE))

    assert explained == {key for entry in entries for key in entry} | (explained & OPTIONAL)
