"""Notices to staff in words and bytes: every title and situation is good French, and nothing in them is personal."""

from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes, policy
from itertools import product

import pytest

from tests.matters import LETTERHEAD, make_stationery
from triage.mail.writing.accessibility import find_barriers
from triage.mail.writing.headers import UnsafeMail
from triage.mail.writing.html_reading import read_page
from triage.mail.writing.internal.compose import compose_staff_notice
from triage.mail.writing.internal.specimens import SPECIMEN_FILE, SPECIMEN_MEMBER, SPECIMEN_NOTICES
from triage.mail.writing.internal.values import notice_values
from triage.mail.writing.message_ids import make_collective_id, make_message_id, make_thread_id, read_message_id
from triage.mail.writing.templates import Letter
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.delivery import OutgoingMail
from triage.model.escalation.notices import FileStanding, Occasion, Situation, StaffNotice
from triage.wording.standing import ACTION_WORDS, STATUS_WORDS, introduction_of, situation_words, title_of
from triage.wording.typography import find_faults

KEY = b"clef de fiction, longue de 32 o."
ZONE = make_stationery().zone
NOW = datetime(2026, 12, 8, 9, 0, tzinfo=ZONE)
IN_HOURS = replace(SPECIMEN_FILE, due_on=None, due_at=datetime(2026, 11, 24, 14, 5, tzinfo=ZONE), day=0, of_days=0)


def notice(*files: FileStanding, kind: NoticeKind = NoticeKind.ESCALATION, **said: object) -> StaffNotice:
    """A notice about these files to somebody of fiction."""
    made = StaffNotice(kind, "escalation:2026-000123:E2-D12:marie", SPECIMEN_MEMBER, Occasion.STEP, files)
    return replace(made, **said)  # type: ignore[arg-type]  # fields by name


TITLES = {
    "nobody has it": (replace(IN_HOURS, situation=Situation.UNOWNED), "Rappel : dossier sans responsable"),
    "to take": (
        replace(IN_HOURS, situation=Situation.TO_TAKE),
        "À prendre en charge avant le mardi 24 novembre 2026, à 14 h 5",
    ),
    "to take within days": (
        replace(SPECIMEN_FILE, situation=Situation.TO_TAKE),
        "À prendre en charge avant le vendredi 11 décembre 2026, à minuit",
    ),
    "not taken": (replace(IN_HOURS, situation=Situation.TAKE_LATE), "Délai de prise en charge dépassé"),
    "half way": (
        replace(SPECIMEN_FILE, situation=Situation.MIDWAY, day=5),
        "Rappel : mi-parcours (jour 5 sur 15)",
    ),
    "five days": (
        replace(SPECIMEN_FILE, situation=Situation.DAYS_LEFT, days_left=5),
        "Il reste cinq jours ouvrables",
    ),
    "twelve days": (
        replace(SPECIMEN_FILE, situation=Situation.DAYS_LEFT, days_left=12),
        "Il reste 12 jours ouvrables",
    ),
    "decide": (SPECIMEN_FILE, "Décision requise : réponse ou avis de prolongation"),
    "tomorrow": (
        replace(SPECIMEN_FILE, situation=Situation.EVE, told_on=date(2026, 12, 10)),
        "Échéance demain : l’avis de prolongation doit partir aujourd’hui",
    ),
    "a delay is announced": (
        replace(SPECIMEN_FILE, situation=Situation.ANNOUNCED, told_on=date(2026, 12, 10)),
        "Échéance demain : un avis de prolongation est déjà parti",
    ),
    "the next business day, over a weekend": (
        replace(SPECIMEN_FILE, situation=Situation.EVE, told_on=date(2026, 12, 4), due_on=date(2026, 12, 7)),
        "Échéance le lundi 7 décembre 2026 : l’avis de prolongation doit partir aujourd’hui",
    ),
    "today": (replace(SPECIMEN_FILE, situation=Situation.LAST_DAY), "Échéance aujourd’hui, à minuit"),
    "one day late": (
        replace(SPECIMEN_FILE, situation=Situation.LATE, days_late=1),
        "En retard de 1 jour ouvrable",
    ),
    "late": (replace(SPECIMEN_FILE, situation=Situation.LATE, days_late=4), "En retard de 4 jours ouvrables"),
    "late since midnight": (replace(SPECIMEN_FILE, situation=Situation.LATE, days_late=0), "Échéance dépassée"),
    "restricted": (
        replace(SPECIMEN_FILE, restricted=True),
        "Échéance : le vendredi 11 décembre 2026, à minuit",
    ),
}


