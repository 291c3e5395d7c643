"""When F3 confirms a follow-up, and what any letter may say of the day of the answer (R-03)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.matters import read_mail, write_mail
from triage.model.agents.staff import Role
from triage.model.codes import TicketKind, TicketStatus
from triage.model.letters.plan import AnswerPlan
from triage.model.letters.requester import Recourse
from triage.model.message import Attachment
from triage.model.standard import ClockUnit, Due
from triage.rules.agents.commands.card import card_for
from triage.rules.intake.decision import FLAG_UNREADABLE
from triage.rules.intake.following import is_thanks, may_confirm
from triage.rules.tickets.announcing import find_recourse, plan_answer
from triage.rules.tickets.cautions import find_cautions

TODAY = date(2026, 3, 2)
DUE = Due(
    standard="E2",
    version="1",
    unit=ClockUnit.BUSINESS_DAYS,
    due_at=datetime(2026, 3, 4, 5, tzinfo=UTC),
    due_on=date(2026, 3, 3),
    committed=True,
)
PHOTO = Attachment("photo.jpg", "image/jpeg", 10, "0" * 64, inline=False)


@pytest.mark.parametrize(
    "text",
    [
        "Merci!",
        "Merci beaucoup pour votre réponse rapide.",
        "Bonjour,\n\nMerci bien, bonne journée!\n\nJeanne",
        "Thanks",
        "Merci beaucoup!\n\nJeanne\nCHU de Belle-Rive\n418 555-0100",
    ],
)
def test_thanks_are_told_from_messages(text: str) -> None:
    """A word of thanks among courtesies, signed or not."""
    assert is_thanks(read_mail(write_mail(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Merci, mais la livraison manque toujours.",
        "Bonne journée",
        "",
        "Merci " * 26,
        "Merci de me rappeler au 12.",
        "Merci!\n\nJeanne\nP.-S. : il manque encore deux boîtes.",
        "Merci!\n\nJeanne\nQuand arrivent les autres?",
    ],
)
def test_what_may_be_a_message_is_one(text: str) -> None:
    """A word that is no courtesy, no thanks at all, or too many words."""
    assert not is_thanks(read_mail(write_mail(text)))


def test_thanks_with_a_document_are_a_message() -> None:
    """Somebody sent something."""
    assert not is_thanks(replace(read_mail(write_mail("Merci!")), attachments=(PHOTO,)))


@pytest.mark.parametrize(
    ("status", "told_on", "expected"),
    [
        (TicketStatus.NEW, None, True),
        (TicketStatus.IN_ANALYSIS, TODAY - timedelta(days=1), True),
        (TicketStatus.NEW, TODAY, False),
        (TicketStatus.ANSWERED, None, False),
        (TicketStatus.CLOSED, None, False),
        (TicketStatus.SPAM, None, False),
    ],
)
def test_a_follow_up_is_confirmed_once_a_day_while_the_file_is_open(
    *, status: TicketStatus, told_on: date | None, expected: bool
) -> None:
    """Five photos in five mails give one letter."""
    message = read_mail(write_mail("Voici une autre photo."))

    assert expected == may_confirm(status=status, today=TODAY, told_on=told_on, message=message)


@pytest.mark.parametrize(
    ("due", "kind", "today", "expected"),
    [
        (DUE, TicketKind.COMPLAINT, TODAY, AnswerPlan(due_on=DUE.due_on)),
        (DUE, TicketKind.COMPLAINT, date(2026, 3, 3), AnswerPlan(due_on=DUE.due_on)),
        (DUE, TicketKind.COMPLAINT, date(2026, 3, 4), AnswerPlan(late=True)),
        (replace(DUE, committed=False), TicketKind.COMPLAINT, TODAY, AnswerPlan(due_on=DUE.due_on, committed=False)),
        (DUE, TicketKind.INFORMATION, TODAY, AnswerPlan()),
        (replace(DUE, due_on=None), TicketKind.COMPLAINT, TODAY, AnswerPlan()),
    ],
)
def test_a_day_is_announced_while_it_is_to_come(due: Due, kind: TicketKind, today: date, expected: AnswerPlan) -> None:
    """On its last day still; the day after, the letter says that it has passed; the telephone has a forecast."""
    assert expected == plan_answer((due,), kind=kind, today=today)


def test_public_bodies_have_review_and_people_the_ombudsman_too() -> None:
    """Nobody knows who an unknown client is: then a person (R-32)."""
    assert Recourse("Direction", ombudsman=False) == find_recourse("MO", review_by="Direction")
    assert [Recourse(), Recourse()] == [find_recourse(each, review_by="") for each in ("CIT", None)]


def test_what_is_doubtful_is_said() -> None:
    """Flags in words, and the number that a stranger cites."""
    unread, cited = find_cautions([FLAG_UNREADABLE, "inconnu"], possibly_related="2026-000001")

    assert ("n’a pas pu être lu" in unread, "2026-000001" in cited) == (True, True)


def test_the_card_shows_what_the_person_may_do() -> None:
    """An agent all of it, an adviser help alone; a command that goes on is followed by a blank."""
    assert ["#aide"] == [line.typed for line in card_for({Role.ADVISER})]
    assert ["#prendre", "#répondre ", "#note ", "#assigner ", "#conclure ", "#aide"] == [
        line.typed for line in card_for({Role.AGENT})
    ]
