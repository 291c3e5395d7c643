"""The people who work on tickets, as `staff.toml` names them (R-73, R-75).

An address tells who a mail claims to be from and proves nothing: `rules.agents.authority` decides what it may do.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from triage.model.codes import Language
from triage.model.message import fold_address


class Role(StrEnum):
    """What somebody is here for; a person may have several roles."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    PRIVACY = "privacy"
    RECORDS = "records"
    ETHICS = "ethics"
    ADVISER = "adviser"  # is consulted, works on no ticket


HANDLING_ROLES = frozenset({Role.AGENT, Role.SUPERVISOR, Role.DIRECTOR})
"""Who may have a ticket in hand."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One person. `address` is folded as addresses are compared; `stand_in` is another member's id.

    `services` are the codes of the services they answer for, none meaning all. `absent_until_on` is the last local
    day of an absence that somebody wrote down.
    """

    id: str
    name: str
    address: str
    roles: frozenset[Role]
    title: str = ""
    phone: str = ""
    stand_in: str | None = None
    services: frozenset[str] = frozenset()
    language: Language = Language.FRENCH
    absent_until_on: date | None = None

    @property
    def may_handle(self) -> bool:
        """Whether a ticket may be assigned to them."""
        return bool(self.roles & HANDLING_ROLES)

    def is_absent(self, today: date) -> bool:
        """Whether `today`, a local day, lies in the absence that is written down."""
        return self.absent_until_on is not None and today <= self.absent_until_on


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and who gets what: ids, in the order of the file.

    `intake_team` receives each new matter until somebody takes it; `restricted_handlers` alone see restricted files;
    `approvers` let final answers go; `on_call` is reached outside opening hours.
    """

    members: tuple[StaffMember, ...] = ()
    intake_team: tuple[str, ...] = ()
    restricted_handlers: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    on_call: str | None = None

    def by_id(self, staff_id: str) -> StaffMember | None:
        """The member of that id."""
        return next((member for member in self.members if member.id == staff_id), None)

    def by_address(self, address: str) -> StaffMember | None:
        """The member whose registered address this is, compared as addresses are (`fold_address`)."""
        folded = fold_address(address)
        return next((member for member in self.members if member.address == folded), None)

    def with_role(self, role: Role) -> tuple[StaffMember, ...]:
        """All members who have the role, in the order of the file."""
        return tuple(member for member in self.members if role in member.roles)


NOBODY = Staff()
"""A fresh installation: no mail acts, and the operator is told by `triage check`."""
