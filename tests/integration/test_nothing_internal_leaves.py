"""Zero bytes of what was meant for colleagues reach a requester: the real workflows, and a mail server that keeps all.

Each way in which an agent's words could slip out is tried with a word that stands nowhere else; then everything that
the dispatcher handed to the server for outsiders is searched for it, as sent and decoded (MUST 30, MUST 31, MUST 34).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.fakes_sender import FakeSender
from tests.matters import JEANNE, MAILBOX, NOW
from tests.staff_worlds import FAILS, LUC, MARIE, PASSES, STAFF, Sent, StaffDeskWorld
from triage.model.codes import NoticeKind, TicketStatus
from triage.model.delivery import DeliveryPolicy
from triage.model.escalation.notices import FileStanding, Occasion, Situation, StaffNotice
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.store.tickets import ticket_id
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.record.escalating import put_staff_notice

CANARY = "kwijibo7719"
PROVEN: dict[str, Any] = {"Authentication_Results": PASSES}
STAFF_ADDRESSES = frozenset(member.address for member in STAFF.members)


@dataclass(slots=True)
class Office:
    """The world, and what its mail server took."""

    world: StaffDeskWorld
    server: FakeSender = field(default_factory=FakeSender)

    async def deliver(self) -> None:
        """Hand over everything that is due within two hours, letters that wait included."""
        at = NOW + timedelta(hours=2)
        delivery = Delivery(self.world.database, self.server, DeliveryPolicy(), lambda: at, lambda: 0.5)
        await Dispatcher(delivery, rate=SendingRate(per_minute=0, per_day=0)).deliver_due()

    def reached_outsiders(self) -> bytes:
        """All bytes that left for anybody who is not of the staff, as sent and as their mail client reads them."""
        raws = [each.raw for each in self.server.kept if each.recipient not in STAFF_ADDRESSES]
        parts = [part for raw in raws for part in message_from_bytes(raw, policy=policy.default).walk()]
        read = [part.get_payload(decode=True) for part in parts if not part.is_multipart()]
        return b"\n".join((*raws, *(each for each in read if isinstance(each, bytes)))).lower()

    async def escalate(self, reference: str) -> Sent:
        """An escalation about the ticket goes to Marie."""
        await self.world.database.write(lambda tx: self._escalate(tx, reference))
        return self.world.sent(kind="escalation")[-1]

    def _escalate(self, tx: object, reference: str) -> None:
        standing = FileStanding(
            reference=reference,
            ticket_id=ticket_id(tx, reference) or 0,  # type: ignore[arg-type]  # the database's own transaction
            situation=Situation.TO_TAKE,
            restricted=False,
            status=TicketStatus.NEW,
            owner=None,
            told_on=NOW.date(),
            received_on=NOW.date(),
            last_action_on=NOW.date(),
            due_at=NOW + timedelta(hours=24),
            due_on=None,
        )
        notice = StaffNotice(NoticeKind.ESCALATION, "e1", MARIE, Occasion.STEP, (standing,))
        put_staff_notice(tx, notice, stationery=self.world.desk.stationery, now=NOW)  # type: ignore[arg-type]  # as above


@pytest.fixture
def office(engine: Engine, database: Database) -> Office:
    """A desk with three people, and a mail server."""
    return Office(StaffDeskWorld(engine, database))


BARE = {
    "bare text": f"Franchement, ce client exagère. {CANARY}",
    "a button and a signature": f"#prendre\r\n\r\nMarie Tremblay\r\nConseillère, {CANARY}\r\n418 555-0199",
    "a note": f"#note Le client exagère, {CANARY}",
    "a note by its old name": f"#interne {CANARY}",
    "a misspelt note": f"#nte {CANARY}",
    "a bad line": f"#répondre\r\n#zzzz\r\n{CANARY}",
    "a command below the text": f"#répondre\r\nBonjour,\r\n#note {CANARY}",
    "a dry run": f"#simuler\r\n#répondre\r\n{CANARY}",
    "a quotation alone": f"#répondre\r\n> {CANARY}",
    "an answer below a quotation": f"> Bonjour\r\n{CANARY}",
    "two texts": f"#répondre\r\n#note\r\n{CANARY}",
    "what a program adds": f"#prendre\r\n-- \r\n{CANARY}",
    "a change of kind": f"#type information; {CANARY}",
    "a wait": f"#attente fournisseur {CANARY}",
    "a closing": f"#fermer {CANARY}",
    "a reopening": f"#rouvrir {CANARY}",
    "a return": f"#retourner {CANARY}",
    "a delay without a day": f"#prolonger {CANARY}",
    "a delay with a code of ours": f"#prolonger 30 mars 2026 {CANARY}, code ABCD-EFGH-2345-WXYZ",
    "text below a delay": f"#prolonger 20 mars 2026 trop tôt\r\n\r\n{CANARY}",
}


@pytest.mark.parametrize("typed", BARE.values(), ids=BARE.keys())
@pytest.mark.parametrize("proof", [{}, PROVEN], ids=["unproven", "proven"])
async def test_no_byte_of_an_internal_text_leaves(office: Office, typed: str, proof: dict[str, Any]) -> None:
    """With a token and whatever the servers say, only a whole `#répondre` is sent."""
    await office.world.complain()
    await office.world.say(MARIE, typed, to=office.world.working(MARIE), **proof)
    await office.deliver()

    assert CANARY.encode() not in office.reached_outsiders()
    machines = {NoticeKind.ACKNOWLEDGEMENT, NoticeKind.TAKEN_CHARGE}
    assert {e.kind for e in office.server.kept if e.recipient not in STAFF_ADDRESSES} <= machines


@pytest.mark.parametrize(
    "below",
    [
        f"Le 2 mars 2026, Plaintes a écrit :\r\n> {CANARY}",
        f"De : Luc Bouchard\r\nEnvoyé : lundi\r\nObjet : x\r\n\r\n{CANARY}",
        f"--- Répondez au-dessus de cette ligne ---\r\n{CANARY}",
        f"-----Message d’origine-----\r\n{CANARY}",
        f"Cordialement,\r\nMarie Tremblay\r\n{CANARY}",
        f"________________________________\r\n{CANARY}",
    ],
)
async def test_no_byte_of_what_stands_below_a_letter_leaves(office: Office, below: str) -> None:
    """The letter leaves without the notice that it quotes, and without a signature."""
    await office.world.complain()
    typed = f"#répondre\r\nBonjour,\r\n\r\nVotre colis arrive jeudi.\r\n\r\n{below}"
    await office.world.say(MARIE, typed, to=office.world.working(MARIE), **PROVEN)
    await office.deliver()

    assert b"votre colis arrive jeudi" in office.reached_outsiders()
    assert CANARY.encode() not in office.reached_outsiders()


PARTS = "Vérifié\r\nLa commande.\r\n\r\nConstaté\r\nLe retard.\r\n\r\nMesures\r\nUn suivi."

NEVER_CONCLUDED = {
    "no heading": f"#conclure fondée\r\n{CANARY}",
    "no conclusion": f"#conclure\r\n{PARTS}\r\n{CANARY}",
    "an unknown conclusion": f"#conclure peut-être {CANARY}\r\n{PARTS}",
    "a misspelt command": f"#conclur-e fondée\r\n#zzz\r\n{PARTS}\r\n{CANARY}",
    "a dry run": f"#simuler\r\n#conclure fondée\r\n{PARTS}\r\n{CANARY}",
    "text alone": f"{PARTS}\r\n{CANARY}",
    "headings in a note": f"#note\r\n{PARTS}\r\n{CANARY}",
    "another ticket": f"#conclure fondée\r\n{PARTS}\r\n{CANARY}, voir 2026-000777",
    "a code of ours": f"#conclure fondée\r\n{PARTS}\r\n{CANARY}, code ABCD-EFGH-2345-WXYZ",
    "a header block": f"#conclure fondée\r\n{PARTS} Voici de : Luc, envoyé : lundi, {CANARY}",
    "a command below": f"#conclure fondée\r\n{PARTS}\r\n#note {CANARY}",
    "two texts": f"#conclure fondée\r\n#note {CANARY}\r\n{PARTS}",
    "an answer below a quotation": f"#conclure fondée\r\n> Bonjour\r\n{PARTS}\r\n{CANARY}",
}


@pytest.mark.parametrize("typed", NEVER_CONCLUDED.values(), ids=NEVER_CONCLUDED.keys())
async def test_no_byte_of_an_answer_in_doubt_leaves(office: Office, typed: str) -> None:
    """A final answer is whole and the agent's own, or nothing of it is sent and no clock ends."""
    await office.world.complain()
    await office.world.say(MARIE, typed, to=office.world.working(MARIE), **PROVEN)
    await office.deliver()

    assert CANARY.encode() not in office.reached_outsiders()
    assert [] == office.world.sent(kind="answer")
    assert "answered" not in office.world.events()


