"""What somebody wrote reaches the people in charge and nobody else, in intake's own transaction (R-73 to R-78)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

import pytest

from tests.charge_worlds import DENIS, LUC, MARIE, NADIA, STAFF, desk_with_staff
from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, MAILBOX, NOW, write_mail
from triage.mail.writing.letters.working import MARKER
from triage.model.agents.authority import TokenScope
from triage.model.agents.staff import StaffMember
from triage.model.codes import DeliveryMode
from triage.model.delivery import DeliveryModes
from triage.model.errors import ReaderFailed, ReaderFailure
from triage.store.database import Database
from triage.store.raw import read_bytes
from triage.store.staff_tokens import find_shown
from triage.workflows.intake import read_again

SECRET = "Le fauteuil zébré grince horriblement."
DAY = timedelta(days=1)


async def mails(desk: Desk) -> list[tuple[str, str, EmailMessage]]:
    """Everything in the outbox, in order: its key, its recipient, and itself as a mail program reads it."""
    rows = look(desk.database.engine, "SELECT key, recipient, raw_sha256 FROM outbox ORDER BY id")
    found = []
    for key, recipient, digest in rows:
        raw = await desk.database.read(partial(read_bytes, digest=digest))
        found.append((key, recipient, message_from_bytes(raw, policy=policy.default)))
    return found


def words_of(mail: EmailMessage) -> str:
    """All that a reader may see: subject, both parts."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([str(mail["Subject"]), *parts])


def addresses(members: Sequence[StaffMember]) -> list[str]:
    """Where they are written to."""
    return [each.address for each in members]


async def test_a_new_matter_reaches_the_team_once_each(database: Database) -> None:
    """One mail a person in the transaction of ticket and acknowledgement; a second look at the mail adds none."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail(SECRET, subject="Fauteuil"))
    sent = await mails(desk)

    assert ["acknowledgement:1", "working:1:marie.exemple", "working:1:luc.d-amours"] == [key for key, *_ in sent]
    assert [JEANNE, *addresses([MARIE, LUC])] == [recipient for _, recipient, _ in sent]


async def test_without_staff_nothing_changes(database: Database) -> None:
    """A body that has no staff file has its acknowledgements and nothing else."""
    desk = Desk(database)
    await desk.arrive(write_mail(SECRET))
    await desk.arrive(write_mail("Suite", message_id="2@client.example", In_Reply_To="<1@client.example>"))

    assert ["acknowledgement:1"] == [key for key, *_ in await mails(desk)]


async def test_the_working_mail_says_what_work_needs(database: Database) -> None:
    """Words, writer, due times, buttons, card; a subject with the number and nothing that was written."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail(SECRET, subject="Fauteuil"))
    _, _, mail = (await mails(desk))[1]
    said = words_of(mail)

    assert "[ODF 2026-000001] Nouveau dossier à prendre en charge" == mail["Subject"]
    assert ("auto-generated", MAILBOX) == (mail["Auto-Submitted"], mail["X-Loop"])
    assert [] == [each for each in (SECRET, JEANNE, "Objet\u00a0: Fauteuil", "#assigner") if each not in said]
    assert "À prendre en charge avant le mardi 3\u00a0mars 2026, à 9\u00a0h\u00a030" in said
    assert "Réponse visée au plus tard le lundi 23\u00a0mars 2026" in said
    assert mail.get_body(("plain",)).get_content().startswith(MARKER)  # type: ignore[union-attr]  # it has one
    assert "mailto:plaintes@organisme.example?subject=%5BODF%202026-000001%5D&amp;body=%23prendre" in said


async def test_each_person_has_a_token_of_their_own(database: Database) -> None:
    """It stands in the reply address and in the last line, is good for this ticket and 45 days, and is theirs."""
    desk = desk_with_staff(database)
    desk.stationery = replace(desk.stationery, plus_addressing=True)
    await desk.arrive(write_mail(SECRET))
    _, *working = await mails(desk)
    tokens = [str(mail["Reply-To"]).partition("+")[2].partition("@")[0] for *_, mail in working]
    shown = await database.read(lambda tx: find_shown(tx, tokens))

    assert [(MARIE.id, 1), (LUC.id, 1)] == [(each.token.staff_id, each.ticket_id) for each in shown]
    assert {(TokenScope.TICKET, NOW + 45 * DAY)} == {(each.token.scope, each.token.expires_at) for each in shown}
    assert all(
        token in words_of(mail).replace("-", "").lower() for token, (*_, mail) in zip(tokens, working, strict=True)
    )


