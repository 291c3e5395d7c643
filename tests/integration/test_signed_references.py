"""Answers find their ticket by what only we can have made; strangers, forgers and machines do not (MUST 27, 33)."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from functools import partial

import pytest
from sqlalchemy import text

from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import JEANNE, MAILBOX, NOW, STRANGER, write_mail
from triage.model.codes import EventKind
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.keys import rotate_key, signing_keys
from triage.store.raw import read_bytes

CODE = re.compile(r"R=C3=A9f\.=C2=A0([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})")


@pytest.fixture
async def desk(database: Database) -> Desk:
    """A body that signs with the newest key of its database, and whose server takes plus addresses."""
    desk = Desk(database)
    keys = await database.write(partial(signing_keys, now=NOW))
    desk.stationery = replace(desk.stationery, signing_key=keys[0], plus_addressing=True)
    return desk


class Letter:
    """The letter that left, and the carriers in it."""

    def __init__(self, raw: bytes) -> None:
        head = message_from_bytes(raw, policy=policy.default)
        found = CODE.search(raw.decode("ascii").replace("=\r\n", ""))
        assert found is not None
        self.code = found[1]
        self.message_id = str(head["Message-ID"])
        self.reply_to = str(head["Reply-To"])


def last_letter(tx: Transaction) -> Letter:
    digest = tx.execute(text("SELECT raw_sha256 FROM outbox ORDER BY id DESC LIMIT 1")).scalar_one()
    return Letter(read_bytes(tx, digest))


async def letter_of(desk: Desk) -> Letter:
    """The first mail of Jeanne, ticket 2026-000001, and what she holds then."""
    await desk.arrive(write_mail())
    return await desk.database.read(last_letter)


def answer(carrier: str, letter: Letter, *, sender: str = JEANNE, **headers: str) -> bytes:
    """A mail that holds one of the letter's carriers and no other."""
    match carrier:
        case "message id":
            headers |= {"In_Reply_To": letter.message_id}
        case "reply address":
            headers |= {"Delivered_To": letter.reply_to}
    said = f"Voici la photo.\r\n\r\n> Réf. {letter.code}" if carrier == "reference line" else "Voici la photo."
    return write_mail(said, sender=sender, subject="Photo", message_id=f"2.{carrier[:3]}@client.example", **headers)


def matters(desk: Desk) -> list[tuple[str, str | None]]:
    """Each ticket and the one it may be about."""
    query = (
        "SELECT t.reference, o.reference FROM ticket t LEFT JOIN ticket o ON o.id = t.possibly_related_id ORDER BY 1"
    )
    return [(row[0], row[1]) for row in look(desk.database.engine, query)]


def events(desk: Desk, reference: str = "2026-000001") -> list[str]:
    query = "SELECT e.kind FROM event e JOIN ticket t ON t.id = e.ticket_id WHERE t.reference = :it ORDER BY e.sequence"
    return [row[0] for row in look(desk.database.engine, query, it=reference)]


CARRIERS = ["message id", "reply address", "reference line"]


async def test_a_letter_carries_all_three(desk: Desk) -> None:
    """Message-ID, address and line; the token in both places is one, and the database knows only its hash."""
    letter = await letter_of(desk)
    token = letter.code.replace("-", "").lower()

    assert f"{MAILBOX.partition('@')[0]}+{token}@organisme.example" == letter.reply_to
    assert letter.message_id.startswith("<ack.2026-000001.1.")
    assert [("correspondent", 64)] == look(desk.database.engine, "SELECT scope, length(hash) FROM token")
    assert [] == look(desk.database.engine, "SELECT 1 FROM token WHERE hash = :it", it=token)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_an_answer_joins_by_any_of_the_three(desk: Desk, carrier: str) -> None:
    """Without a number in the subject, without the mail program's help."""
    letter = await letter_of(desk)
    await desk.arrive(answer(carrier, letter))

    assert [("2026-000001", None)] == matters(desk)
    assert EventKind.FOLLOW_UP == events(desk)[-1]


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_stranger_with_a_true_carrier_opens_a_ticket_beside(desk: Desk, carrier: str) -> None:
    """A forwarded letter lets nobody in; an agent sees what it may be about."""
    letter = await letter_of(desk)
    await desk.arrive(answer(carrier, letter, sender=STRANGER))

    assert [("2026-000001", None), ("2026-000002", "2026-000001")] == matters(desk)
    assert EventKind.FOLLOW_UP not in events(desk)


