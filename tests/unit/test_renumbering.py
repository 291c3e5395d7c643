"""When the brake is on (MUST 8): more than twenty unknown, and this mail old by the server's or the sender's date."""

from datetime import datetime, timedelta

import pytest

from tests.matters import NOW, make_policy, read_mail, write_mail
from triage.model.decision import Arrival, IntakeFacts, OpenTicket, WithholdAcknowledgement
from triage.model.judgement import WithholdReason
from triage.model.mailbox import Renumbering
from triage.rules.intake.decision import decide
from triage.rules.intake.renumbering import is_braked

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
WRITTEN_AT = NOW - timedelta(minutes=1)  # what the specimen's Date says, to the second
MANY = Renumbering(WRITTEN_AT + DAY, 21)

TABLE = [
    # what it is about, server's date, doubted, what came up with it, -> braked
    ("an everyday mail", NOW - 9 * DAY, False, None, False),
    ("twenty are few", NOW - 9 * DAY, False, Renumbering(NOW, 20), False),
    ("twenty-one are many", NOW - 9 * DAY, False, Renumbering(NOW, 21), True),
    ("a day old is young", WRITTEN_AT, False, MANY, False),
    ("a second more is old", WRITTEN_AT - SECOND, False, MANY, True),
    ("dated today, written long ago", NOW + 9 * DAY, False, Renumbering(NOW + 9 * DAY, 21), True),
    ("no date of the server, written now", None, False, MANY, False),
    ("no date of the server, written long ago", None, False, Renumbering(NOW + 9 * DAY, 21), True),
    ("a doubtful date, many", NOW - 9 * DAY, True, Renumbering(NOW, 21), True),
    ("a doubtful date, few", NOW - 9 * DAY, True, Renumbering(NOW, 20), False),
]


@pytest.mark.parametrize(("date", "doubted", "renumbering", "braked"), [pytest.param(*r[1:], id=r[0]) for r in TABLE])
def test_the_brake(
    date: datetime | None,
    doubted: bool,  # noqa: FBT001  a column of the table
    renumbering: Renumbering | None,
    braked: bool,  # noqa: FBT001  a column of the table
) -> None:
    """The worked examples."""
    arrival = Arrival(date, NOW, date_doubted=doubted)

    assert braked == is_braked(read_mail(write_mail()), arrival, renumbering)


def test_a_braked_mail_is_a_ticket_to_verify_whose_letter_a_person_can_release() -> None:
    """The matter counts and is flagged; the terms are kept, so that releasing is one command."""
    arrival = Arrival(NOW - 9 * DAY, NOW)
    opened, held = decide(
        read_mail(write_mail()), arrival, IntakeFacts(renumbering=Renumbering(NOW, 21)), make_policy()
    ).actions

    assert isinstance(opened, OpenTicket)
    assert isinstance(held, WithholdAcknowledgement)
    assert (("a_verifier",), WithholdReason.RENUMBERED, True) == (opened.flags, held.reason, held.terms is not None)
