"""When a mail was received (R-57): the server's date, or the own host's stamp; never what a sender claims."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters import read_mail, write_mail
from triage.model.decision import Arrival
from triage.model.judgement import Evidence
from triage.model.message import ReceivedLine
from triage.rules.intake.reception import Reception, judge_archived, judge_reception

OBSERVED_AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
SERVER_AT = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
OURS = "mx.organisme.example"
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
instants = st.integers(0, 7_226_582_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))  # 1970 to 2199


def received(*lines: tuple[str, datetime | None]) -> tuple[ReceivedLine, ...]:
    return tuple(ReceivedLine(by, at) for by, at in lines)


TABLE = [
    # what it is about, internal date, Received lines (topmost first), -> instant that counts, stamp, gap to show
    ("no stamp asked for or found", SERVER_AT, received(), SERVER_AT, None, False),
    ("ours, at the same instant", SERVER_AT, received((OURS, SERVER_AT)), SERVER_AT, SERVER_AT, False),
    ("ours, a minute earlier", SERVER_AT, received((OURS, SERVER_AT - MINUTE)), SERVER_AT - MINUTE, SERVER_AT - MINUTE, False),  # noqa: E501  a row
    ("ours, at the limit", SERVER_AT, received((OURS, SERVER_AT - 15 * MINUTE)), SERVER_AT - 15 * MINUTE, SERVER_AT - 15 * MINUTE, False),  # noqa: E501  a row
    ("ours, beyond the limit", SERVER_AT, received((OURS, SERVER_AT - 15 * MINUTE - SECOND)), SERVER_AT, SERVER_AT - 15 * MINUTE - SECOND, True),  # noqa: E501  a row
    ("ours, but later", SERVER_AT, received((OURS, SERVER_AT + SECOND)), SERVER_AT, SERVER_AT + SECOND, False),
    ("ours, much later", SERVER_AT, received((OURS, SERVER_AT + 16 * MINUTE)), SERVER_AT, SERVER_AT + 16 * MINUTE, True),  # noqa: E501  a row
    ("ours, illegible date", SERVER_AT, received((OURS, None)), SERVER_AT, None, False),
    ("ours is illegible, a forged one lies below", SERVER_AT, received((OURS, None), (OURS, SERVER_AT - MINUTE)), SERVER_AT, None, False),  # noqa: E501  a row
    ("the topmost of two of ours", SERVER_AT, received((OURS, SERVER_AT - MINUTE), (OURS, SERVER_AT - 9 * MINUTE)), SERVER_AT - MINUTE, SERVER_AT - MINUTE, False),  # noqa: E501  a row
    ("others' hosts count for nothing", SERVER_AT, received(("mx.ailleurs.example", SERVER_AT - MINUTE)), SERVER_AT, None, False),  # noqa: E501  a row
    ("no date of the server", None, received(), OBSERVED_AT, None, False),
    ("no date of the server, ours is near", None, received((OURS, OBSERVED_AT - MINUTE)), OBSERVED_AT - MINUTE, OBSERVED_AT - MINUTE, False),  # noqa: E501  a row
    ("the server's clock is ahead", OBSERVED_AT + MINUTE, received(), OBSERVED_AT, None, False),
    ("the server's clock is far ahead", OBSERVED_AT + 16 * MINUTE, received(), OBSERVED_AT, None, True),
    ("we came to look a week later", SERVER_AT - timedelta(days=7), received(), SERVER_AT - timedelta(days=7), None, False),  # noqa: E501  a row
]  # fmt: skip


@pytest.mark.parametrize(
    ("internal_date", "lines", "received_at", "stamped_at", "has_gap"),
    [pytest.param(*row[1:], id=row[0]) for row in TABLE],
)
def test_the_instant_of_reception(
    internal_date: datetime | None,
    lines: tuple[ReceivedLine, ...],
    received_at: datetime,
    stamped_at: datetime | None,
    has_gap: bool,  # noqa: FBT001  a column of the table
) -> None:
    """The worked examples."""
    reception = judge_reception(Arrival(internal_date, OBSERVED_AT), lines, received_by=OURS)

    assert Reception(received_at, stamped_at, has_gap) == reception


@pytest.mark.parametrize(
    ("lines", "received_at", "stamped_at"),
    [
        (received(), OBSERVED_AT, None),
        (received((OURS, OBSERVED_AT - MINUTE)), OBSERVED_AT - MINUTE, OBSERVED_AT - MINUTE),
        (received((OURS, SERVER_AT - MINUTE)), OBSERVED_AT, SERVER_AT - MINUTE),
    ],
)
def test_a_doubted_date_of_the_server_counts_for_nothing_and_is_shown(
    lines: tuple[ReceivedLine, ...], received_at: datetime, stamped_at: datetime | None
) -> None:
    """Clocks that began in 1970 would all be over: as without a date, and a person sees that the instants disagree."""
    arrival = Arrival(datetime(1970, 1, 1, tzinfo=UTC), OBSERVED_AT, date_doubted=True)

    assert Reception(received_at, stamped_at, has_gap=True) == judge_reception(arrival, lines, received_by=OURS)


def test_without_a_host_of_ours_no_stamp_is_read() -> None:
    """Where the configuration names no host every `Received:` line may be forged."""
    lines = received((OURS, SERVER_AT - MINUTE), ("", SERVER_AT - MINUTE))

    reception = judge_reception(Arrival(SERVER_AT, OBSERVED_AT), lines, received_by=None)

    assert Reception(SERVER_AT, None, has_gap=False) == reception


@given(
    internal_date=st.none() | instants,
    observed_at=instants,
    lines=st.lists(st.tuples(st.sampled_from([OURS, "ailleurs.example"]), st.none() | instants), max_size=4),
)
def test_reception_is_never_after_we_saw_the_mail_nor_long_before_the_server_had_it(
    internal_date: datetime | None, observed_at: datetime, lines: list[tuple[str, datetime | None]]
) -> None:
    """Whatever a sender forges shifts the instant by fifteen minutes at most, and never into the future."""
    reception = judge_reception(Arrival(internal_date, observed_at), received(*lines), received_by=OURS)
    server_at = min(internal_date or observed_at, observed_at)

    assert server_at - 15 * MINUTE <= reception.received_at <= observed_at


LONG_AGO = datetime(2024, 5, 6, 7, 8, tzinfo=UTC)
STAMP = "from x by {host}; Mon, 06 May 2024 07:08:00 +0000"
ARCHIVED = [
    # what it is about, Received line's host, what the archive says, sender's date, -> instant, evidence, gap to show
    ("our host's stamp", OURS, SERVER_AT, "Mon, 02 Mar 2026 14:30:00 +0000", LONG_AGO, Evidence.OWN_HOST, True),
    ("another host's stamp", "mx.x.example", None, "Mon, 06 May 2024 07:00:00 +0000", LONG_AGO, Evidence.RECEIVED_LINE, False),  # noqa: E501  a row
    ("the archive, its clock in another zone", "mx.x.example", LONG_AGO + timedelta(hours=5), "", LONG_AGO, Evidence.RECEIVED_LINE, False),  # noqa: E501  a row
    ("the archive alone", None, LONG_AGO, "Mon, 06 May 2024 07:00:00 +0000", LONG_AGO, Evidence.ARCHIVE, False),
    ("the archive was copied with dates of before mail", None, datetime(1970, 1, 1, tzinfo=UTC), "Mon, 06 May 2024 07:08:00 +0000", LONG_AGO, Evidence.SENDER_DATE, False),  # noqa: E501  a row
    ("the sender alone", None, None, "Mon, 06 May 2024 07:08:00 +0000", LONG_AGO, Evidence.SENDER_DATE, False),
    ("the sender lives in the future", None, None, "Mon, 06 May 2047 07:08:00 +0000", OBSERVED_AT, Evidence.NOTHING, False),  # noqa: E501  a row
    ("nothing at all", None, None, "", OBSERVED_AT, Evidence.NOTHING, False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("host", "archive_at", "date", "received_at", "evidence", "has_gap"),
    [pytest.param(*row[1:], id=row[0]) for row in ARCHIVED],
)
def test_the_reception_of_mail_that_lay_in_an_archive(
    *,
    host: str | None,
    archive_at: datetime | None,
    date: str,
    received_at: datetime,
    evidence: Evidence,
    has_gap: bool,
) -> None:
    """The best evidence counts, is told, and its doubt is shown."""
    stamps = {} if host is None else {"Received": STAMP.format(host=host)}
    message = read_mail(write_mail(**stamps, Date=date))
    reception = judge_archived(Arrival(archive_at, OBSERVED_AT, imported=True), message, received_by=OURS)

    assert (received_at, evidence, has_gap) == (reception.received_at, reception.evidence, reception.has_gap)
