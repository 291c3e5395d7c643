"""Mail in the name of staff: authorise, understand, act, and tell the registered address (MUST 30 to 32, MUST 34).

It is called in the transaction that takes the mail in, and answers None where intake's own rules hold. Whatever a
mail says, its answer goes to an address of `staff.toml` and to no other.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from triage.mail.writing.tokens import read_citations
from triage.model.agents.authority import Ask, Authority, Claim, TokenScope, TokenStanding, Verdict
from triage.model.agents.commands import CommandBlock, CommandContext
from triage.model.agents.policy import AgentsPolicy, PlainReply
from triage.model.agents.staff import StaffMember
from triage.model.codes import LETTER_KINDS, EventKind, Nature, NoticeKind
from triage.model.decision import Arrival, IntakeFacts, IntakePolicy, Reason
from triage.model.errors import ReaderFailed
from triage.model.health import AlertKind
from triage.model.message import ParsedMessage
from triage.model.ticket import find_references
from triage.rules.agents.acting import is_draft, keep_offered
from triage.rules.agents.authority import authorise
from triage.rules.agents.commands.grammar import opens_in_words
from triage.rules.agents.commands.reading import read_commands
from triage.rules.agents.confirming import confirms
from triage.rules.agents.own_words import MOST_CHARACTERS, find_own_words
from triage.rules.agents.proof import judge_proof
from triage.rules.clocks.due import local_day
from triage.rules.intake.decision import decide
from triage.store.database import Database
from triage.store.engine import Transaction
from triage.store.facts.staff import find_answered_kind, list_acts
from triage.store.keys import find_tokens, signing_keys
from triage.store.ledgers.rereading import find_settled, resettle
from triage.store.raw import read_bytes
from triage.store.staff_tokens import ShownToken, count_nonces, find_shown
from triage.workflows.ports import Alarm, Arrived, Reader, StaffAnswer, no_alarm
from triage.workflows.record import Stationery
from triage.workflows.record.staff.desk import Asked, Handled, find_all_seen
from triage.workflows.record.staff.rows import StaffMail, settle_staff_mail
from triage.workflows.record.staff.verdicts import act_on, challenge, quarantine, tell_owner

HOUR = timedelta(hours=1)

_REASONS = {
    Verdict.EXECUTE: Reason.STAFF_ACTED,
    Verdict.CHALLENGE: Reason.STAFF_CHALLENGED,
    Verdict.TELL_OWNER: Reason.STAFF_UNVERIFIED,
    Verdict.QUARANTINE: Reason.STAFF_QUARANTINED,
}
_HANDLERS = {
    Verdict.EXECUTE: act_on,
    Verdict.CHALLENGE: challenge,
    Verdict.TELL_OWNER: tell_owner,
    Verdict.QUARANTINE: quarantine,
}


@dataclass(frozen=True, slots=True)
class Replies:
    """The desk that deals with mail of staff; `policy` says who they are, `agents` how they work.

    `alarm` hears of tokens that are refused.
    """

    policy: IntakePolicy
    stationery: Stationery
    alarm: Alarm = no_alarm
    agents: AgentsPolicy = field(default=AgentsPolicy())

    def __call__(self, tx: Transaction, arrived: Arrived, *, now: datetime) -> StaffAnswer | None:
        """What became of the mail, None where it is no mail of staff or may not act."""
        if self.policy.observing or not self.policy.staff.members:
            return None
        claimed = _read_claim(tx, arrived, self.policy, now=now)
        if claimed is None:
            return None
        if self.agents.plain_reply is PlainReply.SEND:
            claimed = _as_message(tx, arrived.message, claimed)
        authority = _authorise(tx, claimed, self.policy, now=now)
        if authority.evidence.token is TokenStanding.INVALID:
            self.alarm(AlertKind.TOKENS_REFUSED)
        if authority.verdict not in _HANDLERS:
            return None
        asked = Asked(
            mail=StaffMail(arrived.mail_id, arrived.message, arrived.decision, authority, now),
            block=claimed.block,
            context=claimed.context,
            token=claimed.shown,
            policy=self.policy,
            stationery=self.stationery,
            agents=self.agents,
            typed=claimed.typed,
        )
        handled = _HANDLERS[authority.verdict](tx, asked)
        if authority.verdict is Verdict.TELL_OWNER and arrived.decision.reason is Reason.FOLLOW_UP:
            return None  # a requester who was sent a token by mistake still writes on their own file
        return _answer(tx, asked, handled)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """What a mail shows and asks. Without a member nothing is read, and `context` is None.

    `typed` is what was read, where that is not the mail's own text.
    """

    claim: Claim
    shown: ShownToken | None
    block: CommandBlock
    context: CommandContext | None
    typed: str = ""


def _read_claim(tx: Transaction, arrived: Arrived, policy: IntakePolicy, *, now: datetime) -> _Claimed | None:
    """None for a mail that shows nothing of staff, not even a text of a token's shape."""
    message = arrived.message
    member = policy.staff.by_address(message.sender) if message.sender else None
    texts = _texts(tx, message, policy, now=now)
    if member is None and not texts:
        return None
    shown = _choose(find_shown(tx, texts), member, now=now)
    # Two From headers make no single sender, even where they say the same.
    several = () if message.signs.from_count == 1 else ("",)
    claim = Claim(
        senders=(*(each.address for each in message.senders), *several),
        token=None if shown is None else shown.token,
        has_stray_token=shown is None and bool(set(texts) - set(find_tokens(tx, texts, now=now))),
        proof=judge_proof(message, policy.trust),
        automated=arrived.decision.nature.nature is not Nature.PERSON,
        replayed=arrived.facts.same_mail is not None,
        answers_staff_mail=member is not None and _answers_staff_mail(tx, message),
    )
    if member is None:
        return _Claimed(claim, shown, CommandBlock((), "", ()), None)
    context = _context(message, member, shown, policy, now=now)
    block = keep_offered(read_commands(message.text, context))
    return _with_waiting(tx, _Claimed(claim, shown, block, context, message.text))


