"""Mail in the name of staff, from bytes to rows and receipts: who may act, what is done, who is told (MUST 30-32)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from tests.looking import look
from tests.matters import JEANNE, MAILBOX, NOW, STRANGER, write_mail
from tests.staff_worlds import FAILS, LUC, MARIE, PASSES, SOPHIE, StaffDeskWorld
from triage.store.database import Database

FORGED: dict[str, Any] = {"Authentication_Results": FAILS}
MINUTE = timedelta(minutes=1)
PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}


@pytest.fixture
def world(engine: Engine, database: Database) -> StaffDeskWorld:
    """A desk with three people."""
    return StaffDeskWorld(engine, database)


async def test_taking_charge_is_written_once_and_ends_the_clock(world: StaffDeskWorld) -> None:
    """`#prendre` in answer to a working mail gives the ticket an owner, an instant, an event with evidence."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE), at=NOW + timedelta(hours=1))
    await world.say(MARIE, "#prendre", to=world.working(MARIE), at=NOW + timedelta(hours=2))
    met = look(world.engine, "SELECT standard, met_at IS NOT NULL FROM clock ORDER BY standard")
    taken = look(world.engine, "SELECT taken_charge_at FROM ticket")[0][0]

    assert ("in_charge", "marie", True) == world.ticket()
    assert [("E1", True), ("E2", False)] == [(standard, bool(done)) for standard, done in met]
    assert str(NOW + timedelta(hours=1))[:16] == str(taken)[:16]
    assert '"token":"own"' in world.payloads("taken_charge")
    assert "Votre demande est faite" in world.receipt().subject


async def test_all_or_nothing(world: StaffDeskWorld) -> None:
    """One line that is not understood, and nothing is done; the receipt says which and shows the text."""
    await world.complain()
    await world.say(MARIE, "#prendre\r\n#zzzzzz\r\nLivraison jeudi.", to=world.working(MARIE))

    assert ("new", None, False) == world.ticket()
    assert "Rien n’a été fait" in world.receipt().subject
    assert "commande inconnue" in world.receipt().text
    assert "Livraison jeudi." in world.receipt().text


async def test_text_below_a_command_is_a_note(world: StaffDeskWorld) -> None:
    """What stands below `#prendre` is kept for the staff, and nothing else comes of it."""
    await world.complain()
    await world.say(MARIE, "#prendre\r\nLe transporteur rappelle demain.", to=world.working(MARIE))

    assert "Le transporteur rappelle demain." in world.payloads("noted")
    assert b"transporteur" not in world.requester_bytes()


async def test_bare_text_in_answer_to_a_working_mail_is_a_draft(world: StaffDeskWorld) -> None:
    """It is shown to its writer and sent to nobody."""
    await world.complain()
    before = world.requester_bytes()
    await world.say(MARIE, "Bonjour, votre colis arrive jeudi.", to=world.working(MARIE))

    assert "Votre texte n’a pas été envoyé" in world.receipt().subject
    assert "Bonjour, votre colis arrive jeudi." in world.receipt().text
    assert "votre colis arrive jeudi" in world.payloads("staff_mail")
    assert before == world.requester_bytes()
    assert ("new", None, False) == world.ticket()


async def test_bare_text_in_answer_to_a_receipt_is_a_note(world: StaffDeskWorld) -> None:
    """Only a working mail invites a letter."""
    await world.complain()
    await world.say(MARIE, "#statut", to=world.working(MARIE))
    await world.say(MARIE, "Appel fait ce matin.", to=world.receipt())

    assert "Appel fait ce matin." in world.payloads("noted")
    assert "gardé au dossier" in world.receipt().subject


async def test_assigning_needs_proof_and_tells_the_colleague(world: StaffDeskWorld) -> None:
    """With own token and proof it is done, and the colleague gets a token of their own that works."""
    await world.complain()
    await world.say(MARIE, "#assigner Luc", to=world.working(MARIE), **PROVEN)
    await world.say(LUC, "#prendre", to=world.sent(kind="handover")[-1])

    assert ("in_charge", "luc", True) == world.ticket()
    assert ["assigned", "taken_charge"] == [kind for kind in world.events() if kind in {"assigned", "taken_charge"}]


async def test_who_was_first_has_it(world: StaffDeskWorld) -> None:
    """The second to take a ticket is told who has it, and nothing changes."""
    await world.complain()
    await world.say(MARIE, "#prendre", to=world.working(MARIE))
    await world.say(LUC, "#prendre", to=world.working(LUC))

    assert ("in_charge", "marie", True) == world.ticket()
    assert "déjà pris par Marie Tremblay" in world.receipt(LUC).text


