"""What stands behind a command's name: a person, a conclusion, a date … or why it is not understood.

Each reader takes the rest of the line and answers with the argument and what of the line is left, or with a fault.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from triage.model.agents.commands import (
    Argument,
    Assignee,
    Closing,
    Coded,
    CommandContext,
    Concluding,
    Extension,
    FaultReason,
    KindChange,
    ListFilter,
    Listing,
    Waiting,
)
from triage.model.codes import ClientCategory, Priority, ServiceLine
from triage.rules.agents.commands.grammar import trim
from triage.rules.agents.commands.phrases import (
    CLIENTS,
    CONCLUSIONS,
    KINDS,
    LISTS,
    PARTIES,
    PRIORITIES,
    SERVICES,
    take_code,
    take_criteria,
)
from triage.rules.agents.commands.resolving import key_of
from triage.rules.agents.commands.table import ArgumentKind
from triage.rules.agents.people import find_named

_MONTHS = (
    *(("janvier", "january", "janv", "jan"), ("fevrier", "february", "fevr", "fev", "feb"), ("mars", "march", "mar")),
    *(("avril", "april", "avr", "apr"), ("mai", "may"), ("juin", "june", "jun"), ("juillet", "july", "juil", "jul")),
    *(("aout", "august", "aug"), ("septembre", "september", "sept", "sep"), ("octobre", "october", "oct")),
    *(("novembre", "november", "nov"), ("decembre", "december", "dec")),
)
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names}
_DAY_NAMES = (
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "monday", "tuesday", "wednesday"),
    *("thursday", "friday", "saturday", "sunday"),
)
_LEADING = frozenset({"au", "le", "jusquau", "jusqu", "to", "until", "on", *_DAY_NAMES})
_ISO = re.compile(r"([0-9]{4})[-\u2010-\u2014]([0-9]{1,2})[-\u2010-\u2014]([0-9]{1,2})(?![0-9])")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:er)?[\s.-]+([^\W\d_]{3,12})\.?(?:[\s,.-]+([0-9]{4})(?![0-9]))?")
_WORD = re.compile(r"[^\s,]+[\s,]*")
_MOST_LEADING = 4
_LONGEST_NAME = 200
_COURTESIES = frozenset({"", "svp", "stp", "silvousplait", "merci", "please", "thanks"})
_COURTESY_END = re.compile(
    r"[\s,;]+(?:svp|stp|s['’]il (?:vous|te) pla[iî]t|merci|please|thanks)[\s.!]*$", re.IGNORECASE
)
_ME = frozenset({"moi", "me", "moimeme", "myself"})


@dataclass(frozen=True, slots=True)
class Read:
    """An argument, and the words behind it."""

    argument: Argument | None
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why there is no argument, and the words that may have been meant."""

    reason: FaultReason
    choices: tuple[str, ...] = ()


_Code = TypeVar("_Code", ClientCategory, ServiceLine, Priority)
Reader = Callable[[str, CommandContext], Read | Unread]


def _read_nothing(rest: str, _: CommandContext) -> Read | Unread:
    return Unread(FaultReason.UNEXPECTED) if key_of(rest) not in _COURTESIES else Read(None)


def _read_rest(rest: str, _: CommandContext) -> Read | Unread:
    return Read(None, rest)


def _read_person(rest: str, context: CommandContext) -> Read | Unread:
    asked = _COURTESY_END.sub("", rest[:_LONGEST_NAME]).removeprefix("à ").removeprefix("@").strip(" .,;!")
    if not asked:
        return Unread(FaultReason.PERSON_MISSING)
    found = (context.sender,) if key_of(asked) in _ME else find_named(context.staff, asked)
    fit = tuple(member for member in found if member.may_handle)
    if len(fit) == 1:
        return Read(Assignee(fit[0].id))
    names = tuple(f"{member.name} ({member.id})" for member in fit or found)
    if not found:
        return Unread(FaultReason.PERSON_UNKNOWN)
    return Unread(FaultReason.PERSON_AMBIGUOUS if fit else FaultReason.PERSON_UNFIT, names)


