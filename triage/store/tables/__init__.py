"""The tables, by noun. Importing this package registers them all with the metadata that Alembic compares.

Columns named `_at` are aware UTC instants, `_on` local dates of the body's zone. Codes are the values of `model.codes`.
"""

from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# The convention above must stand before the first table is defined.
from triage.store.tables.guards import LeaseRow, NumberSeriesRow, SigningKeyRow, TokenRow  # noqa: E402  see above
from triage.store.tables.mail import FolderRow, MailRow, RawPartRow, ScanRow  # noqa: E402  see above
from triage.store.tables.outbox import AttemptRow, OutboxRow  # noqa: E402  see above
from triage.store.tables.papers import DigestLineRow  # noqa: E402  see above
from triage.store.tables.people import AddressRow, PersonRow  # noqa: E402  see above
from triage.store.tables.story import ClassificationEventRow, DaySealRow, EventPayloadRow, EventRow  # noqa: E402  see above
from triage.store.tables.ticket import ClockRow, ConcernedRow, CorrespondentRow, TicketRow  # noqa: E402  see above

METADATA = SQLModel.metadata

__all__ = [
    "METADATA",
    "AddressRow",
    "AttemptRow",
    "ClassificationEventRow",
    "ClockRow",
    "ConcernedRow",
    "CorrespondentRow",
    "DaySealRow",
    "DigestLineRow",
    "EventPayloadRow",
    "EventRow",
    "FolderRow",
    "LeaseRow",
    "MailRow",
    "NumberSeriesRow",
    "OutboxRow",
    "PersonRow",
    "RawPartRow",
    "ScanRow",
    "SigningKeyRow",
    "TicketRow",
    "TokenRow",
]
