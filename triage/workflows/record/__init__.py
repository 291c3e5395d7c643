"""Decisions to rows and composed mails, within the caller's transaction; the one door to the journal and the outbox."""

from triage.workflows.record.attempt import record_attempt
from triage.workflows.record.digest import record_digest
from triage.workflows.record.escalating import record_sweep
from triage.workflows.record.intake import Recorded, record_intake
from triage.workflows.record.operating import Refused, cancel, release, retry
from triage.workflows.record.rereading import record_rereading
from triage.workflows.record.stationery import Stationery

__all__ = [
    "Recorded",
    "Refused",
    "Stationery",
    "cancel",
    "record_attempt",
    "record_digest",
    "record_intake",
    "record_rereading",
    "record_sweep",
    "release",
    "retry",
]