@pytest.mark.parametrize(
    "below",
    [
        f"Le 2 mars 2026, Plaintes a écrit :\r\n> {CANARY}",
        f"De : Luc Bouchard\r\nEnvoyé : lundi\r\nObjet : x\r\n\r\n{CANARY}",
        f"--- Répondez au-dessus de cette ligne ---\r\n{CANARY}",
        f"Cordialement,\r\nMarie Tremblay\r\n{CANARY}",
    ],
)
async def test_no_byte_of_what_stands_below_an_answer_leaves(office: Office, below: str) -> None:
    """The strict reading of `#répondre` holds for `#conclure`."""
    await office.world.complain()
    typed = f"#conclure fondée\r\n{PARTS}\r\n\r\n{below}"
    await office.world.say(MARIE, typed, to=office.world.working(MARIE), **PROVEN)
    await office.deliver()

    assert b"un suivi." in office.reached_outsiders()
    assert CANARY.encode() not in office.reached_outsiders()


async def test_no_byte_of_a_quoted_internal_mail_leaves_with_an_answer(office: Office) -> None:
    """Eight words running of a note or of the working mail hold the whole answer back."""
    await office.world.complain(f"Bonjour, mon colis {CANARY} est arrivé trop tard et tout cassé hier matin.")
    await office.world.say(
        MARIE, f"#note le camion {CANARY} de la ligne huit est tombé en panne", to=office.world.working(MARIE)
    )
    for words in (
        f"le camion {CANARY} de la ligne huit est tombé en panne",
        f"mon colis {CANARY} est arrivé trop tard et tout cassé hier matin",
    ):
        typed = f"#conclure fondée\r\n{PARTS} {words}"
        await office.world.say(MARIE, typed, to=office.world.working(MARIE), **PROVEN)
    await office.deliver()

    assert [] == office.world.sent(kind="answer")
    assert CANARY.encode() not in office.reached_outsiders()


