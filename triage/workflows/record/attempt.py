"""Writing down how an attempt to send ended and what follows from it."""

from datetime import datetime
from typing import assert_never

from triage.model.codes import EventKind, NoticeKind
from triage.model.delivery import DeliveryVerdict, GiveUp, RetryAt, SendResult, Sent, WaitUnknown
from triage.store import outbox
from triage.store.engine import Transaction
from triage.store.journal import append_event, mark_acknowledged
from triage.store.ledgers import handling
from triage.store.outbox import Booked
from triage.workflows.record.answering import OVERTAKEN, record_accepted


def record_attempt(
    tx: Transaction, booked: Booked, result: SendResult, verdict: DeliveryVerdict, *, now: datetime
) -> None:
    """Settle one outbox row after an attempt; what the ticket's story must know leaves an event."""
    outbox.note_result(tx, booked, result, at=now)
    outbox_id = booked.mail.outbox_id
    match verdict:
        case Sent():
            outbox.settle_sent(tx, outbox_id, at=now, provider_id=_given_id(booked, verdict))
            _tell_sent(tx, booked, now=now)
        case RetryAt():
            outbox.settle_retry(tx, outbox_id, when=verdict.when, burned=verdict.burned)
        case WaitUnknown():
            outbox.settle_unknown(tx, outbox_id, when=verdict.when)
        case GiveUp():
            outbox.settle_dead(tx, outbox_id, reason=verdict.reason)
            _tell(tx, booked, EventKind.UNDELIVERED, {"reason": verdict.reason, "code": result.code}, now=now)
        case _:
            assert_never(verdict)


def _given_id(booked: Booked, sent: Sent) -> str | None:
    # Servers name the recipient between the same brackets, and an address that anybody knows must lead to no ticket.
    mail = booked.mail
    addresses = {mail.recipient.lower(), mail.envelope_from.lower()}
    return None if sent.provider_id is None or sent.provider_id.lower() in addresses else sent.provider_id


def _tell_sent(tx: Transaction, booked: Booked, *, now: datetime) -> None:
    _tell(tx, booked, EventKind.SENT, {"attempt": booked.number}, now=now)
    if booked.ticket_id is None:
        return
    if booked.mail.kind == NoticeKind.ACKNOWLEDGEMENT:
        mark_acknowledged(tx, booked.ticket_id, at=now)
    if booked.mail.kind in {NoticeKind.ANSWER, NoticeKind.MESSAGE}:
        handling.cancel_unsent(tx, booked.ticket_id, kind=NoticeKind.TAKEN_CHARGE, reason=OVERTAKEN)
        letter = NoticeKind(booked.mail.kind)
        record_accepted(tx, booked.ticket_id, letter, message_id=booked.mail.message_id, now=now)


def _tell(tx: Transaction, booked: Booked, kind: EventKind, said: dict[str, object], *, now: datetime) -> None:
    if booked.ticket_id is not None:
        payload = {"kind": booked.mail.kind, "message_id": booked.mail.message_id, **said}
        append_event(tx, booked.ticket_id, kind, at=now, payload=payload)
