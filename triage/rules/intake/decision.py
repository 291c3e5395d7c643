"""What follows from one received mail: the one decision of intake, pure, with its reason (R-02, R-11, R-25).

The questions are asked in the order of `decide`; the first that has an answer settles the mail. What is not clearly
a machine's mail, a copy or a follow-up is a matter of its own, on the strictest clock.
"""

from dataclasses import dataclass, replace
from datetime import date

from triage.model.codes import Channel, EventKind, Nature, TicketKind, TicketStatus
from triage.model.decision import (
    SIGNED_CARRIERS,
    Acknowledge,
    AcknowledgementTerms,
    Action,
    AddEvent,
    Arrival,
    Decision,
    IntakeFacts,
    IntakePolicy,
    OpenTicket,
    Reason,
    Thread,
    WithholdAcknowledgement,
)
from triage.model.judgement import Evidence, NatureVerdict, TicketSurroundings, WithholdReason
from triage.model.message import Address, ParsedMessage
from triage.model.standard import Due
from triage.model.trust import Proof
from triage.rules.agents.proof import has_rival_results, judge_proof
from triage.rules.clocks.due import compute_dues, local_day
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.caps import judge_caps
from triage.rules.intake.joining import find_cited, find_joined, find_possibly_related
from triage.rules.intake.nature import judge_nature
from triage.rules.intake.reception import Reception, judge_archived, judge_reception
from triage.rules.intake.renumbering import is_braked
from triage.rules.intake.returning import tell_of_returned
from triage.rules.intake.telling import (
    FollowUp,
    judge_concerned,
    tell_of_follow_up,
    tell_of_new,
    tell_of_score,
    tell_of_word,
)
from triage.rules.intake.trust import judge_trust
from triage.rules.tickets.reopening import find_reopened, is_over

