"""A small office for the tests of commands: three people of fiction, a day, a ticket, a digest of two."""

from datetime import date

from triage.model.agents.commands import CommandContext
from triage.model.agents.staff import Role, Staff, StaffMember

MINE, OTHER = "2026-000123", "2026-000099"
TODAY = date(2026, 11, 23)


def person(staff_id: str, name: str, *roles: Role) -> StaffMember:
    """A member whose address follows from the id."""
    return StaffMember(id=staff_id, name=name, address=f"{staff_id}@cag.example", roles=frozenset(roles))


MARIE = person("marie.e", "Marie Exemple", Role.AGENT)
MARIE_ROY = person("marie.r", "Marie Roy", Role.AGENT)
LUC = person("luc.e", "Luc Exemple", Role.AGENT, Role.SUPERVISOR)
ADA = person("ada.c", "Ada Conseil", Role.ADVISER)
PAULE = person("paule.v", "Paule Vie", Role.PRIVACY)
STAFF = Staff(members=(MARIE, MARIE_ROY, LUC, ADA, PAULE))


def answering(sender: StaffMember = MARIE, *, reference: str | None = MINE) -> CommandContext:
    """An answer to a working mail."""
    return CommandContext(staff=STAFF, sender=sender, today=TODAY, reference=reference)


DIGEST = CommandContext(staff=STAFF, sender=LUC, today=TODAY, items={1: MINE, 3: OTHER})
