"""The ledger of received mail: every transition, folders and epochs, the booking of tries (MUST 3, 5, 6, 15)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from tests.looking import SINCE_AT, judge, known, look, mail_row, receive, watch
from tests.matters import NOW, SINCE, read_mail, write_mail
from triage.model.decision import IntakeFacts
from triage.model.mailbox import Announced, FolderStatus, Moved
from triage.model.message import RawMail, ServerPosition
from triage.store import folders, inbox
from triage.store.engine import Transaction, transaction

PATIENCE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE


def observe(tx: Transaction, folder_id: int, *uids: int, at: datetime | None = NOW) -> None:
    inbox.observe(tx, known(tx, folder_id), [Announced(uid, 10, at) for uid in uids], now=NOW, since=SINCE_AT)


def raw_mail(uid: int, raw: bytes = b"x", *, truncated: bool = False) -> RawMail:
    return RawMail(ServerPosition("INBOX", 1, uid), raw, NOW, len(raw), truncated)


def wanted(tx: Transaction, folder_id: int, *, exclude: tuple[int, ...] = (), limit: int = 10) -> list[int]:
    return [each.uid for each in inbox.wanted(tx, folder_id, 1, exclude=exclude, limit=limit)]


def settle(tx: Transaction, mail_id: int, *, move: bool = True) -> None:
    message = read_mail(write_mail(sender="Jeanne <Jeanne@Client.example>"))
    decision = replace(judge(message, IntakeFacts()), move=move)
    inbox.settle(tx, mail_id, message=message, decision=decision, ticket_id=None, now=NOW)


def test_a_folder_is_entered_once_and_known_by_its_name(engine: Engine) -> None:
    """The widest numbers of the protocol fit; a second entry of the same name is refused."""
    status = FolderStatus("Boîte/été", uidvalidity=2**32 - 1, uidnext=2**32 - 1, messages=0)
    with transaction(engine) as tx:
        assert folders.find_folder(tx, "Boîte/été") is None
        entered = folders.watch_folder(tx, status, since_on=SINCE, now=NOW)
        folders.note_scan(tx, entered.id, now=NOW, low_water_uid=2**32 - 2)
        found = folders.find_folder(tx, "Boîte/été")

    assert found is not None
    assert (2**32 - 1, 2**32 - 2, SINCE, NOW) == (
        found.uidvalidity,
        found.low_water_uid,
        found.since_on,
        found.last_scan_at,
    )
    with pytest.raises(IntegrityError), transaction(engine) as tx:
        folders.watch_folder(tx, status, since_on=SINCE, now=NOW)


def test_a_new_epoch_begins_at_the_first_uid_and_keeps_the_old_rows(engine: Engine) -> None:
    """The same UID may stand in two epochs, never twice in one."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        observe(tx, folder_id, 7)
        folders.note_scan(tx, folder_id, now=NOW, low_water_uid=7)
        folders.begin_epoch(tx, folder_id, FolderStatus("INBOX", uidvalidity=1, uidnext=8, messages=1), now=LATER)
        observe(tx, folder_id, 7)
        folder = known(tx, folder_id)

    assert (2, LATER, 1, 0) == (folder.epoch, folder.epoch_began_at, folder.uidvalidity, folder.low_water_uid)
    assert [(1, 1, 7), (2, 1, 7)] == look(engine, "SELECT epoch, uidvalidity, uid FROM mail ORDER BY id")
    with pytest.raises(IntegrityError), transaction(engine) as tx:
        observe(tx, folder_id, 7)


def test_what_is_observed_is_wanted_oldest_first_and_bounded(engine: Engine) -> None:
    """Mail from before the first day is noted and never fetched; mail without a date is ours."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        observe(tx, folder_id, 9, 3, 5)
        observe(tx, folder_id, 1, at=SINCE_AT - timedelta(seconds=1))
        observe(tx, folder_id, 2, at=SINCE_AT)
        observe(tx, folder_id, 11, at=None)
        observe(tx, folder_id)

        assert [2, 3, 5, 9, 11] == wanted(tx, folder_id)
        assert [2, 3] == wanted(tx, folder_id, limit=2)
        assert [2, 9, 11] == wanted(tx, folder_id, exclude=(3, 5))
        assert {1, 2, 3} == inbox.known_uids(tx, folder_id, 1, 1, 4)
        assert set() == inbox.known_uids(tx, folder_id, 2, 1, 4)
        assert 2 == inbox.first_open_uid(tx, folder_id, 1)
        assert ("observed", "older_than_since") == (mail_row(tx, 1).state, mail_row(tx, 1).reason)


def test_bytes_are_kept_once(engine: Engine) -> None:
    """Observed becomes received; a second arrival of the same message changes nothing."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        observe(tx, folder_id, 1)

        assert inbox.keep(tx, folder_id, 1, raw_mail(1, b"les octets", truncated=True))
        assert not inbox.keep(tx, folder_id, 1, raw_mail(1, b"d'autres octets"))
        row = mail_row(tx, 1)
        assert ("received", 10, True) == (row.state, row.raw_size, row.truncated)
        assert [] == wanted(tx, folder_id)
        assert inbox.first_open_uid(tx, folder_id, 1) is None


