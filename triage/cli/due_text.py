"""What `triage due` prints: one JSON object, or lines of English for a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from triage.cli.instants import write_instant
from triage.model.codes import Channel, TicketKind
from triage.model.standard import BusinessCalendar, Due, Holiday
from triage.rules.clocks.business_days import DayStanding
from triage.rules.clocks.due import local_day
from triage.rules.clocks.explain import DueExplanation, ExplainedDay

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, and the answer with its reasons. `received_at` is aware UTC."""

    received_at: datetime
    kind: TicketKind
    channel: Channel
    calendar: BusinessCalendar
    explanations: tuple[DueExplanation, ...]

    @property
    def received_on(self) -> date:
        return local_day(self.received_at, calendar=self.calendar)

    @property
    def provisional(self) -> bool:
        return any(explanation.due.provisional for explanation in self.explanations)


def due_entry(due: Due) -> dict[str, object]:
    """One due time as every command prints it in JSON: elapsed hours name their clock, business days their day."""
    entry: dict[str, object] = {"standard": due.standard}
    if due.due_on is None:
        entry["clock"] = due.unit.value
    else:
        entry["due_on"] = due.due_on.isoformat()
    entry |= {"due_at": write_instant(due.due_at), "committed": due.committed}
    return entry | ({"provisional": True} if due.provisional else {})


def due_object(question: Question, *, with_days: bool) -> dict[str, object]:
    """The answer of `triage due --json`; `with_days` adds the days of each business-day count."""
    answer: dict[str, object] = {
        "received_at": write_instant(question.received_at),
        "received_on": question.received_on.isoformat(),
        "kind": question.kind.value,
        "channel": question.channel.value,
        "due": [_explained_entry(explanation, with_days=with_days) for explanation in question.explanations],
    }
    return answer | ({"provisional": True} if question.provisional else {})


def due_lines(question: Question, *, with_days: bool) -> Iterator[str]:
    """The answer in English; `with_days` adds each day counted or skipped, and why."""
    local_at = question.received_at.astimezone(question.calendar.zone)
    zone = question.calendar.zone.key
    yield f"{question.kind} by {question.channel}, received {dated(local_at.date())}, {_clock(local_at)} ({zone})"
    if not question.explanations:
        yield f"No published promise was in force for {question.kind} by {question.channel} on {question.received_on}."
    for explanation in question.explanations:
        yield from _standard_lines(explanation, channel=question.channel)
        if with_days:
            yield from _reasons(explanation)
    if question.provisional:
        yield (
            "Provisional: a year that holidays.toml does not list was counted by the rule; "
            "`triage calendar YEAR` shows its days."
        )


def dated(day: date) -> str:
    """A date with the name of its weekday: « 2026-11-27 Friday »."""
    return f"{day.isoformat()} {WEEKDAYS[day.weekday()]}"


def holiday_text(holiday: Holiday) -> str:
    """The name of a holiday, and the day it stands for where another one is taken."""
    return holiday.label if holiday.on == holiday.natural_on else f"{holiday.label} (for {dated(holiday.natural_on)})"


def _standard_lines(explanation: DueExplanation, *, channel: Channel) -> Iterator[str]:
    due, standard = explanation.due, explanation.standard
    unit = standard.unit.value.replace("_", " ")
    promised = "committed" if due.committed else f"tracked, not committed for {channel}"
    yield ""
    yield f"{standard.id}  {standard.amount} {unit} ({standard.source}, version {standard.version}), {promised}"
    if due.due_on is None:
        yield f"    due {dated(explanation.due_at.date())}, {_clock(explanation.due_at)}, the last instant in time"
    else:
        mark = ", provisional" if due.provisional else ""
        yield f"    due {dated(due.due_on)}, before the midnight that ends it ({write_instant(due.due_at)}){mark}"


def _reasons(explanation: DueExplanation) -> Iterator[str]:
    if explanation.due.due_on is None:
        yield "    Elapsed time: nights, weekends and holidays count."
        if explanation.clock_change:
            yield f"    The clocks go {_shift(explanation.clock_change)} in between, so the hour on the wall differs."
        return
    yield f"    {dated(explanation.received_on):<22} day 0, the local day of reception"
    for explained in explanation.days:
        yield f"    {dated(explained.day.on):<22} {_why(explained)}"


def _why(explained: ExplainedDay) -> str:
    mark = " (provisional)" if explained.day.provisional else ""
    if explained.day.holiday is not None:
        return f"skipped, holiday: {holiday_text(explained.day.holiday)}{mark}"
    return f"skipped, weekend{mark}" if explained.number is None else f"day {explained.number}{mark}"


def _explained_entry(explanation: DueExplanation, *, with_days: bool) -> dict[str, object]:
    entry = due_entry(explanation.due)
    if with_days and explanation.due.due_on is not None:
        entry["days"] = [_day_object(explained) for explained in explanation.days]
    return entry


def _day_object(explained: ExplainedDay) -> dict[str, object]:
    day = explained.day
    answer: dict[str, object] = {"date": day.on.isoformat(), "standing": day.standing.value, "number": explained.number}
    if day.standing is DayStanding.HOLIDAY and day.holiday is not None:
        answer["label"] = day.holiday.label
    return answer | ({"provisional": True} if day.provisional else {})


def _clock(local_at: datetime) -> str:
    return local_at.timetz().isoformat()


def _shift(change: timedelta) -> str:
    minutes = round(abs(change).total_seconds() / 60)
    return f"{'forward' if change > timedelta() else 'back'} {minutes} minutes"
