"""Hours of the day in words: « 14 h », « 9 h 5 », “4:45 p.m.”.

Twenty-four hours in French, without a zero before the minutes and without « 00 »; the spaces never break.
"""

from datetime import time

from triage.model.codes import Language
from triage.wording.spacing import NO_BREAK


def clock_time(at: time, *, language: Language) -> str:
    """An hour of the wall clock; seconds are left out, not rounded, so that no mail arrives in the future.

    Take `at` from an instant in the body's zone (`instant.time()`); the letter says which zone it is.
    Anything but English is written in French (R-65).
    """
    return _english(at) if language is Language.ENGLISH else _french(at)


def _french(at: time) -> str:
    minutes = f"{NO_BREAK}{at.minute}" if at.minute else ""
    return f"{at.hour}{NO_BREAK}h{minutes}"


def _english(at: time) -> str:
    # « 12:00 p.m. » is read both ways; the words are not.
    if at.minute == 0 and at.hour in {0, 12}:
        return "noon" if at.hour else "midnight"
    half = "a.m." if at.hour < 12 else "p.m."
    return f"{at.hour % 12 or 12}:{at.minute:02d}{NO_BREAK}{half}"
