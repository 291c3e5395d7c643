"""A body with people: two agents in the intake team, a supervisor and a director; everybody is made up."""

from dataclasses import replace

from tests.intake_worlds import Desk
from tests.matters import make_policy
from triage.model.agents.staff import Role, Staff, StaffMember
from triage.store.database import Database


def member(staff_id: str, name: str, *roles: Role) -> StaffMember:
    """A member whose address follows from the id."""
    return StaffMember(id=staff_id, name=name, address=f"{staff_id}@organisme.example", roles=frozenset(roles))


MARIE = member("marie.exemple", "Marie Exemple", Role.AGENT)
LUC = member("luc.d-amours", "Jean-Luc D’Amours", Role.AGENT)
NADIA = member("nadia.supervise", "Nadia Supervise", Role.SUPERVISOR)
DENIS = member("denis.dirige", "Denis Dirige", Role.DIRECTOR)
STAFF = Staff(
    members=(MARIE, LUC, NADIA, DENIS),
    intake_team=(MARIE.id, LUC.id),
    restricted_handlers=(NADIA.id,),
)


def desk_with_staff(database: Database, staff: Staff = STAFF) -> Desk:
    """Intake of a body whose staff file holds these people."""
    return Desk(database, policy=replace(make_policy(), staff=staff))
