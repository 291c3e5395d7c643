"""Protocol bugs to be caught: each changes one function of a daemon about to start, as a mistaken programmer might.

`CATALOGUE` says for each where the daemon must die, if anywhere, for the bug to show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import select, update
from sqlmodel import col

from tests.campaigns.crash_points import AFTER, BEFORE
from triage.model.decision import EarlierMail
from triage.model.delivery import OutgoingMail
from triage.model.judgement import AnswerVerdict
from triage.model.mailbox import Announced
from triage.model.message import ParsedMessage, RawMail, ServerPosition
from triage.rules.intake import decision
from triage.store import inbox, outbox, raw
from triage.store.engine import Transaction
from triage.store.facts import mail as mail_facts
from triage.store.journal import events
from triage.store.journal.chain import GENESIS, hash_event
from triage.store.tables import MailRow, OutboxRow, TicketRow
from triage.transport.imap import ImapMailbox
from triage.transport.sandbox import Sandbox

log = structlog.get_logger("triage.seeded_bug")


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug: how to plant it, the point at which the daemon dies, and whether it needs a mail that vanishes."""

    plant: Callable[[], None]
    crash: str | None = None
    needs_vanishing: bool = False


def _a_key_of_chance() -> None:
    usual = outbox.enqueue

    def enqueue(tx: Transaction, mail: OutgoingMail, **named: Any) -> bool:
        return usual(tx, replace(mail, key=str(uuid4())), **named)

    _put(outbox, "enqueue", enqueue)


