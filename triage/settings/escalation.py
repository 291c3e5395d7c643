"""The steps of `escalation.toml`: who is reminded of what and when, as dated data (R-63).

A value that makes no sense stops the program with a sentence that names the file, the entry, the fault and the mend.
What a step's moment does not need may not stand in it: a key without effect would hide a slip of the pen.
"""

import re
from collections.abc import Iterable
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path

from triage.model.codes import NoticeKind
from triage.model.escalation.steps import (
    Audience,
    EscalationLevel,
    EscalationPolicy,
    EscalationStep,
    OfficeEdge,
    StepEnd,
    StepMoment,
)
from triage.model.standard import ServiceStandard
from triage.settings.dated import find_file
from triage.settings.entries import Entry, read_entry
from triage.settings.wall_time import read_wall_time

ESCALATION_FILE = "escalation.toml"

_KEYS = ("brake", "reminders", "urgent", "step")
_STEP_KEYS = (
    *("id", "standard", "level", "notice", "moment", "hours", "day", "at", "until", "recipients"),
    *("effective_from", "effective_to"),
)
_NOTICES = (NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.CLOSING_LIST)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}", re.ASCII)
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}", re.ASCII)

# What each moment needs, and the largest amount that is no slip of the pen.
_AMOUNTS = {
    StepMoment.AFTER_RECEPTION: ("hours", 400),
    StepMoment.BEFORE_DUE: ("hours", 400),
    StepMoment.DAY: ("day", 260),
}
_TIMED = frozenset({StepMoment.DAY, StepMoment.EACH_DAY_LATE, StepMoment.BEFORE_CLOSED})


def load_escalation(folder: Path | None, *, standards: Iterable[ServiceStandard]) -> EscalationPolicy:
    """The steps of `folder`, or the shipped ones; each watches one of `standards`. Raises `ConfigurationError`."""
    entry, _ = read_entry(find_file(folder, ESCALATION_FILE))
    entry.allow_only(_KEYS)
    known = frozenset(standard.id for standard in standards)
    pairs = [(row, _step(row, standards=known)) for row in entry.tables("step", one="step")]
    _refuse_overlaps(pairs)
    brake, reminders, urgent = entry.table("brake"), entry.table("reminders"), entry.table("urgent")
    brake.allow_only(("most_at_once", "stale_after_hours"))
    reminders.allow_only(("gather_minutes",))
    urgent.allow_only(("flags", "scopes"))
    return EscalationPolicy(
        steps=tuple(step for _, step in pairs),
        most_at_once=brake.whole_number("most_at_once", least=1, most=1000),
        stale_after=timedelta(hours=brake.whole_number("stale_after_hours", least=1, most=400)),
        gather_every=timedelta(minutes=reminders.whole_number("gather_minutes", least=1, most=480)),
        urgent_flags=_codes(urgent, "flags"),
        urgent_scopes=_codes(urgent, "scopes"),
    )


def _step(row: Entry, *, standards: frozenset[str]) -> EscalationStep:
    row.allow_only(_STEP_KEYS)
    step_id, standard = row.text("id"), row.text("standard")
    if not _ID.fullmatch(step_id):
        raise row.fault("'id' is not an id", mend="write up to 20 letters, digits, points or hyphens")
    if standard not in standards:
        mend = f"write one of {', '.join(sorted(standards))}"
        raise row.fault(f"'standard' says {standard!r}, which is no promise of standards.toml", mend=mend)
    moment = row.code("moment", StepMoment)
    step = EscalationStep(
        id=step_id,
        standard=standard,
        level=row.code("level", EscalationLevel),
        notice=_notice(row),
        moment=moment,
        until=row.code("until", StepEnd),
        recipients=row.code_list("recipients", Audience),
        effective_from=row.day("effective_from"),
        effective_to=row.optional_day("effective_to"),
        amount=_amount(row, moment),
        at=_at(row, moment),
    )
    if step.effective_to is not None and step.effective_to < step.effective_from:
        raise row.fault("'effective_to' lies before 'effective_from'", mend="mend one of the two")
    return step


def _notice(row: Entry) -> NoticeKind:
    kind = row.code("notice", NoticeKind)
    if kind not in _NOTICES:
        raise row.fault(f"'notice' says {kind.value!r}", mend=f"write one of {', '.join(_NOTICES)}")
    return kind


def _amount(row: Entry, moment: StepMoment) -> int:
    wanted, most = _AMOUNTS.get(moment, (None, 0))
    for key in ("hours", "day"):
        if key in row.values and key != wanted:
            raise row.fault(f"{key!r} says nothing for the moment {moment.value!r}", mend="leave it out")
    return 0 if wanted is None else row.whole_number(wanted, least=1, most=most)


def _at(row: Entry, moment: StepMoment) -> time | OfficeEdge:
    if moment not in _TIMED:
        if "at" in row.values:
            raise row.fault(f"'at' says nothing for the moment {moment.value!r}", mend="leave it out")
        return OfficeEdge.OPENING
    said = row.text("at")
    if said in set(OfficeEdge):
        return OfficeEdge(said)
    try:
        return read_wall_time(said)
    except ValueError:
        raise row.fault("'at' is not a time of day", mend='write "9:00", "opening" or "closing"') from None


def _codes(entry: Entry, key: str) -> frozenset[str]:
    found = entry.items(key, least=0)
    if not all(isinstance(each, str) and _CODE.fullmatch(each) for each in found):
        raise entry.fault(f"{key!r} holds something that is not a code", mend='write codes such as "SST" in capitals')
    return frozenset(str(each) for each in found)


def _refuse_overlaps(pairs: list[tuple[Entry, EscalationStep]]) -> None:
    ordered = sorted(pairs, key=lambda pair: (pair[1].id, pair[1].effective_from))
    for (_, earlier), (row, later) in pairwise(ordered):
        if earlier.id != later.id:
            continue
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            day_before = later.effective_from - timedelta(days=1)
            problem = f"from {later.effective_from} it overlaps another step with the same id"
            raise row.fault(problem, mend=f"give that one effective_to = {day_before}, or this one another id")
