"""Numbers and plurals in words."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.model.codes import Language
from triage.wording.numbers import counted, number, percent, plural
from triage.wording.spacing import unbreakable

FRENCH, ENGLISH = Language.FRENCH, Language.ENGLISH


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [
        (0, "0\u00a0plainte", "0\u00a0complaints"),
        (1, "1\u00a0plainte", "1\u00a0complaint"),
        (2, "2\u00a0plaintes", "2\u00a0complaints"),
        (1260, "1\u00a0260\u00a0plaintes", "1,260\u00a0complaints"),
    ],
)
def test_a_noun_agrees_with_its_count(count: int, french: str, english: str) -> None:
    """Zero is singular in French and plural in English."""
    assert french == counted(count, "plainte", "plaintes", language=FRENCH)
    assert english == counted(count, "complaint", "complaints", language=ENGLISH)


def test_the_french_plural_begins_at_two() -> None:
    """One and a half is still singular; a margin of minus one day too."""
    assert "jour" == plural(Decimal("1.5"), "jour", "jours", language=FRENCH)
    assert "jour" == plural(-1, "jour", "jours", language=FRENCH)
    assert "jours" == plural(-2, "jour", "jours", language=FRENCH)
    assert "days" == plural(Decimal("1.5"), "day", "days", language=ENGLISH)


def test_decimals_and_thousands_follow_the_language() -> None:
    """A comma and a no-break space in French; decimals stay as they were given."""
    assert "1\u00a0234\u00a0567,50" == number(Decimal("1234567.50"), language=FRENCH)
    assert "0,5" == number(Decimal("0.5"), language=FRENCH)
    assert "-1\u00a0260" == number(-1260, language=FRENCH)
    assert "1,260.5" == number(Decimal("1260.5"), language=ENGLISH)


@pytest.mark.parametrize(
    ("share", "places", "expected"),
    [
        (Fraction(755, 1000), 1, "75,5\u00a0%"),
        (Fraction(1), 0, "100\u00a0%"),
        (Fraction(0), 1, "0,0\u00a0%"),
        (Fraction(1, 3), 2, "33,33\u00a0%"),
        (Fraction(5, 1000), 0, "1\u00a0%"),
        (Fraction(-5, 1000), 0, "-1\u00a0%"),
        (Fraction(89949999, 100000000), 1, "89,9\u00a0%"),
    ],
)
def test_a_share_is_rounded_half_up_once(share: Fraction, places: int, expected: str) -> None:
    """Exact halves go up (away from zero); what lies below a half is never lifted by a first rounding."""
    assert expected == percent(share, language=FRENCH, places=places)


@given(part=st.integers(0, 10**6), whole=st.integers(1, 10**6), places=st.integers(0, 4))
def test_a_written_share_is_within_half_a_unit_of_the_true_one(part: int, whole: int, places: int) -> None:
    """What is printed can be trusted to its last digit."""
    text = percent(Fraction(part, whole), language=ENGLISH, places=places)
    error = abs(Fraction(text.removesuffix("%").replace(",", "")) - Fraction(part, whole) * 100)

    assert error <= Fraction(1, 2 * 10**places)


def test_a_telephone_number_stays_on_one_line() -> None:
    """Blanks of every kind become one that does not break."""
    assert "1\u00a0800\u00a0463-5070" == unbreakable(" 1 800  463-5070 ")
