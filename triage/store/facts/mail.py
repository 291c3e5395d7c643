"""The facts about one mail: what it points to, and whether it, or its Message-ID, was seen before."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlmodel import col

from triage.model.codes import MailState, Nature
from triage.model.decision import NOTHING_CITED, Citations, EarlierMail, IntakeFacts
from triage.model.message import ParsedMessage
from triage.store.engine import Transaction
from triage.store.facts.renumbering import find_renumbering, seen_in_an_earlier_epoch
from triage.store.keys import find_tokens
from triage.store.tables import MailRow, OutboxRow, TicketRow
from triage.store.tickets import find_pointers

WITHOUT_MESSAGE_ID_SAME_FOR = timedelta(days=7)
"""A mail without Message-ID is the same as an earlier one of the same content only within this time, unless the
folder was renumbered in between and it is that very mail under its new number."""

# What came through a list or a robot opened no ticket: the same words by the direct way are said for the first time.
_A_MATTER = (Nature.PERSON, Nature.UNREADABLE)


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
    same_mail = _same_mail(tx, message, mail_id, observed_at)
    return IntakeFacts(
        pointers=find_pointers(
            tx,
            subject=message.subject,
            thread_ids=thread_ids,
            sender=message.sender,
            citations=citations,
            tokens=tokens,
        ),
        same_mail=same_mail,
        message_id_reused=_is_message_id_reused(tx, message, mail_id),
        is_own_letter=_is_own_letter(tx, message),
        renumbering=None if same_mail else find_renumbering(tx, mail_id),
    )


def _same_mail(tx: Transaction, message: ParsedMessage, mail_id: int, observed_at: datetime) -> EarlierMail | None:
    query = (
        select(col(MailRow.id), col(TicketRow.reference))
        .join(TicketRow, col(TicketRow.id) == col(MailRow.ticket_id), isouter=True)
        .where(
            col(MailRow.fingerprint) == message.fingerprint,
            col(MailRow.id) != mail_id,
            col(MailRow.state) == MailState.PROCESSED,
            col(MailRow.nature).in_(_A_MATTER),
        )
        .order_by(col(MailRow.id))
        .limit(1)
    )
    if message.message_id is None:
        lately = col(MailRow.observed_at) >= observed_at - WITHOUT_MESSAGE_ID_SAME_FOR
        query = query.where(col(MailRow.message_id).is_(None), or_(lately, seen_in_an_earlier_epoch(tx, mail_id)))
    else:
        query = query.where(col(MailRow.message_id) == message.message_id)
    found = tx.execute(query).first()
    return None if found is None else EarlierMail(*found)


def _is_own_letter(tx: Transaction, message: ParsedMessage) -> bool:
    if message.message_id is None:
        return False
    # Ours are all lower-case, and some gateways change the case; a server's own id is known as it was told.
    given, ours = message.message_id, message.message_id.lower()
    same = or_(col(OutboxRow.message_id) == ours, col(OutboxRow.provider_id) == given)
    return tx.execute(select(col(OutboxRow.id)).where(same).limit(1)).first() is not None


def _is_message_id_reused(tx: Transaction, message: ParsedMessage, mail_id: int) -> bool:
    if message.message_id is None:
        return False
    query = (
        select(col(MailRow.id))
        .where(
            col(MailRow.message_id) == message.message_id,
            col(MailRow.fingerprint) != message.fingerprint,
            col(MailRow.id) != mail_id,
        )
        .limit(1)
    )
    return tx.execute(query).first() is not None
