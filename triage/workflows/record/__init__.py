"""Decisions to rows and composed mails, within the caller's transaction; the one door to the journal and the outbox."""

from triage.workflows.record.attempt import record_attempt
from triage.workflows.record.intake import Recorded, record_intake
from triage.workflows.record.stationery import Stationery

__all__ = ["Recorded", "Stationery", "record_attempt", "record_intake"]
