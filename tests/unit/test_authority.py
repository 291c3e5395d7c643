"""The one function that lets a mail act, over its whole matrix, against an expectation written on its own (MUST 30)."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from triage.model.agents.authority import (
    Ask,
    AuthorityReason,
    Claim,
    Evidence,
    Risk,
    StaffToken,
    TokenScope,
    TokenStanding,
    Verdict,
)
from triage.model.agents.staff import NOBODY, Role, Staff, StaffMember
from triage.model.trust import Proof
from triage.rules.agents.authority import MOST_CHALLENGES, authorise

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)
MINE, THEIRS = "2026-000012", "2026-000099"
MARIE = StaffMember("marie", "Marie Exemple", "marie@cag.example", frozenset({Role.AGENT}))
LUC = StaffMember("luc", "Luc Exemple", "luc@cag.example", frozenset({Role.AGENT}))
STAFF = Staff(members=(MARIE, LUC))

SENDERS = {
    "marie": ("Marie@CAG.example",),
    "luc": ("luc@cag.example",),
    "outsider": ("marie@cag.example.evil.example",),
    "two": ("marie@cag.example", "luc@cag.example"),
    "none": (),
}
# What a mail may carry, all given to Marie: the row of the database, or a text that no row holds.
TOKENS = ("good", "elsewhere", "expired", "revoked", "left", "stray", "absent")
RISKS = (None, *Risk)


def token(state: str, scope: TokenScope) -> StaffToken | None:
    """The row that the carrier led to."""
    if state in {"stray", "absent"}:
        return None
    return StaffToken(
        scope=scope,
        staff_id="gone" if state == "left" else "marie",
        expires_at=NOW if state == "expired" else NOW + timedelta(days=45),
        references=frozenset({THEIRS if state == "elsewhere" else MINE})
        if scope is not TokenScope.DESK
        else frozenset(),
        revoked=state == "revoked",
    )


def expected_verdict(
    sender: str, state: str, proof: Proof, scope: TokenScope, risk: Risk | None, *, addressed: bool, about: bool
) -> str:
    """The table of the decision, row by row, in words of its own; mail of a person, seen for the first time."""
    good_token = state in {"good", "elsewhere"}
    worth = good_token and is_worth(state, scope, risk, about=about)
    small = risk is not Risk.HIGH
    rows = (
        (good_token and sender != "marie", "tell_owner"),
        (sender not in {"marie", "luc"}, "ordinary"),
        (proof is Proof.FAIL, "quarantine"),
        (worth and (proof is Proof.PASS or small or scope is TokenScope.NONCE), "execute"),
        (not worth and risk is None, "ordinary"),
        (not worth and proof is Proof.PASS and small and addressed, "execute"),
    )
    return next((verdict for holds, verdict in rows if holds), "challenge")


def is_worth(state: str, scope: TokenScope, risk: Risk | None, *, about: bool) -> bool:
    """Whether Marie's good token was given for what Marie asks; `about` says that a ticket is concerned."""
    if risk is None:
        return scope is not TokenScope.DESK
    if scope is TokenScope.CONSULT:
        return False
    if risk is Risk.READING or not about:
        return True
    return scope is not TokenScope.DESK and state == "good"


@pytest.mark.parametrize("scope", TokenScope)
@pytest.mark.parametrize("state", TOKENS)
def test_the_whole_matrix_is_the_table(scope: TokenScope, state: str) -> None:
    """Sender × token × scope × proof × risk × addressed × ticket: each combination gives what the table says."""
    wrong = []
    cases = product(SENDERS, Proof, RISKS, (True, False), (True, False))
    for sender, proof, risk, addressed, about in cases:
        claim = Claim(SENDERS[sender], token=token(state, scope), has_stray_token=state == "stray", proof=proof)
        ask = Ask(risk=risk, references=frozenset({MINE} if about else ()), is_addressed=addressed)
        found = authorise(claim, ask, staff=STAFF, challenged=0, now=NOW)
        expected = expected_verdict(sender, state, proof, scope, risk, addressed=addressed, about=about)
        wrong += [] if found.verdict == expected else [(sender, proof, risk, addressed, about, expected, found)]

    assert [] == wrong


