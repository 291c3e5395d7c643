"""Message-IDs of ours lead back to a ticket only where one of our keys signed them (MUST 18, MUST 27)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.writing.message_ids import SignedReference, make_message_id, read_message_id
from triage.model.codes import NoticeKind

KEY, OLD_KEY, DOMAIN = b"k" * 32, b"o" * 32, "exemple.invalid"
SAID = SignedReference(kind=NoticeKind.ACKNOWLEDGEMENT, reference="2026-000123", seq=1)


def make(*, reference: str = "2026-000123", seq: int = 1, domain: str = DOMAIN, key: bytes = KEY) -> str:
    """One id, with one thing changed."""
    return make_message_id(kind=NoticeKind.ACKNOWLEDGEMENT, reference=reference, seq=seq, domain=domain, key=key)


def test_an_id_has_its_published_shape() -> None:
    """Kind, number, sequence, sixteen letters of signature: this very text, today and after every upgrade."""
    assert "ack.2026-000123.1.tchoxewjbppgzjnm@exemple.invalid" == make()


@given(year=st.integers(2000, 9999), number=st.integers(0, 999999), seq=st.integers(0, 999999999))
def test_what_was_made_is_read_back(year: int, number: int, seq: int) -> None:
    """Under the present key and while an old one is still honoured."""
    reference = f"{year:04d}-{number:06d}"
    expected = SignedReference(kind=NoticeKind.ACKNOWLEDGEMENT, reference=reference, seq=seq)

    assert expected == read_message_id(make(reference=reference, seq=seq), domain=DOMAIN, keys=[KEY])
    assert expected == read_message_id(make(reference=reference, seq=seq), domain=DOMAIN, keys=[OLD_KEY, KEY])


def test_letter_case_does_not_matter() -> None:
    """Some gateways change it; the domain is case-blind anyway."""
    assert SAID == read_message_id(make(domain="Exemple.INVALID").upper(), domain="EXEMPLE.invalid", keys=[KEY])


@given(at=st.integers(0, 100), character=st.characters(codec="ascii"))
def test_no_changed_character_passes(at: int, character: str) -> None:
    """Each character of an id is signed or is the signature."""
    made = make()
    at %= len(made)
    changed = f"{made[:at]}{character}{made[at + 1 :]}"

    assert (changed.lower() == made) == (read_message_id(changed, domain=DOMAIN, keys=[KEY]) is not None)


@given(st.text())
def test_any_text_has_an_answer(text: str) -> None:
    """Ids come from strangers."""
    assert None is read_message_id(text, domain=DOMAIN, keys=[KEY])


@pytest.mark.parametrize(
    "text",
    [f"<{make()}>", f" {make()}", f"{make()}\n", make(key=OLD_KEY), make(domain="autre.invalid"), "x" * 10**6],
    ids=["brackets", "blank", "newline", "other key", "other domain", "huge"],
)
def test_an_id_that_is_not_quite_ours_is_not_ours(text: str) -> None:
    """Nearly is not enough."""
    assert None is read_message_id(text, domain=DOMAIN, keys=[KEY])


def test_without_keys_nothing_is_ours() -> None:
    """No key, no trust."""
    assert None is read_message_id(make(), domain=DOMAIN, keys=[])


@pytest.mark.parametrize(
    ("reference", "seq", "domain", "key"),
    [
        ("2026-123", 1, DOMAIN, KEY),
        ("2026-000123\r\n", 1, DOMAIN, KEY),
        ("2026-000123", -1, DOMAIN, KEY),
        ("2026-000123", 1, "a b", KEY),
        ("2026-000123", 1, DOMAIN, b""),
    ],
)
def test_an_id_that_could_not_be_read_back_is_not_made(reference: str, seq: int, domain: str, key: bytes) -> None:
    """A fault of ours shows at once."""
    with pytest.raises(ValueError, match="needs a ticket number"):
        make(reference=reference, seq=seq, domain=domain, key=key)
