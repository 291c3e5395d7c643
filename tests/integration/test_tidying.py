"""What is settled leaves the inbox, by evidence, in batches, and nothing else does (MUST 2, 10)."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from tests.fakes_mailbox import FakeMailbox
from tests.matters import write_mail
from tests.office import Office
from triage.model.errors import MailboxUnavailable, MoveRefused
from triage.model.mailbox import Moved
from triage.store.database import Database
from triage.store.folders import WatchedFolder, find_folder
from triage.workflows import tidying


class StubbornMailbox(FakeMailbox):
    """A mailbox whose server moves without telling, or does not move at all."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = False
        self.stuck: set[int] = set()
        self.full = False
        self.batches: list[int] = []

    async def move(self, uids: Sequence[int]) -> tuple[Moved, ...]:
        self.batches.append(len(uids))
        if self.full:
            raise MoveRefused("OVERQUOTA")
        moved = await super().move([uid for uid in uids if uid not in self.stuck])
        return () if self.silent else moved


@pytest.fixture
async def office(database: Database) -> tuple[Office, StubbornMailbox]:
    """An office with three settled mails in the inbox, and one that is only received."""
    mailbox = StubbornMailbox()
    office = Office(database, mailbox)
    office.deliver(*(write_mail(f"Numéro {n}.", message_id=f"{n}@client.example") for n in (1, 2, 3)))
    await office.fetch()
    await office.take_in()
    office.deliver(write_mail("Pas encore lu.", message_id="4@client.example"))
    await office.fetch()
    return office, mailbox


def remote(office: Office) -> list[tuple[object, ...]]:
    return office.look("SELECT uid, remote_state, remote_uid FROM mail ORDER BY uid")


async def test_settled_mail_is_moved_and_the_rest_stays(office: tuple[Office, StubbornMailbox]) -> None:
    """One command for all; the new UIDs are on record; a second pass has nothing to do."""
    desk, mailbox = office

    assert [3, 0] == [await desk.tidy(), await desk.tidy()]
    assert [(1, "moved", 1), (2, "moved", 2), (3, "moved", 3), (4, "in_place", None)] == remote(desk)
    assert [4] == list(mailbox.inbox)
    assert [3] == mailbox.batches


async def test_a_move_without_evidence_is_looked_after(office: tuple[Office, StubbornMailbox]) -> None:
    """The server says nothing; what the inbox no longer lists is gone, and that is all that is said."""
    desk, mailbox = office
    mailbox.silent = True

    assert 3 == await desk.tidy()
    assert [(1, "gone", None), (2, "gone", None), (3, "gone", None), (4, "in_place", None)] == remote(desk)


async def test_a_person_who_moved_it_first_breaks_nothing(office: tuple[Office, StubbornMailbox]) -> None:
    """Its bytes are here; the others are moved."""
    desk, mailbox = office
    mailbox.expunge(2)

    assert 3 == await desk.tidy()
    assert ["moved", "gone", "moved", "in_place"] == [state for _, state, _ in remote(desk)]


async def test_what_does_not_move_is_told_and_tried_again(office: tuple[Office, StubbornMailbox]) -> None:
    """One warning with a number; no endless loop; the next pass tries again."""
    desk, mailbox = office
    mailbox.stuck = {2}
    with capture_logs() as logs:
        left = await desk.tidy()
    mailbox.stuck = set()

    assert (2, 1) == (left, await desk.tidy())
    assert [("move_incomplete", 1)] == [(line["event"], line["count"]) for line in logs]
    assert [3, 1] == mailbox.batches


async def test_a_folder_without_room_stops_no_mail(office: tuple[Office, StubbornMailbox]) -> None:
    """Each pass says so once and goes on; new mail is received and answered; with room again all of it moves."""
    desk, mailbox = office
    mailbox.full = True
    with capture_logs() as logs:
        left = [await desk.tidy(), await desk.tidy()]
    await desk.handle(write_mail("Encore.", message_id="5@client.example", sender="paul@autre.example"))
    mailbox.full = False

    assert [0, 0] == left
    assert [("move_refused", 3, "OVERQUOTA")] * 2 == [(line["event"], line["count"], line["reason"]) for line in logs]
    assert "paul@autre.example" == desk.sender.kept[-1].recipient
    assert 5 == await desk.tidy()


async def test_a_crash_between_move_and_record_is_mended_by_the_next_pass(
    office: tuple[Office, StubbornMailbox],
) -> None:
    """Moved on the server, not written down: it is found gone, and moved once only."""
    desk, mailbox = office
    await mailbox.move([1, 2])

    assert 3 == await desk.tidy()
    assert ["gone", "gone", "moved", "in_place"] == [state for _, state, _ in remote(desk)]
    assert 3 == len(mailbox.processed)


async def test_a_lost_connection_leaves_all_as_it_was(office: tuple[Office, StubbornMailbox]) -> None:
    """Nothing is called moved that was not."""
    desk, mailbox = office
    await mailbox.open()
    mailbox.go_away()

    with pytest.raises(MailboxUnavailable):
        await tidying.tidy(desk.tidying, await _folder(desk))

    assert ["move_wanted"] * 3 == [state for _, state, _ in remote(desk)][:3]


async def _folder(desk: Office) -> WatchedFolder:
    folder = await desk.database.read(lambda tx: find_folder(tx, "INBOX"))
    assert folder is not None
    return folder


async def test_many_mails_are_moved_in_batches(database: Database) -> None:
    """At most five hundred in one command."""
    mailbox = StubbornMailbox()
    office = Office(database, mailbox)
    for _ in range(tidying.BATCH + 1):
        office.deliver(b"Auto-Submitted: auto-replied\r\n\r\n")
    await office.fetch()
    while (await office.take_in()).settled:
        pass

    assert tidying.BATCH + 1 == await office.tidy()
    assert [tidying.BATCH, 1] == mailbox.batches
