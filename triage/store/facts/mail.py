"""The facts about one mail: what it points to, and whether it, or its Message-ID, was seen before."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, literal, or_, select
from sqlmodel import col

from triage.model.codes import MailState, Nature
from triage.model.decision import NOTHING_CITED, Citations, EarlierMail, IntakeFacts
from triage.model.message import ParsedMessage
from triage.store.engine import Transaction
from triage.store.facts.renumbering import find_renumbering, seen_in_an_earlier_epoch
from triage.store.facts.returned import find_returned, find_returned_letters
from triage.store.facts.surroundings import find_surroundings
from triage.store.keys import find_tokens
from triage.store.tables import MailRow, OutboxRow, TicketRow
from triage.store.tickets import find_pointers

WITHOUT_MESSAGE_ID_SAME_FOR = timedelta(days=7)
"""A mail without Message-ID is the same as an earlier one of the same content only within this time, unless the
folder was renumbered in between and it is that very mail under its new number."""

# What came through a list or a robot opened no ticket: the same words by the direct way are said for the first time.
_A_MATTER = (Nature.PERSON, Nature.UNREADABLE)

# What runs for each mail is built once: to build a statement costs several times what it costs to run.
_ANOTHER = col(MailRow.id) != bindparam("mail_id")
_SAME_WORDS = (
    select(col(MailRow.id), col(TicketRow.reference))
    .join(TicketRow, col(TicketRow.id) == col(MailRow.ticket_id), isouter=True)
    .where(
        col(MailRow.fingerprint) == bindparam("fingerprint"),
        _ANOTHER,
        col(MailRow.state) == MailState.PROCESSED,
        col(MailRow.nature).in_([literal(each) for each in _A_MATTER]),
    )
    .order_by(col(MailRow.id))
    .limit(1)
)
_SAME_WORDS_AND_ID = _SAME_WORDS.where(col(MailRow.message_id) == bindparam("message_id"))
_SAME_ID = (
    select(col(MailRow.id))
    .where(
        col(MailRow.message_id) == bindparam("message_id"),
        col(MailRow.fingerprint) != bindparam("fingerprint"),
        _ANOTHER,
    )
    .limit(1)
)
_OUR_IDS = select(col(OutboxRow.message_id), col(OutboxRow.provider_id)).where(
    or_(
        col(OutboxRow.message_id).in_(bindparam("ours", expanding=True)),
        col(OutboxRow.provider_id).in_(bindparam("given", expanding=True)),
    )
)


def gather_facts(
    tx: Transaction,
    message: ParsedMessage,
    *,
    mail_id: int,
    observed_at: datetime,
    citations: Citations = NOTHING_CITED,
) -> IntakeFacts:
    """Facts for `rules.intake`; the mail itself is left out of what it is compared with."""
    thread_ids = tuple(dict.fromkeys((*message.in_reply_to, *message.references, *message.returned)))
    tokens = find_tokens(tx, (*citations.address_tokens, *citations.line_tokens), now=observed_at)
    pointers = find_pointers(
        tx,
        subject=message.subject,
        thread_ids=thread_ids,
        sender=message.sender,
        citations=citations,
        tokens=tokens,
    )
    same_mail = _same_mail(tx, message, mail_id, observed_at)
    own_id = () if message.message_id is None else (message.message_id,)
    ours = _own_ids(tx, (*message.references, *own_id))
    return IntakeFacts(
        pointers=pointers,
        surroundings=find_surroundings(tx, {each.ticket.reference for each in pointers}),
        same_mail=same_mail,
        message_id_reused=_is_message_id_reused(tx, message, mail_id),
        own_references=tuple(dict.fromkeys(ours[each] for each in message.references if each in ours)),
        is_own_letter=message.message_id in ours,
        renumbering=None if same_mail else find_renumbering(tx, mail_id),
        returned=find_returned(tx, thread_ids),
        letters=find_returned_letters(tx, thread_ids) if _may_be_a_bounce(message) else (),
    )


def _same_mail(tx: Transaction, message: ParsedMessage, mail_id: int, observed_at: datetime) -> EarlierMail | None:
    query = _SAME_WORDS_AND_ID
    asked: dict[str, object] = {"fingerprint": message.fingerprint, "mail_id": mail_id}
    if message.message_id is None:
        lately = col(MailRow.observed_at) >= observed_at - WITHOUT_MESSAGE_ID_SAME_FOR
        query = _SAME_WORDS.where(col(MailRow.message_id).is_(None), or_(lately, seen_in_an_earlier_epoch(tx, mail_id)))
    else:
        asked["message_id"] = message.message_id
    if _is_nameless(message):
        # Its fingerprint is little more than its words: only the very same bytes are the same mail.
        raw = select(col(MailRow.raw_sha256)).where(col(MailRow.id) == mail_id).scalar_subquery()
        query = query.where(col(MailRow.raw_sha256) == raw)
    found = tx.execute(query, asked).first()
    return None if found is None else EarlierMail(*found)


def _may_be_a_bounce(message: ParsedMessage) -> bool:
    """What is evidently none is spared the question; the rules say what is one."""
    return bool(message.returned or message.bounces or not message.signs.return_path)


def _is_nameless(message: ParsedMessage) -> bool:
    return message.message_id is None and message.date is None and not any(each.address for each in message.senders)


def _own_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    """Of these ids those of letters in the outbox, each with how it stands there."""
    # Ours are all lower-case, and some gateways change the case; the id that a server gave is known as it was told.
    lower = {each: each.lower() for each in ids}
    if not lower:
        return {}
    rows = tx.execute(_OUR_IDS, {"ours": sorted(set(lower.values())), "given": sorted(lower)})
    known = {each for row in rows for each in row}
    as_kept = {each: each if each in known else lowered for each, lowered in lower.items()}
    return {each: kept for each, kept in as_kept.items() if kept in known}


def _is_message_id_reused(tx: Transaction, message: ParsedMessage, mail_id: int) -> bool:
    if message.message_id is None:
        return False
    asked = {"message_id": message.message_id, "fingerprint": message.fingerprint, "mail_id": mail_id}
    return tx.execute(_SAME_ID, asked).first() is not None
