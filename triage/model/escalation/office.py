"""When the office is open: what people are told only then, and hours are counted in (R-64)."""

from dataclasses import dataclass
from datetime import time

from triage.model.standard import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Office:
    """The business days of `calendar`, from `opens` to `closes` on its wall clock; the instant of closing is closed."""

    calendar: BusinessCalendar
    opens: time = time(8, 30)
    closes: time = time(16, 30)
