"""By what right a mail of staff acts: what it shows, what it asks for, what was decided (MUST 30, MUST 32)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.model.trust import Proof


class Risk(StrEnum):
    """What a wrong execution would cost. The highest in a block counts for the whole block."""

    READING = "reading"  # an answer to the registered address, nothing changes
    LOW = "low"  # seen by colleagues only, and mended as easily
    HIGH = "high"  # a requester will read it, or a ticket is closed, reassigned, opened


class TokenScope(StrEnum):
    """What a token was given for."""

    TICKET = "ticket"  # one person, one ticket
    DIGEST = "digest"  # one supervisor, one day, the tickets listed
    DESK = "desk"  # one person's standing address for new mail
    NOTICE = "notice"  # one person, a reminder of several tickets: text alone, which acknowledges it
    CONSULT = "consult"  # one adviser, one question: text only
    NONCE = "nonce"  # one use, two hours: the commands that wait for it


@dataclass(frozen=True, slots=True)
class StaffToken:
    """A token as it stands in the database. It is good before `expires_at` (aware UTC) unless revoked or used up.

    `references` are the tickets it was given for: one for `ticket` and `consult`, those listed for `digest`, those of
    the commands that wait for `nonce`, none for `desk`.
    """

    scope: TokenScope
    staff_id: str
    expires_at: datetime
    references: frozenset[str] = frozenset()
    revoked: bool = False

    def is_good(self, now: datetime) -> bool:
        """Whether it may still be used at `now`."""
        return not self.revoked and now < self.expires_at


@dataclass(frozen=True, slots=True)
class Claim:
    """What a mail shows of who wrote it.

    `senders` are the addresses of its From headers, as many as there are. `token` is the row that a carrier led to;
    `has_stray_token` says that there was a text of a token's shape which no row holds. `automated` is any nature but
    a person's, `replayed` a mail whose fingerprint was seen before. `answers_staff_mail` says that it answers a mail of
    ours that only staff get.
    """

    senders: tuple[str, ...]
    token: StaffToken | None = None
    has_stray_token: bool = False
    proof: Proof = Proof.NONE
    automated: bool = False
    replayed: bool = False
    answers_staff_mail: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a mail wants done: `risk` of its riskiest command, None where it has no command at all.

    `references` are the tickets that the commands are about. `is_addressed` says that each command that needs a
    ticket names one, in its line or in the subject.
    """

    risk: Risk | None = None
    references: frozenset[str] = frozenset()
    is_addressed: bool = False


class Verdict(StrEnum):
    """What becomes of the mail."""

    EXECUTE = "execute"
    CHALLENGE = "challenge"  # nothing is done; a nonce goes to the registered address with the commands that wait
    QUARANTINE = "quarantine"  # kept for a person, nothing is done, somebody is alerted
    TELL_OWNER = "tell_owner"  # nothing is done; kept as not verified, its owner told once, the token renewed
    ORDINARY = "ordinary"  # no mail of staff: intake's rules hold
    IGNORE = "ignore"  # never an instruction; intake keeps it as a machine's mail or a copy


class AuthorityReason(StrEnum):
    """Why: the closed list."""

    AUTOMATED = "automated"
    REPLAYED = "replayed"
    PROVEN = "proven"  # own token, proof passed
    TOKEN_ALONE = "token_alone"  # noqa: S105 - own token, no word of a server, and little at stake
    HIGH_WITHOUT_PROOF = "high_without_proof"
    PROOF_FAILED = "proof_failed"
    PROVEN_WITHOUT_TOKEN = "proven_without_token"  # noqa: S105 - proof passed, little at stake, the ticket named
    HIGH_WITHOUT_TOKEN = "high_without_token"  # noqa: S105 - a code
    TICKET_NOT_NAMED = "ticket_not_named"
    NOTHING_PROVEN = "nothing_proven"
    TOO_MANY_CHALLENGES = "too_many_challenges"
    NOTHING_ASKED = "nothing_asked"  # a member of staff writes as anybody may
    CLAIMS_TO_BE_STAFF = "claims_to_be_staff"
    TOKEN_OF_ANOTHER = "token_of_another"  # noqa: S105 - a code
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code; to be counted
    NOT_STAFF = "not_staff"


class TokenStanding(StrEnum):
    """What the token is worth for this very mail."""

    OWN = "own"  # good, the sender's, and given for what is asked
    ELSEWHERE = "elsewhere"  # good and the sender's, but given for something else: worth none
    OTHERS = "others"  # good, and not the sender's
    INVALID = "invalid"  # unknown, expired, revoked, or its owner has left
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the verdict rests on: who (A), by which token (T), with which proof (D). Ids and codes only."""

    sender_id: str | None
    token: TokenStanding
    proof: Proof
    risk: Risk | None
    owner_id: str | None = None
    scope: TokenScope | None = None
    automated: bool = False
    replayed: bool = False

    def as_detail(self) -> dict[str, str | bool | None]:
        """The same as an event stores it: short keys, codes, no address."""
        return {
            "sender": self.sender_id,
            "token": self.token.value,
            "proof": self.proof.value,
            "risk": None if self.risk is None else self.risk.value,
            "owner": self.owner_id,
            "scope": None if self.scope is None else self.scope.value,
            "automated": self.automated,
            "replayed": self.replayed,
        }


@dataclass(frozen=True, slots=True)
class Authority:
    """The one answer to « may this mail act? », with all that it rests on, so that an event can keep it."""

    verdict: Verdict
    reason: AuthorityReason
    evidence: Evidence

    @property
    def may_act(self) -> bool:
        """Whether the commands may be carried out now."""
        return self.verdict is Verdict.EXECUTE
