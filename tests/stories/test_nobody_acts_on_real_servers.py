"""Nobody acts, between Dovecot and Postfix: who hears of one complaint over twenty business days, in their mailboxes.

The complaint is of Friday 27 November 2026, ten o'clock; the days go over Christmas (R-62, MUST 29).
"""

from pathlib import Path

from tests.lived_worlds import LivedWorld, live_in, sent_at
from tests.servers.dovecot import Dovecot
from tests.servers.postfix import Postfix
from tests.told_days import TWENTY_DAYS
from tests.watched_worlds import CALENDAR
from triage.rules.clocks.business_days import add_business_days

TEAM = ("marie", "luc", "suzanne", "denis")
WORKING = "Nouveau dossier à prendre en charge"


def told(world: LivedWorld) -> list[str]:
    """What lies in the mailboxes of the staff, digests and working mail apart: time, whose, and the subject."""
    lines = []
    for name in TEAM:
        for mail in world.mails(name):
            subject = str(mail["Subject"]).partition("] ")[2]
            if subject and subject != WORKING:
                lines.append(f"{sent_at(mail):%m-%d %H:%M} {name}: {subject}")
    return sorted(lines)


def digests(world: LivedWorld, name: str) -> list[str]:
    """When somebody's digests came."""
    return [f"{sent_at(mail):%m-%d %H:%M}" for mail in world.mails(name) if "bilan du" in str(mail["Subject"])]


async def test_everybody_hears_of_it_once_and_nobody_outside_does(
    tmp_path: Path, dovecot: Dovecot, postfix: Postfix
) -> None:
    """Lists, five levels, each day late and a digest each morning, in their mailboxes; the requester has one letter."""
    async with live_in(tmp_path, dovecot, postfix, begins="2026-11-27T09:00") as world:
        await world.write("jeanne", world.begin("jeanne", "Plainte", "Toujours pas de livraison."), "2026-11-27T10:00")
        await world.pass_days("2026-12-30T17:00")
        (letter,) = world.mails("jeanne")
        expected = sorted(f"{line[:11]} {line[12:].partition(' ')[2]}" for line in TWENTY_DAYS)
        first_on = sent_at(letter).date()
        mornings = [add_business_days(first_on, days, calendar=CALENDAR) for days in range(1, 21)]
        arrived = [str(mail["Message-ID"]) for name in TEAM for mail in world.mails(name)]

        assert expected == told(world)
        assert ["11-27 10:00", *(f"{day:%m-%d} 08:00" for day in mornings)] == digests(world, "suzanne")
        assert [] == [name for name in ("marie", "luc", "denis") if digests(world, name)]
        assert len(arrived) == len(set(arrived))
        assert "Nous avons bien reçu votre message" in str(letter["Subject"])
        assert [] == world.look("SELECT id FROM outbox WHERE state != 'sent'")
