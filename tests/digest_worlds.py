"""A morning of fiction for digests: supervisors, and tickets written straight into the tables."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlmodel import col

from tests.matters import ZONE, make_policy
from triage.model.agents.staff import NOBODY, Role, Staff, StaffMember
from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.escalation.office import Office
from triage.rules.clocks.due import compute_dues
from triage.rules.digest import DigestPolicy
from triage.store.engine import transaction
from triage.store.journal.chain import GENESIS
from triage.store.tables import ClockRow, ConcernedRow, OutboxRow, PersonRow, TicketRow


def make_member(name: str, role: Role = Role.AGENT, **values: Any) -> StaffMember:
    """Somebody whose id and address are their first name."""
    first = name.split(maxsplit=1)[0].lower()
    return StaffMember(id=first, name=name, address=f"{first}@organisme.example", roles=frozenset({role}), **values)


NATHALIE = make_member("Nathalie Fiction", Role.SUPERVISOR)
OMAR = make_member("Omar Fiction", Role.SUPERVISOR)
MARIE = make_member("Marie-Anne Fiction")
STAFF = Staff(members=(NATHALIE, OMAR, MARIE), intake_team=(MARIE.id,), restricted_handlers=(OMAR.id,))


def make_digest_policy(staff: Staff = NOBODY, **values: Any) -> DigestPolicy:
    """The shipped calendar and promises."""
    policy = make_policy()
    return DigestPolicy(standards=policy.standards, office=Office(policy.calendar), staff=staff, **values)


@dataclass(slots=True)
class Desk:
    """Writes rows as other parts of the service will: numbers count up, clocks are those of the shipped promises."""

    engine: Engine
    count: int = 0
    references: list[str] = field(default_factory=list)

    def open(
        self,
        received_at: datetime,
        kind: TicketKind = TicketKind.COMPLAINT,
        *,
        channel: Channel = Channel.EMAIL,
        status: TicketStatus = TicketStatus.NEW,
        concerned: tuple[str, ...] = (),
        reachable: bool = True,
        **values: Any,
    ) -> str:
        """One ticket; `values` are columns."""
        self.count += 1
        reference = f"{received_at.astimezone(ZONE).year}-{self.count:06d}"
        policy = make_policy()
        dues = compute_dues(
            received_at=received_at, kind=kind, channel=channel, standards=policy.standards, calendar=policy.calendar
        )
        with transaction(self.engine) as tx:
            person = {"name": "Jeanne Secrète", "created_at": received_at}
            requester = tx.execute(insert(PersonRow).values(**person).returning(col(PersonRow.id))).scalar_one()
            row = {
                "reference": reference,
                "kind": kind,
                "scope": "IN",
                "channel": channel,
                "status": status,
                "received_at": received_at,
                "opened_at": received_at,
                "acknowledged_at": received_at + timedelta(seconds=1),
                "restricted": False,
                "legal_hold": False,
                "flags": json.dumps([]),
                "requester_id": requester if reachable else None,
                "event_count": 0,
                "event_hash": GENESIS,
            }
            key = tx.execute(insert(TicketRow).values(**{**row, **values}).returning(col(TicketRow.id))).scalar_one()
            for due in dues:
                clock = {name: getattr(due, name) for name in ("standard", "version", "unit", "due_at", "due_on")}
                tx.execute(
                    insert(ClockRow).values(
                        **clock,
                        ticket_id=key,
                        started_at=received_at,
                        committed=due.committed,
                        provisional=due.provisional,
                    )
                )
            for address in concerned:
                tx.execute(insert(ConcernedRow).values(ticket_id=key, address=address, since_at=received_at))
        self.references.append(reference)
        return reference

    def hold(self, reference: str | None, state: str, reason: str, *, kind: str = "acknowledgement") -> None:
        """One outgoing mail that a person must see."""
        self.count += 1
        with transaction(self.engine) as tx:
            key = None
            if reference is not None:
                key = tx.execute(select(col(TicketRow.id)).where(col(TicketRow.reference) == reference)).scalar_one()
            tx.execute(
                insert(OutboxRow).values(
                    key=f"key {self.count}",
                    kind=kind,
                    ticket_id=key,
                    sequence=1,
                    recipient="jeanne@secret.example",
                    addressee="jeanne@secret.example",
                    addressee_domain="secret.example",
                    envelope_from="plaintes@organisme.example",
                    message_id=f"{self.count}@organisme.example",
                    raw_sha256="0" * 64,
                    priority=0,
                    state=state,
                    hold_reason=reason,
                    attempts=0,
                    troubles=0,
                    unknowns=0,
                    created_at=datetime(2026, 3, 2, 14, 30, tzinfo=ZONE),
                )
            )