@pytest.mark.parametrize("scope", TokenScope)
@pytest.mark.parametrize(("automated", "replayed"), [(True, False), (False, True), (True, True)])
def test_what_is_automated_or_replayed_never_acts(scope: TokenScope, *, automated: bool, replayed: bool) -> None:
    """Whoever writes, with whatever token and proof, for whatever risk."""
    for sender, state, proof, risk in product(SENDERS, TOKENS, Proof, RISKS):
        claim = Claim(
            SENDERS[sender],
            token=token(state, scope),
            has_stray_token=state == "stray",
            proof=proof,
            automated=automated,
            replayed=replayed,
        )
        ask = Ask(risk=risk, references=frozenset({MINE}), is_addressed=True)
        found = authorise(claim, ask, staff=STAFF, challenged=0, now=NOW)

        assert Verdict.IGNORE is found.verdict
        assert (AuthorityReason.AUTOMATED if automated else AuthorityReason.REPLAYED) is found.reason


REASONS = [
    # sender, token, proof, risk, addressed -> why
    ("marie", "good", Proof.PASS, Risk.HIGH, True, AuthorityReason.PROVEN),
    ("marie", "good", Proof.NONE, Risk.LOW, True, AuthorityReason.TOKEN_ALONE),
    ("marie", "good", Proof.NONE, None, True, AuthorityReason.TOKEN_ALONE),
    ("marie", "good", Proof.NONE, Risk.HIGH, True, AuthorityReason.HIGH_WITHOUT_PROOF),
    ("marie", "good", Proof.FAIL, Risk.READING, True, AuthorityReason.PROOF_FAILED),
    ("marie", "absent", Proof.PASS, Risk.LOW, True, AuthorityReason.PROVEN_WITHOUT_TOKEN),
    ("marie", "elsewhere", Proof.PASS, Risk.HIGH, True, AuthorityReason.HIGH_WITHOUT_TOKEN),
    ("marie", "expired", Proof.PASS, Risk.LOW, False, AuthorityReason.TICKET_NOT_NAMED),
    ("marie", "absent", Proof.NONE, Risk.READING, True, AuthorityReason.NOTHING_PROVEN),
    ("marie", "absent", Proof.FAIL, None, True, AuthorityReason.CLAIMS_TO_BE_STAFF),
    ("marie", "absent", Proof.PASS, None, True, AuthorityReason.NOTHING_ASKED),
    ("luc", "good", Proof.PASS, Risk.LOW, True, AuthorityReason.TOKEN_OF_ANOTHER),
    ("outsider", "good", Proof.FAIL, None, False, AuthorityReason.TOKEN_OF_ANOTHER),
    ("two", "good", Proof.PASS, Risk.LOW, True, AuthorityReason.TOKEN_OF_ANOTHER),
    ("outsider", "revoked", Proof.PASS, Risk.LOW, True, AuthorityReason.INVALID_TOKEN),
    ("outsider", "stray", Proof.PASS, Risk.LOW, True, AuthorityReason.INVALID_TOKEN),
    ("outsider", "absent", Proof.PASS, Risk.LOW, True, AuthorityReason.NOT_STAFF),
]


@pytest.mark.parametrize("case", REASONS, ids=lambda case: case[-1].value)
def test_each_verdict_says_why(case: tuple[str, str, Proof, Risk | None, bool, AuthorityReason]) -> None:
    """One reason of the closed list, the same for the same case."""
    sender, state, proof, risk, addressed, reason = case
    claim = Claim(SENDERS[sender], token=token(state, TokenScope.TICKET), has_stray_token=state == "stray", proof=proof)
    ask = Ask(risk=risk, references=frozenset({MINE}), is_addressed=addressed)

    assert reason is authorise(claim, ask, staff=STAFF, challenged=0, now=NOW).reason


