"""What ends a clock, and when the letter that does leaves: never so late that its day is over."""

from datetime import timedelta

import pytest

from tests.matters import NOW
from triage.model.codes import NoticeKind, TicketKind, TicketStatus
from triage.rules.tickets.ending import MARGIN, OPEN, answered, is_answer, leave_at, until_accepted

QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("letter", "kind", "ends"),
    [
        (NoticeKind.ANSWER, TicketKind.COMPLAINT, True),
        (NoticeKind.ANSWER, TicketKind.INFORMATION, True),
        (NoticeKind.MESSAGE, TicketKind.INFORMATION, True),
        (NoticeKind.MESSAGE, TicketKind.COMMENT, True),
        (NoticeKind.MESSAGE, TicketKind.COMPLAINT, False),
        (NoticeKind.ACKNOWLEDGEMENT, TicketKind.INFORMATION, False),
        (NoticeKind.DELAY, TicketKind.COMPLAINT, False),
    ],
)
def test_a_message_answers_everything_but_a_complaint(letter: NoticeKind, kind: TicketKind, *, ends: bool) -> None:
    """A complaint is answered by its final answer alone."""
    assert ends is is_answer(letter, kind)


@pytest.mark.parametrize(
    ("left", "wait"),
    [
        (timedelta(days=3), QUARTER),
        (QUARTER + MARGIN, QUARTER),
        (timedelta(minutes=12), timedelta(minutes=7)),
        (timedelta(minutes=2), timedelta(0)),
        (timedelta(0), QUARTER),  # the day is over already
        (timedelta(hours=-5), QUARTER),
    ],
)
def test_a_letter_leaves_before_its_day_is_over(left: timedelta, wait: timedelta) -> None:
    """It waits its time, less where midnight would come first, and never until after it."""
    assert NOW + wait == leave_at(NOW, hold=QUARTER, too_late=[NOW + left])


@pytest.mark.parametrize("status", TicketStatus)
def test_only_what_is_open_becomes_answered(status: TicketStatus) -> None:
    """What was ended otherwise stays so, and work is never said to be answered before the server took the letter."""
    assert (TicketStatus.ANSWERED if status in OPEN else status) == answered(status)
    assert (until_accepted(status) is TicketStatus.ANSWERED) is (status is TicketStatus.ANSWERED)
