"""The sweep of deadlines: tickets whose review has come, judged, and what follows recorded (R-62 to R-64; MUST 28, 29).

A tick only asks what is due. What was found is judged from stored instants at `now`, so a tick that was missed, a
restart or a clock change loses nothing and repeats nothing. One file that cannot be judged never stops the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

import structlog

from triage.model.agents.staff import Staff
from triage.model.escalation.notices import SettledReview, SweepDecision
from triage.model.escalation.office import Office
from triage.model.escalation.steps import EscalationLevel, EscalationPolicy, Review, WatchedTicket
from triage.model.message import fold_mailbox
from triage.rules.clocks.escalation.moments import step_of_key
from triage.rules.clocks.escalation.reaching import due_steps
from triage.rules.clocks.escalation.telling import Circle, decide_notices
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts.deadlines import find_due, find_reminders
from triage.workflows.record import Stationery, record_sweep

GROUP = 500
"""How many tickets one transaction judges; a summary after an outage names the files of one group."""
TRY_AGAIN_AFTER = timedelta(minutes=15)

_Failure = tuple[WatchedTicket, Exception]

log = structlog.get_logger("triage.workflows.deadlines")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """What sweeping works with. `on_enqueued` is called after a commit that put a notice in the outbox."""

    database: Database
    staff: Staff
    office: Office
    policy: EscalationPolicy
    stationery: Stationery
    on_enqueued: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: tickets reviewed, steps settled, notices put in the outbox, references not judged."""

    reviewed: int = 0
    settled: int = 0
    notices: int = 0
    failed: tuple[tuple[str, Exception], ...] = ()


async def sweep_deadlines(tools: Deadlines, *, now: datetime) -> Swept:
    """Review every ticket that is due at `now` (aware UTC). While nobody works here nothing is due to anybody."""
    if not tools.staff.members:
        return Swept()
    started = perf_counter()
    total = Swept()
    while True:
        group = await tools.database.write(partial(_sweep_group, tools=tools, now=now))
        total = _add(total, group)
        for reference, error in group.failed:
            log.error("deadline_not_judged", reference=reference, error=error)
        if group.notices:
            tools.on_enqueued()
        if group.reviewed < GROUP:
            break
    if total.reviewed:
        ms = round((perf_counter() - started) * 1000, 1)
        log.info("deadlines_swept", count=total.reviewed, notices=total.notices, ms=ms)
    return total


def _sweep_group(tx: Transaction, *, tools: Deadlines, now: datetime) -> Swept:
    due = find_due(tx, now=now, limit=GROUP)
    if not due:
        return Swept()
    circle = Circle(tools.staff, tools.office, tools.policy, now, _find_lately(tx, tools=tools, now=now))
    decision, failed = _decide(due, circle)
    later = tuple(SettledReview(each.id, (), now + TRY_AGAIN_AFTER) for each, _ in failed)
    decision = SweepDecision(decision.notices, (*decision.settled, *later))
    return Swept(
        reviewed=len(due),
        settled=sum(len(each.told) for each in decision.settled),
        notices=record_sweep(tx, decision, stationery=tools.stationery, now=now),
        failed=tuple((each.ticket.reference, error) for each, error in failed),
    )


def _decide(due: Sequence[WatchedTicket], circle: Circle) -> tuple[SweepDecision, tuple[_Failure, ...]]:
    """All at once; where that fails each alone first, so that those who fail are left out."""
    try:
        return decide_notices([_review(each, circle) for each in due], circle), ()
    except Exception:  # noqa: BLE001  one of them: found below, told after the commit, tried again later
        reviews: list[Review] = []
        failed: list[_Failure] = []
    for each in due:
        try:
            review = _review(each, circle)
            decide_notices([review], circle)
        except Exception as error:  # noqa: BLE001  as above
            failed.append((each, error))
        else:
            reviews.append(review)
    return decide_notices(reviews, circle), tuple(failed)


def _review(watched: WatchedTicket, circle: Circle) -> Review:
    return due_steps(watched, office=circle.office, policy=circle.policy, now=circle.now)


def _find_lately(tx: Transaction, *, tools: Deadlines, now: datetime) -> dict[tuple[str, EscalationLevel], datetime]:
    """When each person last had a reminder of a level, as far as it matters."""
    people = {fold_mailbox(each.address): each.id for each in tools.staff.members}
    levels = {step.id: step.level for step in tools.policy.steps}
    lately: dict[tuple[str, EscalationLevel], datetime] = {}
    for address, key, at in find_reminders(tx, people, after=now - tools.policy.gather_every):
        level = levels.get(step_of_key(key) or "")
        if level is not None:
            place = people[address], level
            lately[place] = max(at, lately.get(place, at))
    return lately


def _add(total: Swept, group: Swept) -> Swept:
    return Swept(
        total.reviewed + group.reviewed,
        total.settled + group.settled,
        total.notices + group.notices,
        total.failed + group.failed,
    )
