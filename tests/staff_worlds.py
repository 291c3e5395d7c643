"""A body with staff: a complaint comes in, working mail goes out, and people of the staff answer it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes, policy

from sqlalchemy import Engine

from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, MAILBOX, NOW, make_policy, make_stationery, write_mail
from triage.model.agents.policy import AgentsPolicy
from triage.model.agents.staff import Role, Staff, StaffMember
from triage.model.delivery import DeliveryModes
from triage.model.trust import TrustPolicy, TrustProfile
from triage.store.database import Database
from triage.store.engine import snapshot
from triage.store.raw import read_bytes
from triage.workflows.intake import Intake
from triage.workflows.replies import Replies

MARIE = StaffMember("marie", "Marie Tremblay", "marie@organisme.example", frozenset({Role.AGENT}))
LUC = StaffMember("luc", "Luc Bouchard", "luc@organisme.example", frozenset({Role.AGENT}))
SOPHIE = StaffMember("sophie", "Sophie Roy", "sophie@organisme.example", frozenset({Role.SUPERVISOR}))
STAFF = Staff(
    members=(MARIE, LUC, SOPHIE), intake_team=("marie", "luc"), restricted_handlers=("sophie",), approvers=("sophie",)
)
PASSES = "mx.organisme.example; dmarc=pass header.from=organisme.example"
FAILS = "mx.organisme.example; dmarc=fail header.from=organisme.example"
TRUST = TrustPolicy(
    TrustProfile.AUTHRES, authserv_id="mx.organisme.example", own_domains=frozenset({"organisme.example"})
)
_CODE = re.compile(r"\b[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}\b")


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of ours in the outbox, as its reader sees it."""

    key: str
    kind: str
    recipient: str
    state: str
    subject: str
    text: str
    raw: bytes
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of its last line."""
        return str(_CODE.findall(self.text)[-1])


@dataclass(slots=True)
class StaffDeskWorld:
    """Intake with the staff's desk, on a real database."""

    engine: Engine
    database: Database
    desk: Desk = field(init=False)
    alarms: list[str] = field(default_factory=list)
    agents: AgentsPolicy = field(default_factory=AgentsPolicy)
    modes: DeliveryModes = field(default_factory=DeliveryModes)
    scans: bool = False

    def __post_init__(self) -> None:
        rules = replace(make_policy(), staff=STAFF, trust=TRUST)
        stationery = replace(make_stationery(), plus_addressing=True, modes=self.modes, scans=self.scans)
        tools: Callable[[], Intake] = lambda: Intake(  # noqa: E731  the desk asks for its tools at each mail
            self.database,
            self.desk.reader,
            rules,
            stationery,
            on_enqueued=lambda: None,
            alarm=self._note,
            staff_desk=Replies(rules, stationery, self._note, self.agents),
        )
        self.desk = _Desk(self.database, rules, stationery, make=tools)

    def _note(self, kind: str, count: int = 1) -> None:
        self.alarms.extend([kind] * count)

    async def complain(self, body: str = "Bonjour, la livraison est en retard.", *, at: datetime = NOW) -> str:
        """Jeanne writes; the number of her ticket."""
        await self.desk.arrive(write_mail(body, message_id=f"c{self.desk.uid}@client.example"), at=at)
        return str(look(self.engine, "SELECT reference FROM ticket ORDER BY id DESC LIMIT 1")[0][0])

    async def say(
        self, member: StaffMember, body: str, *, to: Sent | None = None, at: datetime = NOW, **headers: str
    ) -> int:
        """A member of staff writes, in answer to a mail of ours if `to` is given; the row of the mail."""
        if to is not None:
            headers = {"In_Reply_To": to.headers["Message-ID"], "X_Sent_To": MAILBOX, **headers}
            body = f"{body}\r\n\r\n> Réf. {to.code}\r\n"
        subject = headers.pop("subject", "Re")
        sender = headers.pop("sender", f"{member.name} <{member.address}>")
        message_id = headers.pop("message_id", f"s{self.desk.uid}@organisme.example")
        raw = write_mail(body, sender=sender, subject=subject, message_id=message_id, **headers)
        return await self.desk.arrive(raw, at=at)

    def sent(self, **wanted: str) -> list[Sent]:
        """Our mails, oldest first, with these values."""
        rows = look(self.engine, "SELECT key, kind, recipient, state, raw_sha256 FROM outbox ORDER BY id")
        mails = [self._read(*row) for row in rows]
        return [each for each in mails if all(getattr(each, name) == value for name, value in wanted.items())]

    def working(self, member: StaffMember) -> Sent:
        """The newest working mail of somebody."""
        return self.sent(kind="working_mail", recipient=member.address)[-1]

    def receipt(self, member: StaffMember = MARIE) -> Sent:
        """The newest receipt of somebody."""
        return self.sent(kind="receipt", recipient=member.address)[-1]

    def ticket(self) -> tuple[object, ...]:
        """Status, owner and whether somebody took charge of the newest ticket."""
        query = "SELECT status, assigned_to, taken_charge_at IS NOT NULL FROM ticket ORDER BY id DESC LIMIT 1"
        status, owner, taken = look(self.engine, query)[0]
        return status, owner, bool(taken)

    def events(self) -> list[str]:
        """The kinds of all events, in order."""
        return [str(kind) for (kind,) in look(self.engine, "SELECT kind FROM event ORDER BY id")]

    def payloads(self, kind: str) -> str:
        """What the events of a kind say, one a line."""
        query = "SELECT body FROM event_payload JOIN event ON event.id = event_id WHERE kind = :kind ORDER BY event.id"
        return "\n".join(str(body) for (body,) in look(self.engine, query, kind=kind))

    def reason(self, mail_id: int) -> str:
        """Why a mail was treated as it was."""
        return str(look(self.engine, "SELECT reason FROM mail WHERE id = :id", id=mail_id)[0][0])

    def requester_bytes(self) -> bytes:
        """All that was composed for anybody who is not of the staff."""
        addresses = {member.address for member in STAFF.members}
        return b"\n".join(each.raw for each in self.sent() if each.recipient not in addresses)

    def _read(self, key: str, kind: str, recipient: str, state: str, digest: str) -> Sent:
        with snapshot(self.engine) as tx:
            raw = read_bytes(tx, digest)
        parsed = message_from_bytes(raw, policy=policy.default)
        part = parsed.get_body(("plain",))
        text = "" if part is None else part.get_content().replace(" \n", " ")
        headers = {name: str(value) for name, value in parsed.items()}
        return Sent(key, kind, recipient, state, headers["Subject"], text, raw, headers)


@dataclass(slots=True)
class _Desk(Desk):
    make: Callable[[], Intake] = field(kw_only=True)

    def tools(self) -> Intake:
        """The intake with the staff's desk."""
        return self.make()


REQUESTER = JEANNE
