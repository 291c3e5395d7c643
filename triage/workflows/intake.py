"""Taking in: raw mail to recorded decision, one transaction a mail (R-02, R-11; MUST 15, 17).

A try is booked before it is made. A mail that breaks the reader three times, or kills it, is read by the tiny scanner
instead and becomes a minimal ticket: it still counts, and the next mail does not wait for it. Our own death is no
evidence against the mail in hand, since it is read in another process: only a mail that outlives us many times is
suspected. A try that the database spoilt (full, locked, gone) is given back at the next claim.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from hashlib import sha256
from time import perf_counter

import structlog

from triage.mail.reading.minimal import scan_minimal
from triage.mail.writing.tokens import read_citations
from triage.model.decision import (
    AnsweredLately,
    Arrival,
    Decision,
    IntakeFacts,
    IntakePolicy,
    Reason,
    WithholdAcknowledgement,
)
from triage.model.errors import ReaderFailed
from triage.model.health import AlertKind
from triage.model.judgement import WithholdReason
from triage.model.message import ParsedMessage
from triage.rules.agents.proof import has_rival_results
from triage.rules.intake.caps import is_to_alert
from triage.rules.intake.decision import decide
from triage.store import inbox
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts import find_answered, gather_facts
from triage.store.health.trouble import database_trouble
from triage.store.inbox import ReceivedMail
from triage.store.keys import signing_keys
from triage.store.ledgers.rereading import find_settled
from triage.store.raw import read_bytes
from triage.workflows.ports import Alarm, Arrived, Reader, StaffAnswer, StaffDesk, no_alarm, no_staff_desk
from triage.workflows.record import Recorded, Stationery, record_intake, record_rereading

MOST_TRIES = 3
"""How often a reader may fail on one mail, and how often a mail is tried in one round."""

MOST_CLAIMS = 10
"""How often a mail may be in hand when something ends us, or its recording, before it is suspected."""

GROUP = 50
log = structlog.get_logger("triage.workflows.intake")


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in works with. `on_enqueued` is called after a commit that put a mail in the outbox.

    `innocent` are the rows of mails whose last try the database spoilt, until that try is given back.
    `broken` counts how often the reader failed on a row while we lived to see it, `failed` how often a row failed
    for any reason in this round, which ends when nothing is left to claim. `imported`: mail of archives, no other.
    """

    database: Database
    reader: Reader
    policy: IntakePolicy
    stationery: Stationery
    on_enqueued: Callable[[], None]
    alarm: Alarm = no_alarm
    staff_desk: StaffDesk = no_staff_desk
    imported: bool = False
    innocent: set[int] = field(default_factory=set)
    broken: Counter[int] = field(default_factory=Counter)
    failed: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Done:
    decision: Decision
    recorded: Recorded
    capped: WithholdReason | None = None
    answer: StaffAnswer | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How one pass went: mails claimed, how many of them are settled now, and whether the database was in trouble."""

    claimed: int
    settled: int
    troubled: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether another pass is due at once: each mail has its tries now, and none is tried without end."""
        return self.claimed > 0 and not self.troubled


@dataclass(frozen=True, slots=True)
class _Turn:
    """Mails are understood side by side and recorded in the order they came, so that a reply finds what it answers."""

    mine: asyncio.Event
    after: asyncio.Event


async def take_in_waiting(tools: Intake, *, now: datetime) -> TakenIn:
    """Take in the next group of received mails; the last pass of a round is the one that finds none."""
    worn = frozenset(row for row, times in tools.failed.items() if times >= MOST_TRIES)
    mails = await tools.database.write(partial(_claim, tools=tools, innocent=frozenset(tools.innocent), worn=worn))
    tools.innocent.clear()
    if not mails:
        tools.failed.clear()
    turns = [asyncio.Event() for _ in range(len(mails) + 1)]
    turns[0].set()
    settled = await asyncio.gather(
        *(
            _take_in_safely(tools, mail, _Turn(mine, after), now=now)
            for mail, mine, after in zip(mails, turns, turns[1:], strict=False)
        )
    )
    return TakenIn(len(mails), sum(settled), troubled=bool(tools.innocent))


