"""Observe, approve, live: what leaves, what moves, and what stays for ever as it is."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes_sender import FakeSender
from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import NOW, make_policy, write_mail
from tests.office import Office
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from triage.model.codes import DeliveryMode, NoticeKind
from triage.model.delivery import DeliveryModes, DeliveryPolicy
from triage.model.errors import ConfigurationError
from triage.rules.sending_rate import SendingRate
from triage.settings.loading import load_configuration
from triage.store.database import Database
from triage.store.engine import make_engine
from triage.workflows.delivery import Delivery, Dispatcher

HOLDS = "SELECT state, hold_reason, next_attempt_at FROM outbox ORDER BY id"
EVENTS = "SELECT kind FROM event ORDER BY id"


def desk_in(database: Database, modes: DeliveryModes) -> Desk:
    """A body whose letters leave as these modes say."""
    desk = Desk(database)
    desk.stationery = replace(desk.stationery, modes=modes)
    desk.policy = replace(make_policy(), observing=modes.general is DeliveryMode.OBSERVE)
    return desk


def dispatcher(database: Database, sender: FakeSender, *, observing: bool) -> Dispatcher:
    tools = Delivery(database, sender, DeliveryPolicy(), lambda: NOW, lambda: 0.0, observing=observing)
    return Dispatcher(tools, rate=SendingRate())


async def test_what_is_observed_never_leaves_whatever_the_mode_becomes(database: Database) -> None:
    """Ticket and dates as in life; the letter is composed and cancelled at birth, and life later sends nothing."""
    desk, sender = desk_in(database, DeliveryModes(DeliveryMode.OBSERVE)), FakeSender()
    await desk.arrive(write_mail())
    await dispatcher(database, sender, observing=False).deliver_due()

    assert [("cancelled", "observation", None)] == look(database.engine, HOLDS)
    assert [("opened",), ("notice_withheld",)] == look(database.engine, EVENTS)
    assert [("E1",), ("E2",)] == look(database.engine, "SELECT standard FROM clock ORDER BY standard")
    assert [("in_place",)] == look(database.engine, "SELECT remote_state FROM mail")
    assert [] == sender.sends


async def test_what_was_decided_before_waits_while_we_observe(database: Database) -> None:
    """From live to observe: letters that are pending stay, and leave when life begins again."""
    sender = FakeSender()
    await desk_in(database, DeliveryModes()).arrive(write_mail())
    waited = await dispatcher(database, sender, observing=True).deliver_due()
    sent_while_observing = len(sender.sends)
    await dispatcher(database, sender, observing=False).deliver_due()

    assert (None, 0, 1) == (waited, sent_while_observing, len(sender.sends))


async def test_what_was_settled_before_is_not_moved_while_we_observe(database: Database) -> None:
    """From live to observe: nothing more is moved, not even what was decided before."""
    office = Office(database)
    office.deliver(write_mail())
    await office.fetch()
    await office.take_in()
    office.tidying = replace(office.tidying, observing=True)
    await office.tidy()

    assert (1, {}) == (len(office.mailbox.inbox), office.mailbox.processed)
    assert "move" not in office.mailbox.calls


async def test_approved_letters_wait_for_a_person(database: Database) -> None:
    """Held, with the reason; the mail itself is settled and moved as in life."""
    desk, sender = desk_in(database, DeliveryModes(DeliveryMode.APPROVE)), FakeSender()
    await desk.arrive(write_mail())
    await dispatcher(database, sender, observing=False).deliver_due()

    assert [("held", "approval", None)] == look(database.engine, HOLDS)
    assert [("move_wanted",)] == look(database.engine, "SELECT remote_state FROM mail")
    assert [] == sender.sends


async def test_a_kind_of_letter_may_have_a_mode_of_its_own(database: Database) -> None:
    """All live, acknowledgements on a person's word."""
    desk = desk_in(database, DeliveryModes(by_kind={NoticeKind.ACKNOWLEDGEMENT: DeliveryMode.APPROVE}))
    await desk.arrive(write_mail())

    assert [("held", "approval", None)] == look(database.engine, HOLDS)


async def test_caps_hold_in_every_mode(database: Database) -> None:
    """What waits for approval, or is only observed, counts as if it had left, so that the paper tells the truth."""
    for general in (DeliveryMode.APPROVE, DeliveryMode.OBSERVE):
        desk = desk_in(database, DeliveryModes(general))
        desk.uid = 100 * (general is DeliveryMode.OBSERVE)
        for number in range(6):
            sender = f"jeanne@{general}.example"
            raw = write_mail(f"Plainte {number}.", sender=sender, message_id=f"{number}@{general}.example")
            await desk.arrive(raw, at=NOW + timedelta(minutes=number))

    assert [("approval", 5), ("observation", 5), ("sender_cap", 2)] == look(
        database.engine, "SELECT hold_reason, count(*) FROM outbox GROUP BY hold_reason ORDER BY hold_reason"
    )


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an empty folder."""
    return Operator(tmp_path / "triage")


def test_observing_and_sending_at_once_is_a_wrong_configuration(operator: Operator, dovecot: Dovecot) -> None:
    """The error names the key."""
    operator.configure(imap=dovecot.access("nobody"), smtp_port=9)
    file = operator.folder / "triage.toml"
    file.write_text(file.read_text() + '[delivery]\nmode = "observe"\nmodes = { acknowledgement = "live" }\n')

    with pytest.raises(ConfigurationError, match=r"\[delivery\].*modes"):
        load_configuration(operator.folder)


def picture(dovecot: Dovecot, user: str) -> tuple[list[str], int, list[tuple[bytes, ...]]]:
    """All folders, how many mails nobody has opened the inbox upon, and their flags."""
    with dovecot._client(user) as client:
        recent = client.select_folder("INBOX", readonly=True)[b"RECENT"]
        return [name for _, _, name in client.list_folders()], recent, list(dovecot.flags(user).values())


@pytest.mark.needs_dovecot
def test_an_observed_mailbox_is_exactly_as_it_was(operator: Operator, dovecot: Dovecot) -> None:
    """Folders, mails and flags, that of new mail too: after a whole pass nobody can tell that triage was there."""
    user = dovecot.new_user()
    mails = [write_mail(), write_mail("Autre chose.", message_id="2@client.example")]
    for raw in mails:
        dovecot.append(user, raw)
    before = picture(dovecot, user)
    operator.configure(imap=dovecot.access(user), smtp_port=9)
    file = operator.folder / "triage.toml"
    file.write_text(file.read_text() + '[delivery]\nmode = "observe"\n')
    done = operator.run("run", "--once")
    engine = make_engine(f"sqlite:///{operator.folder / 'triage.db'}")
    found = look(engine, "SELECT state, hold_reason FROM outbox")
    engine.dispose()

    assert (0, "") == (done.returncode, done.stdout)
    assert [("cancelled", "observation")] * 2 == found
    assert before == picture(dovecot, user)
    assert mails == dovecot.messages(user)
