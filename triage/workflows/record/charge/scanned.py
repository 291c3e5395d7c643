"""What follows from the scanner's verdict: an event, and the attachments, or a word, to whoever has the ticket."""

from datetime import datetime

from triage.model.agents.staff import Staff
from triage.model.codes import EventKind, NoticeKind
from triage.model.judgement import ScanResult
from triage.rules.agents.acting import Worked, may_see
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, find_worked, list_acts
from triage.store.journal import OpenedTicket, append_event
from triage.store.ledgers import scanning
from triage.workflows.record.charge.kept import find_originals, read_said
from triage.workflows.record.charge.working import WorkingMail, put_working_mail
from triage.workflows.record.stationery import Stationery


def record_scan(
    tx: Transaction, mail_id: int, result: ScanResult | None, *, stationery: Stationery, staff: Staff, now: datetime
) -> bool:
    """Write what the scanner said of a mail, None where nobody will ask it; whether something entered the outbox."""
    if result is None:
        settled = scanning.forget_scan(tx, mail_id)
    else:
        settled = scanning.settle_scan(tx, mail_id, result, now=now)
    if not settled:
        return False
    found = [find_worked(tx, reference) for reference in scanning.list_references(tx, mail_id)]
    tickets = [each for each in found if each is not None]
    if result is not None:
        payload = {"verdict": result.verdict, "signature": result.signature}
        for each in tickets:
            append_event(tx, each.id, EventKind.SCANNED, at=now, payload=payload, mail_id=mail_id)
    told = [_tell(tx, each, mail_id, stationery=stationery, staff=staff, now=now) for each in tickets]
    return any(told)


def _tell(
    tx: Transaction, worked: WorkedTicket, mail_id: int, *, stationery: Stationery, staff: Staff, now: datetime
) -> bool:
    """To whoever has the ticket now; where nobody has it, whoever takes it is given what may be given."""
    snapshot = worked.ticket
    member = staff.by_id(snapshot.assigned_to or "")
    if member is None or not may_see(Worked(snapshot, worked.concerned), member, staff):
        return False
    acts = list_acts(tx, worked.id, kinds=scanning.SAYING)
    act = next((each for each in acts if each.mail_id == mail_id and "said" in each.payload), None)
    if act is None:  # destroyed
        return False
    carried = find_originals(tx, snapshot.reference, [mail_id], scans=stationery.scans, now=now)
    mail = WorkingMail(
        kind=NoticeKind.ATTACHMENTS,
        member=member,
        ticket=OpenedTicket(worked.id, snapshot.reference),
        mail_id=mail_id,
        key=f"{NoticeKind.ATTACHMENTS}:{mail_id}:{worked.id}:{member.id}",
        received_at=datetime.fromisoformat(act.payload["received_at"]),
        written=read_said(act.payload["said"]),
        possibly_related=act.payload.get("possibly_related"),
        carried=carried,
    )
    return put_working_mail(tx, mail, snapshot, stationery=stationery, now=now)