FLAG_OVERSIZE = "oversize"
FLAG_UNREADABLE = "illisible"
FLAG_MESSAGE_ID_REUSED = "message_id_reused"
FLAG_RECEPTION_GAP = "reception_gap"
FLAG_AUTHENTICATION_FAILED = "authentication_failed"
FLAG_RIVAL_RESULTS = "rival_authentication_results"
FLAG_TO_VERIFY = "a_verifier"
FLAG_IMPORTED = "imported"
FLAG_RECEPTION_UNPROVEN = "reception_unproven"


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail with all that is known of it when it is judged."""

    message: ParsedMessage
    arrival: Arrival
    facts: IntakeFacts
    policy: IntakePolicy
    nature: NatureVerdict
    reception: Reception
    proof: Proof


_NO_EVIDENCE = (Evidence.SENDER_DATE, Evidence.NOTHING)
_Settled = tuple[Reason, tuple[Action, ...]]


def decide(message: ParsedMessage, arrival: Arrival, facts: IntakeFacts, policy: IntakePolicy) -> Decision:
    """Decide on one mail; every instant comes from `arrival`, nothing is looked up and no clock is read."""
    nature = judge_nature(message, own_addresses=policy.own_addresses, is_own_letter=facts.is_own_letter)
    reception = _reception(message, arrival, policy)
    case = _Case(message, arrival, facts, policy, nature, reception, judge_proof(message, policy.trust))
    reason, actions = _as_machine_mail(case) or _as_duplicate(case) or _as_follow_up(case) or _as_new_matter(case)
    return Decision(
        reason=reason,
        nature=nature,
        received_at=reception.received_at,
        stamped_at=reception.stamped_at,
        actions=actions,
        move=not (arrival.truncated or arrival.imported or policy.observing),
    )


def _reception(message: ParsedMessage, arrival: Arrival, policy: IntakePolicy) -> Reception:
    if arrival.imported:
        return judge_archived(arrival, message, received_by=policy.received_by)
    return judge_reception(arrival, message.received, received_by=policy.received_by)


def _as_machine_mail(case: _Case) -> _Settled | None:
    if case.nature.nature in (Nature.PERSON, Nature.UNREADABLE):
        return None
    cited = dict.fromkeys(ticket.reference for ticket in find_cited(case.facts.pointers, sender=case.message.sender))
    events = tuple(AddEvent(each, EventKind.AUTOMATION, case.nature.reason) for each in cited)
    # What an archive brings is long known, or too old to call anybody for.
    reopened = () if case.arrival.imported or case.nature.nature is not Nature.BOUNCE else _as_bounce(case)
    return (Reason.OWN_LOOP if case.nature.nature is Nature.LOOP else Reason.AUTOMATION), (*events, *reopened)


def _as_bounce(case: _Case) -> tuple[Action, ...]:
    today = local_day(case.arrival.observed_at, calendar=case.policy.calendar)
    return tell_of_returned(case.message, case.facts, case.policy.staff, today=today)


def _as_duplicate(case: _Case) -> _Settled | None:
    if case.facts.same_mail is None:
        return None
    reference = case.facts.same_mail.reference
    told = () if reference is None else (AddEvent(reference, EventKind.DUPLICATE, Reason.DUPLICATE),)
    return Reason.DUPLICATE, told


def _as_follow_up(case: _Case) -> _Settled | None:
    pointers = case.facts.pointers
    if case.proof is Proof.FAIL:
        # Its sender is forged, says a server that is trusted, and a number can be guessed: only what the requester
        # alone was given lets such a mail in. It may be theirs all the same, spoilt by a forwarder on the way.
        pointers = tuple(each for each in pointers if each.carrier in SIGNED_CARRIERS)
    ticket = find_joined(pointers, sender=case.message.sender)
    if ticket is None:
        return None
    follow_up = FollowUp(
        message=case.message,
        ticket=ticket,
        surroundings=case.facts.surroundings.get(ticket.reference, TicketSurroundings()),
        observed_at=case.arrival.observed_at,
        thread=_thread(case) if _may_be_told(case) else None,
    )
    asked = () if case.arrival.imported else tell_of_word(follow_up, pointers, case.policy)
    if asked:
        return Reason.ASKED_IN_A_WORD, asked
    if is_over(ticket, received_at=case.reception.received_at, calendar=case.policy.calendar):
        return None
    added = AddEvent(ticket.reference, EventKind.FOLLOW_UP, Reason.FOLLOW_UP)
    if case.arrival.imported:
        return Reason.FOLLOW_UP, (added,)
    scored = tell_of_score(follow_up, pointers)
    reopened = find_reopened(case.message, ticket)
    return Reason.FOLLOW_UP, (added, *scored, *reopened, *tell_of_follow_up(follow_up, case.policy))


def _as_new_matter(case: _Case) -> _Settled:
    # In doubt a complaint: a person says otherwise, and every clock is then counted again from reception.
    kind = TicketKind.COMPLAINT
    concerned = judge_concerned(case.message, case.policy.staff)
    today = local_day(case.arrival.observed_at, calendar=case.policy.calendar)
    opened = OpenTicket(
        kind=kind,
        channel=Channel.EMAIL,
        requester=_requester(case.message),
        received_at=case.reception.received_at,
        dues=_dues(kind, case),
        flags=_flags(case),
        possibly_related=find_possibly_related(case.facts.pointers),
        restricted=bool(concerned),
        concerned=concerned,
    )
    if case.arrival.imported:
        return _new_reason(case), (_as_archived(opened, case), WithholdAcknowledgement(None, WithholdReason.IMPORTED))
    # Thousands of old mails that come up at once are one matter for staff: the digest lists them, and one alert calls.
    told = () if _is_braked(case) else tell_of_new(case.policy.staff, concerned=concerned, today=today)
    return _new_reason(case), (opened, _acknowledgement(case), *told)


def _as_archived(opened: OpenTicket, case: _Case) -> OpenTicket:
    """What lay in an archive: who wrote it waits for nothing from a machine, and nobody is reminded of it."""
    archived = replace(opened, evidence=case.reception.evidence, watched=False)
    return replace(archived, status=TicketStatus.CLOSED, dues=()) if case.policy.closing_imports else archived


def _new_reason(case: _Case) -> Reason:
    if not case.message.readable:
        return Reason.UNREADABLE
    return Reason.OVERSIZE if case.arrival.truncated else Reason.NEW_MATTER


def _acknowledgement(case: _Case) -> Action:
    verdict = judge_answering(case.message, case.nature)
    terms = _terms(case)
    held = judge_trust(case.message, own_addresses=case.policy.own_addresses, trust=case.policy.trust)
    if held is None and _is_braked(case):
        held = WithholdReason.RENUMBERED
    if verdict.may and terms is not None and held is not None:
        return WithholdAcknowledgement(terms, held)
    if verdict.may and terms is not None:
        capped = judge_caps(
            case.facts.answered,
            case.policy.caps,
            domain=case.message.sender.rpartition("@")[2].lower(),
            authenticated=case.proof is Proof.PASS,
        )
        return Acknowledge(terms) if capped is None else WithholdAcknowledgement(terms, capped)
    # An address that fails the grammar of addresses is no place to send anything, not even on a person's word.
    usable = None if verdict.reason is WithholdReason.ADDRESS_REFUSED else terms
    return WithholdAcknowledgement(usable, verdict.reason or WithholdReason.NO_STANDARD_IN_FORCE)


def _may_be_told(case: _Case) -> bool:
    """Whether a letter may leave for this message without a person; holds are for what is owed, and F3 is not."""
    trusted = judge_trust(case.message, own_addresses=case.policy.own_addresses, trust=case.policy.trust) is None
    return trusted and judge_answering(case.message, case.nature).may


def _thread(case: _Case) -> Thread:
    # A reference is a text of the sender's choosing that we would sign and send on (MUST 25): only ours are repeated.
    return Thread(in_reply_to=case.message.message_id, references=case.facts.own_references)


def _is_braked(case: _Case) -> bool:
    return is_braked(case.message, case.arrival, case.facts.renumbering)


def _terms(case: _Case) -> AcknowledgementTerms | None:
    recipient = _requester(case.message)
    # F1 does not know the kind yet: it announces the day for a complaint and the day for a question.
    answer_due_on = _due_day(_dues(TicketKind.COMPLAINT, case))
    information_due_on = _due_day(_dues(TicketKind.INFORMATION, case))
    if recipient is None or answer_due_on is None or information_due_on is None:
        return None
    return AcknowledgementTerms(recipient, _thread(case), answer_due_on, information_due_on)


def _dues(kind: TicketKind, case: _Case) -> tuple[Due, ...]:
    return compute_dues(
        received_at=case.reception.received_at,
        kind=kind,
        channel=Channel.EMAIL,
        standards=case.policy.standards,
        calendar=case.policy.calendar,
    )


def _due_day(dues: tuple[Due, ...]) -> date | None:
    return max((due.due_on for due in dues if due.due_on is not None), default=None)


def _requester(message: ParsedMessage) -> Address | None:
    return message.senders[0] if message.sender else None


def _flags(case: _Case) -> tuple[str, ...]:
    flags = (
        (FLAG_UNREADABLE, not case.message.readable),
        (FLAG_OVERSIZE, case.arrival.truncated),
        (FLAG_MESSAGE_ID_REUSED, case.facts.message_id_reused),
        (FLAG_RECEPTION_GAP, case.reception.has_gap),
        (FLAG_AUTHENTICATION_FAILED, case.proof is Proof.FAIL),
        (FLAG_RIVAL_RESULTS, has_rival_results(case.message, case.policy.trust)),
        (FLAG_TO_VERIFY, _is_braked(case)),
        (FLAG_IMPORTED, case.arrival.imported),
        (FLAG_RECEPTION_UNPROVEN, case.reception.evidence in _NO_EVIDENCE),
    )
    return tuple(flag for flag, holds in flags if holds)
