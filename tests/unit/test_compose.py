"""The acknowledgement in its final bytes: what a mail client reads back from it (F1, R-72, R-89; MUST 18, 25)."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.writing.compose import compose_acknowledgement
from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.html_reading import read_page, words_of, words_of_page
from triage.mail.writing.specimens import SPECIMEN_ACKNOWLEDGEMENT as FACTS
from triage.mail.writing.specimens import SPECIMEN_LETTERHEAD as LETTERHEAD
from triage.mail.writing.templates import load_templates
from triage.model.decision import Thread
from triage.model.delivery import OutgoingMail
from triage.model.message import Address
from triage.model.notice import AcknowledgementFacts, Letterhead

ROOT = Path(__file__).parents[2]
TEMPLATES = load_templates([ROOT / "templates"])
MESSAGE_ID = "ack.2026-000123.1.abcdefghijklmnop@exemple.invalid"
REQUESTER = Address("Ève <script>", "eve.o'hara+plainte@example.org")
NOW = datetime(2026, 11, 21, 15, 5, 3, tzinfo=UTC)


def compose(
    facts: AcknowledgementFacts = FACTS,
    *,
    recipient: Address = REQUESTER,
    letterhead: Letterhead = LETTERHEAD,
    message_id: str = MESSAGE_ID,
    key: str = "ack:17",
    now: datetime = NOW,
) -> OutgoingMail:
    """The specimen, with one thing changed."""
    return compose_acknowledgement(
        facts,
        recipient=recipient,
        letterhead=letterhead,
        templates=TEMPLATES,
        message_id=message_id,
        key=key,
        now=now,
    )


def read(mail: OutgoingMail) -> EmailMessage:
    """The mail as the standard library's newest parser understands it."""
    parsed = message_from_bytes(mail.raw, policy=policy.default)

    assert [] == [defect for part in parsed.walk() for defect in part.defects]
    return parsed


def threaded(*references: str, in_reply_to: str | None = None) -> AcknowledgementFacts:
    """The specimen as an answer to a mail with these ids."""
    return replace(FACTS, thread=Thread(in_reply_to=in_reply_to, references=references))


def part(mail: EmailMessage, kind: str) -> str:
    """The text of one of the two parts."""
    body = mail.get_body((kind,))

    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def unflowed(text: str) -> str:
    """Flowed text as a mail client shows it: soft breaks joined, stuffing removed (RFC 3676 §4)."""
    unstuffed = re.sub(r"^ ", "", text, flags=re.MULTILINE)
    return re.sub(r" \n", " ", unstuffed)


def test_the_headers_are_those_of_an_automatic_answer() -> None:
    """Exactly these, once each, with what they must say; the recipient's own name is not among them."""
    expected = [
        ("From", "Plaintes et commentaires – Organisme d’exemple <plaintes@exemple.invalid>"),
        ("To", "eve.o'hara+plainte@example.org"),
        ("Subject", "[EXEMPLE 2026-000123] Nous avons bien reçu votre message"),
        ("Date", "Sat, 21 Nov 2026 15:05:03 +0000"),
        ("Message-ID", f"<{MESSAGE_ID}>"),
        ("In-Reply-To", "<specimen@exemple.invalid>"),
        ("References", "<specimen@exemple.invalid>"),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Loop", "plaintes@exemple.invalid"),
        ("Content-Language", "fr-CA"),
        ("MIME-Version", "1.0"),
    ]
    # The standard parser shows two blanks between two encoded words of a name; mail clients show one.
    actual = [(name, " ".join(str(value).split())) for name, value in read(compose()).items() if name != "Content-Type"]

    assert expected == actual


def test_the_envelope_is_ours_and_the_requesters() -> None:
    """Bounces come back to the mailbox; key and Message-ID are those that were given."""
    mail = compose()

    assert ("ack:17", "acknowledgement", MESSAGE_ID) == (mail.key, mail.kind, mail.message_id)
    assert ("plaintes@exemple.invalid", REQUESTER.address) == (mail.envelope_from, mail.recipient)


def test_both_parts_say_the_same_in_the_same_order() -> None:
    """A plain part complete by itself, an HTML part strictly equivalent (R-89)."""
    mail = read(compose())
    plain, html = part(mail, "plain"), part(mail, "html")

    assert "multipart/alternative" == mail.get_content_type()
    assert ["text/plain", "text/html"] == [each.get_content_type() for each in mail.iter_parts()]
    assert words_of(plain) == words_of_page(read_page(html))


def test_the_plain_part_is_the_expected_letter() -> None:
    """Flowed lines of at most 78 characters that join into the specimen, no-break spaces kept."""
    expected = (ROOT / "tests/examples/notices/acknowledgement.txt").read_text("utf-8")
    mail = read(compose())
    body = mail.get_body(("plain",))
    text = part(mail, "plain")

    assert body is not None
    assert "flowed" == body["Content-Type"].params["format"]
    assert expected == unflowed(text)
    assert max(len(line) for line in text.splitlines()) <= 78


@pytest.mark.parametrize("zone_hours", [-5, 0, 14])
def test_the_dates_are_those_of_the_facts(zone_hours: int) -> None:
    """Hours are shown as they come, in the zone of the facts; both dates are in the letter, in full."""
    shifted = FACTS.received_at + timedelta(hours=zone_hours)
    text = unflowed(part(read(compose(replace(FACTS, received_at=shifted))), "plain"))

    assert f"{shifted.hour}\u00a0h\u00a05 (heure de l’Est)" in text
    assert "au plus tard le vendredi 11\u00a0décembre 2026." in text
    assert "au plus tard le mardi 24\u00a0novembre 2026." in text


