"""What the body decided about the work of staff by mail: how long a letter can be taken back, which answers wait."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from triage.model.agents.commands import Conclusion


class ApprovalScope(StrEnum):
    """Which final answers wait for an approver."""

    NONE = "none"
    SOME = "some"
    ALL = "all"


class PlainReply(StrEnum):
    """What text without a command is, in answer to a working mail."""

    DRAFT = "draft"  # shown, and not sent
    SEND = "send"  # as if #répondre stood above it
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class ApprovalPolicy:
    """Which final answers to complaints wait for an approver (`[approval]`); with SOME those of `conclusions`."""

    answers: ApprovalScope = ApprovalScope.NONE
    conclusions: frozenset[Conclusion] = frozenset()


@dataclass(frozen=True, slots=True)
class AgentsPolicy:
    """How staff work (`[agents]`).

    `undo` is how long a message waits before it leaves, `undo_final` how long a final answer. `confirm_after` is how
    long after somebody took a ticket its requester is told, unless a letter leaves first.
    """

    undo: timedelta = timedelta(minutes=5)
    undo_final: timedelta = timedelta(minutes=15)
    confirm_after: timedelta = timedelta(hours=1)
    plain_reply: PlainReply = PlainReply.DRAFT
    approval: ApprovalPolicy = field(default=ApprovalPolicy())
