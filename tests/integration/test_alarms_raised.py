"""Each condition of the closed list of alerts is raised where it happens, once, and nothing else is (MUST 21; R-88)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes_mailbox import FakeMailbox
from tests.fakes_sender import PlannedEnd
from tests.matters import NOW, make_policy, write_mail
from tests.office import Office
from triage.model.delivery import DeliveryPolicy, SendOutcome, SendPhase, SendResult
from triage.model.errors import MailboxUnavailable, ReaderFailed, ReaderFailure
from triage.model.health import AlertKind
from triage.model.judgement import AnsweringCaps
from triage.model.mailbox import Announced
from triage.model.message import RawMail
from triage.model.trust import TrustPolicy, TrustProfile
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.workflows.delivery import Delivery, Dispatcher

MINUTE = timedelta(minutes=1)
SILENCE = PlannedEnd(SendResult(SendOutcome.UNCERTAIN, SendPhase.DOT))
NEVER = PlannedEnd(SendResult(SendOutcome.REFUSED, SendPhase.RCPT, 550))
NO_LOGIN = PlannedEnd(SendResult(SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, 535))


class LosingMailbox(FakeMailbox):
    """A mailbox whose server leaves out some UIDs of its lists or of its fetches, or that breaks over them."""

    def __init__(self) -> None:
        super().__init__()
        self.unlisted: set[int] = set()
        self.unfetched: set[int] = set()
        self.breaks = False

    async def list_uids(self, first: int, last: int) -> tuple[int, ...]:
        return tuple(uid for uid in await super().list_uids(first, last) if uid not in self.unlisted)

    async def fetch(self, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        if self.breaks:
            raise MailboxUnavailable("broken")
        fetched = await super().fetch(wanted, limit_bytes=limit_bytes)
        return tuple(mail for mail in fetched if mail.position.uid not in self.unfetched)


class Listening:
    """An office whose alarms are heard."""

    def __init__(self, database: Database) -> None:
        self.mailbox = LosingMailbox()
        self.office = Office(database, self.mailbox)
        self.heard: list[tuple[AlertKind, int]] = []
        office = self.office
        office.receiving = replace(office.receiving, alarm=self.hear)
        office.intake = replace(office.intake, alarm=self.hear)
        tools = Delivery(database, office.sender, DeliveryPolicy(), lambda: office.now, lambda: 0.0, alarm=self.hear)
        office.dispatcher = Dispatcher(tools, rate=SendingRate(per_minute=6000))

    def hear(self, kind: AlertKind, count: int = 1) -> None:
        self.heard.append((kind, count))

    async def send_to_the_end(self, *ends: PlannedEnd) -> None:
        """One letter, with these ends of its attempts, until nothing is due any more."""
        self.office.sender.plan(*ends)
        await self.office.handle(write_mail())
        for _ in range(len(ends)):
            self.office.wait(11 * MINUTE)
            await self.office.send()


@pytest.fixture
def listening(database: Database) -> Listening:
    """On an empty mailbox."""
    return Listening(database)


async def test_an_ordinary_day_calls_nobody(listening: Listening) -> None:
    """A matter, a whole look at the folder, a machine's mail."""
    office = listening.office
    await office.handle(
        write_mail(), write_mail("Absent.", message_id="2@client.example", Auto_Submitted="auto-replied")
    )
    await office.fetch(whole_folder=True)

    assert [] == listening.heard


async def test_a_vanished_and_an_overlooked_mail_are_raised(listening: Listening) -> None:
    """The first after ten minutes, the other by the whole look."""
    office = listening.office
    office.deliver(write_mail(), write_mail(message_id="2@client.example"), write_mail(message_id="3@client.example"))
    listening.mailbox.unfetched, listening.mailbox.unlisted = {1}, {2}
    await office.fetch()
    listening.mailbox.unlisted = set()
    for _ in range(11):
        office.wait(MINUTE)
        await office.fetch()
    await office.fetch(whole_folder=True)

    assert (AlertKind.MAIL_VANISHED, 1) == listening.heard[0]
    assert AlertKind.RECONCILIATION_FOUND in {kind for kind, _ in listening.heard[1:]}


