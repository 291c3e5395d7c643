"""Who is in charge of a file, and so alone reads what somebody wrote (R-73 to R-75).

The intake team until somebody has it, then that person; of a restricted file its handlers alone. Whom a file is about
never hears of it, whatever their role. Stand-ins take over for who is away, except where a file is restricted.
"""

from collections.abc import Collection, Iterable
from datetime import date

from triage.model.agents.staff import Staff, StaffMember
from triage.rules.agents.people import find_acting, find_restricted_handlers


def find_in_charge(
    staff: Staff,
    *,
    today: date,
    restricted: bool = False,
    assigned_to: str | None = None,
    concerned: Collection[str] = (),
) -> tuple[StaffMember, ...]:
    """Who gets the working mail, each once; nobody where the file is about everybody who could.

    `concerned` are ids of staff.
    """
    if restricted:
        return _handlers(staff, assigned_to=assigned_to, concerned=concerned, today=today)
    owner = None if assigned_to is None else find_acting(staff, assigned_to, today=today)
    members = _team(staff, today=today) if owner is None else (owner,)
    free = tuple(member for member in members if member.id not in concerned)
    return free or _handlers(staff, assigned_to=None, concerned=concerned, today=today)


def find_ids(staff: Staff, addresses: Iterable[str]) -> frozenset[str]:
    """The ids of the members behind the addresses that are kept with a file."""
    members = (staff.by_address(each) for each in addresses)
    return frozenset(member.id for member in members if member is not None)


def _handlers(
    staff: Staff, *, assigned_to: str | None, concerned: Collection[str], today: date
) -> tuple[StaffMember, ...]:
    handlers = find_restricted_handlers(staff, concerned=concerned)
    owner = tuple(member for member in handlers if member.id == assigned_to)
    present = tuple(member for member in handlers if not member.is_absent(today))
    # Nobody stands in for a handler: where all are away, it waits in their mailboxes.
    return owner or present or handlers


def _team(staff: Staff, *, today: date) -> tuple[StaffMember, ...]:
    acting = [find_acting(staff, each, today=today) for each in staff.intake_team]
    present = {member.id: member for member in acting if member is not None}
    everybody = [member for each in staff.intake_team if (member := staff.by_id(each)) is not None]
    return tuple(present.values()) or tuple(everybody)
