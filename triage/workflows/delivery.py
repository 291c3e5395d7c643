"""Outbox to mail server: claim, send, write down, in that order; every attempt is booked before it is made.

The final dot is committed before it can leave, so that a crash never passes for a failure (MUST 19). While the server
is in trouble nobody sends and no mail loses an attempt (MUST 22); the rate is a queue, not a cap (MUST 23).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import perf_counter

import structlog

from triage.model.delivery import (
    MAIL_IN_HAND,
    DeliveryPolicy,
    DeliveryVerdict,
    GiveUp,
    GiveUpReason,
    SendOutcome,
    SendPhase,
    SendResult,
)
from triage.model.health import AlertKind
from triage.rules import breaker as breaking
from triage.rules.delivery import decide, is_about_the_mail
from triage.rules.sending_rate import SendingRate, take
from triage.store import outbox
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.outbox import Booked
from triage.workflows.ports import Alarm, MailSender, no_alarm
from triage.workflows.record import record_attempt

log = structlog.get_logger("triage.workflows.delivery")

# What says something of the server's health rather than of one mail.
_TROUBLES = frozenset({SendOutcome.SERVER_TROUBLE, SendOutcome.LOGIN_REFUSED})
# How an attempt ended whose process died after the dot.
_LOST = SendResult(SendOutcome.UNCERTAIN, SendPhase.DOT)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivery works with. `clock` gives aware UTC; `chance` a number from -1 to 1 for the jitter of waits.

    Who only observes sends nothing: what was decided before waits until letters leave again.
    """

    database: Database
    sender: MailSender
    policy: DeliveryPolicy
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    observing: bool = False
    alarm: Alarm = no_alarm


Settle = Callable[[Transaction], DeliveryVerdict | None]
"""Writes down how one attempt ended; None where that is written already."""


