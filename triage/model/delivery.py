"""Outgoing mail as bytes, what the server said of it, and what follows from that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from triage.model.codes import LETTER_KINDS, DeliveryMode, NoticeKind, OutboxState
from triage.model.judgement import WithholdReason


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A notice composed to its final bytes: the same at every attempt (MUST 18).

    `key` is unique in the outbox and derives from what happened, never from time or attempt.
    `message_id` has no angle brackets.
    """

    key: str
    kind: str
    message_id: str
    envelope_from: str
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class DeliveryModes:
    """How far each kind of letter goes by itself: as `by_kind` says, otherwise as all the others."""

    general: DeliveryMode = DeliveryMode.LIVE
    by_kind: Mapping[NoticeKind, DeliveryMode] = field(default_factory=dict)

    def mode_of(self, kind: NoticeKind) -> DeliveryMode:
        """The mode of one kind of letter; while all is observed, so is every kind.

        Mail to staff waits for nobody, unless its kind is named: somebody must hear of what waits.
        """
        if self.general is DeliveryMode.OBSERVE:
            return DeliveryMode.OBSERVE
        if kind not in LETTER_KINDS and kind not in self.by_kind:
            return DeliveryMode.LIVE
        return self.by_kind.get(kind, self.general)


@dataclass(frozen=True, slots=True)
class Placement:
    """In which state a composed mail enters the outbox, and why it does not leave at once."""

    state: OutboxState
    reason: WithholdReason | None


@dataclass(frozen=True, slots=True)
class ClaimedMail:
    """An outbox row on which an attempt is booked. `attempts` and `unknowns` count this attempt's predecessors."""

    outbox_id: int
    kind: str
    envelope_from: str
    recipient: str
    message_id: str
    raw: bytes
    attempts: int
    unknowns: int


class SendPhase(StrEnum):
    """How far a conversation with the server came (MUST 19)."""

    CONNECT = "connect"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


MAIL_IN_HAND = frozenset({SendPhase.RCPT, SendPhase.DATA, SendPhase.DOT})
"""Where the server was told of the mail when it failed: the mail itself may be what it chokes on."""


class SendOutcome(StrEnum):
    """What an attempt came to."""

    ACCEPTED = "accepted"
    REFUSED_FOR_NOW = "refused_for_now"  # 4xx about this mail
    REFUSED = "refused"  # 5xx about this mail
    SERVER_TROUBLE = "server_trouble"  # nothing was sent, the trouble is not this mail's (MUST 22)
    LOGIN_REFUSED = "login_refused"  # nothing was sent, a person must mend the configuration
    UNCERTAIN = "uncertain"  # the dot was written and no answer came (MUST 19)


@dataclass(frozen=True, slots=True)
class SendResult:
    """The definite or uncertain end of one attempt; `text` is the server's line, without addresses in logs."""

    outcome: SendOutcome
    phase: SendPhase
    code: int | None = None
    enhanced: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """The server took the mail. `provider_id` is the Message-ID that its answer names, if any."""

    provider_id: str | None


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Try again at `when` (UTC). `burned` is False where the server itself was in trouble (MUST 22)."""

    when: datetime
    burned: bool


@dataclass(frozen=True, slots=True)
class WaitUnknown:
    """Whether it left is unknown: resend the same bytes not before `when` (UTC)."""

    when: datetime


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No more attempts; a person sees it."""

    reason: str


DeliveryVerdict = Sent | RetryAt | WaitUnknown | GiveUp


class GiveUpReason(StrEnum):
    """Why no more attempts are made: the closed list of what `GiveUp.reason` says."""

    REFUSED = "refused"  # the server said no for good
    EXHAUSTED = "exhausted"  # refused for now until the window was over
    UNKNOWN = "unknown"  # resent as often as allowed, and still nobody knows whether it left (MUST 19)
    RETURNED = "returned"  # accepted, and brought back by a bounce that names it
    ADDRESS_REFUSED = "address_refused"  # fails the grammar of addresses we send to; no byte was written (MUST 14)


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter to a requester that a server had accepted, and that a mail names as a bounce would."""

    outbox_id: int
    reference: str
    kind: NoticeKind
    message_id: str


_RETRY_DELAYS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=4),
)


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """How patient we are with the mail server (MUST 19, 22). All spans are nominal, before jitter.

    `retry_delays` follow each other after a 4xx, the last one repeating until `window` after the first attempt that
    counted. `unknown_wait` is never shortened by jitter. `jitter_share` is the most that a wait may differ either way.
    """

    retry_delays: tuple[timedelta, ...] = _RETRY_DELAYS
    window: timedelta = timedelta(hours=72)
    jitter_share: float = 0.25
    unknown_wait: timedelta = timedelta(seconds=600)
    unknown_resends: int = 2
    probe_first: timedelta = timedelta(seconds=30)
    probe_longest: timedelta = timedelta(minutes=10)
    login_wait: timedelta = timedelta(minutes=10)
