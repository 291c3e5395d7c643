"""From the reviews of one sweep to notices: who gets what in how few mails, and what is told later (R-62, R-64).

Of several steps of one promise that were reached together each person is told the latest alone. Reminders of one level
are gathered, closing lists are one list, an escalation is one mail. A step that is found late, or one of too many for
one person, becomes a line of one summary. While the office is closed only urgent files are told.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import NoticeKind
from triage.model.escalation.notices import Occasion, SettledReview, StaffNotice, SweepDecision, ToldStep
from triage.model.escalation.office import Office
from triage.model.escalation.steps import (
    EscalationLevel,
    EscalationPolicy,
    EscalationStep,
    OfficeEdge,
    ReachedStep,
    Review,
    StepMoment,
    WatchedTicket,
)
from triage.rules.clocks.due import local_day
from triage.rules.clocks.escalation.moments import is_urgent
from triage.rules.clocks.escalation.recipients import find_recipients, find_supervisors
from triage.rules.clocks.escalation.standing import describe_standing
from triage.rules.clocks.office_hours import hours_between, is_open, last_closing, next_opening

AFTER_CLOSING = timedelta(minutes=15)
"""How long after closing the lists « at closing » may still leave."""
MOST_FILES = 100
"""How many files one summary or list names; it tells how many more there are."""

Lately = Mapping[tuple[str, EscalationLevel], datetime]
"""When a person (id) was last reminded of a level."""


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom and when: what every notice of one sweep is decided with. `lately` holds the reminders not long past."""

    staff: Staff
    office: Office
    policy: EscalationPolicy
    now: datetime
    lately: Lately = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """One file for one person, because of one step."""

    member: StaffMember
    watched: WatchedTicket
    reached: ReachedStep
    occasion: Occasion = Occasion.STEP


def decide_notices(reviews: Iterable[Review], circle: Circle) -> SweepDecision:
    """The notices that leave now, and how each ticket is left."""
    lines: list[_Line] = []
    settled: list[SettledReview] = []
    for review in reviews:
        own, left = _tell(review, circle)
        lines += own
        settled.append(left)
    lines = list(_braked(lines, circle))
    return SweepDecision(tuple(_notices(lines, circle)), tuple(_as_told(settled, lines)))


def may_write(circle: Circle) -> bool:
    """Whether ordinary notices may leave: the office is open, or has only just closed."""
    if is_open(circle.now, office=circle.office):
        return True
    return circle.now - last_closing(circle.now, office=circle.office) < AFTER_CLOSING


def _tell(review: Review, circle: Circle) -> tuple[list[_Line], SettledReview]:
    watched = review.watched
    if not review.reached:
        return [], SettledReview(watched.id, (), review.next_review_at)
    urgent = is_urgent(watched, policy=circle.policy)
    if not urgent and not may_write(circle):
        return [], SettledReview(watched.id, (), next_opening(circle.now, office=circle.office))
    lines: list[_Line] = []
    told: list[ReachedStep] = []
    again_at: list[datetime] = []
    chains = _chains(review.reached)
    missed = any(_is_stale(chain[-1], circle) for chain in chains)
    for chain in chains:
        own = list(_lines_of(chain, watched, circle, urgent=urgent, missed=missed))
        waiting = {} if urgent else _waiting(own, circle)
        again_at += waiting.values()
        lines += [line for line in own if line.reached.key not in waiting]
        told += [each for each in chain if each.key not in waiting]
    if review.next_review_at is not None:
        again_at.append(review.next_review_at)
    steps = tuple(ToldStep(each, each.step.notice, ()) for each in told)
    return lines, SettledReview(watched.id, steps, min(again_at, default=None))


def _chains(reached: tuple[ReachedStep, ...]) -> list[list[ReachedStep]]:
    """The steps of each promise, oldest first."""
    chains: dict[str, list[ReachedStep]] = defaultdict(list)
    for each in reached:
        chains[each.step.standard].append(each)
    return list(chains.values())


def _is_stale(reached: ReachedStep, circle: Circle) -> bool:
    return hours_between(reached.at, circle.now, office=circle.office) > circle.policy.stale_after


def _lines_of(
    chain: list[ReachedStep], watched: WatchedTicket, circle: Circle, *, urgent: bool, missed: bool
) -> Iterator[_Line]:
    today = local_day(circle.now, calendar=circle.office.calendar)
    # The summary says all that a reminder would; an escalation of today is told beside it.
    if _is_stale(chain[-1], circle) or (missed and chain[-1].step.notice is NoticeKind.REMINDER):
        for member in find_supervisors(watched, staff=circle.staff, today=today):
            yield _Line(member, watched, chain[-1], Occasion.STALE)
        return
    on_call = urgent and not is_open(circle.now, office=circle.office)
    latest: dict[str, _Line] = {}
    for reached in chain:
        for member in find_recipients(reached.step, watched, staff=circle.staff, today=today, on_call=on_call):
            if not _has_answered(member, reached.step, watched, circle.policy):
                latest[member.id] = _Line(member, watched, reached, _occasion(reached))
    yield from latest.values()


