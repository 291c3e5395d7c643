"""What every answer to a mail of staff is made with: tickets that its writer may see, their words, their receipt."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from triage.mail.reading.texts.replies import find_new_text
from triage.mail.writing.tokens import reply_address, write_code
from triage.model.agents.authority import TokenScope, TokenStanding
from triage.model.agents.commands import CommandBlock, CommandContext
from triage.model.agents.policy import AgentsPolicy
from triage.model.agents.receipts import ReceiptFacts, Shown
from triage.model.agents.staff import StaffMember
from triage.model.decision import IntakePolicy, Thread
from triage.rules.agents.acting import (
    Worked,
    may_see,
)
from triage.rules.agents.own_words import MOST_CHARACTERS, find_own_words, has_pasted_words
from triage.store.engine import Transaction
from triage.store.facts.staff import WorkedTicket, find_worked
from triage.store.staff_tokens import ShownToken, issue_token
from triage.workflows.record.staff.rows import StaffMail, put_receipt
from triage.workflows.record.stationery import Stationery

TOKEN_LIFE = timedelta(days=45)
"""As long as the token of a working mail."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A mail of staff with what it asks. `context` is None where its sender is nobody of the staff.

    `typed` is what was read as its commands, where that is not its own text.
    """

    mail: StaffMail
    block: CommandBlock
    context: CommandContext | None
    token: ShownToken | None
    policy: IntakePolicy
    stationery: Stationery
    agents: AgentsPolicy = field(default=AgentsPolicy())
    typed: str = ""

    @property
    def thread(self) -> Thread:
        """Beneath the mail that is answered."""
        return Thread(in_reply_to=self.mail.message.message_id, references=())

    @property
    def read_at(self) -> datetime | None:
        """When the mail was written that the writer had before them, None where nothing shows that they had one."""
        if self.context is None or self.token is None or self.token.token.staff_id != self.context.sender.id:
            return None
        return self.token.issued_at


@dataclass(frozen=True, slots=True)
class Handled:
    """What was written: the ticket it is about, if it is one, and whether something waits in the outbox."""

    ticket_id: int | None = None
    reference: str | None = None
    has_mail_to_send: bool = False


def finish(tx: Transaction, asked: Asked, facts: ReceiptFacts, worked: dict[str, WorkedTicket]) -> Handled:
    """Put the receipt in the outbox, with a token of the writer's own, so that an answer to it works."""
    only = next(iter(worked.values())) if len(worked) == 1 else None
    if only is not None:
        facts = replace(facts, reference=only.ticket.reference)
    shown = asked.token
    ticket_id = None if only is None else only.id
    if shown is not None and shown.token.scope is TokenScope.TICKET and shown.token.staff_id == facts.recipient.id:
        facts = carrying(asked, facts, shown.text)
    elif ticket_id is not None and asked.mail.authority.evidence.token is TokenStanding.OWN:
        # A confirmation is good once, and a digest's token is for many: what the receipt offers needs its own.
        facts = with_new_token(tx, asked, facts, ticket_id)
    sent = put_receipt(tx, asked.mail, facts, ticket_id=ticket_id, stationery=asked.stationery)
    return Handled(ticket_id, facts.reference or None, sent)


def with_new_token(tx: Transaction, asked: Asked, facts: ReceiptFacts, ticket_id: int) -> ReceiptFacts:
    """The receipt with a new token for its reader, whose answer then acts on that ticket."""
    now = asked.mail.now
    _, text = issue_token(
        tx,
        scope=TokenScope.TICKET,
        staff_id=facts.recipient.id,
        ticket_id=ticket_id,
        expires_at=now + TOKEN_LIFE,
        now=now,
    )
    return carrying(asked, facts, text)


def carrying(asked: Asked, facts: ReceiptFacts, token: str) -> ReceiptFacts:
    """The receipt with this token in the address for answers and in its last line."""
    stationery = asked.stationery
    reply_to = reply_address(stationery.letterhead.address, token) if stationery.plus_addressing else None
    return replace(facts, reply_to=reply_to, code=write_code(token))


def find_all_seen(tx: Transaction, asked: Asked) -> dict[str, WorkedTicket]:
    """The tickets that the commands are about, as far as they exist and their writer may see them, in order."""
    references = dict.fromkeys(each.reference for each in asked.block.commands if each.reference is not None)
    found = {each: find_seen(tx, asked, each) for each in references}
    return {reference: worked for reference, worked in found.items() if worked is not None}


def find_seen(tx: Transaction, asked: Asked, reference: str | None) -> WorkedTicket | None:
    """A ticket, None where there is none or its number is not for the writer."""
    worked = None if reference is None else find_worked(tx, reference)
    context = context_of(asked)
    seen = worked is not None and may_see(Worked(worked.ticket, worked.concerned), context.sender, context.staff)
    return worked if seen else None


def context_of(asked: Asked) -> CommandContext:
    """What the mail was read with. Raises `ValueError` where nobody of the staff wrote it."""
    if asked.context is None:
        raise ValueError("nobody of the staff wrote this mail")
    return asked.context


def new_words(typed: str, member: StaffMember) -> str:
    """What the writer added: all that is doubtful, but nothing where all of it is quoted."""
    own = find_own_words(typed[:MOST_CHARACTERS], signer=member.name)
    return find_new_text(typed) if own.text or own.is_interleaved else ""


def leaves_out_words(typed: str, member: StaffMember) -> bool:
    """Whether more than the quotation of a mail of ours is missing from `new_words`: a mail that was pasted below."""
    kept = new_words(typed, member)
    return bool(kept) and has_pasted_words(typed, kept=kept)


def shown_text(heading: str, text: str) -> tuple[Shown, ...]:
    """A text under its heading, nothing for no text."""
    return (Shown(heading, text),) if text else ()
