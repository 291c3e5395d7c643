"""One table of an operator's TOML file, read key by key, so that every complaint names file, entry, fault and mend.

It knows TOML and nothing of holidays or standards. No sentence repeats a text that an operator typed, except codes.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from triage.model.errors import ConfigurationError

_Code = TypeVar("_Code", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """The values of one table; `path` and `name` say where it stands."""

    path: Path
    name: str
    values: Mapping[str, object]

    def fault(self, problem: str, *, mend: str) -> ConfigurationError:
        """The error to raise for this entry."""
        return ConfigurationError(f"{self.path}: {self.name}: {problem}; {mend}")

    def allow_only(self, keys: Iterable[str]) -> None:
        """Refuse every key that is not in the list."""
        known = tuple(keys)
        for key in self.values:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                mend = f"write {close[0]!r}" if close else f"the keys here are {', '.join(known)}"
                raise self.fault(f"the key {key!r} is unknown", mend=mend)

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self._required(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{key!r} is not a text", mend="write it between quotation marks")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the key is missing or empty."""
        return None if self.values.get(key, "") == "" else self.text(key)

    def day(self, key: str) -> date:
        """A local date (a TOML date without hour)."""
        value = self._required(key)
        if type(value) is not date:  # a datetime is a date too, but says more than is asked
            raise self.fault(f"{key!r} is not a date", mend="write it as 2027-01-31, without quotation marks and hour")
        return value

    def optional_day(self, key: str) -> date | None:
        """A local date, or None where the key is missing or an empty text."""
        return None if self.values.get(key, "") == "" else self.day(key)

    def whole_number(self, key: str, *, least: int, most: int) -> int:
        """A whole number between two bounds, both included."""
        return self.check_number(self._required(key), what=repr(key), least=least, most=most)

    def check_number(self, value: object, *, what: str, least: int, most: int) -> int:
        """The value itself, if it is a whole number between the bounds."""
        if type(value) is not int or not least <= value <= most:  # True is an int too
            raise self.fault(f"{what} is {value!r}", mend=f"write a whole number from {least} to {most}")
        return value

    def items(self, key: str, *, least: int = 1) -> list[object]:
        """A list of at least so many items."""
        value = self._required(key)
        if not isinstance(value, list) or len(value) < least:
            raise self.fault(f"{key!r} is not a list of at least {least}", mend="write it between [ and ]")
        return value

    def code(self, key: str, codes: type[_Code]) -> _Code:
        """One code of a closed list."""
        return self._as_code(self._required(key), key=key, codes=codes)

    def code_list(self, key: str, codes: type[_Code], *, least: int = 1) -> tuple[_Code, ...]:
        """Codes of a closed list, none twice."""
        found = tuple(self._as_code(item, key=key, codes=codes) for item in self.items(key, least=least))
        if len(set(found)) < len(found):
            raise self.fault(f"{key!r} names the same code twice", mend="leave one of them out")
        return found

    def tables(self, key: str, *, one: str) -> tuple["Entry", ...]:
        """The tables in the list `key`, each named `one` with its number and, where it has them, its date or id."""
        return tuple(self._table(item, name=f"{one} {number}") for number, item in enumerate(self.items(key), start=1))

    def table(self, key: str) -> "Entry":
        """The table `key`."""
        return self._table(self._required(key), name=f"[{key}]")

    def _table(self, item: object, *, name: str) -> "Entry":
        if not isinstance(item, dict):
            raise self.fault(f"{name} is not a table", mend="write it as the comments of the shipped file show")
        marks = [str(item[key]) for key in ("date", "id", "version") if isinstance(item.get(key), (str, date))]
        return Entry(self.path, f"{name} ({' '.join(marks)})" if marks else name, item)

    def _as_code(self, value: object, *, key: str, codes: type[_Code]) -> _Code:
        known = [code.value for code in codes]
        if value not in known:
            raise self.fault(f"{key!r} says {value!r}, which is not a code", mend=f"the codes are {', '.join(known)}")
        return codes(value)

    def _required(self, key: str) -> object:
        if key not in self.values:
            raise self.fault(f"the key {key!r} is missing", mend="add it; the shipped file explains each key")
        return self.values[key]


def read_entry(path: Path) -> tuple[Entry, bytes]:
    """The whole file as one entry, and its bytes.

    Raises `ConfigurationError` for a file that cannot be read or is not TOML; tomllib names the line.
    """
    try:
        content = path.read_bytes()
        return Entry(path, "the file", tomllib.loads(content.decode())), content
    except OSError as error:
        raise ConfigurationError(f"{path}: the file cannot be read ({error.strerror}); mend its permissions") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: the file is not UTF-8 text; save it again as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: the file is not TOML: {error}; mend that place") from error
