"""A body that lives through days between real servers: Dovecot, Postfix, the daemon's own passes, a clock in hand.

Every mail goes through Postfix, in and out. What comes in is put into the watched mailbox with the story's time, since
no server lets itself be told what time it is; what goes out is read where it arrived.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parsedate_to_datetime
from pathlib import Path

from tests.border_world import BorderWorld, Person
from tests.looking import look
from tests.servers.dovecot import Dovecot, deliver_at
from tests.servers.postfix import Postfix
from tests.servers.postfix_settings import OWN_DOMAIN
from tests.watched_worlds import CALENDAR, QUEBEC, local
from triage.daemon.bells import Bell
from triage.daemon.build import Parts
from triage.daemon.pulse import Pulse
from triage.daemon.running import make_pass, open_parts
from triage.demo.days.moved_clock import MovedClock
from triage.rules.clocks.business_days import is_business_day
from triage.settings.loading import load_configuration

MOMENTS = (time(8), time(8, 30), time(9), time(11), time(14), time(15), time(16, 30))
"""When something may be due to staff on a business day, for a complaint that came at ten."""
ATTRIBUTION = "Le lun. 30 nov. 2026, à 09:10, Plaintes <plaintes@organisme.example> a écrit :"
"""What a mail program puts above what it quotes."""
_MEMBER = """
[[member]]
id = "{id}"
name = "{name}"
title = "Conseillère"
address = "{address}"
roles = ["{role}"]
"""


@dataclass(slots=True)
class LivedWorld:
    """One body with two agents, a supervisor, a director and a requester. `clock` is the only time there is."""

    border: BorderWorld
    parts: Parts
    clock: MovedClock
    people: dict[str, Person]
    _transit: Person
    _passed_on: int = field(default=0)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def pass_at(self, at: str | datetime) -> None:
        """One pass of the daemon, at that local time."""
        self.clock.move_to(local(at) if isinstance(at, str) else at)
        await make_pass(self.parts)

    async def write(self, who: str, mail: EmailMessage, at: str) -> None:
        """Somebody's server, or a colleague's mail program, hands a mail to ours at that local time; it is taken in."""
        person, raw = self.people[who], mail.as_bytes()
        if person.address.endswith(f"@{OWN_DOMAIN}"):
            self.border.postfix.from_a_colleague(person.user, self._transit.address, raw)
        else:
            person.send(raw, recipient=self._transit.address)
        self._passed_on += 1
        arrived = self.border.postfix.arrived(self._transit.user, self._passed_on)[-1]
        deliver_at(self.border.dovecot, self.border.user, arrived, at=local(at))
        await self.pass_at(at)

    async def reply(self, who: str, kind: str, text: str, at: str, *, photo: bytes = b"") -> None:
        """Somebody answers the newest mail of a kind in their mailbox, at that local time."""
        mail = self.answer(who, self.newest(who, kind), text)
        if photo:
            mail.add_attachment(photo, maintype="image", subtype="png", filename="photo.png")
        await self.write(who, mail, at)

    async def pass_days(self, until: str) -> None:
        """A pass at each of the `MOMENTS` of each business day that is still to come before that local time."""
        end, now = local(until), self.clock()
        day = now.astimezone(QUEBEC).date()
        while day <= end.astimezone(QUEBEC).date():
            if is_business_day(day, calendar=CALENDAR):
                for at in (instant(day, moment) for moment in MOMENTS):
                    if now < at <= end:
                        await self.pass_at(at)
            day += timedelta(days=1)

    def begin(self, who: str, subject: str, text: str) -> EmailMessage:
        """A new mail to the body."""
        person = self.people[who]
        mail = EmailMessage(policy=SMTP)
        mail["From"] = f"{who.capitalize()} Fiction <{person.address}>"
        mail["To"] = self.border.address
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{who}.{self._passed_on}@{person.address.partition('@')[2]}>"
        mail.set_content(text)
        return mail

    def answer(self, who: str, answered: EmailMessage, text: str) -> EmailMessage:
        """An answer as a mail program makes it: to the address for answers, the answered mail quoted below."""
        body = answered.get_body(("plain",))
        quoted = "" if body is None else "\n".join(f"> {line}" for line in body.get_content().splitlines())
        mail = self.begin(who, f"RE: {answered['Subject']}", f"{text}\n\n{ATTRIBUTION}\n{quoted}\n")
        mail.replace_header("To", str(answered["Reply-To"] or self.border.address))
        mail["In-Reply-To"] = mail["References"] = str(answered["Message-ID"]).strip()
        return mail

    def mails(self, who: str) -> list[EmailMessage]:
        """All that the server took for somebody, read from their own mailbox, oldest first by their dates."""
        person = self.people[who]
        taken = self.look("SELECT id FROM outbox WHERE state = 'sent' AND recipient = :to", to=person.address)
        return sorted(person.letters(len(taken)), key=sent_at)

    def newest(self, who: str, kind: str) -> EmailMessage:
        """The newest mail of a kind in somebody's mailbox."""
        query = "SELECT message_id FROM outbox WHERE kind = :kind AND recipient = :to"
        ids = {f"<{row[0]}>" for row in self.look(query, kind=kind, to=self.people[who].address)}
        return [mail for mail in self.mails(who) if str(mail["Message-ID"]).strip() in ids][-1]

    def look(self, query: str, **values: object) -> Sequence[tuple[object, ...]]:
        """Rows of the database."""
        return look(self.parts.database.engine, query, **values)

    def outsiders_got(self) -> bytes:
        """Every byte that arrived at people outside, as it came and decoded."""
        mails = [mail for name, each in self.people.items() if not is_staff(each) for mail in self.mails(name)]
        parts = [part for mail in mails for part in mail.walk() if not part.is_multipart()]
        decoded = [part.get_payload(decode=True) for part in parts]
        return b"\n".join(
            (*(mail.as_bytes() for mail in mails), *(each for each in decoded if isinstance(each, bytes)))
        )