async def test_an_answer_for_another_ticket_than_the_token_s_waits(office: Office) -> None:
    """A token of one ticket concludes no other: nothing is sent until the registered mailbox confirms."""
    other = await office.world.complain("Une autre affaire.")
    working = office.world.working(MARIE)
    await office.world.complain()
    typed = f"#conclure {other} fondée\r\n{PARTS} {CANARY}"
    await office.world.say(MARIE, typed, to=office.world.working(MARIE))
    assert working.headers["Message-ID"] != office.world.working(MARIE).headers["Message-ID"]
    await office.deliver()

    assert [] == office.world.sent(kind="answer")
    assert CANARY.encode() not in office.reached_outsiders()


async def test_no_byte_of_an_answer_to_an_escalation_leaves(office: Office) -> None:
    """It carries no token: whatever it says stays inside."""
    reference = await office.world.complain()
    escalation = await office.escalate(reference)
    reply: dict[str, Any] = {"In_Reply_To": escalation.headers["Message-ID"], "subject": f"RE: {escalation.subject}"}
    await office.world.say(MARIE, f"Oui oui, {CANARY}", **reply, **PROVEN)
    await office.world.say(MARIE, f"#note {CANARY}", **reply)
    await office.world.say(MARIE, f"#répondre {CANARY}", **reply)
    await office.deliver()

    assert CANARY.encode() not in office.reached_outsiders()


async def test_a_reply_to_all_tells_the_requester_nothing_more(office: Office) -> None:
    """Whoever stands in Cc gets nothing from us: our answer goes to the registered address."""
    await office.world.complain()
    mail: dict[str, Any] = {"Cc": f"{JEANNE}, {MAILBOX}", "Reply_To": JEANNE, **PROVEN}
    await office.world.say(MARIE, f"#prendre\r\n{CANARY}", to=office.world.working(MARIE), **mail)
    await office.world.say(MARIE, CANARY, to=office.world.working(MARIE), **mail)
    await office.deliver()

    assert CANARY.encode() not in office.reached_outsiders()
    assert {MARIE.address} == {each.recipient for each in office.server.kept if each.kind == NoticeKind.RECEIPT}


@pytest.mark.parametrize(
    "forged",
    [
        {"to": "nothing"},
        {"to": "own", "Authentication_Results": FAILS},
        {"to": "own", "sender": f"Marie <{JEANNE}>"},
        {"to": "other"},
        {"to": "own", "Auto_Submitted": "auto-replied", **PROVEN},
        {"to": "own", "Precedence": "bulk", **PROVEN},
    ],
    ids=["no token", "forged", "requester with her token", "token of another", "absence notice", "bulk"],
)
async def test_nothing_is_executed_without_authority(office: Office, forged: dict[str, Any]) -> None:
    """No act, no letter, whatever the mail asks for."""
    world = office.world
    reference = await world.complain()
    tokens = {"own": world.working(MARIE), "other": world.working(LUC), "nothing": None}
    mail = dict(forged)
    answered = tokens[mail.pop("to")]
    subject: dict[str, Any] = {} if answered is not None else {"subject": f"RE: [ODF {reference}]"}
    for typed in (
        f"#répondre {CANARY}",
        f"#conclure fondée\r\n{PARTS} {CANARY}",
        "#assigner moi",
        f"#prendre {reference}",
    ):
        await world.say(MARIE, typed, to=answered, **subject, **mail)
    await office.deliver()

    assert not {"taken_charge", "assigned", "noted", "written", "concluded"} & set(world.events())
    assert [] == world.sent(kind="message") + world.sent(kind="answer")
    assert CANARY.encode() not in office.reached_outsiders()
