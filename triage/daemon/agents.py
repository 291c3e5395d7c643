"""How staff work by mail, from the configuration: what can be taken back for how long, and which answers wait."""

from datetime import timedelta

from triage.model.agents.policy import AgentsPolicy, ApprovalPolicy
from triage.settings.schema import Settings


def agents_policy(settings: Settings) -> AgentsPolicy:
    """What `[agents]` and `[approval]` say."""
    agents, approval = settings.agents, settings.approval
    return AgentsPolicy(
        undo=timedelta(minutes=agents.undo_minutes),
        undo_final=timedelta(minutes=agents.undo_minutes_final),
        confirm_after=timedelta(minutes=agents.confirm_after_minutes),
        plain_reply=agents.plain_reply,
        approval=ApprovalPolicy(approval.answers, frozenset(approval.conclusions)),
    )
