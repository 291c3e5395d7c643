"""The daemon between Dovecot and Postfix, on both databases: what colleagues type for each other stays inside.

Each way out is tried with a word that stands nowhere else; then all that lies in the mailboxes of people outside is
searched for it, as it came and decoded (MUST 30, MUST 31, MUST 34). One word that may leave proves that the search
would find it.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lived_worlds import LivedWorld, live_in
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.servers.postgresql import Postgresql, find_postgresql
from triage.model.codes import TicketStatus

PUBLIC = "Votre commande zébrée est partie ce matin."
SECRETS = tuple(f"kwijibo77{number}" for number in range(9))
BARE, TAPPED, HEADED, REMINDED, ESCALATED, NOTED, FAULTY, TAKEN_BACK, DIGESTED = SECRETS
SIGNATURE = f"Marie Fiction\nConseillère, {TAPPED}\n418 555-0199"
BELOW = f"-----Message d’origine-----\nDe : Luc Fiction\nEnvoyé : lundi 30 novembre 2026\nObjet : ici\n\n{HEADED}"
CODE = re.compile(rb"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """A database that the daemon accepts: the file of its folder, or a PostgreSQL that forgets nothing."""
    if request.param == "sqlite":
        yield None
        return
    request.getfixturevalue("postgresql")  # it skips or fails where there is none
    programs = find_postgresql()
    assert programs is not None
    with Postgresql(programs, durable=True) as server:
        yield server.url(server.new_database())


async def type_everything(world: LivedWorld) -> None:
    """A day on which staff type what is not for outsiders, in every place that they have."""
    await world.write("jeanne", world.begin("jeanne", "Plainte", "Toujours pas de livraison."), "2026-11-30T09:10")
    await world.pass_at("2026-11-30T10:10")
    await world.pass_at("2026-11-30T14:10")
    await world.reply("luc", "reminder", f"Ce client exagère. {REMINDED}", "2026-11-30T14:15")
    await world.reply("suzanne", "escalation", f"Faites-le attendre, {ESCALATED}.", "2026-11-30T14:20")
    await world.reply("marie", "working_mail", f"Franchement, il exagère. {BARE}", "2026-11-30T14:30")
    await world.reply("marie", "working_mail", f"#prendre\n\n{SIGNATURE}", "2026-11-30T14:40")
    await world.reply("marie", "working_mail", f"#répondre\n#zzz\n{FAULTY}", "2026-11-30T14:45")
    await world.reply("marie", "working_mail", f"#note {NOTED}", "2026-11-30T14:50")
    await world.reply("marie", "receipt", f"#répondre\n{PUBLIC}", "2026-11-30T15:00")  # its quotation holds the note
    await world.pass_at("2026-11-30T15:05")
    await world.reply("marie", "working_mail", f"#répondre\nElle arrive demain.\n\n{BELOW}", "2026-11-30T15:10")
    await world.pass_at("2026-11-30T15:15")
    await world.reply("marie", "working_mail", f"#répondre\nNon. {TAKEN_BACK}", "2026-11-30T15:20")
    await world.reply("marie", "receipt", "#annuler", "2026-11-30T15:22")
    await world.pass_at("2026-12-01T08:00")
    await world.reply("suzanne", "digest", f"Merci, tout est calme. {DIGESTED}", "2026-12-01T08:20")
    await world.pass_days("2026-12-02T17:00")


async def test_no_byte_for_colleagues_reaches_anybody_outside(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix, url: str | None
) -> None:
    """Nine words in nine places, and no token of staff, in a mailbox outside; the sentence that may leave is there."""
    async with live_in(tmp_path, dovecot, postfix, begins="2026-11-30T09:00", database_url=url) as world:
        await type_everything(world)
        outside = world.outsiders_got()
        inside = b"".join(mail.as_bytes() for name in ("marie", "luc", "suzanne") for mail in world.mails(name))
        letters = [str(mail["Subject"]).partition("] ")[2] for mail in world.mails("jeanne")]

        assert [] == [word for word in SECRETS if word.encode() in outside.lower()]
        assert set() == set(CODE.findall(inside)) & set(CODE.findall(outside))
        assert "commande zébrée".encode() in outside
        assert 2 == letters.count("Un message au sujet de votre dossier")
        assert [(11,)] == world.look("SELECT COUNT(*) FROM mail WHERE reason = 'staff_acted'")
        assert [(TicketStatus.IN_ANALYSIS,)] == world.look("SELECT status FROM ticket")