@pytest.mark.parametrize(("file", "expected"), TITLES.values(), ids=TITLES.keys())
def test_a_title_says_how_the_file_stands(file: FileStanding, expected: str) -> None:
    """The words of each situation, with no-break spaces where the Office québécois asks for them."""
    title = title_of(notice(file))

    assert expected == title.replace("\u00a0", " ")
    assert () == find_faults(title)


SEVERAL = {
    "of one kind": ((Situation.MIDWAY, Situation.MIDWAY), "Rappel : 2 dossiers à mi-parcours"),
    "late ones": ((Situation.LATE, Situation.LATE), "Rappel : 2 dossiers en retard"),
    "of several kinds": ((Situation.MIDWAY, Situation.UNOWNED), "Rappel : 2 dossiers à suivre"),
    "of a kind without a word": ((Situation.DECIDE, Situation.DECIDE), "Rappel : 2 dossiers à suivre"),
}


@pytest.mark.parametrize(("situations", "expected"), SEVERAL.values(), ids=SEVERAL.keys())
def test_a_gathered_title_counts(situations: tuple[Situation, ...], expected: str) -> None:
    """The situation is named where all files share it."""
    files = [replace(SPECIMEN_FILE, situation=each) for each in situations]

    assert expected == title_of(notice(*files, kind=NoticeKind.REMINDER)).replace("\u00a0", " ")


def test_a_restricted_file_among_others_hides_its_situation() -> None:
    """« 2 dossiers en retard » would tell that it is late."""
    late = replace(SPECIMEN_FILE, situation=Situation.LATE)

    assert "Rappel : 2 dossiers à suivre" == title_of(
        notice(late, replace(late, restricted=True), kind=NoticeKind.REMINDER)
    ).replace("\u00a0", " ")


LISTS = {
    Occasion.BEFORE_CLOSED: "À prendre en charge avant la fermeture : 1 dossier",
    Occasion.AT_CLOSING: "Dernier rappel avant la fermeture : 1 dossier",
    Occasion.AFTER_CLOSED: "Délai terminé pendant la fermeture : 1 dossier",
}


@pytest.mark.parametrize(("occasion", "expected"), LISTS.items())
def test_a_list_says_which_list_it_is(occasion: Occasion, expected: str) -> None:
    """Before closing, at closing, at the opening."""
    said = notice(IN_HOURS, kind=NoticeKind.CLOSING_LIST, occasion=occasion)

    assert expected == title_of(said).replace("\u00a0", " ")
    assert () == find_faults(introduction_of(said))


@pytest.mark.parametrize("occasion", [Occasion.STALE, Occasion.MANY])
def test_a_summary_says_why_it_is_one(occasion: Occasion) -> None:
    """Late, or too many at once; and how many files it is about, listed or not."""
    said = notice(SPECIMEN_FILE, kind=NoticeKind.CATCH_UP, occasion=occasion, unlisted=3)

    assert "Rattrapage : 4 dossiers à revoir" == title_of(said).replace("\u00a0", " ")
    assert () == find_faults(introduction_of(said))


def test_every_state_has_its_words() -> None:
    """No situation and no status without French, and all of it faultless."""
    texts = [
        *(situation_words(replace(SPECIMEN_FILE, situation=each)) for each in Situation),
        *(ACTION_WORDS[each] for each in Situation),
        *(STATUS_WORDS[each] for each in TicketStatus),
    ]

    assert [] == [text for text in texts if find_faults(text)]


@pytest.mark.parametrize(("situation", "status"), [*product(Situation, [TicketStatus.NEW, TicketStatus.IN_ANALYSIS])])
def test_every_notice_can_be_written(situation: Situation, status: TicketStatus) -> None:
    """In both parts, without barrier and without fault."""
    letter = written(notice(replace(SPECIMEN_FILE, situation=situation, status=status)))

    assert () == find_faults(letter.text)
    assert () == find_faults("\n".join(read_page(letter.html).lines))
    assert () == find_barriers(letter.html)