def _as_message(tx: Transaction, message: ParsedMessage, claimed: _Claimed) -> _Claimed:
    """Text alone in answer to a working mail, read as if `#répondre` stood above it.

    What begins with a command in words may be meant for us: it stays a draft.
    """
    context = claimed.context
    if opens_in_words(message.text):
        return claimed
    if context is None or claimed.block.lines or not is_draft(_answered_kind(tx, message), context.sender):
        return claimed
    if not find_own_words(message.text[:MOST_CHARACTERS], signer=context.sender.name).text:
        return claimed
    typed = f"#répondre\n{message.text}"
    return replace(claimed, block=keep_offered(read_commands(typed, context)), typed=typed)


def _answered_kind(tx: Transaction, message: ParsedMessage) -> NoticeKind | None:
    return find_answered_kind(tx, tuple(dict.fromkeys((*message.in_reply_to, *message.references))))


def _answers_staff_mail(tx: Transaction, message: ParsedMessage) -> bool:
    kind = _answered_kind(tx, message)
    return kind is not None and kind not in LETTER_KINDS


def _with_waiting(tx: Transaction, claimed: _Claimed) -> _Claimed:
    """For an answer to a challenge: the commands that wait for it, instead of its own; none where it does not confirm.

    What waits was asked with an older token, and by whoever had read no more than what came with that one.
    """
    shown, context = claimed.shown, claimed.context
    if shown is None or context is None or shown.token.scope is not TokenScope.NONCE or shown.ticket_id is None:
        return claimed
    acts = list_acts(tx, shown.ticket_id, kinds=(EventKind.STAFF_MAIL,))
    waiting = next((each.payload for each in acts if each.payload.get("challenge") == shown.id), None)
    if waiting is None or shown.token.staff_id != context.sender.id:
        return claimed
    if not confirms(claimed.typed, signer=context.sender.name):
        return replace(claimed, block=CommandBlock((), "", ()))
    items = {int(number): reference for number, reference in waiting["items"].items()}
    context = replace(context, reference=waiting["reference"], items=items)
    block = keep_offered(read_commands(waiting["typed"], context))
    token = replace(shown.token, references=shown.token.references | block.ask.references)
    claim = replace(claimed.claim, token=token)
    issued_at = None if waiting["issued_at"] is None else datetime.fromisoformat(waiting["issued_at"])
    shown = replace(shown, token=token, issued_at=issued_at)
    return replace(claimed, claim=claim, shown=shown, block=block, context=context)


def _authorise(tx: Transaction, claimed: _Claimed, policy: IntakePolicy, *, now: datetime) -> Authority:
    context = claimed.context
    challenged = 0 if context is None else count_nonces(tx, context.sender.id, since_at=now - HOUR)
    ask = Ask() if context is None else claimed.block.ask
    return authorise(claimed.claim, ask, staff=policy.staff, challenged=challenged, now=now)


