"""Letters to requesters as final bytes: whose mail they are, what they refuse, that text stays text (MUST 18, 25)."""

from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.html_reading import read_page, words_of, words_of_page
from triage.mail.writing.letters.compose import Envelope, compose_letter
from triage.mail.writing.letters.prose import blocks, cut
from triage.mail.writing.letters.specimens import SPECIMEN_LETTERS, SPECIMEN_MATTER, SPECIMEN_SIGNATORY
from triage.mail.writing.specimens import SPECIMEN_LETTERHEAD
from triage.mail.writing.templates import load_templates
from triage.model.agents.commands import Conclusion
from triage.model.codes import NoticeKind
from triage.model.letters.requester import AnswerFacts, DelayFacts, FollowUpFacts, LetterFacts, MessageFacts

TEMPLATES = load_templates([Path(__file__).parents[2] / "templates"])
ZONE = ZoneInfo("America/Toronto")
ENVELOPE = Envelope(
    recipient="jeanne@client.example",
    message_id="msg.1@exemple.invalid",
    key="message:1",
    now=datetime(2026, 11, 24, 9, 0, tzinfo=ZONE),
    reply_to="plaintes+abc@exemple.invalid",
)
BY_PEOPLE = {NoticeKind.MESSAGE, NoticeKind.DELAY, NoticeKind.DELAY_LATE, NoticeKind.ANSWER}


def compose(kind: NoticeKind, facts: LetterFacts, envelope: Envelope = ENVELOPE) -> EmailMessage:
    """The letter as a mail program reads it."""
    mail = compose_letter(kind, facts, envelope, letterhead=SPECIMEN_LETTERHEAD, templates=TEMPLATES)
    return message_from_bytes(mail.raw, policy=policy.default)


def parts_of(mail: EmailMessage) -> tuple[str, str]:
    """Text and page."""
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert page is not None
    return plain.get_content().replace("\r\n", "\n"), page.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize(("kind", "facts"), SPECIMEN_LETTERS.values(), ids=SPECIMEN_LETTERS.keys())
def test_a_letter_is_made_safely_and_the_same_again(kind: NoticeKind, facts: LetterFacts) -> None:
    """Number in the subject, beneath the requester's mail, our loop mark; a person's mail has no mark of a machine."""
    mail = compose(kind, facts)

    assert str(mail["Subject"]).startswith("[EXEMPLE 2026-000123] ")
    assert ("<specimen@exemple.invalid>", "plaintes@exemple.invalid") == (mail["In-Reply-To"], mail["X-Loop"])
    assert (kind in BY_PEOPLE) == (mail["Auto-Submitted"] is None) == (mail["X-Auto-Response-Suppress"] is None)
    assert mail.as_bytes() == compose(kind, facts).as_bytes()


def test_no_day_that_has_passed_is_announced_as_to_come() -> None:
    """The day itself is fine; the next one makes the letter a lie."""
    _, facts = SPECIMEN_LETTERS["follow_up_received"]
    last, over = (replace(ENVELOPE, now=datetime(2026, 12, day, 23, 59, tzinfo=ZONE)) for day in (11, 12))

    assert compose(NoticeKind.FOLLOW_UP_RECEIVED, facts, last)["Subject"] is not None
    with pytest.raises(ValueError, match="has passed"):
        compose(NoticeKind.FOLLOW_UP_RECEIVED, facts, over)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (NoticeKind.MESSAGE, MessageFacts(SPECIMEN_MATTER, " \u200b\n", SPECIMEN_SIGNATORY)),
        (
            NoticeKind.DELAY,
            DelayFacts(SPECIMEN_MATTER, date(2026, 12, 11), date(2026, 12, 11), "absence", SPECIMEN_SIGNATORY),
        ),
        (
            NoticeKind.DELAY,
            DelayFacts(SPECIMEN_MATTER, date(2026, 12, 11), date(2026, 12, 18), " ", SPECIMEN_SIGNATORY),
        ),
    ],
)
def test_a_letter_without_its_sense_is_refused(kind: NoticeKind, facts: LetterFacts) -> None:
    """No words, no later day, no reason."""
    with pytest.raises(ValueError, match="needs"):
        compose(kind, facts)


def test_an_answer_needs_a_conclusion_that_it_has_words_for() -> None:
    """None, and a redirection, have no letter here."""
    _, facts = SPECIMEN_LETTERS["answer"]
    assert isinstance(facts, AnswerFacts)

    for conclusion in (None, Conclusion.REDIRECTED):
        with pytest.raises(ValueError, match="conclusion"):
            compose(NoticeKind.ANSWER, replace(facts, conclusion=conclusion))


def test_an_address_that_is_none_and_an_hour_without_zone_are_refused() -> None:
    """Nothing is made of either."""
    _, facts = SPECIMEN_LETTERS["follow_up_received"]
    assert isinstance(facts, FollowUpFacts)

    with pytest.raises(UnsafeMail):
        compose(NoticeKind.FOLLOW_UP_RECEIVED, facts, replace(ENVELOPE, recipient="a@b\r\nBcc: c@d"))
    with pytest.raises(ValueError, match="zone"):
        compose(NoticeKind.FOLLOW_UP_RECEIVED, facts, replace(ENVELOPE, now=datetime(2026, 11, 24)))  # noqa: DTZ001  the fault
    naive = replace(facts.matter, received_at=datetime(2026, 11, 21))  # noqa: DTZ001  the fault
    with pytest.raises(ValueError, match="zone"):
        compose(NoticeKind.FOLLOW_UP_RECEIVED, replace(facts, matter=naive))


def test_markup_stays_text_and_paragraphs_stay() -> None:
    """Tags, templates and no-break spaces are shown as they were typed, in both parts."""
    typed = "Bonjour,\n\n<script>alert(1)</script> {{ unit }} 12\u00a0$\nsuite\n\n- un & deux"
    text, page = parts_of(compose(NoticeKind.MESSAGE, MessageFacts(SPECIMEN_MATTER, typed, SPECIMEN_SIGNATORY)))

    assert "<script>alert(1)</script> {{ unit }} 12\u00a0$\nsuite\n" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ unit }} 12\u00a0$<br>\nsuite</p>" in page
    assert "un &amp; deux</li>" in page


@given(st.text(min_size=1))
def test_whatever_is_typed_both_parts_say_the_same(typed: str) -> None:
    """Word for word, for any text that holds a word."""
    if not blocks(typed):
        return
    values = {"text": blocks(typed)}
    letter = TEMPLATES.write(NoticeKind.MESSAGE, {**_FRAME, **values})

    assert words_of(letter.text) == words_of_page(read_page(letter.html))


@given(st.text(), st.integers(0, 40))
def test_a_text_is_cut_between_characters(text: str, most: int) -> None:
    """What is left fits, begins as the text does, and says whether anything is missing."""
    left, is_cut = cut(text.encode("utf-8", "replace").decode(), most_bytes=most)

    assert len(left.encode()) <= most or not is_cut
    assert text.encode("utf-8", "replace").decode().startswith(left)
    assert is_cut == (left != text.encode("utf-8", "replace").decode())


_FRAME = {
    **dict.fromkeys(("body_name", "unit", "phone", "address", "access_address", "reference", "received_day"), "x"),
    **dict.fromkeys(("reply_code", "signatory_name", "signatory_title", "signatory_phone"), "x"),
}
