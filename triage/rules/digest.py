"""Which lines stand where in one supervisor's digest (R-11, R-42, R-73 to R-75).

Each ticket stands once, where it is most urgent, and has a number for the answer. Nothing about a ticket reaches a
person whom it concerns. Of a restricted file the line says no more than its section and its due date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from triage.model.agents.staff import Role, Staff, StaffMember
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.escalation.office import Office
from triage.model.papers.counting import CountedClock, YearFigures
from triage.model.papers.digest import (
    Deed,
    Digest,
    DigestFacts,
    DigestLetter,
    DigestLine,
    DigestSection,
    Section,
    ServiceState,
    StandingTicket,
    StuckMail,
)
from triage.model.standard import BusinessCalendar, ServiceStandard
from triage.rules.agents.people import find_acting, find_restricted_handlers
from triage.rules.clocks.business_days import add_business_days, count_business_days, is_business_day
from triage.rules.clocks.due import local_day
from triage.rules.clocks.office_hours import wall_time
from triage.rules.counting.attainment import TREATED, Standing, count_year, margin, stand
from triage.rules.counting.years import fiscal_year_of

MOST_LINES = 40
"""So many tickets a section lists; the rest is a number."""

BLIND_AFTER = timedelta(minutes=60)
"""So long without a look at the mailbox is told (R-88)."""

_NO_DUE = datetime.max.replace(tzinfo=UTC)
_DONE = frozenset(
    {
        TicketStatus.ANSWERED,
        TicketStatus.CLOSED,
        TicketStatus.REDIRECTED,
        TicketStatus.WITHDRAWN,
        TicketStatus.MERGED,
        TicketStatus.SPAM,
    }
)
OPEN_STATUSES = tuple(status for status in TicketStatus if status not in _DONE)
"""What the digest looks at."""


@dataclass(frozen=True, slots=True)
class DigestPolicy:
    """What the body decided: the digest comes at `at` on business days.

    A file whose answer is due in `decide_days_left` business days or fewer is to be decided.
    """

    standards: tuple[ServiceStandard, ...]
    office: Office
    staff: Staff
    at: time = time(8)
    decide_days_left: int = 3

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar that everything is counted on."""
        return self.office.calendar


def is_digest_time(now: datetime, *, policy: DigestPolicy) -> bool:
    """Whether today's digests are owed at `now` (aware): on a business day, from their hour until the office closes.

    Later the next morning's says everything, and says it better.
    """
    on = local_day(now, calendar=policy.calendar)
    begins_at, ends_at = (wall_time(on, at, office=policy.office) for at in (policy.at, policy.office.closes))
    return is_business_day(on, calendar=policy.calendar) and begins_at <= now < ends_at


def digest_key(staff_id: str, on: date) -> str:
    """The outbox key of one supervisor's digest of one local day: there can be no second (R-62)."""
    return f"{NoticeKind.DIGEST}:{on.isoformat()}:{staff_id}"


def find_recipients(staff: Staff, *, today: date) -> tuple[StaffMember, ...]:
    """Who gets a digest: each supervisor, or whoever stands in for one who is away; nobody twice."""
    acting = (find_acting(staff, each.id, today=today) or each for each in staff.with_role(Role.SUPERVISOR))
    return tuple({each.id: each for each in acting}.values())


def count_facts(facts: DigestFacts, *, policy: DigestPolicy, now: datetime) -> YearFigures:
    """The figures of the running fiscal year, the same for every supervisor."""
    year = fiscal_year_of(local_day(now, calendar=policy.calendar))
    return count_year(facts.cohort, year=year, standards=policy.standards, calendar=policy.calendar, now=now)


