"""Notices to staff with facts of fiction: an ordinary file, a late one, a restricted one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.mail.writing.internal.values import StaffValues, notice_values
from triage.model.agents.staff import Role, StaffMember
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.escalation.notices import FileStanding, Occasion, Situation, StaffNotice

SPECIMEN_MEMBER = StaffMember(
    id="marie.exemple",
    name="Marie Exemple",
    address="marie.exemple@exemple.invalid",
    roles=frozenset({Role.AGENT}),
    title="Conseillère au service à la clientèle",
)

_ZONE = ZoneInfo("America/Toronto")

SPECIMEN_FILE = FileStanding(
    reference="2026-000123",
    ticket_id=123,
    situation=Situation.DECIDE,
    restricted=False,
    status=TicketStatus.IN_ANALYSIS,
    owner=SPECIMEN_MEMBER.title,
    told_on=date(2026, 12, 8),
    received_on=date(2026, 11, 21),
    last_action_on=date(2026, 12, 1),
    due_at=datetime(2026, 12, 12, tzinfo=_ZONE),
    due_on=date(2026, 12, 11),
    day=12,
    of_days=15,
    days_left=3,
)

_MIDWAY = replace(
    SPECIMEN_FILE, situation=Situation.MIDWAY, day=5, days_left=10, told_on=date(2026, 11, 27), owner=None
)
_LATE = replace(
    SPECIMEN_FILE,
    reference="2026-000098",
    situation=Situation.LATE,
    received_on=date(2026, 11, 13),
    due_at=datetime(2026, 12, 5, tzinfo=_ZONE),
    due_on=date(2026, 12, 4),
    days_left=0,
    days_late=2,
)
_TO_TAKE = replace(
    SPECIMEN_FILE,
    situation=Situation.TO_TAKE,
    status=TicketStatus.NEW,
    owner=None,
    last_action_on=date(2026, 11, 20),
    received_on=date(2026, 11, 20),
    due_at=datetime(2026, 11, 21, 10, 5, tzinfo=_ZONE),
    due_on=None,
)
_RESTRICTED = replace(_TO_TAKE, reference="2026-000124", restricted=True)

SPECIMEN_NOTICES: Mapping[NoticeKind, StaffNotice] = {
    notice.kind: notice
    for notice in (
        StaffNotice(NoticeKind.REMINDER, "specimen", SPECIMEN_MEMBER, Occasion.STEP, (_MIDWAY,)),
        StaffNotice(NoticeKind.ESCALATION, "specimen", SPECIMEN_MEMBER, Occasion.STEP, (SPECIMEN_FILE,)),
        StaffNotice(
            NoticeKind.CLOSING_LIST, "specimen", SPECIMEN_MEMBER, Occasion.BEFORE_CLOSED, (_TO_TAKE, _RESTRICTED)
        ),
        StaffNotice(
            NoticeKind.CATCH_UP, "specimen", SPECIMEN_MEMBER, Occasion.STALE, (_LATE, SPECIMEN_FILE, _RESTRICTED), 2
        ),
    )
}


def staff_specimens(unit: str) -> Mapping[NoticeKind, StaffValues]:
    """The texts of each notice, signed by that unit."""
    return {
        kind: notice_values(notice, unit=unit, code="ABCD-EFGH-2345-WXYZ") for kind, notice in SPECIMEN_NOTICES.items()
    }
