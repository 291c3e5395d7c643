"""The daily digests: facts in one view, a rule for each supervisor, one transaction each; never twice a day (MUST 29).

A tick asks whether today's are owed; the outbox key says whether they were made. So a restart repeats nothing, and a
morning that was missed is caught up until the office closes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from triage.mail.writing.headers import UnsafeMail
from triage.model.agents.staff import StaffMember
from triage.model.papers.digest import Digest
from triage.rules.clocks.due import local_day
from triage.rules.counting.years import fiscal_year_of, span_of
from triage.rules.digest import (
    OPEN_STATUSES,
    DigestPolicy,
    count_facts,
    digest_key,
    find_recipients,
    is_digest_time,
    make_digest,
)
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts.digest import gather_digest_facts
from triage.store.ledgers import handling
from triage.workflows.record import Stationery, record_digest

log = structlog.get_logger("triage.workflows.digest")


@dataclass(frozen=True, slots=True)
class Digests:
    """What digests are made with. `on_enqueued` is called after a commit that put one in the outbox."""

    database: Database
    policy: DigestPolicy
    stationery: Stationery
    on_enqueued: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Addressed:
    """One supervisor's digest."""

    recipient: StaffMember
    digest: Digest


async def prepare_digests(tools: Digests, *, now: datetime) -> int:
    """Put in the outbox what is owed at `now` (aware UTC) and not there yet; the answer is how many digests."""
    if not is_digest_time(now, policy=tools.policy):
        return 0
    today = local_day(now, calendar=tools.policy.calendar)
    recipients = find_recipients(tools.policy.staff, today=today)
    keys = {each.id: digest_key(each.id, today) for each in recipients}
    missing = await tools.database.read(partial(_find_missing, keys=keys))
    return await send_digests(tools, [each for each in recipients if each.id in missing], now=now)


async def send_digests(tools: Digests, recipients: list[StaffMember], *, now: datetime) -> int:
    """Put today's digests of these people in the outbox, at any hour; those that are there are left alone."""
    if not recipients:
        return 0
    made = await tools.database.read(partial(look_at_digests, policy=tools.policy, recipients=recipients, now=now))
    sent = 0
    for each in made:
        try:
            sent += await tools.database.write(partial(_record, tools=tools, addressed=each, now=now))
        except UnsafeMail:
            log.warning("digest_not_written", reason="address_refused")
    if sent:
        log.info("digests_prepared", count=sent)
        tools.on_enqueued()
    return sent


def look_at_digests(
    tx: Transaction, *, policy: DigestPolicy, recipients: list[StaffMember], now: datetime
) -> tuple[Addressed, ...]:
    """What each of these people would read at `now` (aware UTC); nothing is written."""
    year = fiscal_year_of(local_day(now, calendar=policy.calendar))
    since_at, until_at = span_of(year, calendar=policy.calendar)
    facts = gather_digest_facts(tx, statuses=OPEN_STATUSES, since_at=since_at, until_at=until_at, now=now)
    figures = count_facts(facts, policy=policy, now=now)
    return tuple(
        Addressed(each, make_digest(facts, each, figures=figures, policy=policy, now=now)) for each in recipients
    )


def _find_missing(tx: Transaction, *, keys: dict[str, str]) -> set[str]:
    return {staff_id for staff_id, key in keys.items() if handling.find_by_key(tx, key) is None}


def _record(tx: Transaction, *, tools: Digests, addressed: Addressed, now: datetime) -> bool:
    return record_digest(
        tx,
        addressed.digest,
        recipient=addressed.recipient,
        staff=tools.policy.staff,
        stationery=tools.stationery,
        now=now,
    )
