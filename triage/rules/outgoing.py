"""Whether a composed mail may leave by itself, by the mode of its kind, and what an operator may make of it later."""

from enum import StrEnum
from types import MappingProxyType

from triage.model.codes import DeliveryMode, NoticeKind, OutboxState
from triage.model.delivery import DeliveryModes, GiveUpReason, Placement
from triage.model.judgement import WithholdReason


def place(kind: NoticeKind, *, hold: WithholdReason | None, modes: DeliveryModes) -> Placement:
    """In which state a mail enters the outbox. `hold` is why this very mail must wait, whatever the mode.

    What is only observed is cancelled at birth: no later change of mode may let it go.
    """
    match modes.mode_of(kind):
        case DeliveryMode.OBSERVE:
            return Placement(OutboxState.CANCELLED, hold or WithholdReason.OBSERVATION)
        case DeliveryMode.APPROVE:
            return Placement(OutboxState.HELD, hold or WithholdReason.APPROVAL)
        case DeliveryMode.LIVE:
            return Placement(OutboxState.PENDING if hold is None else OutboxState.HELD, hold)


class OutboxAct(StrEnum):
    """What an operator may do with an outgoing mail."""

    RELEASE = "release"
    RETRY = "retry"
    CANCEL = "cancel"


_MAY = MappingProxyType(
    {
        OutboxAct.RELEASE: frozenset({OutboxState.HELD}),
        OutboxAct.RETRY: frozenset({OutboxState.DEAD, OutboxState.UNKNOWN}),
        OutboxAct.CANCEL: frozenset({OutboxState.PENDING, OutboxState.HELD, OutboxState.RETRY}),
    }
)

_DONE = MappingProxyType({OutboxAct.RELEASE: "released", OutboxAct.RETRY: "sent again", OutboxAct.CANCEL: "cancelled"})


def why_not(act: OutboxAct, state: OutboxState, reason: str | None, *, force: bool) -> str | None:
    """Why an operator may not do this with a mail in this state, in words for them; None where it may be done.

    A mail of which nobody knows whether it left is sent again on an explicit word only: its recipient may get it twice.
    """
    if state not in _MAY[act]:
        fitting = " or ".join(sorted(_MAY[act]))
        return f"it is {state}; only a mail that is {fitting} can be {_DONE[act]}"
    is_uncertain = state is OutboxState.UNKNOWN or reason == GiveUpReason.UNKNOWN
    if act is OutboxAct.RETRY and is_uncertain and not force:
        return "nobody knows whether it left: the recipient may get it twice; --force sends it again all the same"
    return None
