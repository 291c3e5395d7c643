"""Who is told of a step: the people of `staff.toml` by role, their stand-ins, and nobody whom the file is about (R-75).

A restricted file is its handlers' alone, whatever the step says. Where nobody has a role the next higher or lower one
answers for it, so that no step is told to nobody while there is any staff.
"""

from collections.abc import Callable, Iterable
from datetime import date
from types import MappingProxyType

from triage.model.agents.staff import Role, Staff, StaffMember
from triage.model.escalation.steps import Audience, EscalationStep, WatchedTicket
from triage.rules.agents.people import find_acting, find_restricted_handlers


def find_recipients(
    step: EscalationStep, watched: WatchedTicket, *, staff: Staff, today: date, on_call: bool = False
) -> tuple[StaffMember, ...]:
    """Everybody whom the step tells, each once. `on_call` adds the person who is reached outside opening hours."""
    if watched.ticket.restricted:
        return _handlers(watched, staff=staff, today=today)
    found = [member for audience in step.recipients for member in _AUDIENCES[audience](watched, staff, today)]
    if on_call and staff.on_call is not None:
        found += _acting((staff.on_call,), staff, today)
    return _allowed(found, watched)


def find_supervisors(watched: WatchedTicket, *, staff: Staff, today: date) -> tuple[StaffMember, ...]:
    """Who answers for the file when many notices become one summary."""
    if watched.ticket.restricted:
        return _handlers(watched, staff=staff, today=today)
    return _allowed(_supervisors(watched, staff, today), watched)


def _handlers(watched: WatchedTicket, *, staff: Staff, today: date) -> tuple[StaffMember, ...]:
    # Never a stand-in: only who may see the file may know of it. Where all are away, it waits in their mailboxes.
    concerned = {each.id for each in staff.members if each.address in watched.concerned}
    handlers = find_restricted_handlers(staff, concerned=concerned)
    present = tuple(each for each in handlers if not each.is_absent(today))
    return present or handlers


def _team(_watched: WatchedTicket, staff: Staff, today: date) -> list[StaffMember]:
    return _acting(staff.intake_team, staff, today)


def _assigned(watched: WatchedTicket, staff: Staff, today: date) -> list[StaffMember]:
    assigned_to = watched.ticket.assigned_to
    acting = None if assigned_to is None else find_acting(staff, assigned_to, today=today)
    return _team(watched, staff, today) if acting is None else [acting]


def _supervisors(watched: WatchedTicket, staff: Staff, today: date) -> list[StaffMember]:
    return _with_role(Role.SUPERVISOR, watched, staff, today) or _with_role(Role.DIRECTOR, watched, staff, today)


def _directors(watched: WatchedTicket, staff: Staff, today: date) -> list[StaffMember]:
    return _with_role(Role.DIRECTOR, watched, staff, today) or _with_role(Role.SUPERVISOR, watched, staff, today)


def _with_role(role: Role, watched: WatchedTicket, staff: Staff, today: date) -> list[StaffMember]:
    """Those who answer for the file's service; while it has none, or nobody answers for it, all of that role."""
    members = staff.with_role(role)
    own = [each for each in members if not each.services or watched.service in each.services]
    return _acting((each.id for each in own or members), staff, today)


def _acting(ids: Iterable[str], staff: Staff, today: date) -> list[StaffMember]:
    """The people themselves or their stand-ins; where everybody is away, all of them."""
    wanted = tuple(ids)
    acting = [member for each in wanted if (member := find_acting(staff, each, today=today)) is not None]
    return acting or [member for each in wanted if (member := staff.by_id(each)) is not None]


def _allowed(members: Iterable[StaffMember], watched: WatchedTicket) -> tuple[StaffMember, ...]:
    return tuple({each.id: each for each in members if each.address not in watched.concerned}.values())


_AUDIENCES: MappingProxyType[Audience, Callable[[WatchedTicket, Staff, date], list[StaffMember]]] = MappingProxyType(
    {
        Audience.TEAM: _team,
        Audience.ASSIGNED: _assigned,
        Audience.SUPERVISOR: _supervisors,
        Audience.DIRECTOR: _directors,
    }
)
