"""Counts, decimals and shares in words: French and English plurals, « 1 260 », « 0,5 », « 75,5 % ».

Rounding is half up, on exact values only (int, Decimal, Fraction): a float has already lost what is to be rounded.
"""

from decimal import Decimal
from fractions import Fraction

from triage.model.codes import Language
from triage.wording.spacing import NO_BREAK


def plural(count: int | Decimal, singular: str, several: str, *, language: Language) -> str:
    """The form that agrees with a count: French begins its plural at two, English everywhere but at one."""
    if language is Language.ENGLISH:
        return singular if count == 1 else several
    return singular if -2 < count < 2 else several


def counted(count: int, singular: str, several: str, *, language: Language) -> str:
    """A count and its noun, never parted: « 0 plainte », « 1 260 plaintes », “0 complaints”."""
    return f"{number(count, language=language)}{NO_BREAK}{plural(count, singular, several, language=language)}"


def number(value: int | Decimal, *, language: Language) -> str:
    """A number with its thousands apart: « 1 260 », « 0,5 », “1,260.5”. Decimals stay as given."""
    english = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,d}"
    if language is Language.ENGLISH:
        return english
    return english.replace(",", NO_BREAK).replace(".", ",")


def percent(share: Fraction, *, language: Language, places: int = 1) -> str:
    """A share of the whole (1 is all) as a percentage, half up at `places` decimals: « 75,5 % », “75.5%”."""
    return _percentage(_half_up(share, places), places, language=language)


def percent_short_of(share: Fraction, target_percent: int, *, language: Language, places: int = 1) -> str:
    """The same, but what lies under its target is never rounded up to it (R-44): 2999 of 4000 is « 74,9 % »."""
    whole = _half_up(share, places)
    target = target_percent * 10**places
    return _percentage(
        target - 1 if share * 100 < target_percent and whole >= target else whole, places, language=language
    )


def _half_up(share: Fraction, places: int) -> int:
    scaled: Fraction = share * 100 * 10**places
    # Half up on the exact fraction: a Decimal quotient would already be rounded once.
    whole: int = (abs(scaled.numerator) * 2 + scaled.denominator) // (2 * scaled.denominator)
    return whole if scaled >= 0 else -whole


def _percentage(value: int, places: int, *, language: Language) -> str:
    text = number(Decimal(value).scaleb(-places), language=language)
    return f"{text}%" if language is Language.ENGLISH else f"{text}{NO_BREAK}%"