def test_a_message_that_cannot_be_fetched_vanishes_only_after_patience(engine: Engine) -> None:
    """MUST 6: missing once is noted, missing for ten minutes is vanished; that is never a mail."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        observe(tx, folder_id, 1)

        def miss(after: timedelta) -> bool:
            return inbox.miss(tx, folder_id, 1, 1, now=NOW + after, patience=PATIENCE)

        assert [False, False, True, False] == [
            miss(timedelta(0)),
            miss(PATIENCE - timedelta(seconds=1)),
            miss(PATIENCE),
            miss(2 * PATIENCE),
        ]
        row = mail_row(tx, 1)
        assert ("vanished", "gone", NOW + PATIENCE, None) == (
            row.state,
            row.remote_state,
            row.settled_at,
            row.raw_sha256,
        )
        assert not inbox.miss(tx, folder_id, 1, 99, now=NOW, patience=PATIENCE)
        assert [] == wanted(tx, folder_id)


def test_a_message_that_comes_back_is_fetched_and_its_patience_begins_anew(engine: Engine) -> None:
    """Bytes that arrive after a miss wipe it out; a vanished message that is listed again is wanted again."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        observe(tx, folder_id, 1, 2, 3)
        for uid in (1, 2, 3):
            inbox.miss(tx, folder_id, 1, uid, now=NOW, patience=PATIENCE)
        assert inbox.keep(tx, folder_id, 1, raw_mail(1))
        inbox.miss(tx, folder_id, 1, 2, now=NOW + PATIENCE, patience=PATIENCE)
        inbox.miss(tx, folder_id, 1, 3, now=NOW + PATIENCE, patience=PATIENCE)

        assert mail_row(tx, 1).missing_since_at is None
        assert 0 == inbox.look_again(tx, folder_id, 1, [])
        assert 0 == inbox.look_again(tx, folder_id, 1, [1])
        assert 1 == inbox.look_again(tx, folder_id, 1, [1, 2])
        assert [2] == wanted(tx, folder_id)
        assert not inbox.miss(tx, folder_id, 1, 2, now=NOW + 2 * PATIENCE, patience=PATIENCE)
        assert inbox.keep(tx, folder_id, 1, raw_mail(2))


def test_mails_never_tried_are_claimed_together_and_the_others_alone(engine: Engine) -> None:
    """So that a mail which kills the daemon does not drag its neighbours to the limit (MUST 15)."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        first, second, third = (receive(tx, folder_id, uid, b"%d" % uid) for uid in (1, 2, 3))
        together = inbox.claim(tx, limit=2)
        newer = inbox.claim(tx, limit=10)
        alone = [inbox.claim(tx, limit=10) for _ in range(4)]

    assert [(first, 0), (second, 0)] == [(mail.id, mail.attempts) for mail in together]
    assert [(third, 0)] == [(mail.id, mail.attempts) for mail in newer]
    assert [[(first, 1)], [(second, 1)], [(third, 1)], [(first, 2)]] == [
        [(mail.id, mail.attempts) for mail in claimed] for claimed in alone
    ]
    assert [(3,), (2,), (2,)] == look(engine, "SELECT attempts FROM mail ORDER BY id")


def test_no_more_is_claimed_together_than_fits_in_memory(engine: Engine) -> None:
    """Fifty mails of forty megabytes at once would be two gigabytes: large ones go few by few, in order."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        for uid, size in ((1, 9 << 20), (2, 7 << 20), (3, 20 << 20), (4, 1)):
            receive(tx, folder_id, uid, bytes([uid]) * size)

        claims = [len(inbox.claim(tx, limit=10)) for _ in range(3)]

    assert [2, 1, 1] == claims


def test_a_claim_hands_out_what_the_decision_needs(engine: Engine) -> None:
    """Three instants, the address of the bytes, and whether they are all."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        receive(tx, folder_id, 1, b"octets", at=NOW - MINUTE)
        (mail,) = inbox.claim(tx, limit=1)

    assert (NOW - MINUTE, NOW - MINUTE, False) == (mail.internal_date_at, mail.observed_at, mail.truncated)
    assert 64 == len(mail.raw_sha256)


def test_a_mail_is_settled_and_moved_with_evidence(engine: Engine) -> None:
    """Received, processed, to be moved, moved; an oversize one stays where it is."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        mails = [receive(tx, folder_id, uid, b"%d" % uid) for uid in (4, 5, 6)]
        assert inbox.is_received(tx, mails[0])
        settle(tx, mails[0])
        settle(tx, mails[1])
        settle(tx, mails[2], move=False)

        assert not inbox.is_received(tx, mails[0])
        assert () == inbox.claim(tx, limit=10)
        assert (4, 5) == inbox.to_move(tx, folder_id, 1, 10)
        assert (4,) == inbox.to_move(tx, folder_id, 1, 1)
        assert () == inbox.to_move(tx, folder_id, 2, 10)
        inbox.note_moved(tx, folder_id, 1, [Moved(4, 2**32 - 1)])
        inbox.note_gone(tx, folder_id, 1, [5])
        assert () == inbox.to_move(tx, folder_id, 1, 10)

    assert [("moved", 2**32 - 1), ("gone", None), ("in_place", None)] == look(
        engine, "SELECT remote_state, remote_uid FROM mail ORDER BY id"
    )


def test_what_was_understood_is_written_with_the_mail(engine: Engine) -> None:
    """Reason, nature, instants, content; the sender as it is compared, in lower case."""
    with transaction(engine) as tx:
        mail_id = receive(tx, watch(tx), 1, b"x")
        settle(tx, mail_id)
        row = mail_row(tx, 1)

    assert ("processed", "new_matter", "person", "no_sign_of_automation") == (
        row.state,
        row.reason,
        row.nature,
        row.nature_reason,
    )
    assert ("1@client.example", "jeanne@client.example", NOW, None, NOW) == (
        row.message_id,
        row.sender,
        row.received_at,
        row.header_received_at,
        row.settled_at,
    )
    assert row.received_at.utcoffset() == timedelta(0)
    assert date(2026, 3, 2) == row.received_at.date()
