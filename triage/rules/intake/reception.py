"""When a mail was received: the instant from which every clock runs (R-57, C-1.1 art. 31).

The server's INTERNALDATE counts, unless the body's own host stamped the mail at most fifteen minutes earlier. The
sender's `Date:` never counts, nor the time at which we came to look.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.model.decision import Arrival
from triage.model.judgement import Evidence
from triage.model.message import ParsedMessage, ReceivedLine

OWN_STAMP_AT_MOST = timedelta(minutes=15)
"""How much earlier than the server's date the own host's stamp may be and still be believed."""

GAP_TO_FLAG = timedelta(minutes=15)
"""Instants further apart than this are shown to a person."""

ARCHIVED_GAP_TO_FLAG = timedelta(hours=26)
"""Of mail in archives: lines that begin a mail in an mbox name no zone, and many programs write their own there."""

_FIRST_MAIL = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reception:
    """The instant that counts, the own host's stamp if legible, and whether the instants disagree. Aware UTC.

    `evidence` is told of mail that lay in an archive, where nobody of us saw it arrive.
    """

    received_at: datetime
    stamped_at: datetime | None
    has_gap: bool
    evidence: Evidence | None = None


def judge_reception(arrival: Arrival, received: tuple[ReceivedLine, ...], *, received_by: str | None) -> Reception:
    """Choose the instant of reception; it never lies after the instant at which we observed the mail.

    A server date that cannot be when this mailbox received the mail counts for nothing, and is shown as a gap.
    """
    believed = None if arrival.date_doubted else arrival.internal_date
    server_at = min(believed or arrival.observed_at, arrival.observed_at)
    stamped_at = _own_stamp(received, received_by)
    trusted = stamped_at is not None and timedelta(0) <= server_at - stamped_at <= OWN_STAMP_AT_MOST
    received_at = stamped_at if trusted and stamped_at is not None else server_at
    instants = [at for at in (arrival.internal_date, stamped_at) if at is not None]
    has_gap = any(abs(at - received_at) > GAP_TO_FLAG for at in instants)
    return Reception(received_at, stamped_at, has_gap)


def judge_archived(arrival: Arrival, message: ParsedMessage, *, received_by: str | None) -> Reception:
    """When a mail of an archive was received: the best evidence counts, and what it is worth is told.

    Servers' stamps come before what the archive says, for archives are often copied and dated anew; the sender's date
    comes last. An instant before electronic mail was common, or later than the import, is no evidence.
    """
    stamped_at = _own_stamp(message.received, received_by)
    told = (
        (Evidence.OWN_HOST, stamped_at),
        (Evidence.RECEIVED_LINE, next((line.at for line in message.received if line.at is not None), None)),
        (Evidence.ARCHIVE, arrival.internal_date),
        (Evidence.SENDER_DATE, message.date),
        (Evidence.NOTHING, arrival.observed_at),
    )
    believed = [(what, at) for what, at in told if at is not None and _FIRST_MAIL <= at <= arrival.observed_at]
    evidence, received_at = believed[0] if believed else (Evidence.NOTHING, arrival.observed_at)
    others = [at for what, at in believed if what is not Evidence.NOTHING]
    has_gap = any(abs(at - received_at) > ARCHIVED_GAP_TO_FLAG for at in others)
    return Reception(received_at.astimezone(UTC), stamped_at, has_gap, evidence)


def _own_stamp(received: tuple[ReceivedLine, ...], received_by: str | None) -> datetime | None:
    if received_by is None:
        return None
    # Topmost first: a line that a sender forged lies below those of our own host.
    return next((line.at for line in received if line.by == received_by), None)
