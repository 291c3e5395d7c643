"""What is to be told: facts for one template, not yet text."""

from dataclasses import dataclass
from datetime import date, datetime

from triage.model.decision import Thread


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who signs (`[body]` of triage.toml). `address` is the mailbox: From, envelope sender and X-Loop of every mail.

    `review_by` is who reviews an answer that somebody does not accept, "" where the body offers no review (R-32).
    """

    name: str
    short_name: str
    unit: str
    address: str
    display_name: str
    phone: str
    access_address: str
    review_by: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementFacts:
    """What the acknowledgement says (R-22). `received_at` is aware, in the body's zone; both dates are local days.

    `code` is the letter's last line, by which an answer that quotes it finds its ticket (MUST 33).
    """

    reference: str
    received_at: datetime
    answer_due_on: date
    information_due_on: date
    thread: Thread
    code: str
