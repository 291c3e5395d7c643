"""Whether a composed mail may leave by itself: what the mode of its kind makes of it (observe, approve, live)."""

from triage.model.codes import DeliveryMode, NoticeKind, OutboxState
from triage.model.delivery import DeliveryModes, Placement
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
