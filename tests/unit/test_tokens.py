"""What ties an answer to its ticket besides the Message-ID: tokens, reply addresses, codes in a text (MUST 27, 33)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters import ALIAS, JEANNE, MAILBOX, read_mail, write_mail
from triage.mail.reading.texts.codes import CODES, find_codes
from triage.mail.writing.message_ids import make_message_id
from triage.mail.writing.tokens import make_token, read_citations, reply_address, write_code
from triage.model.codes import NoticeKind
from triage.model.decision import Citations

OLD, NEW = b"an older key of fiction, 32 octet", b"a newer key of fiction, 32 octet"
DOMAIN = "organisme.example"
OURS = frozenset({MAILBOX, ALIAS})
TOKEN = make_token(reference="2026-000001", address=JEANNE, key=NEW)
CODE = write_code(TOKEN)


def cited(raw: bytes, *, keys: tuple[bytes, ...] = (NEW, OLD)) -> Citations:
    return read_citations(read_mail(raw), own_addresses=OURS, domain=DOMAIN, keys=keys)


def signed_id(key: bytes, *, reference: str = "2026-000001") -> str:
    return make_message_id(kind=NoticeKind.ACKNOWLEDGEMENT, reference=reference, seq=1, domain=DOMAIN, key=key)


def test_a_token_is_eighty_bits_and_a_function_of_ticket_person_and_key() -> None:
    """Sixteen letters of base32; another ticket, person or key gives another."""
    others = {
        make_token(reference="2026-000002", address=JEANNE, key=NEW),
        make_token(reference="2026-000001", address="paul@client.example", key=NEW),
        make_token(reference="2026-000001", address=JEANNE, key=OLD),
    }

    assert re.fullmatch(r"[a-z2-7]{16}", TOKEN)
    assert TOKEN == make_token(reference="2026-000001", address=JEANNE, key=NEW)
    assert 3 == len(others - {TOKEN})


def test_a_token_is_never_a_message_ids_signature() -> None:
    """One key signs both, for purposes that cannot stand for each other."""
    assert TOKEN not in signed_id(NEW)


@pytest.mark.parametrize(
    ("reference", "address", "key"), [("", JEANNE, NEW), ("2026-000001", "", NEW), ("2026-000001", JEANNE, b"")]
)
def test_a_token_needs_all_that_it_is_made_of(reference: str, address: str, key: bytes) -> None:
    """Without one of the three, any two tickets or people would have the same."""
    with pytest.raises(ValueError, match="token needs"):
        make_token(reference=reference, address=address, key=key)


PLUS = reply_address(MAILBOX, TOKEN)
ADDRESSES = [
    # where the token stands, headers, -> found
    ("in To", {"To": PLUS}, True),
    ("in Cc", {"Cc": f"x@y.example, Plaintes <{PLUS}>"}, True),
    ("in Delivered-To", {"Delivered-To": PLUS}, True),
    ("in X-Original-To", {"X-Original-To": PLUS}, True),
    ("in capitals", {"Delivered-To": PLUS.upper()}, True),
    ("behind a former address", {"Delivered-To": reply_address(ALIAS, TOKEN)}, True),
    ("at another box", {"Delivered-To": f"autre+{TOKEN}@organisme.example"}, False),
    ("at another domain", {"Delivered-To": f"plaintes+{TOKEN}@ailleurs.example"}, False),
    ("too short", {"Delivered-To": f"plaintes+{TOKEN[:-1]}@organisme.example"}, False),
    ("not the whole of it", {"Delivered-To": f"plaintes+x{TOKEN}@organisme.example"}, False),
    ("in Reply-To", {"Reply-To": PLUS}, False),
]


@pytest.mark.parametrize(("headers", "found"), [pytest.param(*row[1:], id=row[0]) for row in ADDRESSES])
def test_where_a_reply_address_is_read(headers: dict[str, str], found: bool) -> None:  # noqa: FBT001  a column
    """In the headers that say where a mail went, at our own box only, in any letter case."""
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    raw = (
        fields + write_mail()
        if "To" not in headers
        else write_mail().replace(b"To: " + MAILBOX.encode(), fields.strip())
    )

    assert ((TOKEN,) if found else ()) == cited(raw).address_tokens


QUOTED = [
    ("as it left", f"Réf.\u00a0{CODE}"),
    ("quoted twice", f"> > Réf. {CODE}"),
    ("torn from its word", f"> Réf.\r\n> {CODE}"),
    ("copied by hand in lower case", f"ma réf. est {CODE.lower()}, merci"),
    ("with typographic hyphens", CODE.replace("-", "\u2011")),
    ("in an HTML part", f"<p>Réf.&nbsp;<span>{CODE}</span></p>"),
]


@pytest.mark.parametrize("text", [row[1] for row in QUOTED], ids=[row[0] for row in QUOTED])
def test_a_code_is_found_however_it_was_quoted(text: str) -> None:
    """The shape alone is looked for, in the whole text of the mail."""
    raw = write_mail(f"Merci!\r\n\r\n{text}\r\n")
    if text.startswith("<"):
        raw = raw.replace(b"text/plain", b"text/html")

    assert (TOKEN,) == cited(raw).line_tokens


@pytest.mark.parametrize("text", [f"X{CODE}", f"{CODE}X", f"{CODE}-ABCD", CODE[:-1], CODE.replace("-", "")])
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    """Four groups of four, alone between other things."""
    assert () == find_codes(text)


def test_of_too_many_codes_the_first_and_the_last_are_kept() -> None:
    """A text made of codes costs no more than a few."""
    codes = [f"ABCD-EFGH-{a}{b}{c}A-WXYZ" for a in "ABCDEF" for b in "ABCDEF" for c in "ABC"]
    found = find_codes(" ".join(codes))

    assert CODES == len(found)
    assert ("abcdefghaaaawxyz", "abcdefghffcawxyz") == (found[0], found[-1])


@given(st.text(alphabet="A-2b \n>é", max_size=400))
def test_any_text_is_searched_for_codes(text: str) -> None:
    """No text breaks the search, and what it finds has the shape of a token."""
    assert [] == [each for each in find_codes(text) if not re.fullmatch(r"[a-z2-7]{16}", each)]


def test_an_id_that_any_of_our_keys_signed_points_to_its_ticket() -> None:
    """The newest signs, all verify: a letter that left before a rotation is still answered."""
    raw = write_mail(In_Reply_To=f"<{signed_id(OLD)}>", References=f"<{signed_id(NEW, reference='2026-000007')}>")

    assert ("2026-000001", "2026-000007") == cited(raw).signed
    assert ("2026-000007",) == cited(raw, keys=(NEW,)).signed


def test_a_forged_id_points_nowhere() -> None:
    """One letter of the signature, or another number under a true signature."""
    true = signed_id(NEW)
    forged = [true.replace("2026-000001", "2026-000002"), true.replace(f"@{DOMAIN}", "@ailleurs.example")]
    raw = write_mail(References=" ".join(f"<{each}>" for each in forged))

    assert () == cited(raw).signed
