"""A digest with facts of fiction: an ordinary morning with one line of everything, restricted files among them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from triage.mail.writing.internal.digest_values import Row, digest_values
from triage.mail.writing.internal.specimens import SPECIMEN_MEMBER
from triage.model.agents.staff import Staff
from triage.model.codes import NoticeKind, OutboxState, TicketKind, TicketStatus
from triage.model.papers.counting import Attainment, FiscalYear, Tally, YearFigures
from triage.model.papers.digest import Deed, Digest, DigestLetter, DigestLine, DigestSection, Section, ServiceState
from triage.model.standard import ClockUnit

_STAFF = Staff(members=(SPECIMEN_MEMBER, replace(SPECIMEN_MEMBER, id="luc", name="Luc Exemple")))

_ANSWER = DigestLine(
    number=2,
    reference="2026-000123",
    restricted=False,
    deed=Deed.ANSWER,
    kind=TicketKind.COMPLAINT,
    status=TicketStatus.IN_ANALYSIS,
    due_at=datetime(2026, 12, 12, 5, tzinfo=UTC),
    due_on=date(2026, 12, 11),
    day=12,
    days=15,
    assigned_to=SPECIMEN_MEMBER.id,
)
_TAKE = replace(
    _ANSWER,
    number=3,
    reference="2026-000140",
    deed=Deed.TAKE_CHARGE,
    status=TicketStatus.NEW,
    due_at=datetime(2026, 12, 8, 19, 5, tzinfo=UTC),
    due_on=None,
    assigned_to=None,
)
_LATE = replace(
    _ANSWER,
    number=4,
    reference="2026-000098",
    due_at=datetime(2026, 12, 5, 5, tzinfo=UTC),
    due_on=date(2026, 12, 4),
    late_days=2,
)
_UNASSIGNED = replace(
    _ANSWER, number=6, reference="2026-000138", kind=TicketKind.SUGGESTION, due_at=None, due_on=None, assigned_to=None
)

_WITHIN_24_HOURS = Attainment(
    standard="E1",
    kinds=(TicketKind.COMPLAINT,),
    amount=24,
    unit=ClockUnit.ELAPSED_HOURS,
    is_answer=False,
    target_percent=90,
    promised=Tally(met=58, missed=3, pending=1),
    tracked=Tally(),
)
_ANSWERED = replace(
    _WITHIN_24_HOURS,
    standard="E2",
    amount=15,
    unit=ClockUnit.BUSINESS_DAYS,
    is_answer=True,
    target_percent=75,
    promised=Tally(met=40, missed=11, overdue=2, pending=7),
    tracked=Tally(met=3, missed=1),
)
_INFORMED = replace(
    _WITHIN_24_HOURS,
    standard="E3",
    kinds=(TicketKind.INFORMATION,),
    amount=2,
    unit=ClockUnit.BUSINESS_DAYS,
    target_percent=85,
    promised=Tally(met=16, missed=4),
)

SPECIMEN_DIGEST = Digest(
    staff_id=SPECIMEN_MEMBER.id,
    on=date(2026, 12, 8),
    sections=(
        DigestSection(Section.NOBODY, (replace(_TAKE, number=1, reference="2026-000142", restricted=True),)),
        DigestSection(Section.DECIDE, (_ANSWER, _TAKE)),
        DigestSection(Section.LATE, (_LATE, replace(_LATE, number=5, reference="2026-000097", restricted=True))),
        DigestSection(Section.UNASSIGNED, (_UNASSIGNED,), more=2),
        DigestSection(
            Section.QUARANTINED,
            (replace(_TAKE, number=7, reference="2026-000141", deed=Deed.JUDGE, status=TicketStatus.QUARANTINED),),
        ),
    ),
    acknowledgements=(
        DigestLetter(NoticeKind.ACKNOWLEDGEMENT, OutboxState.HELD, "no_reply_sender", "2026-000139", restricted=False),
        DigestLetter(NoticeKind.ACKNOWLEDGEMENT, OutboxState.DEAD, "refused", "2026-000137", restricted=False),
    ),
    letters=(DigestLetter(NoticeKind.DIGEST, OutboxState.DEAD, "refused", None, restricted=False),),
    more_letters=0,
    figures=YearFigures(
        year=FiscalYear(2026),
        attainments=(_WITHIN_24_HOURS, _ANSWERED, _INFORMED),
        acknowledged=60,
        acknowledgeable=62,
        is_provisional=True,
    ),
    service=ServiceState(
        looked_at=datetime(2026, 12, 8, 12, 59, tzinfo=UTC),
        is_blind=False,
        waiting=0,
        waiting_since_at=None,
        for_approval=0,
        next_year=2027,
        next_year_confirmed=False,
    ),
    margins={"E1": 3, "E2": 2, "E3": -7},
)


def digest_specimen(unit: str) -> Row:
    """The texts of that digest, with the line that explains its numbers."""
    return digest_values(
        SPECIMEN_DIGEST, staff=_STAFF, zone=ZoneInfo("America/Toronto"), unit=unit, code="ABCD-EFGH-2345-WXYZ"
    )
