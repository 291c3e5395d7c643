"""Every kind of letter with facts of fiction: what templates are proved with at start, and what `letters` shows."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from triage.mail.writing.internal.digest_specimen import digest_specimen
from triage.mail.writing.internal.receipt_values import receipt_specimen
from triage.mail.writing.internal.specimens import staff_specimens
from triage.mail.writing.letterhead import letterhead_values
from triage.mail.writing.letters.specimens import SPECIMEN_LETTERS, SPECIMEN_WORKING_MAILS
from triage.mail.writing.letters.values import letter_values
from triage.mail.writing.letters.working import working_values
from triage.mail.writing.values import acknowledgement_values
from triage.model.codes import Language, NoticeKind
from triage.model.decision import Thread
from triage.model.notice import AcknowledgementFacts, Letterhead

SPECIMEN_LETTERHEAD = Letterhead(
    name="Organisme d’exemple",
    short_name="EXEMPLE",
    unit="Direction du service à la clientèle",
    address="plaintes@exemple.invalid",
    display_name="Plaintes et commentaires – Organisme d’exemple",
    phone="418 555-0100",
    access_address="acces@exemple.invalid",
)

# A Saturday morning, whose dates are worked out in the service standard's examples; the 1st shows « 1er ».
SPECIMEN_ACKNOWLEDGEMENT = AcknowledgementFacts(
    reference="2026-000123",
    received_at=datetime(2026, 11, 21, 10, 5, tzinfo=ZoneInfo("America/Toronto")),
    answer_due_on=date(2026, 12, 11),
    information_due_on=date(2026, 11, 24),
    thread=Thread(in_reply_to="specimen@exemple.invalid", references=()),
    code="ABCD-EFGH-2345-WXYZ",
)


def specimen_values(language: Language) -> Mapping[str, tuple[NoticeKind, Mapping[str, object]]]:
    """By a specimen's name: the kind of mail, and its values from facts of fiction. A kind has one specimen or more."""
    acknowledgement = acknowledgement_values(SPECIMEN_ACKNOWLEDGEMENT, SPECIMEN_LETTERHEAD, language=language)
    body = letterhead_values(SPECIMEN_LETTERHEAD)
    unit = SPECIMEN_LETTERHEAD.unit
    staff = {
        **staff_specimens(unit),
        NoticeKind.DIGEST: digest_specimen(unit),
        NoticeKind.RECEIPT: receipt_specimen(unit),
    }
    letters = {name: (kind, {**body, **letter_values(facts)}) for name, (kind, facts) in SPECIMEN_LETTERS.items()}
    working = {
        name: (kind, {**body, **working_values(facts, SPECIMEN_LETTERHEAD)})
        for name, (kind, facts) in SPECIMEN_WORKING_MAILS.items()
    }
    return {
        "acknowledgement": (NoticeKind.ACKNOWLEDGEMENT, acknowledgement),
        **{kind.value: (kind, values) for kind, values in staff.items()},
        **letters,
        **working,
    }
