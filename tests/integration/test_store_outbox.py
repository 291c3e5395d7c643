"""The outbox: unique keys, bookings, the dot, every end, and what is left of a process that died (MUST 17 to 22)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from tests.looking import look, open_matter, put_in_outbox, watch
from tests.matters import JEANNE, MAILBOX, NOW
from triage.model.delivery import SendOutcome, SendPhase, SendResult
from triage.store import outbox
from triage.store.engine import Transaction, transaction
from triage.store.outbox import Booked

MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(hours=1)
REFUSED_FOR_NOW = SendResult(SendOutcome.REFUSED_FOR_NOW, SendPhase.RCPT, 450, "4.2.0", "4.2.0 revenez")


def claim(tx: Transaction, *, now: datetime = NOW, limit: int = 10) -> list[Booked]:
    return list(outbox.claim_due(tx, now=now, limit=limit))


def keys(booked: list[Booked]) -> list[str]:
    return [each.mail.message_id.partition("@")[0] for each in booked]


def state(tx: Transaction, *columns: str) -> tuple[object, ...]:
    return tuple(tx.exec_driver_sql(f"SELECT {', '.join(columns)} FROM outbox").one())  # noqa: S608  our own words


def test_a_key_enters_once_for_ever(engine: Engine) -> None:
    """R-62: the second mail of a key is not kept, whatever became of the first; the database refuses it too."""
    with transaction(engine) as tx:
        assert put_in_outbox(tx, "k1")
        outbox.settle_sent(tx, claim(tx)[0].mail.outbox_id, at=NOW, provider_id=None)

        assert not put_in_outbox(tx, "k1")
        assert [] == claim(tx, now=LATER)
        put_in_outbox(tx, "k2")
    for column in ("key", "message_id"):
        with pytest.raises(IntegrityError), transaction(engine) as tx:
            tx.exec_driver_sql(f"UPDATE outbox SET {column} = 'k1'")  # noqa: S608  our own words


def test_a_claimed_mail_has_all_that_sending_needs(engine: Engine) -> None:
    """Final bytes, envelope, what was tried before, and whose notice it is; the attempt is on record first."""
    with transaction(engine) as tx:
        reference = open_matter(tx, watch(tx))
        (booked,) = claim(tx)

    assert (reference, 1, NOW) == (booked.reference, booked.number, booked.first_attempt_at)
    assert (MAILBOX, JEANNE, 0, 0) == (
        booked.mail.envelope_from,
        booked.mail.recipient,
        booked.mail.attempts,
        booked.mail.unknowns,
    )
    assert f"Message-ID: <{booked.mail.message_id}>".encode() in booked.mail.raw
    assert [("claimed", 1)] == look(engine, "SELECT state, attempts FROM outbox")
    assert [(1, None)] == look(engine, "SELECT number, outcome FROM attempt")


def test_what_is_due_is_claimed_once_the_most_urgent_first(engine: Engine) -> None:
    """By priority, then by due time; what waits for a person or for its hour is left alone."""
    with transaction(engine) as tx:
        put_in_outbox(tx, "late", due_in=MINUTE)
        put_in_outbox(tx, "notice", priority=2)
        put_in_outbox(tx, "older", priority=2, due_in=-MINUTE)
        put_in_outbox(tx, "urgent", priority=0)
        put_in_outbox(tx, "held", priority=0, hold_reason="no_reply_sender")

        assert ["urgent"] == keys(claim(tx, limit=1))
        assert ["older", "notice"] == keys(claim(tx))
        assert [] == claim(tx)
        assert NOW + MINUTE == outbox.next_due_at(tx)
        assert ["late"] == keys(claim(tx, now=NOW + MINUTE))
        assert outbox.next_due_at(tx) is None


def test_every_end_of_an_attempt_is_written(engine: Engine) -> None:
    """MUST 20: outcome, phase, code, status and text of each, and when the dot left."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
        (first,) = claim(tx)
        outbox.note_result(tx, first, REFUSED_FOR_NOW, at=NOW + MINUTE)
        outbox.settle_retry(tx, first.mail.outbox_id, when=LATER, burned=True)
        (second,) = claim(tx, now=LATER)
        outbox.note_dot(tx, second, now=LATER)
        accepted = SendResult(SendOutcome.ACCEPTED, SendPhase.DOT, 250, "2.0.0", "2.0.0 <p@x.example>")
        outbox.note_result(tx, second, accepted, at=LATER)
        outbox.settle_sent(tx, second.mail.outbox_id, at=LATER, provider_id="p@x.example")

    attempts = look(engine, "SELECT number, outcome, phase, code, enhanced, text FROM attempt ORDER BY number")
    assert [
        (1, "refused_for_now", "rcpt", 450, "4.2.0", "4.2.0 revenez"),
        (2, "accepted", "dot", 250, "2.0.0", "2.0.0 <p@x.example>"),
    ] == attempts
    assert [("sent", "p@x.example", "2.0.0 <p@x.example>", None)] == look(
        engine, "SELECT state, provider_id, response, next_attempt_at FROM outbox"
    )
    assert [(0,), (1,)] == look(
        engine, "SELECT CASE WHEN dot_written_at IS NULL THEN 0 ELSE 1 END FROM attempt ORDER BY number"
    )


