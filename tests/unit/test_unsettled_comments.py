"""What a comment below the survey's figure does to a closed file: it opens where it says that nothing is settled."""

import pytest

from tests.matters import read_mail, write_mail
from tests.watched_worlds import watched
from triage.model.codes import EventKind, TicketStatus
from triage.rules.tickets.reopening import find_reopened

CLOSED = watched("2026-11-30T10:00", status=TicketStatus.CLOSED).ticket


@pytest.mark.parametrize("text", ["2\n\nLe problème n’est toujours pas réglé.", "1\nNon résolu.", "3\nStill waiting."])
def test_a_figure_with_words_that_it_is_not_settled_opens(text: str) -> None:
    """Somebody must read those words, whatever the figure."""
    assert [EventKind.REOPENED] == [each.kind for each in find_reopened(read_mail(write_mail(text)), CLOSED)]


@pytest.mark.parametrize("text", ["5", "4.\n\nMerci de votre suivi.", "2\nLa réponse était longue à lire."])
def test_a_figure_alone_or_with_other_words_opens_nothing(text: str) -> None:
    """A judgement of the service is no dispute."""
    assert () == find_reopened(read_mail(write_mail(text)), CLOSED)


def test_the_letters_own_words_open_nothing() -> None:
    """A program that quotes the closing letter without any mark makes no dissatisfied person."""
    quoted = "Votre dossier est fermé\n\nSi la situation n’est pas réglée, répondez à ce courriel."

    assert () == find_reopened(read_mail(write_mail(f"5\n\n{quoted}")), CLOSED)