def _read_conclusion(rest: str, _: CommandContext) -> Read | Unread:
    taken = take_code(rest, CONCLUSIONS)
    if taken.code is None:
        return Unread(FaultReason.CONCLUSION, taken.choices)
    criteria, verbal, text = take_criteria(taken.rest)
    return Read(Concluding(taken.code, criteria, verbal), text)


def _code_reader(words: Mapping[_Code, tuple[str, ...]]) -> Reader:
    def read(rest: str, _: CommandContext) -> Read | Unread:
        taken = take_code(rest, words)
        if taken.code is None:
            return Unread(FaultReason.CODE, taken.choices)
        return Read(Coded(taken.code), taken.rest)

    return read


def _read_kind(rest: str, _: CommandContext) -> Read | Unread:
    taken = take_code(rest, KINDS)
    if taken.code is None:
        return Unread(FaultReason.KIND, taken.choices)
    return Read(KindChange(taken.code, taken.rest))


def _read_waiting(rest: str, _: CommandContext) -> Read | Unread:
    taken = take_code(rest, PARTIES)
    if taken.code is None:
        return Unread(FaultReason.WAITING, taken.choices)
    return Read(Waiting(taken.code), taken.rest)


def _read_listing(rest: str, _: CommandContext) -> Read | Unread:
    if not rest:
        return Read(Listing(ListFilter.MINE))
    taken = take_code(rest, LISTS)
    if taken.code is None or taken.rest:
        return Unread(FaultReason.LISTING, tuple(words[0] for words in LISTS.values()))
    return Read(Listing(taken.code))


def _read_criteria(rest: str, _: CommandContext) -> Read | Unread:
    criteria, _verbal, left = take_criteria(rest)
    return (
        Unread(FaultReason.UNEXPECTED)
        if key_of(left) not in _COURTESIES
        else Read(Closing(criteria) if criteria else None)
    )


def _read_extension(rest: str, context: CommandContext) -> Read | Unread:
    found = read_day(rest, today=context.today)
    if found is None:
        return Unread(FaultReason.DATE)
    day, reason = found
    if day <= context.today:
        return Unread(FaultReason.DATE_PAST)
    return Read(Extension(day, reason)) if reason else Unread(FaultReason.REASON_MISSING)


def read_day(text: str, *, today: date) -> tuple[date, str] | None:
    """The local day that a text begins with, and what follows it; None where there is none or it does not exist.

    « 2026-12-18 », « au vendredi 18 décembre 2026 », « 18 déc. »; without a year the next such day. « 10/12/2026 »
    is read in two ways and therefore in none.
    """
    start = 0
    for _ in range(_MOST_LEADING):
        word = _WORD.match(text, start)
        if word is None or key_of(word.group()) not in _LEADING:
            break
        start = word.end()
    if iso := _ISO.match(text, start):
        day = _day(int(iso[1]), int(iso[2]), int(iso[3]))
        return None if day is None else (day, trim(text[iso.end() :]))
    match = _DAY_MONTH.match(text, start)
    if match is None or key_of(match[2]) not in _MONTH_NUMBERS:
        return None
    named = _named_day(int(match[1]), _MONTH_NUMBERS[key_of(match[2])], match[3], today=today)
    return None if named is None else (named, trim(text[match.end() :]))


def _named_day(day: int, month: int, year: str | None, *, today: date) -> date | None:
    if year:
        return _day(int(year), month, day)
    years = (_day(today.year + more, month, day) for more in range(5))  # the 29th of February comes every fourth year
    return next((found for found in years if found is not None and found >= today), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


READERS: dict[ArgumentKind, Reader] = {
    ArgumentKind.NOTHING: _read_nothing,
    ArgumentKind.REMARK: _read_rest,
    ArgumentKind.TEXT: _read_rest,
    ArgumentKind.PERSON: _read_person,
    ArgumentKind.CONCLUSION: _read_conclusion,
    ArgumentKind.KIND: _read_kind,
    ArgumentKind.CLIENT: _code_reader(CLIENTS),
    ArgumentKind.SERVICE: _code_reader(SERVICES),
    ArgumentKind.PRIORITY: _code_reader(PRIORITIES),
    ArgumentKind.WAITING: _read_waiting,
    ArgumentKind.EXTENSION: _read_extension,
    ArgumentKind.CRITERIA: _read_criteria,
    ArgumentKind.LISTING: _read_listing,
}