def test_the_same_facts_give_the_same_bytes() -> None:
    """Every attempt sends what was stored, and a second composition would change nothing."""
    assert compose() == compose()
    assert compose().raw != compose(key="ack:18").raw


def test_the_mail_is_seven_bit_with_crlf_and_short_lines() -> None:
    """Any server takes it as it is: no bare CR or LF, no octet over 126, no line over 76."""
    raw = compose().raw

    assert raw.isascii()
    assert raw.endswith(b"--\r\n")
    assert None is re.search(rb"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", raw)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76


def test_nothing_that_the_sender_wrote_is_in_the_mail() -> None:
    """Neither the name beside the address nor anything that the name could smuggle in (MUST 25)."""
    with_name = compose(recipient=Address("Canari\r\nBcc: x@example.org", REQUESTER.address))

    assert compose() == with_name
    assert b"Canari" not in with_name.raw


def test_our_mail_stands_beneath_the_senders() -> None:
    """The mail answered is the last reference, after those that it had itself."""
    mail = read(compose(threaded("root@a.org", "two@a.org", in_reply_to="three@a.org")))

    assert "<three@a.org>" == mail["In-Reply-To"]
    assert ["<root@a.org>", "<two@a.org>", "<three@a.org>"] == mail["References"].split()


def test_a_mail_without_id_gets_an_answer_without_thread() -> None:
    """No empty header."""
    assert {"In-Reply-To", "References"} & set(read(compose(threaded())).keys()) == set()


def test_of_too_many_references_the_root_and_the_newest_remain() -> None:
    """At most twenty, folded so that no line is long."""
    ids = [f"mail-{number}@example.org" for number in range(60)]
    raw = compose(threaded(*ids, in_reply_to="last@example.org")).raw
    references = message_from_bytes(raw, policy=policy.default)["References"].split()

    assert 20 == len(references)
    assert ("<mail-0@example.org>", "<mail-42@example.org>", "<last@example.org>") == (*references[:2], references[-1])
    assert max(len(line) for line in raw.split(b"\r\n")) <= 76


HOSTILE = [
    "a@b\r\nBcc: victim@example.org",
    "a@b\nX: y",
    "a@b>\r\n\r\nbody",
    "a@b> <c@d",
    "a b@c",
    "é@b",
    "=?utf-8?q?a=0D=0ABcc:_x?=",
    "a\x00b@c",
    "a\u2028b@c",
    "\ud800@b",
    "x" * 251,
    "",
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_id_is_left_out_and_the_others_stay(hostile: str) -> None:
    """Ids come from strangers: what is not plain is dropped, never mended, and the mail is sent all the same."""
    mail = read(compose(threaded("good@a.org", hostile, in_reply_to=hostile)))

    assert None is mail["In-Reply-To"]
    assert "<good@a.org>" == mail["References"]
    assert None is mail["Bcc"]


@given(ids=st.lists(st.text(max_size=300), max_size=30), parent=st.none() | st.text(max_size=300))
def test_no_ids_can_add_or_change_a_header(ids: list[str], parent: str | None) -> None:
    """Whatever a thread says, the other headers and the body are those of a mail without thread."""
    names = [name for name, _ in message_from_bytes(compose().raw).items()]
    mail = message_from_bytes(compose(threaded(*ids, in_reply_to=parent)).raw, policy=policy.default)

    assert [name for name in names if name in mail] == list(mail.keys())
    assert (
        compose(threaded()).raw.partition(b"\r\n\r\n")[2]
        == compose(threaded(*ids, in_reply_to=parent)).raw.partition(b"\r\n\r\n")[2]
    )


@pytest.mark.parametrize(
    "address",
    [
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "<a@b>",
        "a b@c",
        "é@b.org",
        "@b",
        "a@",
        "a@b@c",
        '"a"@b',
        "a@-",
        "a@[1.2.3.4]",
        "",
    ],
)
def test_an_address_that_is_not_plain_makes_no_mail(address: str) -> None:
    """A person sees it instead; the error holds nothing of it (MUST 14)."""
    with pytest.raises(UnsafeMail) as caught:
        compose(recipient=Address("", address))

    assert not address or address not in str(caught.value)


@pytest.mark.parametrize("text", ["A\r\nBcc: x@example.org", "A\u202eB", "A\u200bB", "x" * 201])
def test_a_letterhead_with_hidden_characters_makes_no_mail(text: str) -> None:
    """The operator's own texts are held to the same rule."""
    with pytest.raises(UnsafeMail):
        compose(letterhead=replace(LETTERHEAD, display_name=text))
    with pytest.raises(UnsafeMail):
        compose(letterhead=replace(LETTERHEAD, short_name=text))
    with pytest.raises(UnsafeMail):
        compose(letterhead=replace(LETTERHEAD, address=f"{text}@exemple.invalid"))


def test_an_unsafe_message_id_makes_no_mail() -> None:
    """It is ours, so that a bad one is a fault of ours."""
    with pytest.raises(UnsafeMail):
        compose(message_id="a@b>\r\nBcc: c@d")


def test_an_instant_without_zone_makes_no_mail() -> None:
    """It would print an hour that is true nowhere."""
    with pytest.raises(ValueError, match="zone"):
        compose(replace(FACTS, received_at=FACTS.received_at.replace(tzinfo=None)))


def test_markup_in_a_value_is_shown_and_not_obeyed() -> None:
    """The operator's « & » and « < » reach the reader in both parts as they were typed."""
    mail = read(compose(letterhead=replace(LETTERHEAD, unit="Achats & <b>ventes</b>")))

    assert "Achats & <b>ventes</b>" in part(mail, "plain")
    assert "Achats &amp; &lt;b&gt;ventes&lt;/b&gt;" in part(mail, "html")