@pytest.mark.parametrize(
    ("proof", "verdict"),
    [(Proof.PASS, Verdict.EXECUTE), (Proof.NONE, Verdict.CHALLENGE), (Proof.FAIL, Verdict.QUARANTINE)],
)
@pytest.mark.parametrize("state", ["absent", "expired", "revoked", "stray"])
def test_words_about_a_mail_for_staff_are_never_a_new_matter(state: str, proof: Proof, verdict: Verdict) -> None:
    """Without a good token too: what has no command is kept, asked about or not believed, as its proof is."""
    claim = Claim(
        SENDERS["marie"],
        token=token(state, TokenScope.TICKET),
        has_stray_token=state == "stray",
        proof=proof,
        answers_staff_mail=True,
    )

    assert verdict is authorise(claim, Ask(), staff=STAFF, challenged=0, now=NOW).verdict


def test_a_forger_cannot_flood_the_one_whose_name_he_uses() -> None:
    """Mail that proves nothing is challenged three times an hour; the next is kept for a person, nothing is lost."""
    claim, ask = Claim(SENDERS["marie"]), Ask(risk=Risk.LOW, is_addressed=True)
    verdicts = [
        authorise(claim, ask, staff=STAFF, challenged=count, now=NOW).verdict for count in range(MOST_CHALLENGES + 1)
    ]

    assert [Verdict.CHALLENGE] * 3 + [Verdict.QUARANTINE] == verdicts


def test_a_flood_of_forgeries_does_not_stop_who_holds_a_token() -> None:
    """Whoever shows a token is challenged however many forgeries came before."""
    claim = Claim(SENDERS["marie"], token=token("good", TokenScope.TICKET))
    ask = Ask(risk=Risk.HIGH, references=frozenset({MINE}), is_addressed=True)

    assert Verdict.CHALLENGE is authorise(claim, ask, staff=STAFF, challenged=99, now=NOW).verdict


def test_an_empty_staff_lets_nothing_act() -> None:
    """Before anybody is named, every mail is ordinary, tokens included."""
    for state, proof, risk in product(TOKENS, Proof, RISKS):
        claim = Claim(SENDERS["marie"], token=token(state, TokenScope.TICKET), proof=proof)
        ask = Ask(risk=risk, references=frozenset({MINE}), is_addressed=True)

        assert Verdict.ORDINARY is authorise(claim, ask, staff=NOBODY, challenged=0, now=NOW).verdict


def test_the_verdict_carries_what_it_rests_on() -> None:
    """Who, by which token, with which proof, for which risk: ids and codes that an event can keep."""
    claim = Claim(SENDERS["luc"], token=token("good", TokenScope.DIGEST), proof=Proof.PASS)
    found = authorise(claim, Ask(risk=Risk.LOW), staff=STAFF, challenged=0, now=NOW)

    assert not found.may_act
    assert found.evidence == Evidence(
        "luc", TokenStanding.OTHERS, Proof.PASS, Risk.LOW, owner_id="marie", scope=TokenScope.DIGEST
    )
    assert found.evidence.as_detail() == {
        "sender": "luc",
        "token": "others",
        "proof": "pass",
        "risk": "low",
        "owner": "marie",
        "scope": "digest",
        "automated": False,
        "replayed": False,
    }


def test_nothing_shown_leaves_nothing_in_the_evidence() -> None:
    """What is not there is None, never a guess."""
    found = authorise(Claim(()), Ask(), staff=STAFF, challenged=0, now=NOW)

    assert (None, None, None, None) == tuple(
        found.evidence.as_detail()[key] for key in ("sender", "risk", "owner", "scope")
    )
    assert TokenStanding.NONE is found.evidence.token