@asynccontextmanager
async def live_in(
    folder: Path, dovecot: Dovecot, postfix: Postfix, *, begins: str, database_url: str | None = None
) -> AsyncIterator[LivedWorld]:
    """A body from that local time on, on the SQLite file of its folder or on another database with the schema."""
    border = BorderWorld(folder, dovecot, postfix)
    team = {name: border.person(OWN_DOMAIN) for name in ("marie", "luc", "suzanne", "denis")}
    _configure(folder, team, database_url)
    clock = MovedClock(local(begins))
    async with open_parts(load_configuration(folder), Bell(), Pulse(), clock=clock) as parts:
        await parts.mailbox.open()
        people = {**team, "jeanne": border.person()}
        yield LivedWorld(border, parts, clock, people, border.person(OWN_DOMAIN))


def is_staff(person: Person) -> bool:
    """Whether somebody has an address of the body."""
    return person.address.endswith(f"@{OWN_DOMAIN}")


def sent_at(mail: EmailMessage) -> datetime:
    """The instant of a mail's Date header, in the body's zone."""
    return parsedate_to_datetime(str(mail["Date"])).astimezone(QUEBEC)


def instant(day: date, at: time) -> datetime:
    """A wall-clock time of a local day, in UTC."""
    return datetime.combine(day, at, QUEBEC).astimezone(UTC)


def _configure(folder: Path, team: dict[str, Person], database_url: str | None) -> None:
    file = folder / "triage.toml"
    settings = file.read_text(encoding="utf-8").replace(
        "[imap]", 'plus_addressing = true\nreview_by = "la direction"\n\n[imap]', 1
    )
    if database_url is not None:
        settings = settings.replace("sqlite:///triage.db", database_url)
    file.write_text(settings, encoding="utf-8")
    roles = {"marie": "agent", "luc": "agent", "suzanne": "supervisor", "denis": "director"}
    members = "".join(
        _MEMBER.format(id=name, name=f"{name.capitalize()} Fiction", address=person.address, role=roles[name])
        for name, person in team.items()
    )
    head = 'intake_team = ["marie", "luc"]\nrestricted_handlers = ["suzanne"]\napprovers = ["suzanne"]\n'
    (folder / "staff.toml").write_text(head + members, encoding="utf-8")