class Dispatcher:
    """The outbox's only reader: it knows how fast we have been sending and how the server has been."""

    def __init__(self, tools: Delivery, *, rate: SendingRate) -> None:
        self._tools = tools
        self._rate = rate
        self._breaker = breaking.Breaker()
        self._unsettled: Settle | None = None

    async def recover(self) -> None:
        """Settle what was claimed and never settled, by an earlier process or because the database failed.

        Before the first delivery, and again whenever one was broken off. What the server answered while the database
        could not be written is known here and is written first: it is no unknown.
        """
        if self._unsettled is not None:
            self._tell(await self._tools.database.write(self._unsettled, urgent=True))
            self._unsettled = None
        for verdict in await self._tools.database.write(partial(self._recover, now=self._tools.clock())):
            self._tell(verdict)

    def _recover(self, tx: Transaction, *, now: datetime) -> tuple[DeliveryVerdict, ...]:
        outbox.release_claimed(tx)
        verdicts = []
        for booked, dot_at in outbox.find_lost(tx):
            # A crash is no other end than a silence: it counts against the same limit, and waits from the dot on.
            verdict = self._judge(booked, _LOST, now=dot_at, chance=0.0)
            record_attempt(tx, booked, _LOST, verdict, now=now)
            verdicts.append(verdict)
        return tuple(verdicts)

    async def deliver_due(self, *, until: Callable[[], bool] = lambda: False) -> float | None:
        """Send what is due, or until told to stop; the answer: ask again after how many seconds, None for never."""
        booked: tuple[Booked, ...] = ()
        while booked or not (until() or self._tools.observing):
            if not booked:
                now = self._tools.clock()
                wait = self._wait(now)
                if wait > 0:
                    return wait
                booked = await self._tools.database.write(partial(outbox.claim_due, now=now, limit=1), urgent=True)
                if not booked:
                    return await self._until_next_due(now)
            booked = await self._attempt(booked[0], until=until)
        return None

    def _wait(self, now: datetime) -> float:
        _, for_rate = take(self._rate, now)
        return max(for_rate, breaking.breaker_wait_seconds(self._breaker, now))

    async def _until_next_due(self, now: datetime) -> float | None:
        due_at = await self._tools.database.read(outbox.next_due_at)
        return None if due_at is None else max(0.0, (due_at - now).total_seconds())

    async def _attempt(self, booked: Booked, *, until: Callable[[], bool]) -> tuple[Booked, ...]:
        """Send one mail; the answer is the next one, claimed in the commit that settled this one, if any may go now."""
        tools = self._tools
        started = perf_counter()
        self._rate, _ = take(self._rate, tools.clock())

        async def book_dot() -> None:
            await tools.database.write(partial(outbox.note_dot, booked=booked, now=tools.clock()), urgent=True)

        result = await tools.sender.send(booked.mail, before_dot=book_dot)
        now = tools.clock()
        verdict = self._judge(booked, result, now=now, chance=tools.chance())
        self._breaker = self._after(booked, result, now)
        self._unsettled = partial(_settle, booked=booked, result=result, verdict=verdict, now=now)
        most = 1 if self._wait(now) == 0 and not until() else 0
        settle_and_claim = partial(_settle_and_claim, settle=self._unsettled, most=most, now=now)
        settled, following = await tools.database.write(settle_and_claim, urgent=True)
        self._unsettled = None
        self._tell(settled)
        if result.outcome is SendOutcome.LOGIN_REFUSED:
            tools.alarm(AlertKind.SENDING_LOGIN_REFUSED)
        log.info(
            "mail_sent" if result.outcome is SendOutcome.ACCEPTED else "mail_not_sent",
            kind=booked.mail.kind,
            reference=booked.reference,
            outcome=result.outcome,
            phase=result.phase,
            code=result.code,
            enhanced=result.enhanced,
            attempt=booked.number,
            ms=round((perf_counter() - started) * 1000, 1),
        )
        return following

    def _tell(self, verdict: DeliveryVerdict | None) -> None:
        if isinstance(verdict, GiveUp):
            unknown = verdict.reason == GiveUpReason.UNKNOWN
            self._tools.alarm(AlertKind.UNKNOWN_GIVEN_UP if unknown else AlertKind.DEAD_LETTER)

    def _judge(self, booked: Booked, result: SendResult, *, now: datetime, chance: float) -> DeliveryVerdict:
        return decide(
            result,
            attempts=booked.mail.attempts,
            unknowns=booked.mail.unknowns,
            now=now,
            first_attempt_at=booked.first_attempt_at,
            policy=self._tools.policy,
            jitter=chance,
            troubles=max(self._breaker.consecutive, booked.troubles if result.phase in MAIL_IN_HAND else 0),
            alone=self._is_alone(booked),
        )

    def _is_alone(self, booked: Booked) -> bool:
        return booked.outlived and self._breaker.consecutive == 0

    def _after(self, booked: Booked, result: SendResult, now: datetime) -> breaking.Breaker:
        if is_about_the_mail(result, alone=self._is_alone(booked)):
            return self._breaker
        chance = self._tools.chance()
        if result.outcome is SendOutcome.LOGIN_REFUSED:
            return breaking.after_refused_login(self._breaker, now=now, jitter=chance, policy=self._tools.policy)
        if result.outcome in _TROUBLES and result.phase in MAIL_IN_HAND:
            row = booked.mail.outbox_id
            return breaking.after_choking(self._breaker, mail=row, now=now, jitter=chance, policy=self._tools.policy)
        if result.outcome in _TROUBLES:
            return breaking.after_trouble(self._breaker, now=now, jitter=chance, policy=self._tools.policy)
        return breaking.after_success() if result.outcome is not SendOutcome.UNCERTAIN else self._breaker


def _settle(
    tx: Transaction, *, booked: Booked, result: SendResult, verdict: DeliveryVerdict, now: datetime
) -> DeliveryVerdict | None:
    if not outbox.is_under_way(tx, booked):
        return None  # written down already by a commit whose success nobody heard of
    record_attempt(tx, booked, result, verdict, now=now)
    return verdict


def _settle_and_claim(
    tx: Transaction, *, settle: Settle, most: int, now: datetime
) -> tuple[DeliveryVerdict | None, tuple[Booked, ...]]:
    """One commit for the end of one attempt and the beginning of the next: a commit is what sending waits for most."""
    return settle(tx), outbox.claim_due(tx, now=now, limit=most) if most else ()