def _claim(
    tx: Transaction, *, tools: Intake, innocent: frozenset[int], worn: frozenset[int]
) -> tuple[ReceivedMail, ...]:
    inbox.forgive(tx, innocent)
    return inbox.claim(tx, limit=GROUP, exclude=worn, imported=tools.imported)


async def take_in(tools: Intake, mail: ReceivedMail, turn: _Turn, *, now: datetime) -> Recorded | None:
    """Understand, decide and record one mail; None where it was settled already.

    Raises `ReaderFailed` where the mail is to be tried again.
    """
    started = perf_counter()
    raw = await tools.database.read(partial(read_bytes, digest=mail.raw_sha256))
    message = await _understand(tools, raw, mail)
    await turn.mine.wait()
    work = partial(_judge_and_record, tools=tools, mail=mail, message=message, now=now)
    writing = asyncio.ensure_future(tools.database.write(work))
    turn.after.set()  # the next one's work is handed over after ours: one thread writes, in that order
    done = await writing
    if done is None:
        return None
    decision, recorded = done.decision, done.recorded
    log.info(
        "mail_taken_in",
        mail=mail.id,
        reference=recorded.reference,
        reason=decision.reason,
        nature=decision.nature.nature,
        actions=" ".join(type(action).__name__ for action in decision.actions),
        message_id_hash=_hash(message.message_id),
        size=len(raw),
        ms=round((perf_counter() - started) * 1000, 1),
    )
    _raise_alarms(tools, message, done)
    if done.answer is not None:
        said, reference = done.answer.authority, recorded.reference
        log.info("staff_mail_judged", mail=mail.id, reference=reference, outcome=said.verdict, reason=said.reason)
    if done.capped is not None:
        log.warning("acknowledgements_capped", mail=mail.id, reference=recorded.reference, reason=done.capped)
    if recorded.has_mail_to_send:
        tools.on_enqueued()
    return recorded


def _raise_alarms(tools: Intake, message: ParsedMessage, done: _Done) -> None:
    if done.decision.reason is Reason.UNREADABLE:
        tools.alarm(AlertKind.MAIL_UNREADABLE)
    if done.capped is not None:
        tools.alarm(AlertKind.ACKNOWLEDGEMENTS_CAPPED)
    if has_rival_results(message, tools.policy.trust):
        tools.alarm(AlertKind.RIVAL_RESULTS)
    if done.decision.reason is Reason.STAFF_QUARANTINED:
        tools.alarm(AlertKind.STAFF_MAIL_QUARANTINED)


class Rereading(StrEnum):
    """What came of reading again a mail that nobody could read."""

    DONE = "done"
    NOT_UNREAD = "not_unread"  # it was understood, at once or by an earlier rereading
    STILL_UNREADABLE = "still_unreadable"
    NO_SUCH_MAIL = "no_such_mail"


async def read_again(tools: Intake, mail_id: int, *, now: datetime) -> Rereading:
    """Understand a mail whose ticket is flagged `illisible`, for instance with a mended reader; safe to repeat."""
    settled = await tools.database.read(partial(find_settled, mail_id=mail_id))
    if settled is None:
        return Rereading.NO_SUCH_MAIL
    if settled.reason != Reason.UNREADABLE:
        return Rereading.NOT_UNREAD
    raw = await tools.database.read(partial(read_bytes, digest=settled.mail.raw_sha256))
    try:
        message = await tools.reader.read(raw)
    except ReaderFailed:
        return Rereading.STILL_UNREADABLE
    if not message.readable:
        return Rereading.STILL_UNREADABLE
    return await tools.database.write(
        partial(_judge_again_and_record, tools=tools, mail_id=mail_id, message=message, now=now)
    )