def _moved_before_the_bytes_are_kept() -> None:
    usual = ImapMailbox.fetch

    async def fetch(self: ImapMailbox, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        mails = await usual(self, wanted, limit_bytes=limit_bytes)
        await self.move([mail.position.uid for mail in mails])
        return mails

    _put(ImapMailbox, "fetch", fetch)


def _the_dot_is_not_booked() -> None:
    _put(outbox, "note_dot", lambda *_given, **_named: None)


def _an_unknown_passes_for_a_failure() -> None:
    def release(tx: Transaction) -> None:
        lost = col(OutboxRow.state).in_(("claimed", "dot_written"))
        tx.execute(update(OutboxRow).where(lost).values(state="retry", next_attempt_at=col(OutboxRow.claimed_at)))

    _put(outbox, "release_claimed", release)


def _what_was_claimed_is_forgotten() -> None:
    _put(outbox, "release_claimed", lambda _tx: None)


def _the_message_id_alone_tells_a_copy() -> None:
    def same_mail(tx: Transaction, message: ParsedMessage, mail_id: int, observed_at: object) -> EarlierMail | None:
        _ = observed_at
        query = select(col(MailRow.id), col(TicketRow.reference)).join(TicketRow, isouter=True)
        query = query.where(col(MailRow.message_id) == message.message_id, col(MailRow.id) != mail_id)
        found = tx.execute(query.where(col(MailRow.state) == "processed")).first()
        return None if found is None else EarlierMail(*found)

    _put(mail_facts, "_same_mail", same_mail)


def _other_bytes_at_the_second_try() -> None:
    usual = outbox.claim_due

    def claim_due(tx: Transaction, **named: Any) -> tuple[outbox.Booked, ...]:
        booked = usual(tx, **named)
        return tuple(
            replace(
                each, mail=replace(each.mail, raw=each.mail.raw.replace(b"\r\nDate: ", b"\r\nX-Try: 2\r\nDate: ", 1))
            )
            if each.number > 1
            else each
            for each in booked
        )

    _put(outbox, "claim_due", claim_due)


def _machines_are_answered() -> None:
    _put(decision, "_as_machine_mail", lambda _case: None)
    _put(decision, "judge_answering", lambda _message, _nature: AnswerVerdict(may=True))


def _two_letters_to_one_person() -> None:
    usual = outbox.enqueue

    def enqueue(tx: Transaction, mail: OutgoingMail, **named: Any) -> bool:
        usual(tx, mail, **named)
        second = replace(mail, key=f"{mail.key}:again", message_id=f"again.{mail.message_id}")
        raw = mail.raw.replace(mail.message_id.encode(), second.message_id.encode())
        return usual(tx, replace(second, raw=raw), **named)

    _put(outbox, "enqueue", enqueue)


def _copies_are_matters() -> None:
    _put(decision, "_as_duplicate", lambda _case: None)


def _a_day_too_late() -> None:
    usual = decision._due_day

    def due_day(dues: Any) -> date | None:
        day = usual(dues)
        return None if day is None else day + timedelta(days=1)

    _put(decision, "_due_day", due_day)


def _the_chain_is_not_a_chain() -> None:
    _put(events, "hash_event", lambda **named: hash_event(**{**named, "previous_hash": GENESIS}))


def _the_log_tells_the_subject() -> None:
    usual = Sandbox.read

    async def read(self: Sandbox, raw: bytes) -> ParsedMessage:
        message = await usual(self, raw)
        log.info("mail_read", reason=message.subject)
        return message

    _put(Sandbox, "read", read)


def _line_ends_are_tidied() -> None:
    usual = raw.keep_bytes
    _put(inbox, "keep_bytes", lambda tx, octets: usual(tx, octets.replace(b"\r\n", b"\n")))


def _deleted_instead_of_moved() -> None:
    async def move(self: ImapMailbox, uids: Sequence[int]) -> tuple[Any, ...]:
        def delete(client: Any) -> None:
            client.delete_messages(list(uids))
            client.expunge()

        await self._connection.run(delete)
        return ()

    _put(ImapMailbox, "move", move)


def _nothing_passes_for_a_mail() -> None:
    usual = ImapMailbox.fetch

    async def fetch(self: ImapMailbox, wanted: Sequence[Announced], *, limit_bytes: int) -> tuple[RawMail, ...]:
        mails = await usual(self, wanted, limit_bytes=limit_bytes)
        missing = {each.uid for each in wanted} - {mail.position.uid for mail in mails}
        told = self._selected
        places = (ServerPosition(folder=told.folder, uidvalidity=told.uidvalidity, uid=uid) for uid in missing)
        return (*mails, *(RawMail(position=place, raw=b"", internal_date=None, announced_size=0) for place in places))

    _put(ImapMailbox, "fetch", fetch)


def _put(owner: object, name: str, function: object) -> None:
    if not hasattr(owner, name):
        raise AttributeError(name)  # the function that the bug was to change is gone
    setattr(owner, name, function)


CATALOGUE: dict[str, Bug] = {
    "a_key_of_chance": Bug(_a_key_of_chance),
    "moved_before_the_bytes_are_kept": Bug(_moved_before_the_bytes_are_kept, BEFORE + "bytes"),
    "the_dot_is_not_booked": Bug(_the_dot_is_not_booked, "the server took the mail"),
    "an_unknown_passes_for_a_failure": Bug(_an_unknown_passes_for_a_failure, "the server took the mail"),
    "what_was_claimed_is_forgotten": Bug(_what_was_claimed_is_forgotten, AFTER + "claimed"),
    "the_message_id_alone_tells_a_copy": Bug(_the_message_id_alone_tells_a_copy),
    "other_bytes_at_the_second_try": Bug(_other_bytes_at_the_second_try, "the server took the mail"),
    "machines_are_answered": Bug(_machines_are_answered),
    "two_letters_to_one_person": Bug(_two_letters_to_one_person),
    "copies_are_matters": Bug(_copies_are_matters),
    "a_day_too_late": Bug(_a_day_too_late),
    "the_chain_is_not_a_chain": Bug(_the_chain_is_not_a_chain),
    "the_log_tells_the_subject": Bug(_the_log_tells_the_subject),
    "line_ends_are_tidied": Bug(_line_ends_are_tidied),
    "deleted_instead_of_moved": Bug(_deleted_instead_of_moved),
    "nothing_passes_for_a_mail": Bug(_nothing_passes_for_a_mail, AFTER + "observed", needs_vanishing=True),
}