async def test_a_forged_carrier_points_nowhere(desk: Desk) -> None:
    """A signature, a token and a code with one letter changed are no pointers, whoever writes them."""
    letter = await letter_of(desk)
    forged = Letter.__new__(Letter)
    forged.code = letter.code.translate(str.maketrans("ABCDEFGH234", "BCDEFGHA342"))
    forged.reply_to = letter.reply_to.replace("+", "+a")[: len(letter.reply_to)]
    forged.message_id = letter.message_id.replace("000001", "000002")
    for carrier in CARRIERS:
        await desk.arrive(answer(carrier, forged))

    assert [(f"2026-00000{n}", None) for n in range(1, 5)] == matters(desk)


async def test_anothers_token_gives_a_ticket_beside(desk: Desk) -> None:
    """Jeanne's own matter and another's: with his token she does not write into his."""
    letter = await letter_of(desk)
    await desk.arrive(write_mail("Autre chose.", sender=STRANGER, message_id="1@ailleurs.example"))
    his = await desk.database.read(last_letter)
    await desk.arrive(answer("reply address", his))

    assert letter.reply_to != his.reply_to
    assert ("2026-000003", "2026-000002") == matters(desk)[-1]


async def test_a_database_that_lost_the_letter_still_joins_by_the_signature(desk: Desk) -> None:
    """Restored from before the letter left: the outbox and the tokens know nothing, our key does."""
    letter = await letter_of(desk)
    await desk.database.write(lambda tx: tx.execute(text("DELETE FROM outbox")))
    await desk.database.write(lambda tx: tx.execute(text("DELETE FROM token")))
    await desk.arrive(answer("message id", letter))

    assert [("2026-000001", None)] == matters(desk)


@pytest.mark.parametrize("carrier", CARRIERS)
async def test_a_letter_from_before_a_new_key_is_still_answered(desk: Desk, carrier: str) -> None:
    """The newest key signs, all verify."""
    letter = await letter_of(desk)
    await desk.database.write(partial(rotate_key, now=NOW))
    newest, older = await desk.database.write(partial(signing_keys, now=NOW))
    desk.signing_with(newest)
    await desk.arrive(answer(carrier, letter))

    assert desk.stationery.signing_key not in (b"", older)
    assert [("2026-000001", None)] == matters(desk)


async def test_a_key_that_leaked_signs_no_more(desk: Desk) -> None:
    """Its signatures count only where the database itself knows the letter."""
    letter = await letter_of(desk)
    await desk.database.write(partial(rotate_key, now=NOW, retire_older=True))
    await desk.database.write(lambda tx: tx.execute(text("DELETE FROM outbox")))
    await desk.arrive(answer("message id", letter))

    assert 1 == len(await desk.database.write(partial(signing_keys, now=NOW)))
    assert [("2026-000001", None), ("2026-000002", None)] == matters(desk)


async def test_a_token_that_was_revoked_points_nowhere(desk: Desk) -> None:
    """Neither in the address nor in the line."""
    letter = await letter_of(desk)
    await desk.database.write(lambda tx: tx.execute(text("UPDATE token SET revoked_at = created_at")))
    await desk.arrive(answer("reply address", letter))
    await desk.arrive(answer("reference line", letter))

    assert 3 == len(matters(desk))


def bounce(letter_id: str) -> bytes:
    """A report of a mail server that brings the letter's headers back."""
    report = (
        "From: MAILER-DAEMON@client.example\r\nTo: plaintes@organisme.example\r\nSubject: Undelivered 2026-000001\r\n"
        "Return-Path: <>\r\nMessage-ID: <b@client.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.client.example\r\n\r\n"
        "Final-Recipient: rfc822; jeanne@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter_id}\r\n\r\n--b--\r\n"
    )
    return report.encode()


async def test_a_bounce_of_our_letter_leaves_its_line_on_the_ticket(desk: Desk) -> None:
    """By the signed id that it brings back; it opens no ticket and changes none."""
    letter = await letter_of(desk)
    before = look(desk.database.engine, "SELECT status, acknowledged_at FROM ticket")
    await desk.arrive(bounce(letter.message_id))

    assert EventKind.AUTOMATION == events(desk)[-1]
    assert (1, before) == (len(matters(desk)), look(desk.database.engine, "SELECT status, acknowledged_at FROM ticket"))


async def test_a_false_bounce_leaves_nothing(desk: Desk) -> None:
    """A number in the subject and a forged id: anybody can write them."""
    letter = await letter_of(desk)
    told = events(desk)
    await desk.arrive(bounce(letter.message_id.replace("<ack", "<esc")))

    assert told == events(desk)
    assert 1 == len(matters(desk))


async def test_an_absence_notice_with_the_code_leaves_its_line(desk: Desk) -> None:
    """A machine that quotes our letter: an event, no follow-up, no second letter."""
    letter = await letter_of(desk)
    await desk.arrive(answer("reference line", letter, sender=STRANGER, Auto_Submitted="auto-replied"))

    assert EventKind.AUTOMATION == events(desk)[-1]
    assert [(1,)] == look(desk.database.engine, "SELECT count(*) FROM outbox")