def test_a_restricted_file_shows_number_and_due_time_only() -> None:
    """No situation, owner, state or date of reception in any part (R-73 to R-78)."""
    letter = written(notice(replace(SPECIMEN_FILE, restricted=True)))

    assert [] == [
        word
        for word in ("Situation", "Responsable", "Reçu", "État", "action", "Que faire", "analyse", "Conseillère")
        if word in letter.html.replace("Une action de votre part est attendue.", "")
    ]
    assert "2026-000123" in letter.text


def written(said: StaffNotice) -> Letter:
    return make_stationery().templates.write(said.kind, notice_values(said, unit=LETTERHEAD.unit))


def composed(said: StaffNotice, thread_id: str | None = None) -> OutgoingMail:
    return compose_staff_notice(
        said,
        letterhead=LETTERHEAD,
        templates=make_stationery().templates,
        message_id=make_message_id(kind=said.kind, reference="2026-000123", seq=3, domain="organisme.example", key=KEY),
        thread_id=thread_id,
        now=NOW,
    )


def test_a_notice_is_known_as_a_machines_and_stands_in_its_files_thread() -> None:
    """Nobody's robot answers it, and mail clients put all notices of one file together."""
    root = make_thread_id(reference="2026-000123", domain="organisme.example", key=KEY)
    mail = message_from_bytes(composed(notice(SPECIMEN_FILE), root).raw, policy=policy.default)

    assert ("auto-generated", "All", "plaintes@organisme.example") == (
        mail["Auto-Submitted"],
        mail["X-Auto-Response-Suppress"],
        mail["X-Loop"],
    )
    assert (f"<{root}>", f"<{root}>") == (mail["In-Reply-To"], mail["References"])
    assert "[ODF 2026-000123] Décision requise\u00a0: réponse ou avis de prolongation" == mail["Subject"]
    assert SPECIMEN_MEMBER.address == mail["To"]


def test_a_notice_about_several_files_bears_no_number_and_no_thread() -> None:
    """The short name alone: it is about all of them."""
    said = SPECIMEN_NOTICES[NoticeKind.CATCH_UP]
    mail = message_from_bytes(composed(said).raw, policy=policy.default)

    assert "[ODF] Rattrapage\u00a0: 5\u00a0dossiers à revoir" == mail["Subject"]
    assert (None, None) == (mail["In-Reply-To"], mail["References"])


def test_the_same_facts_give_the_same_bytes() -> None:
    """At every attempt (MUST 18)."""
    assert composed(notice(SPECIMEN_FILE)) == composed(notice(SPECIMEN_FILE))


def test_an_unsafe_address_or_a_naive_instant_is_refused() -> None:
    """No mail is made; a person sees the sweep fail."""
    member = replace(SPECIMEN_MEMBER, address="marie@organisme.example>, all@organisme.example")
    with pytest.raises(UnsafeMail):
        composed(notice(SPECIMEN_FILE, recipient=member))
    with pytest.raises(ValueError, match="zone"):
        compose_staff_notice(
            notice(SPECIMEN_FILE),
            letterhead=LETTERHEAD,
            templates=make_stationery().templates,
            message_id="x@y",
            thread_id=None,
            now=NOW.replace(tzinfo=None),
        )


def test_ids_of_threads_lead_to_their_ticket_and_collective_ones_to_none() -> None:
    """Whoever answers a notice of one file means that file; of several, nobody can tell."""
    root = make_thread_id(reference="2026-000123", domain="organisme.example", key=KEY)
    several = make_collective_id(kind=NoticeKind.REMINDER, about="k", domain="Organisme.example", key=KEY)
    read = read_message_id(root, domain="organisme.example", keys=[KEY])

    assert read is not None
    assert ("2026-000123", 0) == (read.reference, read.seq)
    assert None is read_message_id(several, domain="organisme.example", keys=[KEY])
    assert several != make_collective_id(kind=NoticeKind.REMINDER, about="j", domain="organisme.example", key=KEY)
    with pytest.raises(ValueError, match="what it is about"):
        make_collective_id(kind=NoticeKind.REMINDER, about="", domain="organisme.example", key=KEY)