def _texts(tx: Transaction, message: ParsedMessage, policy: IntakePolicy, *, now: datetime) -> tuple[str, ...]:
    """Every text of a token's shape that the mail shows: where it was sent to first, then what stands in it."""
    citations = read_citations(
        message, own_addresses=policy.own_addresses, domain=policy.own_domain, keys=signing_keys(tx, now=now)
    )
    return tuple(dict.fromkeys((*citations.address_tokens, *citations.line_tokens)))


def _choose(shown: tuple[ShownToken, ...], member: StaffMember | None, *, now: datetime) -> ShownToken | None:
    """A good token of the sender's own, else any good one, else any: whoever quotes a colleague is no thief."""

    def worth(each: ShownToken) -> tuple[bool, bool]:
        good = each.token.is_good(now)
        return good and member is not None and each.token.staff_id == member.id, good

    return max(shown, key=worth, default=None)


def _context(
    message: ParsedMessage, member: StaffMember, shown: ShownToken | None, policy: IntakePolicy, *, now: datetime
) -> CommandContext:
    own = shown is not None and shown.token.staff_id == member.id and shown.token.is_good(now)
    given = shown.token.references if shown is not None and own and shown.ticket_id is not None else frozenset()
    named = find_references(message.subject)
    return CommandContext(
        staff=policy.staff,
        sender=member,
        today=local_day(now, calendar=policy.calendar),
        reference=next(iter(given), named[0] if len(named) == 1 else None),
        items=dict(shown.items) if shown is not None and own else {},
    )


def _answer(tx: Transaction, asked: Asked, handled: Handled) -> StaffAnswer:
    authority = asked.mail.authority
    decision = settle_staff_mail(tx, asked.mail, _REASONS[authority.verdict], ticket_id=handled.ticket_id)
    return StaffAnswer(decision, authority, handled.reference, handled.has_mail_to_send)


class Confirmation(StrEnum):
    """What came of asking the registered mailbox about a mail in quarantine."""

    ASKED = "asked"
    NOTHING_TO_CONFIRM = "nothing_to_confirm"  # no command on a ticket that its writer may see
    NOT_QUARANTINED = "not_quarantined"
    UNREADABLE = "unreadable"
    NO_SUCH_MAIL = "no_such_mail"


async def ask_to_confirm(
    desk: Replies, database: Database, reader: Reader, mail_id: int, *, now: datetime
) -> Confirmation:
    """An operator lets a quarantined mail go on: its commands wait for the answer of the registered mailbox.

    Nothing is done on the operator's word. Safe to repeat: who was asked is not asked again.
    """
    settled = await database.read(partial(find_settled, mail_id=mail_id))
    if settled is None:
        return Confirmation.NO_SUCH_MAIL
    try:
        message = await reader.read(await database.read(partial(read_bytes, digest=settled.mail.raw_sha256)))
    except ReaderFailed:
        return Confirmation.UNREADABLE
    return await database.write(partial(_ask, desk=desk, mail_id=mail_id, message=message, now=now))


def _ask(tx: Transaction, *, desk: Replies, mail_id: int, message: ParsedMessage, now: datetime) -> Confirmation:
    settled = find_settled(tx, mail_id)
    if settled is None or settled.reason != Reason.STAFF_QUARANTINED:
        return Confirmation.NOT_QUARANTINED
    arrival = Arrival(settled.mail.internal_date_at, settled.mail.observed_at)
    decision = replace(decide(message, arrival, IntakeFacts(), desk.policy), reason=Reason.STAFF_CHALLENGED, actions=())
    claimed = _read_claim(tx, Arrived(mail_id, message, IntakeFacts(), decision), desk.policy, now=now)
    if claimed is None or claimed.context is None or not claimed.block.may_run:
        return Confirmation.NOTHING_TO_CONFIRM
    authority = replace(_authorise(tx, claimed, desk.policy, now=now), verdict=Verdict.CHALLENGE)
    asked = Asked(
        mail=StaffMail(mail_id, message, decision, authority, now),
        block=claimed.block,
        context=claimed.context,
        token=claimed.shown,
        policy=desk.policy,
        stationery=desk.stationery,
        agents=desk.agents,
    )
    if not find_all_seen(tx, asked):
        return Confirmation.NOTHING_TO_CONFIRM
    challenge(tx, asked)
    resettle(tx, mail_id, message=message, decision=decision)
    return Confirmation.ASKED