def _judge_again_and_record(
    tx: Transaction, *, tools: Intake, mail_id: int, message: ParsedMessage, now: datetime
) -> Rereading:
    settled = find_settled(tx, mail_id)
    if settled is None or settled.reason != Reason.UNREADABLE:
        return Rereading.NOT_UNREAD
    mail = settled.mail
    facts = _gather(tx, tools=tools, mail=mail, message=message, now=now)
    # The clocks run from the reception that was recorded when no stamp could be read: it is judged so again.
    policy = replace(tools.policy, received_by=None)
    decision = decide(message, _arrival(mail), facts, policy)
    record_rereading(tx, settled, message=message, decision=decision, stationery=tools.stationery, now=now)
    return Rereading.DONE


async def _take_in_safely(tools: Intake, mail: ReceivedMail, turn: _Turn, *, now: datetime) -> bool:
    # One of the two places that catch everything: one bad mail never stops the others.
    try:
        await take_in(tools, mail, turn, now=now)
    except Exception as error:  # noqa: BLE001  it stays received, its try is booked
        trouble = database_trouble(error)
        if trouble is None:
            tools.failed[mail.id] += 1
        else:
            tools.innocent.add(mail.id)
            tools.alarm(AlertKind.DATABASE_TROUBLE)
        log.warning("mail_not_taken_in", mail=mail.id, attempt=mail.attempts + 1, reason=trouble, error=error)
        return False
    finally:
        await turn.mine.wait()  # one that failed does not let the next overtake those before it
        turn.after.set()
    return True


async def _understand(tools: Intake, raw: bytes, mail: ReceivedMail) -> ParsedMessage:
    if mail.attempts >= MOST_CLAIMS:
        return scan_minimal(raw)
    try:
        return await tools.reader.read(raw)
    except ReaderFailed as failed:
        tools.broken[mail.id] += 1
        log.warning("mail_not_read", mail=mail.id, attempt=mail.attempts + 1, reason=failed.failure)
        if failed.fatal or tools.broken[mail.id] >= MOST_TRIES:
            return scan_minimal(raw)
        raise


def _judge_and_record(
    tx: Transaction, *, tools: Intake, mail: ReceivedMail, message: ParsedMessage, now: datetime
) -> _Done | None:
    if not inbox.is_received(tx, mail.id):
        return None
    facts = _gather(tx, tools=tools, mail=mail, message=message, now=now)
    decision = decide(message, _arrival(mail), facts, tools.policy)
    answer = tools.staff_desk(tx, Arrived(mail.id, message, facts, decision), now=now)
    if answer is not None:
        return _Done(answer.decision, Recorded(answer.reference, answer.has_mail_to_send), answer=answer)
    recorded = record_intake(
        tx, mail_id=mail.id, message=message, decision=decision, stationery=tools.stationery, now=now
    )
    return _Done(decision, recorded, _capped(decision, facts.answered))


def _arrival(mail: ReceivedMail) -> Arrival:
    return Arrival(mail.internal_date_at, mail.observed_at, mail.truncated, mail.date_doubted, mail.imported)


def _gather(
    tx: Transaction, *, tools: Intake, mail: ReceivedMail, message: ParsedMessage, now: datetime
) -> IntakeFacts:
    policy = tools.policy
    has_ids = bool(message.in_reply_to or message.references or message.returned)
    keys = signing_keys(tx, now=now) if has_ids else ()
    citations = read_citations(message, own_addresses=policy.own_addresses, domain=policy.own_domain, keys=keys)
    facts = gather_facts(tx, message, mail_id=mail.id, observed_at=mail.observed_at, citations=citations)
    return replace(facts, answered=find_answered(tx, message, mail_id=mail.id, caps=policy.caps, now=now))


def _capped(decision: Decision, answered: AnsweredLately) -> WithholdReason | None:
    """The cap that this mail is the first to reach within the hour, which a person is told of."""
    reasons = [each.reason for each in decision.actions if isinstance(each, WithholdAcknowledgement)]
    return next((reason for reason in reasons if is_to_alert(reason, answered)), None)


def _hash(message_id: str | None) -> str | None:
    return None if message_id is None else sha256(message_id.encode()).hexdigest()[:16]