def _has_answered(member: StaffMember, step: EscalationStep, watched: WatchedTicket, policy: EscalationPolicy) -> bool:
    """Whether this person answered to a step of the same promise and level: they know (R-62)."""
    mine = {step_id for staff_id, step_id in watched.acknowledged if staff_id == member.id}
    return any(each.id in mine and each.standard == step.standard and each.level is step.level for each in policy.steps)


def _occasion(reached: ReachedStep) -> Occasion:
    if reached.step.moment is StepMoment.BEFORE_CLOSED:
        return Occasion.AT_CLOSING if reached.step.at is OfficeEdge.CLOSING else Occasion.BEFORE_CLOSED
    return Occasion.AFTER_CLOSED if reached.step.moment is StepMoment.AFTER_CLOSED else Occasion.STEP


def _waiting(lines: list[_Line], circle: Circle) -> dict[str, datetime]:
    """The reminders that may not leave yet, because one of their people had one of the same level: key, and when."""
    waiting: dict[str, datetime] = {}
    for line in lines:
        if line.reached.step.notice is NoticeKind.REMINDER and line.occasion is not Occasion.STALE:
            lately_at = circle.lately.get((line.member.id, line.reached.step.level))
            free_at = circle.now if lately_at is None else lately_at + circle.policy.gather_every
            if free_at > circle.now:
                waiting[line.reached.key] = max(free_at, waiting.get(line.reached.key, free_at))
    return waiting


def _braked(lines: list[_Line], circle: Circle) -> Iterator[_Line]:
    """More escalations at once than a person can read become lines of a summary."""
    singles = Counter(line.member.id for line in lines if _kind(line) is NoticeKind.ESCALATION)
    for line in lines:
        many = _kind(line) is NoticeKind.ESCALATION and singles[line.member.id] > circle.policy.most_at_once
        yield _Line(line.member, line.watched, line.reached, Occasion.MANY) if many else line


def _kind(line: _Line) -> NoticeKind:
    summed_up = line.occasion in {Occasion.STALE, Occasion.MANY}
    return NoticeKind.CATCH_UP if summed_up else line.reached.step.notice


def _notices(lines: list[_Line], circle: Circle) -> Iterator[StaffNotice]:
    bundles: dict[tuple[str, ...], list[_Line]] = defaultdict(list)
    for line in lines:
        bundles[_bundle(line)].append(line)
    for bundle in bundles.values():
        yield _notice(bundle, circle)


def _bundle(line: _Line) -> tuple[str, ...]:
    """What leaves in one mail has the same of these."""
    kind, step = _kind(line), line.reached.step
    match kind:
        case NoticeKind.CATCH_UP:
            return kind, line.member.id
        case NoticeKind.CLOSING_LIST:
            return kind, line.member.id, line.occasion
        case NoticeKind.REMINDER:
            return kind, line.member.id, step.level
        case _:
            return kind, line.member.id, line.reached.key


def _notice(bundle: list[_Line], circle: Circle) -> StaffNotice:
    first = bundle[0]
    # A file of which several promises are late is named once, with the step that was reached last.
    by_file = {line.watched.id: line for line in sorted(bundle, key=lambda each: each.reached.at)}
    ordered = sorted(by_file.values(), key=lambda each: (each.watched.ticket.received_at, each.watched.id))
    stale = any(line.occasion is Occasion.STALE for line in bundle)
    return StaffNotice(
        kind=_kind(first),
        key=_key(first),
        recipient=first.member,
        occasion=Occasion.STALE if stale else first.occasion,
        files=tuple(
            describe_standing(line.reached.step, line.watched, staff=circle.staff, office=circle.office, now=circle.now)
            for line in ordered[:MOST_FILES]
        ),
        unlisted=max(0, len(ordered) - MOST_FILES),
    )


def _key(line: _Line) -> str:
    # The first file's step: no step of a file is told to one person in two mails, so no two mails share a key.
    key = f"{line.reached.key}:{line.member.id}"
    return f"{NoticeKind.CATCH_UP}:{key}" if _kind(line) is NoticeKind.CATCH_UP else key


def _as_told(settled: list[SettledReview], lines: list[_Line]) -> Iterator[SettledReview]:
    """The same, with whom each step was told to and by what; a step that a later one replaced was told to nobody."""
    to: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        to[line.reached.key].append(line)
    for left in settled:
        told = tuple(
            ToldStep(
                each.reached,
                _kind(to[key][0]) if (key := each.reached.key) in to else each.by,
                tuple(line.member.id for line in to.get(key, ())),
            )
            for each in left.told
        )
        yield SettledReview(left.ticket_id, told, left.next_review_at)
