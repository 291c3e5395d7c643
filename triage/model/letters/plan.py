"""What a letter may say of the day of the answer."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """What may be said of the day of the answer; made by `rules.tickets.announcing` and by nothing else.

    `due_on` is a local day that is still to come. `committed` is False where none was promised, as for the telephone
    (R-03). `late` says that the day has passed.
    """

    due_on: date | None = None
    committed: bool = True
    late: bool = False