async def test_a_dry_run_changes_nothing(world: StaffDeskWorld) -> None:
    """`#simuler` answers with what would be done."""
    await world.complain()
    await world.say(MARIE, "#simuler\r\n#prendre", to=world.working(MARIE))

    assert ("new", None, False) == world.ticket()
    assert "Simulation" in world.receipt().subject


async def test_reading_commands_answer(world: StaffDeskWorld) -> None:
    """Status, the days counted one by one, and help come to the registered address."""
    reference = await world.complain()
    await world.say(MARIE, "#statut\r\n#pourquoi\r\n#aide", to=world.working(MARIE))
    told = world.receipt().text

    assert f"Dossier {reference}" in told
    assert "jour 15" in told
    assert "#prendre" in told


async def test_high_risk_without_proof_waits_for_the_answer_to_a_challenge(world: StaffDeskWorld) -> None:
    """Nothing is done until the registered mailbox answers; then once, and only once."""
    await world.complain()
    mail_id = await world.say(MARIE, "#assigner Luc", to=world.working(MARIE))
    challenged = world.receipt()

    assert ("new", None, False) == world.ticket()
    assert "staff_challenged" == world.reason(mail_id)
    assert "Confirmez votre demande" in challenged.subject

    await world.say(MARIE, "oui", to=challenged, at=NOW + timedelta(minutes=30))

    assert ("new", "luc", False) == world.ticket()

    count = world.events().count("assigned")
    await world.say(MARIE, "encore", to=challenged, at=NOW + timedelta(minutes=40))

    assert count == world.events().count("assigned")


async def test_the_receipt_of_what_was_confirmed_can_be_answered(world: StaffDeskWorld) -> None:
    """A confirmation is good once: its receipt has a token of its own, by which `#annuler` takes the letter back."""
    await world.complain()
    await world.say(MARIE, "#répondre\r\nVotre colis arrive jeudi.", to=world.working(MARIE))
    await world.say(MARIE, "oui", to=world.receipt())
    waiting = [each.state for each in world.sent(kind="message")]
    await world.say(MARIE, "#annuler", to=world.receipt(), at=NOW + timedelta(minutes=3))

    assert ["pending"] == waiting
    assert ["cancelled"] == [each.state for each in world.sent(kind="message")]


async def test_a_challenge_ends_after_two_hours(world: StaffDeskWorld) -> None:
    """Then its answer does nothing."""
    await world.complain()
    await world.say(MARIE, "#assigner Luc", to=world.working(MARIE))
    await world.say(MARIE, "oui", to=world.receipt(), at=NOW + timedelta(hours=2))

    assert ("new", None, False) == world.ticket()


async def test_a_forger_without_token_floods_nobody(world: StaffDeskWorld) -> None:
    """Three challenges an hour, then the mail is kept for a person and somebody is called."""
    reference = await world.complain()
    mails = [await world.say(MARIE, f"#note {n}", subject=reference, at=NOW + timedelta(minutes=n)) for n in range(5)]

    assert ["staff_challenged"] * 3 + ["staff_quarantined"] * 2 == [world.reason(each) for each in mails]
    assert 3 == len(world.sent(kind="receipt"))
    assert "noted" not in world.events()
    assert ["staff_mail_quarantined"] * 2 == world.alarms


async def test_a_forged_sender_is_quarantined(world: StaffDeskWorld) -> None:
    """What a trusted server says failed does nothing, token or not, and nobody is written to."""
    reference = await world.complain()
    bare = await world.say(MARIE, "#prendre", subject=reference, **FORGED)
    with_token = await world.say(MARIE, "#prendre", to=world.working(MARIE), **FORGED)

    assert ["staff_quarantined"] * 2 == [world.reason(bare), world.reason(with_token)]
    assert ("new", None, False) == world.ticket()
    assert [] == world.sent(kind="receipt")
    assert '"proof":"fail"' in world.payloads("staff_mail")


async def test_a_mail_pasted_below_a_note_is_told_to_be_left_out(world: StaffDeskWorld) -> None:
    """A note alone above our own mail is told without it."""
    left_out = "Le texte cité sous votre note n’en fait pas partie."
    await world.complain()
    pasted = (
        "#note Le transporteur confirme.\r\n\r\nDe : Ali <ali@transport.example>\r\nEnvoyé : lundi 2 mars 2026 09:12"
    )
    pasted += "\r\nÀ : Marie Tremblay\r\nObjet : Livraison\r\n\r\nLe camion est passé mardi."
    await world.say(MARIE, pasted, to=world.working(MARIE))
    with_paste = " ".join(world.receipt().text.split())
    await world.say(MARIE, "#note Vu.", to=world.working(MARIE))

    assert left_out in with_paste
    assert left_out not in " ".join(world.receipt().text.split())
    assert "Le transporteur confirme." in world.payloads("noted")
    assert "Le camion" not in world.payloads("noted")