async def test_a_complaint_about_a_colleague_never_reaches_them(database: Database) -> None:
    """Born restricted: a handler alone, whose mail's subject is the number; neither colleague nor team hears of it."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail(f"Mme Exemple a été impolie. {SECRET}", subject="Plainte contre Marie Exemple"))
    await desk.arrive(write_mail("Et encore", message_id="2@client.example", In_Reply_To="<1@client.example>"))
    sent = await mails(desk)

    assert [NADIA.address, NADIA.address] == [to for key, to, _ in sent if key.startswith(("working", "follow_up:"))]
    assert {"[ODF 2026-000001]"} == {str(mail["Subject"]) for _, to, mail in sent if to == NADIA.address}
    assert [(1, MARIE.address)] == look(database.engine, "SELECT ticket_id, address FROM concerned")
    assert [(True,)] == [(bool(each),) for (each,) in look(database.engine, "SELECT restricted FROM ticket")]


async def test_a_file_about_all_who_could_read_it_waits_for_a_person(database: Database) -> None:
    """Nobody gets its words; the ticket says that nobody is left."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail("Nadia Supervise et Denis Dirige"))
    query = "SELECT body FROM event_payload JOIN event ON event.id = event_id WHERE kind = 'notice_withheld'"

    assert ["acknowledgement:1"] == [key for key, *_ in await mails(desk)]
    assert ['{"kind":"working_mail","reason":"nobody_left"}'] == [body for (body,) in look(database.engine, query)]


async def test_a_director_reads_what_is_about_the_handler(database: Database) -> None:
    """One step higher (R-75)."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail("Nadia Supervise ne répond pas."))

    assert [DENIS.address] == [to for key, to, _ in await mails(desk) if key.startswith("working")]


async def test_a_follow_up_is_told_and_confirmed_once_a_day(database: Database) -> None:
    """Each mail reaches the team; the requester has one letter a day, and none for thanks."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail(SECRET))
    for number, (at, words) in enumerate(
        [(NOW, "Une photo"), (NOW, "Une autre"), (NOW + DAY, "Merci beaucoup!"), (NOW + DAY, "Encore une")], start=2
    ):
        raw = write_mail(words, message_id=f"{number}@client.example", In_Reply_To="<1@client.example>")
        await desk.arrive(raw, at=at)
    sent = await mails(desk)

    assert ["follow_up_received:2", "follow_up_received:5"] == [
        key for key, to, _ in sent if to == JEANNE and not key.startswith("acknowledgement")
    ]
    assert [f"follow_up:{number}:{MARIE.id}" for number in (2, 3, 4, 5)] == [
        key for key, to, _ in sent if to == MARIE.address and key.startswith("follow_up:")
    ]
    assert "au plus tard le lundi 23\u00a0mars 2026" in words_of(sent[-3][2] if sent[-3][1] == JEANNE else sent[-1][2])


async def test_no_requester_reads_what_staff_reads(database: Database) -> None:
    """No letter to a requester holds a token of staff, a name of staff or a word that was written."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail(SECRET, subject="Fauteuil"))
    await desk.arrive(write_mail(SECRET, message_id="2@client.example", In_Reply_To="<1@client.example>"))
    letters = [words_of(mail) for _, to, mail in await mails(desk) if to == JEANNE]

    assert 2 == len(letters)
    assert [] == [
        word
        for word in (SECRET, "zébré", "Fauteuil", MARKER, "#prendre", *(each.name for each in STAFF.members))
        for letter in letters
        if word in letter
    ]


async def test_what_is_read_at_last_restricts_its_file(database: Database) -> None:
    """The team was told of a file that nobody could read; its words, which name one of them, reach a handler alone."""
    desk = desk_with_staff(database)
    raw = write_mail(f"Marie Exemple a été impolie. {SECRET}")
    desk.reader.fail(raw, ReaderFailed(ReaderFailure.DIED))
    await desk.arrive(raw)
    await read_again(desk.tools(), 1, now=NOW)
    sent = await mails(desk)

    assert [True] == [bool(each) for (each,) in look(database.engine, "SELECT restricted FROM ticket")]
    assert [NADIA.address] == [to for _, to, mail in sent if SECRET in words_of(mail)]


@pytest.mark.parametrize(("mode", "state"), [(DeliveryMode.OBSERVE, "cancelled"), (DeliveryMode.APPROVE, "pending")])
async def test_modes_hold_for_letters_and_staff_is_always_told(
    database: Database, mode: DeliveryMode, state: str
) -> None:
    """Observed, nothing leaves; where letters wait for a word, somebody must hear that they wait."""
    desk = desk_with_staff(database)
    desk.stationery = replace(desk.stationery, modes=DeliveryModes(mode))
    await desk.arrive(write_mail(SECRET))

    assert [(state,)] == look(database.engine, "SELECT DISTINCT state FROM outbox WHERE kind = 'working_mail'")


async def test_what_is_long_is_cut_and_says_so(database: Database) -> None:
    """Sixty-four kibibytes are shown; markup in them is shown as it was typed."""
    desk = desk_with_staff(database)
    await desk.arrive(write_mail("<b>gras</b>\r\n" + "mot mot mot mot mot\r\n" * 10_000))
    _, _, mail = (await mails(desk))[1]
    said = words_of(mail)

    assert "Le texte est coupé ici" in said
    assert "&lt;b&gt;gras&lt;/b&gt;" in said
    assert len(said) < 3 * (64 << 10)
