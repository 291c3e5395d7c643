"""Dates and hours in words (domain rules of the OQLF; R-70)."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.codes import Language
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.wording.typography import find_faults

SATURDAY = date(2026, 11, 21)
FRENCH, ENGLISH = Language.FRENCH, Language.ENGLISH


@pytest.mark.parametrize(
    ("weekday", "article", "expected"),
    [
        (False, False, "21\u00a0novembre 2026"),
        (True, False, "samedi 21\u00a0novembre 2026"),
        (False, True, "le 21\u00a0novembre 2026"),
        (True, True, "le samedi 21\u00a0novembre 2026"),
    ],
)
def test_a_french_date_is_in_full_with_what_was_asked_for(*, weekday: bool, article: bool, expected: str) -> None:
    """Lower case, no comma, and the number never parted from its month."""
    actual = long_date(SATURDAY, language=FRENCH, weekday=weekday, article=article)

    assert expected == actual


def test_the_first_of_a_month_is_an_ordinal_in_french() -> None:
    """« 1er », for each month, and only the first."""
    assert "le mardi 1er\u00a0décembre 2026" == long_date(
        date(2026, 12, 1), language=FRENCH, weekday=True, article=True
    )
    assert "1er\u00a0août 2026" == long_date(date(2026, 8, 1), language=FRENCH)
    assert "21\u00a0août 2026" == long_date(date(2026, 8, 21), language=FRENCH)


def test_an_english_date_has_its_month_first() -> None:
    """The article is a French matter and changes nothing."""
    assert "November\u00a021, 2026" == long_date(SATURDAY, language=ENGLISH, article=True)
    assert "Saturday, November\u00a021, 2026" == long_date(SATURDAY, language=ENGLISH, weekday=True)


def test_an_undetermined_language_is_written_in_french() -> None:
    """Every text is French by default (R-65)."""
    assert "21\u00a0novembre 2026" == long_date(SATURDAY, language=Language.UNDETERMINED)


@pytest.mark.parametrize(
    ("at", "french", "english"),
    [
        (time(14), "14\u00a0h", "2:00\u00a0p.m."),
        (time(9, 5), "9\u00a0h\u00a05", "9:05\u00a0a.m."),
        (time(8, 30), "8\u00a0h\u00a030", "8:30\u00a0a.m."),
        (time(16, 45, 59), "16\u00a0h\u00a045", "4:45\u00a0p.m."),
        (time(0, 2), "0\u00a0h\u00a02", "12:02\u00a0a.m."),
        (time(0), "0\u00a0h", "midnight"),
        (time(12), "12\u00a0h", "noon"),
        (time(12, 1), "12\u00a0h\u00a01", "12:01\u00a0p.m."),
    ],
)
def test_an_hour_is_written_without_idle_zeros(at: time, french: str, english: str) -> None:
    """No zero before the minutes, no « 00 », no rounding up of seconds."""
    assert french == clock_time(at, language=FRENCH)
    assert english == clock_time(at, language=ENGLISH)


@given(day=st.dates(), at=st.times(), weekday=st.booleans())
def test_the_linter_finds_nothing_in_what_we_write_ourselves(*, day: date, at: time, weekday: bool) -> None:
    """Dates and hours of every day and minute obey the same rules as the letters around them."""
    text = (
        f"Reçu {long_date(day, language=FRENCH, weekday=weekday, article=True)}, à {clock_time(at, language=FRENCH)}."
    )

    assert () == find_faults(text)
