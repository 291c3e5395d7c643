"""Files under watch for tests of escalation: people of fiction, a real calendar, and a day that is passed along."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from triage.model.agents.staff import Role, Staff, StaffMember
from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.escalation.notices import SweepDecision
from triage.model.escalation.office import Office
from triage.model.escalation.steps import Review, WatchedTicket
from triage.model.ticket import TicketSnapshot
from triage.rules.clocks.due import compute_dues
from triage.rules.clocks.escalation.reaching import due_steps
from triage.rules.clocks.escalation.telling import Circle, decide_notices
from triage.settings.dated import load_calendar, load_standards
from triage.settings.escalation import load_escalation

QUEBEC = ZoneInfo("America/Toronto")
CALENDAR = load_calendar(None, zone=QUEBEC)
STANDARDS = load_standards(None)
OFFICE = Office(CALENDAR)
POLICY = load_escalation(None, standards=STANDARDS)


def member(staff_id: str, *roles: Role, **said: object) -> StaffMember:
    """Somebody who works here."""
    name = f"{staff_id.capitalize()} Fiction"
    known = StaffMember(id=staff_id, name=name, address=f"{staff_id}@organisme.example", roles=frozenset(roles))
    return replace(known, **said)  # type: ignore[arg-type]  # fields of the dataclass, by name


MARIE = member("marie", Role.AGENT, title="Conseillère")
LUC = member("luc", Role.AGENT)
SUZANNE = member("suzanne", Role.SUPERVISOR, title="Chef d’équipe")
DENIS = member("denis", Role.DIRECTOR)
STAFF = Staff(
    members=(MARIE, LUC, SUZANNE, DENIS),
    intake_team=("marie", "luc"),
    restricted_handlers=("suzanne",),
    on_call="denis",
)


def local(text: str) -> datetime:
    """A wall-clock time of Quebec, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=QUEBEC).astimezone(UTC)


def watched(
    received: str,
    *,
    kind: TicketKind = TicketKind.COMPLAINT,
    key: int = 1,
    done: frozenset[str] = frozenset(),
    concerned: frozenset[str] = frozenset(),
    scope: str = "IN",
    service: str | None = None,
    **said: object,
) -> WatchedTicket:
    """A file received at that local time and opened at once; `said` are fields of its picture."""
    received_at = local(received)
    ticket = TicketSnapshot(
        reference=f"2026-{key:06d}",
        kind=kind,
        channel=Channel.EMAIL,
        status=TicketStatus.NEW,
        received_at=received_at,
        acknowledged_at=None,
        taken_charge_at=None,
        answered_at=None,
        assigned_to=None,
        restricted=False,
        flags=(),
        correspondents=(),
        dues=compute_dues(
            received_at=received_at, kind=kind, channel=Channel.EMAIL, standards=STANDARDS, calendar=CALENDAR
        ),
    )
    return WatchedTicket(
        id=key,
        ticket=replace(ticket, **said),  # type: ignore[arg-type]  # fields of the dataclass, by name
        last_action_at=received_at,
        done=done,
        concerned=concerned,
        scope=scope,
        service=service,
    )


def review(file: WatchedTicket, now: str) -> Review:
    """What the shipped steps make of it at that local time."""
    return due_steps(file, office=OFFICE, policy=POLICY, now=local(now))


def decide(*files: WatchedTicket, now: str, circle: Circle | None = None) -> SweepDecision:
    """What one sweep over these files decides."""
    circle = circle or Circle(STAFF, OFFICE, POLICY, local(now))
    return decide_notices([due_steps(each, office=OFFICE, policy=POLICY, now=local(now)) for each in files], circle)


def told(decision: SweepDecision) -> list[str]:
    """Each notice in a line: what, to whom, about what."""
    return [
        f"{notice.kind} {notice.recipient.id} {' '.join(each.reference for each in notice.files)}"
        for notice in decision.notices
    ]


def run_through(file: WatchedTicket, *, until: str) -> list[tuple[str, str]]:
    """Each step with the local time at which it is reached, looking again only when the file says so."""
    moments: list[tuple[str, str]] = []
    now, end = file.ticket.received_at, local(until)
    while now <= end:
        found = due_steps(file, office=OFFICE, policy=POLICY, now=now)
        at = f"{now.astimezone(QUEBEC):%Y-%m-%d %H:%M}"
        moments += [(each.step.id, at) for each in found.reached]
        file = replace(file, done=file.done | {each.key for each in found.reached})
        if found.next_review_at is None:
            break
        now = found.next_review_at
    return moments


def days_of(moments: list[tuple[str, str]]) -> set[date]:
    """The local days on which something was reached."""
    return {date.fromisoformat(at[:10]) for _, at in moments}
