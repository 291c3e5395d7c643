"""By what right a mail of staff acts: the one function that decides (MUST 30, MUST 32).

A is a single sender who is on the staff, T a token of that person for what is asked, D what trusted servers say of
the sender. What is missing is never guessed: less is done, a challenge goes out, or a person sees it. Roles and
restricted files are judged elsewhere, and only narrow.
"""

from datetime import datetime

from triage.model.agents.authority import (
    Ask,
    Authority,
    AuthorityReason,
    Claim,
    Evidence,
    Risk,
    StaffToken,
    TokenScope,
    TokenStanding,
    Verdict,
)
from triage.model.agents.staff import Staff, StaffMember
from triage.model.trust import Proof

MOST_CHALLENGES = 3
"""Challenges an hour to one person for mail that proves nothing: a forger must not flood the one whose name he uses."""

_Answer = tuple[Verdict, AuthorityReason]

_WITH_TOKEN: dict[tuple[Proof, bool], _Answer] = {
    # proof, is the risk high
    (Proof.PASS, False): (Verdict.EXECUTE, AuthorityReason.PROVEN),
    (Proof.PASS, True): (Verdict.EXECUTE, AuthorityReason.PROVEN),
    (Proof.NONE, False): (Verdict.EXECUTE, AuthorityReason.TOKEN_ALONE),
    (Proof.NONE, True): (Verdict.CHALLENGE, AuthorityReason.HIGH_WITHOUT_PROOF),
    (Proof.FAIL, False): (Verdict.QUARANTINE, AuthorityReason.PROOF_FAILED),
    (Proof.FAIL, True): (Verdict.QUARANTINE, AuthorityReason.PROOF_FAILED),
}


def authorise(claim: Claim, ask: Ask, *, staff: Staff, challenged: int, now: datetime) -> Authority:
    """Whether and how a mail acts. `challenged` counts the challenges sent to this person within the hour.

    Automated mail never acts, nor does one that was seen before, whatever else it shows.
    """
    member = _single_member(claim, staff)
    token = _judge_token(claim, ask, member=member, staff=staff, now=now)
    verdict, reason = _decide(claim, ask, member=member, token=token, challenged=challenged)
    evidence = Evidence(
        sender_id=None if member is None else member.id,
        token=token,
        proof=claim.proof,
        risk=ask.risk,
        owner_id=None if claim.token is None else claim.token.staff_id,
        scope=None if claim.token is None else claim.token.scope,
        automated=claim.automated,
        replayed=claim.replayed,
    )
    return Authority(verdict, reason, evidence)


def _decide(claim: Claim, ask: Ask, *, member: StaffMember | None, token: TokenStanding, challenged: int) -> _Answer:
    if claim.automated:
        return Verdict.IGNORE, AuthorityReason.AUTOMATED
    if claim.replayed:
        return Verdict.IGNORE, AuthorityReason.REPLAYED
    if token is TokenStanding.OTHERS:
        return Verdict.TELL_OWNER, AuthorityReason.TOKEN_OF_ANOTHER
    if member is None:
        stray = token is TokenStanding.INVALID
        return Verdict.ORDINARY, AuthorityReason.INVALID_TOKEN if stray else AuthorityReason.NOT_STAFF
    if token is TokenStanding.OWN:
        return _with_token(claim, ask)
    return _without_token(claim, ask, challenged=challenged)


def _with_token(claim: Claim, ask: Ask) -> _Answer:
    is_nonce = claim.token is not None and claim.token.scope is TokenScope.NONCE
    # A nonce came from the registered mailbox: answering it is the proof that was missing.
    return _WITH_TOKEN[claim.proof, ask.risk is Risk.HIGH and not is_nonce]


def _without_token(claim: Claim, ask: Ask, *, challenged: int) -> _Answer:
    if claim.proof is Proof.FAIL:
        return Verdict.QUARANTINE, AuthorityReason.CLAIMS_TO_BE_STAFF
    if ask.risk is None and not claim.answers_staff_mail:
        return Verdict.ORDINARY, AuthorityReason.NOTHING_ASKED
    if claim.proof is Proof.PASS:
        return _proven_without_token(ask)
    if challenged >= MOST_CHALLENGES:
        return Verdict.QUARANTINE, AuthorityReason.TOO_MANY_CHALLENGES
    return Verdict.CHALLENGE, AuthorityReason.NOTHING_PROVEN


def _proven_without_token(ask: Ask) -> _Answer:
    if ask.risk is None:
        # A colleague's words about our notice are no new matter: they become a note, or their writer is told why not.
        return Verdict.EXECUTE, AuthorityReason.PROVEN_WITHOUT_TOKEN
    if ask.risk is Risk.HIGH:
        return Verdict.CHALLENGE, AuthorityReason.HIGH_WITHOUT_TOKEN
    if not ask.is_addressed:
        return Verdict.CHALLENGE, AuthorityReason.TICKET_NOT_NAMED
    return Verdict.EXECUTE, AuthorityReason.PROVEN_WITHOUT_TOKEN


def _single_member(claim: Claim, staff: Staff) -> StaffMember | None:
    return staff.by_address(claim.senders[0]) if len(claim.senders) == 1 else None


def _judge_token(claim: Claim, ask: Ask, *, member: StaffMember | None, staff: Staff, now: datetime) -> TokenStanding:
    token = claim.token
    if token is None:
        return TokenStanding.INVALID if claim.has_stray_token else TokenStanding.NONE
    if not token.is_good(now) or staff.by_id(token.staff_id) is None:
        return TokenStanding.INVALID
    if member is None or member.id != token.staff_id:
        return TokenStanding.OTHERS
    return TokenStanding.OWN if _covers(token, ask) else TokenStanding.ELSEWHERE


def _covers(token: StaffToken, ask: Ask) -> bool:
    """Whether the token was given for what is asked.

    Text without a command goes where the token leads, and a desk leads nowhere. What is only read goes to the
    registered address, so any token that carries commands will do.
    """
    if ask.risk is None:
        return token.scope is not TokenScope.DESK
    if token.scope is TokenScope.CONSULT:
        return False
    return ask.risk is Risk.READING or ask.references <= token.references
