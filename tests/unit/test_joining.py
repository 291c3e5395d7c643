"""Whether a mail joins a ticket (MUST 33, 34): a pointer is never enough, the sender must correspond on it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters import JEANNE, STRANGER, make_ticket
from triage.model.decision import Carrier, TicketPointer
from triage.model.ticket import TicketSnapshot
from triage.rules.intake.joining import find_joined, find_possibly_related, is_other_matter

HERS = make_ticket("2026-000001")
OTHERS = make_ticket("2026-000002", correspondents=(STRANGER,))
NOBODYS = make_ticket("2026-000003", correspondents=())


def by(carrier: Carrier, ticket: TicketSnapshot) -> TicketPointer:
    return TicketPointer(carrier, ticket)


TABLE = [
    # what it is about, pointers, sender, -> joined, shown beside a new ticket
    ("nothing points anywhere", (), JEANNE, None, None),
    ("her number in the subject", (by(Carrier.SUBJECT, HERS),), JEANNE, HERS, "2026-000001"),
    ("our Message-ID on her ticket", (by(Carrier.OUR_MESSAGE_ID, HERS),), JEANNE, HERS, "2026-000001"),
    ("her own earlier mail", (by(Carrier.EARLIER_MESSAGE, HERS),), JEANNE, HERS, "2026-000001"),
    ("a stranger with her number", (by(Carrier.SUBJECT, HERS),), STRANGER, None, "2026-000001"),
    ("a stranger with our Message-ID", (by(Carrier.OUR_MESSAGE_ID, HERS),), STRANGER, None, "2026-000001"),
    ("a stranger with both", (by(Carrier.OUR_MESSAGE_ID, HERS), by(Carrier.SUBJECT, HERS)), STRANGER, None, "2026-000001"),  # noqa: E501  a row
    ("no sender, or several", (by(Carrier.OUR_MESSAGE_ID, HERS),), "", None, "2026-000001"),
    ("a ticket without correspondents", (by(Carrier.SUBJECT, NOBODYS),), JEANNE, None, "2026-000003"),
    ("no sender and no correspondents", (by(Carrier.SUBJECT, NOBODYS),), "", None, "2026-000003"),
    ("another's ticket first, then hers", (by(Carrier.OUR_MESSAGE_ID, OTHERS), by(Carrier.SUBJECT, HERS)), JEANNE, HERS, "2026-000002"),  # noqa: E501  a row
    ("two of hers: the stronger pointer", (by(Carrier.OUR_MESSAGE_ID, HERS), by(Carrier.SUBJECT, make_ticket("2026-000009"))), JEANNE, HERS, "2026-000001"),  # noqa: E501  a row
    ("her address in another case", (by(Carrier.SUBJECT, HERS),), "Jeanne@client.example", HERS, "2026-000001"),
    ("an address that only begins like hers", (by(Carrier.SUBJECT, HERS),), f"{JEANNE}.evil.example", None, "2026-000001"),  # noqa: E501  a row
]  # fmt: skip


@pytest.mark.parametrize(
    ("pointers", "sender", "joined", "related"), [pytest.param(*row[1:], id=row[0]) for row in TABLE]
)
def test_which_ticket_a_mail_belongs_to(
    pointers: tuple[TicketPointer, ...], sender: str, joined: TicketSnapshot | None, related: str | None
) -> None:
    """The worked examples."""
    assert joined == find_joined(pointers, sender=sender)
    assert related == find_possibly_related(pointers)


@given(
    carriers=st.lists(st.sampled_from(Carrier), max_size=5),
    people=st.lists(st.sampled_from([JEANNE, "paul@client.example", ""]), max_size=3),
)
def test_no_pile_of_pointers_lets_a_stranger_in(carriers: list[Carrier], people: list[str]) -> None:
    """However many carriers agree, only a correspondent joins."""
    ticket = make_ticket(correspondents=tuple(people))
    pointers = tuple(by(carrier, ticket) for carrier in carriers)

    assert find_joined(pointers, sender=STRANGER) is None
    assert find_joined(pointers, sender="") is None


SUBJECTS = [
    ("an answer", "Re: Livraison en retard", False),
    ("answered and passed on, in French", "RE: TR: Réf : Livraison en retard", False),
    ("written a little otherwise", "livraison EN RETARD !", False),
    ("a longer one", "Re: Livraison en retard – photos", False),
    ("an answer to a letter of ours", "RE: [ODF 2026-000001] Accusé de réception", False),
    ("no subject", "Re:", False),
    ("another matter", "Facture 1234 payée deux fois", True),
    ("another matter, as an answer", "Re: Facture 1234 payée deux fois", True),
]


@pytest.mark.parametrize(("subject", "other"), [pytest.param(*row[1:], id=row[0]) for row in SUBJECTS])
def test_a_subject_written_anew_may_be_another_matter(subject: str, *, other: bool) -> None:
    """It joins all the same; a person is told."""
    assert other is is_other_matter(subject, opened_with="Livraison en retard")
    assert not is_other_matter(subject, opened_with="")