async def test_a_token_shown_by_somebody_else_is_revoked_and_its_owner_told_once(world: StaffDeskWorld) -> None:
    """A colleague or a stranger with a forwarded mail: nothing is done, the owner gets a new token (MUST 32)."""
    await world.complain()
    working = world.working(MARIE)
    stranger = await world.say(MARIE, "#prendre", to=working, sender=STRANGER)
    again = await world.say(MARIE, "#prendre", to=working, sender=STRANGER)

    assert "staff_unverified" == world.reason(stranger)
    assert "new_matter" == world.reason(again)
    assert 1 == len(world.sent(kind="receipt"))
    assert "new" == look(world.engine, "SELECT status FROM ticket ORDER BY id")[0][0]

    await world.say(MARIE, "#prendre", to=world.receipt())

    assert ("in_charge", "marie") == look(world.engine, "SELECT status, assigned_to FROM ticket ORDER BY id")[0]


async def test_a_colleague_s_token_does_nothing(world: StaffDeskWorld) -> None:
    """Luc with Marie's token is not Marie, and not Luc."""
    await world.complain()
    mail_id = await world.say(LUC, "#prendre", to=world.working(MARIE), **PROVEN)

    assert "staff_unverified" == world.reason(mail_id)
    assert ("new", None, False) == world.ticket()


async def test_an_absence_notice_never_acts(world: StaffDeskWorld) -> None:
    """Automated mail of an agent is a machine's mail, whatever it shows."""
    await world.complain()
    mail_id = await world.say(MARIE, "#prendre", to=world.working(MARIE), Auto_Submitted="auto-replied", **PROVEN)

    assert "automation" == world.reason(mail_id)
    assert ("new", None, False) == world.ticket()


async def test_an_employee_may_complain_like_anybody(world: StaffDeskWorld) -> None:
    """Without token and command it is ordinary mail."""
    mail_id = await world.say(MARIE, "Bonjour, mon colis est en retard.", **PROVEN)

    assert "new_matter" == world.reason(mail_id)


async def test_a_command_on_another_ticket_needs_more(world: StaffDeskWorld) -> None:
    """A token is worth nothing for a ticket that it was not given for."""
    await world.complain()
    first = world.working(MARIE)
    other = await world.complain("Bonjour, autre chose.", at=NOW + timedelta(minutes=1))
    await world.say(MARIE, f"#prendre {other}", to=first)

    assert ("new", None, False) == world.ticket()
    assert "Confirmez" in world.receipt().subject


async def test_whom_a_ticket_concerns_cannot_see_that_it_exists(world: StaffDeskWorld) -> None:
    """A restricted file is there for its handlers alone, and its number gives nothing away (R-75)."""
    reference = await world.complain()
    working = world.working(MARIE)
    await world.database.write(lambda tx: tx.execute(text("UPDATE ticket SET restricted = true")))
    await world.say(MARIE, "#statut", to=working)
    hidden = world.receipt().text
    await world.say(SOPHIE, f"#statut {reference}", **PROVEN)

    assert "Ce dossier n’existe pas, ou vous n’y avez pas accès." in hidden
    assert "Responsable" not in hidden
    assert "Responsable" in world.receipt(SOPHIE).text


async def test_a_mail_seen_twice_acts_once(world: StaffDeskWorld) -> None:
    """The same mail again is a copy."""
    await world.complain()
    working = world.working(MARIE)
    await world.say(MARIE, "#note Vu.", to=working, message_id="x@organisme.example")
    again = await world.say(MARIE, "#note Vu.", to=working, message_id="x@organisme.example")

    assert "duplicate" == world.reason(again)
    assert 1 == world.events().count("noted")
    assert {JEANNE} == {each.recipient for each in world.sent(kind="acknowledgement")}


async def test_refused_tokens_are_noted_whoever_shows_them(world: StaffDeskWorld) -> None:
    """A colleague with an old text and a stranger who guesses; a requester's own answer is none of it."""
    await world.complain()
    guessed = MAILBOX.replace("@", "+abcdefgh2345wxyz@")
    await world.say(MARIE, "#prendre\r\n\r\n> Réf. ABCD-EFGH-2345-WXYZ\r\n")
    await world.desk.arrive(write_mail("Bonjour", message_id="g@x.example", To=guessed, sender="x@x.example"))
    own = world.sent(kind="acknowledgement")[0]
    await world.desk.arrive(
        write_mail(f"Autre chose.\r\n\r\n> Réf. {own.code}", message_id="h@client.example"), at=NOW + MINUTE
    )

    assert ["tokens_refused"] * 2 == [each for each in world.alarms if each == "tokens_refused"]