async def test_a_renumbered_folder_is_raised(listening: Listening) -> None:
    """When it is first seen."""
    await listening.office.handle(write_mail())
    listening.mailbox.change_uidvalidity()
    await listening.office.fetch()
    await listening.office.fetch()

    assert [(AlertKind.FOLDER_RENUMBERED, 1)] == listening.heard


async def test_the_brake_after_a_renumbering_is_raised(listening: Listening) -> None:
    """Once, for however many mails."""
    await listening.office.handle(write_mail())
    listening.office.wait(timedelta(days=5))
    listening.mailbox.change_uidvalidity()
    for number in range(21):
        listening.mailbox.deliver(
            write_mail(f"La plainte {number}.", message_id=f"{number}@client.example"), internal_date=NOW
        )
    await listening.office.fetch(whole_folder=True)
    await listening.office.fetch(whole_folder=True)

    assert 1 == listening.heard.count((AlertKind.RENUMBERING_BRAKED, 1))


async def test_a_mail_over_which_the_server_fails_is_raised_at_the_third_time(listening: Listening) -> None:
    """Not before: a lost connection happens."""
    office = listening.office
    office.deliver(write_mail())
    await office.mailbox.open()
    listening.mailbox.breaks = True
    for _ in range(3):
        assert [] == listening.heard
        with pytest.raises(MailboxUnavailable):
            await office.fetch()

    assert [(AlertKind.MAIL_UNFETCHABLE, 1)] == listening.heard


async def test_a_mail_that_kills_its_reader_is_raised(listening: Listening) -> None:
    """It became a minimal ticket."""
    listening.office.reader.fail(write_mail(), ReaderFailed(ReaderFailure.DIED))
    await listening.office.handle(write_mail())

    assert [(AlertKind.MAIL_UNREADABLE, 1)] == listening.heard


async def test_a_reached_cap_is_raised_once(listening: Listening) -> None:
    """For the first of the held letters, not for each."""
    office = listening.office
    policy = replace(make_policy(), caps=AnsweringCaps(sender_per_hour=1))
    office.intake = replace(office.intake, policy=policy)
    for number in range(4):
        await office.handle(write_mail(f"Sujet {number}.", message_id=f"{number}@client.example"))

    assert [(AlertKind.ACKNOWLEDGEMENTS_CAPPED, 1)] == listening.heard


async def test_a_rival_of_the_border_server_is_raised(listening: Listening) -> None:
    """Two headers in its name: one is not its own."""
    trust = TrustPolicy(
        profile=TrustProfile.AUTHRES, authserv_id="mx.organisme.example", own_domains=frozenset({"organisme.example"})
    )
    listening.office.intake = replace(listening.office.intake, policy=replace(make_policy(), trust=trust))
    result = "mx.organisme.example; dmarc=pass header.from=client.example"
    await listening.office.handle(f"Authentication-Results: {result}\r\n".encode() * 2 + write_mail())

    assert [(AlertKind.RIVAL_RESULTS, 1)] == listening.heard


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ((NEVER,), [AlertKind.DEAD_LETTER]),
        ((SILENCE,) * 3, [AlertKind.UNKNOWN_GIVEN_UP]),
        ((SILENCE,), []),
        ((NO_LOGIN,), [AlertKind.SENDING_LOGIN_REFUSED]),
    ],
)
async def test_the_end_of_a_letter_is_raised_as_what_it_is(
    listening: Listening, ends: tuple[PlannedEnd, ...], expected: list[AlertKind]
) -> None:
    """Given up, given up without knowing, refused at the door; one silence is none of these."""
    await listening.send_to_the_end(*ends)

    assert [(kind, 1) for kind in expected] == listening.heard