Settle = Callable[[Transaction, int], None]
ENDS: list[tuple[str, Settle, tuple[object, ...]]] = [
    # how it ended -> state, troubles, unknowns, whether it is due later; then attempts and unknowns that count
    ("refused for now", lambda tx, key: outbox.settle_retry(tx, key, when=LATER, burned=True), ("retry", 0, 0, 1, 0)),
    ("our trouble", lambda tx, key: outbox.settle_retry(tx, key, when=LATER, burned=False), ("retry", 1, 0, 0, 0)),
    ("unknown", lambda tx, key: outbox.settle_unknown(tx, key, when=LATER), ("unknown", 0, 1, 0, 1)),
]


@pytest.mark.parametrize(("settle", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ENDS])
def test_only_what_says_something_of_the_mail_counts_against_it(
    engine: Engine, settle: Settle, expected: tuple[object, ...]
) -> None:
    """MUST 19, 22: troubles and unknowns are counted apart from refusals."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
        (first,) = claim(tx)
        settle(tx, first.mail.outbox_id)
        after = state(tx, "state", "troubles", "unknowns")
        assert [] == claim(tx, now=LATER - MINUTE)
        (second,) = claim(tx, now=LATER)

    assert expected == (*after, second.mail.attempts, second.mail.unknowns)
    assert first.mail.raw == second.mail.raw
    assert first.mail.message_id == second.mail.message_id


def test_the_window_of_retries_opens_with_the_first_refusal(engine: Engine) -> None:
    """MUST 22: three days of a server in trouble leave a mail all its patience."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
        for hours in range(3):
            (booked,) = claim(tx, now=NOW + timedelta(hours=hours))
            outbox.settle_retry(tx, booked.mail.outbox_id, when=NOW, burned=False)
        refused_at = NOW + timedelta(days=3)
        (refused,) = claim(tx, now=refused_at)
        outbox.settle_retry(tx, refused.mail.outbox_id, when=NOW, burned=True)
        (again,) = claim(tx, now=refused_at + MINUTE)

    assert refused_at == refused.first_attempt_at == again.first_attempt_at
    assert (0, 1) == (refused.mail.attempts, again.mail.attempts)


def test_a_mail_that_was_given_up_stays_for_a_person(engine: Engine) -> None:
    """Never due again by itself; the reason stands beside it."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
        outbox.settle_dead(tx, claim(tx)[0].mail.outbox_id, reason="refused")

        assert ("dead", "refused", None) == state(tx, "state", "hold_reason", "next_attempt_at")
        assert [] == claim(tx, now=LATER)


def test_what_a_dead_process_had_claimed_without_the_dot_goes_again_at_once(engine: Engine) -> None:
    """It was not sent for sure, and nothing is counted against it; what was settled is left alone."""
    with transaction(engine) as tx:
        put_in_outbox(tx, "claimed")
        claim(tx)
        outbox.release_claimed(tx)
        outbox.release_claimed(tx)

        assert ("retry", 1) == state(tx, "state", "troubles")
        (again,) = claim(tx)
    assert (2, 0, 0) == (again.number, again.mail.attempts, again.mail.unknowns)


def test_what_a_dead_process_had_sent_perhaps_is_found_with_the_instant_of_its_dot(engine: Engine) -> None:
    """MUST 19: the very attempt, with its bytes, so that it can be judged like a silence."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
        (booked,) = claim(tx)
        assert () == outbox.find_lost(tx)
        outbox.note_dot(tx, booked, now=NOW + MINUTE)
        outbox.release_claimed(tx)

        assert ((booked, NOW + MINUTE),) == outbox.find_lost(tx)
        assert outbox.is_under_way(tx, booked)
        outbox.settle_unknown(tx, booked.mail.outbox_id, when=LATER)
        assert not outbox.is_under_way(tx, booked)
        assert () == outbox.find_lost(tx)


def test_two_dispatchers_never_claim_the_same_mail(engine: Engine) -> None:
    """PostgreSQL skips what another has locked; SQLite lets one write at a time."""
    with transaction(engine) as tx:
        put_in_outbox(tx, "a")
        put_in_outbox(tx, "b")
    if engine.dialect.name == "sqlite":
        with transaction(engine) as tx:
            one = keys(claim(tx, limit=1))
        with transaction(engine) as tx:
            other = keys(claim(tx, limit=2))
    else:
        with transaction(engine) as tx, transaction(engine) as ty:
            one, other = keys(claim(tx, limit=1)), keys(claim(ty, limit=2))

    assert (["a"], ["b"]) == (one, other)


def test_the_sequence_of_a_ticket_counts_its_mails(engine: Engine) -> None:
    """Part of the Message-ID, so that two notices of one ticket differ (MUST 18)."""
    with transaction(engine) as tx:
        folder_id = watch(tx)
        assert 1 == outbox.next_sequence(tx, 99)
        open_matter(tx, folder_id)

        assert 2 == outbox.next_sequence(tx, 1)


def test_a_claim_that_is_rolled_back_never_was(engine: Engine) -> None:
    """Booking and state stand or fall together."""
    with transaction(engine) as tx:
        put_in_outbox(tx)
    with pytest.raises(ZeroDivisionError), transaction(engine) as tx:
        partial(claim, tx)() and 1 / 0

    assert [("pending", 0)] == look(engine, "SELECT state, attempts FROM outbox")
    assert [] == look(engine, "SELECT number FROM attempt")
