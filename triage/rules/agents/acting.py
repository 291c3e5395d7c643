"""Whether a block may be carried out on the tickets as they stand, and where each command leads: all or nothing.

What is not offered yet, a ticket that the writer may not see, a status that forbids it, a colleague who was first:
each is told, and nothing is done. Nothing here says that a hidden ticket exists (R-75).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from triage.model.agents.commands import (
    Assignee,
    Command,
    CommandBlock,
    Concluding,
    Fault,
    FaultReason,
    KindChange,
    Verb,
    Waiting,
)
from triage.model.agents.policy import ApprovalPolicy
from triage.model.agents.staff import Staff, StaffMember
from triage.model.codes import NoticeKind, TicketKind, TicketStatus
from triage.model.ticket import TicketSnapshot
from triage.rules.agents.commands.reading import show_name
from triage.rules.agents.people import find_restricted_handlers
from triage.rules.tickets.ending import needs_approval, until_accepted
from triage.rules.tickets.lifecycle import REFUSALS, Refused, Step, judge_step

OFFERED = frozenset(
    {
        *(Verb.TAKE, Verb.ASSIGN, Verb.NOTE, Verb.REPLY, Verb.CONCLUDE, Verb.UNDO),
        *(Verb.APPROVE, Verb.SEND_BACK, Verb.EXTEND, Verb.CLOSE, Verb.REOPEN, Verb.KIND, Verb.WAIT, Verb.RESUME),
        *(Verb.CLIENT, Verb.SERVICE, Verb.PRIORITY),
        *(Verb.STATUS, Verb.WHY, Verb.HELP, Verb.SIMULATE),
    }
)
"""What is carried out; all else is understood, and told to be still to come."""

MET_BY_TAKING_CHARGE = frozenset({"E1", "E3"})
"""The promises that somebody takes charge (S1:72-75, S1:92)."""

CHALLENGE_HOLDS = timedelta(hours=2)
"""So long a challenge may be answered."""

NOT_THERE = "Ce dossier n’existe pas, ou vous n’y avez pas accès."
NO_APPROVAL = ApprovalPolicy()
_APPROVERS_ONLY = frozenset({Verb.APPROVE, Verb.SEND_BACK})
_ANSWERED_BY_A_DRAFT = frozenset(
    {NoticeKind.WORKING_MAIL, NoticeKind.FOLLOW_UP, NoticeKind.HANDOVER, NoticeKind.ATTACHMENTS}
)


@dataclass(frozen=True, slots=True)
class Worked:
    """A ticket as a command finds it; `concerned` are folded addresses of the people whom it is about."""

    ticket: TicketSnapshot
    concerned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Act:
    """What one command does to its ticket: the new status, who has it, and whether that takes charge of it.

    `kind` is what the matter is when the command's turn comes; `moves` that the status changes.
    """

    command: Command
    status: TicketStatus
    assigned_to: str | None
    takes_charge: bool
    kind: TicketKind = TicketKind.COMPLAINT
    moves: bool = True


@dataclass(frozen=True, slots=True)
class Acting:
    """All that a block does, in order, or why nothing of it is done, in French."""

    acts: tuple[Act, ...] = ()
    refusals: tuple[str, ...] = ()


def keep_offered(block: CommandBlock) -> CommandBlock:
    """The block with a fault for each command that is still to come."""
    typed = {line.number: line.typed for line in block.lines}
    later = [each for each in block.commands if each.verb not in OFFERED]
    faults = (Fault(each.line, typed[each.line], FaultReason.NOT_YET, (show_name(each.verb),)) for each in later)
    commands = tuple(each for each in block.commands if each.verb in OFFERED)
    return replace(block, commands=commands, faults=(*block.faults, *faults))


def may_see(worked: Worked, member: StaffMember, staff: Staff) -> bool:
    """Whether a ticket may be shown to this person: never to whom it concerns, and restricted to its handlers."""
    if member.address in worked.concerned:
        return False
    if not worked.ticket.restricted:
        return True
    concerned = {each.id for each in staff.members if each.address in worked.concerned}
    return member in find_restricted_handlers(staff, concerned=concerned)


def is_draft(answered: NoticeKind | None, member: StaffMember) -> bool:
    """Whether text without a command is a draft: in answer to a working mail; otherwise it is a note."""
    return member.may_handle and answered in _ANSWERED_BY_A_DRAFT


def judge_acts(
    block: CommandBlock,
    tickets: Mapping[str, Worked],
    *,
    member: StaffMember,
    staff: Staff,
    approval: ApprovalPolicy = NO_APPROVAL,
) -> Acting:
    """What the commands do, each on the ticket as those before it left it. `tickets` are all that exist of those named.

    The block has no faults.
    """
    now = dict(tickets)
    acts: list[Act] = []
    refusals: list[str] = []
    for command in block.commands:
        if command.reference is None:
            continue
        worked = now.get(command.reference)
        refusal = _why_not(command, worked, member=member, staff=staff)
        if worked is None or refusal is not None:
            refusals.append(refusal or NOT_THERE)
            continue
        act = _act(command, worked.ticket, member, approval)
        acts.append(act)
        now[command.reference] = replace(
            worked, ticket=replace(worked.ticket, status=act.status, assigned_to=act.assigned_to, kind=_kind(act))
        )
    return Acting(refusals=tuple(dict.fromkeys(refusals))) if refusals else Acting(acts=tuple(acts))


def _why_not(command: Command, worked: Worked | None, *, member: StaffMember, staff: Staff) -> str | None:
    if worked is None or not may_see(worked, member, staff):
        return NOT_THERE
    step = _step(command, worked.ticket, member)
    if isinstance(step, Refused):
        return REFUSALS[step.reason]
    if command.verb is Verb.TAKE and worked.ticket.assigned_to not in {None, member.id}:
        owner = staff.by_id(worked.ticket.assigned_to or "")
        who = "une autre personne" if owner is None else owner.name
        return f"Ce dossier est déjà pris par {who}. Pour le reprendre, écrivez #assigner moi."
    if command.verb in _APPROVERS_ONLY and member.id not in staff.approvers:
        return "Seules les personnes désignées pour approuver les réponses peuvent le faire."
    chosen = staff.by_id(_assignee(command) or "")
    if chosen is not None and not may_see(worked, chosen, staff):
        return "Ce dossier ne peut pas être attribué à cette personne."
    return None


def _act(command: Command, ticket: TicketSnapshot, member: StaffMember, approval: ApprovalPolicy) -> Act:
    assignee = _assignee(command)
    step = _step(command, ticket, member)
    if isinstance(step, Refused):
        raise TypeError("a refused command has no act")
    owner = member.id if command.verb is Verb.TAKE else assignee or ticket.assigned_to
    # « Answered » is said once the server has accepted the letter.
    waits = step.status is TicketStatus.ANSWERED and ticket.status is not TicketStatus.ANSWERED
    status = until_accepted(ticket.status) if waits else step.status
    if isinstance(command.argument, Concluding) and needs_approval(ticket.kind, command.argument, approval):
        status = TicketStatus.AWAITING_APPROVAL
    return Act(command, status, owner, step.takes_charge, ticket.kind, status is not ticket.status)


def _step(command: Command, ticket: TicketSnapshot, member: StaffMember) -> Step | Refused:
    party = command.argument.party if isinstance(command.argument, Waiting) else None
    to_self = _assignee(command) == member.id
    return judge_step(ticket.status, command.verb, kind=ticket.kind, party=party, to_self=to_self)


def _kind(act: Act) -> TicketKind:
    return act.command.argument.kind if isinstance(act.command.argument, KindChange) else act.kind


def _assignee(command: Command) -> str | None:
    return command.argument.staff_id if isinstance(command.argument, Assignee) else None