def make_digest(
    facts: DigestFacts, member: StaffMember, *, figures: YearFigures, policy: DigestPolicy, now: datetime
) -> Digest:
    """The paper of one supervisor at `now` (aware UTC); `figures` come from `count_facts`."""
    seen = (each for each in facts.tickets if member.address not in each.concerned)
    placed = [place for each in seen if (place := _place(each, policy=policy, now=now)) is not None]
    letters = [_letter(each) for each in facts.stuck if member.address not in each.concerned]
    return Digest(
        staff_id=member.id,
        on=local_day(now, calendar=policy.calendar),
        sections=_sections(placed),
        acknowledgements=tuple(each for each in letters if each.kind == NoticeKind.ACKNOWLEDGEMENT),
        letters=tuple(each for each in letters if each.kind != NoticeKind.ACKNOWLEDGEMENT),
        more_letters=facts.stuck_count - len(facts.stuck),
        figures=figures,
        service=_service(facts, calendar=policy.calendar, now=now),
        margins={each.standard: margin(each.promised, each.target_percent) for each in figures.attainments},
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """A ticket in its section, with the clock that put it there."""

    section: Section
    line: DigestLine


def _place(ticket: StandingTicket, *, policy: DigestPolicy, now: datetime) -> _Place | None:
    """The first that fits: for nobody here, quarantined, late, to be approved, to be decided, without owner.

    None where all is well.
    """
    standings = [(clock, stand(ticket.facts, clock, now=now)) for clock in ticket.facts.clocks]
    overdue = [clock for clock, standing in standings if standing is Standing.OVERDUE]
    pending = sorted((clock for clock, standing in standings if standing is Standing.PENDING), key=_due_at)
    first = pending[0] if pending else None
    aside = _aside(ticket, policy.staff)
    if aside is not None:
        return _put(aside, ticket, first or _most_telling(overdue), policy=policy, now=now)
    if overdue:
        return _put(Section.LATE, ticket, _most_telling(overdue), policy=policy, now=now)
    if ticket.facts.status is TicketStatus.AWAITING_APPROVAL:
        return _put(Section.APPROVE, ticket, first, policy=policy, now=now)
    if first is not None and any(_is_to_decide(clock, policy=policy, now=now) for clock in pending):
        return _put(Section.DECIDE, ticket, first, policy=policy, now=now)
    if ticket.assigned_to is None or policy.staff.by_id(ticket.assigned_to) is None:
        return _put(Section.UNASSIGNED, ticket, first, policy=policy, now=now)
    return None


def _aside(ticket: StandingTicket, staff: Staff) -> Section | None:
    """What nobody can work on until somebody decides."""
    if _is_for_nobody(ticket, staff):
        return Section.NOBODY
    return Section.QUARANTINED if ticket.facts.status is TicketStatus.QUARANTINED else None


def _is_for_nobody(ticket: StandingTicket, staff: Staff) -> bool:
    """Whether everybody who could handle the file is somebody whom it is about (R-75)."""
    concerned = {each.id for each in staff.members if each.address in ticket.concerned}
    return ticket.restricted and bool(staff.members) and not find_restricted_handlers(staff, concerned=concerned)


def _most_telling(overdue: Sequence[CountedClock]) -> CountedClock | None:
    """The answer, where it is late too: who answers has taken charge."""
    return max(overdue, key=_due_at, default=None)


def _due_at(clock: CountedClock) -> datetime:
    return clock.due.due_at


def _is_to_decide(clock: CountedClock, *, policy: DigestPolicy, now: datetime) -> bool:
    """It falls due before the next digest comes, or it is an answer for which few days are left."""
    calendar, today = policy.calendar, local_day(now, calendar=policy.calendar)
    if clock.due.standard == TREATED and clock.due.due_on is not None:
        return count_business_days(today, clock.due.due_on, calendar=calendar) <= policy.decide_days_left
    next_on = add_business_days(today, 1, calendar=calendar)
    return clock.due.due_at <= wall_time(next_on, policy.at, office=policy.office)


def _put(
    section: Section, ticket: StandingTicket, clock: CountedClock | None, *, policy: DigestPolicy, now: datetime
) -> _Place:
    line = DigestLine(
        number=0,
        reference=ticket.reference,
        restricted=ticket.restricted,
        deed=_deed(section, clock),
        kind=ticket.facts.kind,
        status=ticket.facts.status,
        assigned_to=ticket.assigned_to,
    )
    if clock is None:
        return _Place(section, line)
    timed = replace(line, due_at=clock.due.due_at, due_on=clock.due.due_on)
    return _Place(section, _with_days(timed, ticket.facts.received_at, calendar=policy.calendar, now=now))


def _deed(section: Section, clock: CountedClock | None) -> Deed:
    if section is Section.QUARANTINED:
        return Deed.JUDGE
    if section is Section.APPROVE:
        return Deed.APPROVE
    return Deed.ANSWER if clock is not None and clock.due.standard == TREATED else Deed.TAKE_CHARGE


def _with_days(line: DigestLine, received_at: datetime, *, calendar: BusinessCalendar, now: datetime) -> DigestLine:
    """How many of its business days are over, or by how many it is late; hours have neither."""
    today = local_day(now, calendar=calendar)
    if line.due_on is None:
        is_late = line.due_at is not None and line.due_at < now
        return replace(line, late_days=0) if is_late else line
    if line.due_on < today:
        return replace(line, late_days=count_business_days(line.due_on, today, calendar=calendar))
    received_on = local_day(received_at, calendar=calendar)
    return replace(
        line,
        day=count_business_days(received_on, today, calendar=calendar),
        days=count_business_days(received_on, line.due_on, calendar=calendar),
    )


def _sections(placed: Sequence[_Place]) -> tuple[DigestSection, ...]:
    """Every section in its order, the most urgent first, numbered through."""
    sections, number = [], 0
    for name in Section:
        mine = sorted((each for each in placed if each.section is name), key=_urgency)
        lines = tuple(replace(each.line, number=number + at) for at, each in enumerate(mine[:MOST_LINES], start=1))
        number += len(lines)
        sections.append(DigestSection(name, lines, more=len(mine) - len(lines)))
    return tuple(sections)


def _urgency(place: _Place) -> tuple[bool, datetime, str]:
    return place.line.due_at is None, place.line.due_at or _NO_DUE, place.line.reference


def _letter(mail: StuckMail) -> DigestLetter:
    return DigestLetter(mail.kind, mail.state, mail.reason, mail.reference, mail.restricted)


def _service(facts: DigestFacts, *, calendar: BusinessCalendar, now: datetime) -> ServiceState:
    year = local_day(now, calendar=calendar).year + 1
    rows = [holiday for on, holiday in calendar.holidays.items() if on.year == year]
    return ServiceState(
        looked_at=facts.looked_at,
        is_blind=facts.looked_at is None or now - facts.looked_at > BLIND_AFTER,
        waiting=facts.waiting,
        waiting_since_at=facts.waiting_since_at,
        for_approval=facts.for_approval,
        next_year=year,
        next_year_confirmed=year in calendar.listed_years and all(each.confirmed_by is not None for each in rows),
    )
