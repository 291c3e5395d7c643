"""When one more acknowledgement waits for a person (MUST 26): a table, and what no flood may do."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.matters import NOW
from triage.model.codes import LETTER_KINDS, DeliveryMode, NoticeKind, OutboxState
from triage.model.decision import AnsweredLately
from triage.model.delivery import DeliveryModes
from triage.model.judgement import AnsweringCaps, WithholdReason
from triage.rules.intake.caps import is_to_alert, judge_caps
from triage.rules.outgoing import place

CAPS = AnsweringCaps(exempt_domains=frozenset({"courriel.example"}))
TABLE = [
    # what was let go before, the sender's domain, proof, -> why it waits
    ("nothing", AnsweredLately(), "client.example", False, None),
    ("one short of the hour", AnsweredLately(sender_hour=4), "client.example", False, None),
    ("the hour is full", AnsweredLately(sender_hour=5), "client.example", False, WithholdReason.SENDER_CAP),
    ("one short of the day", AnsweredLately(sender_day=19), "client.example", False, None),
    ("the day is full", AnsweredLately(sender_day=20), "client.example", False, WithholdReason.SENDER_CAP),
    ("full, and a proven sender", AnsweredLately(5, 20), "client.example", True, None),
    ("the domain is full", AnsweredLately(domain_hour=60), "client.example", False, WithholdReason.DOMAIN_CAP),
    ("the domain, and a proven sender", AnsweredLately(domain_hour=60), "client.example", True, WithholdReason.DOMAIN_CAP),  # noqa: E501  a row
    ("a domain of many bodies", AnsweredLately(domain_hour=60), "courriel.example", False, None),
    ("one short in all", AnsweredLately(total_hour=199), "client.example", False, None),
    ("full in all", AnsweredLately(total_hour=200), "courriel.example", False, WithholdReason.TOTAL_CAP),
    ("full in all, and a proven sender", AnsweredLately(total_hour=200), "client.example", True, WithholdReason.TOTAL_CAP),  # noqa: E501  a row
    ("the same words", AnsweredLately(same_words=True), "client.example", True, WithholdReason.SAME_WORDS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("answered", "domain", "authenticated", "reason"), [pytest.param(*row[1:], id=row[0]) for row in TABLE]
)
def test_which_cap_holds_a_letter(
    answered: AnsweredLately,
    domain: str,
    authenticated: bool,  # noqa: FBT001  a column of the table
    reason: WithholdReason | None,
) -> None:
    """The worked examples, with the caps as shipped."""
    assert reason == judge_caps(answered, CAPS, domain=domain, authenticated=authenticated)


def test_a_cap_of_none_is_no_cap() -> None:
    """Whoever writes 0 is not counted."""
    none = AnsweringCaps(sender_per_hour=0, sender_per_day=0, domain_per_hour=0, total_per_hour=0)

    assert (
        judge_caps(AnsweredLately(999, 999, 999, total_hour=999), none, domain="client.example", authenticated=False)
        is None
    )


@pytest.mark.parametrize(
    ("reason", "answered", "alert"),
    [
        (WithholdReason.SENDER_CAP, AnsweredLately(), True),
        (WithholdReason.SENDER_CAP, AnsweredLately(sender_alerted=True), False),
        (WithholdReason.DOMAIN_CAP, AnsweredLately(sender_alerted=True), True),
        (WithholdReason.DOMAIN_CAP, AnsweredLately(domain_alerted=True), False),
        (WithholdReason.TOTAL_CAP, AnsweredLately(sender_alerted=True, domain_alerted=True), True),
        (WithholdReason.TOTAL_CAP, AnsweredLately(total_alerted=True), False),
        (WithholdReason.SAME_WORDS, AnsweredLately(), False),
        (WithholdReason.NO_SENDER, AnsweredLately(), False),
    ],
)
def test_a_person_is_told_once_an_hour(reason: WithholdReason, answered: AnsweredLately, alert: bool) -> None:  # noqa: FBT001  a column
    """The first letter that a cap holds, and no other reason."""
    assert alert == is_to_alert(reason, answered)


def let_go(instants: list[datetime], caps: AnsweringCaps) -> list[datetime]:
    """Which of these mails of one sender are acknowledged at once, counting as the store counts."""
    gone: list[datetime] = []
    for now in instants:
        answered = AnsweredLately(
            sender_hour=sum(at >= now - timedelta(hours=1) for at in gone),
            sender_day=sum(at >= now - timedelta(days=1) for at in gone),
        )
        if judge_caps(answered, caps, domain="client.example", authenticated=False) is None:
            gone.append(now)
    return gone


@given(st.lists(st.integers(0, 3 * 24 * 3600), max_size=120), st.integers(1, 8), st.integers(1, 25))
def test_no_hour_and_no_day_holds_more_than_its_cap(seconds: list[int], per_hour: int, per_day: int) -> None:
    """Wherever an hour or a day begins, both ends included."""
    caps = AnsweringCaps(sender_per_hour=per_hour, sender_per_day=per_day)
    gone = let_go([NOW + timedelta(seconds=each) for each in sorted(seconds)], caps)

    assert per_hour >= max((most_within(gone, timedelta(hours=1))), default=0)
    assert per_day >= max((most_within(gone, timedelta(days=1))), default=0)


def most_within(instants: list[datetime], span: timedelta) -> list[int]:
    return [sum(first <= at <= first + span for at in instants) for first in instants]


@given(st.lists(st.integers(-7200, 7200), max_size=40))
def test_a_clock_that_goes_back_opens_no_tap(steps: list[int]) -> None:
    """However the clock jumps, what it says was sent within the hour before, or later, counts."""
    instants = [NOW + timedelta(seconds=sum(steps[:end])) for end in range(len(steps))]
    gone = let_go(instants, AnsweringCaps(sender_per_hour=3))

    assert [] == [at for at in set(gone) if gone.count(at) > 3]


LIVE, APPROVE, OBSERVE = DeliveryMode.LIVE, DeliveryMode.APPROVE, DeliveryMode.OBSERVE
ACK = NoticeKind.ACKNOWLEDGEMENT
PLACES: list[tuple[DeliveryModes, WithholdReason | None, OutboxState, WithholdReason | None]] = [
    (DeliveryModes(LIVE), None, OutboxState.PENDING, None),
    (DeliveryModes(LIVE), WithholdReason.SENDER_CAP, OutboxState.HELD, WithholdReason.SENDER_CAP),
    (DeliveryModes(APPROVE), None, OutboxState.HELD, WithholdReason.APPROVAL),
    (DeliveryModes(APPROVE), WithholdReason.SENDER_CAP, OutboxState.HELD, WithholdReason.SENDER_CAP),
    (DeliveryModes(OBSERVE), None, OutboxState.CANCELLED, WithholdReason.OBSERVATION),
    (DeliveryModes(OBSERVE), WithholdReason.SENDER_CAP, OutboxState.CANCELLED, WithholdReason.SENDER_CAP),
    (DeliveryModes(LIVE, {ACK: APPROVE}), None, OutboxState.HELD, WithholdReason.APPROVAL),
    (DeliveryModes(APPROVE, {ACK: LIVE}), None, OutboxState.PENDING, None),
    (DeliveryModes(LIVE, {ACK: OBSERVE}), None, OutboxState.CANCELLED, WithholdReason.OBSERVATION),
    (DeliveryModes(OBSERVE, {ACK: LIVE}), None, OutboxState.CANCELLED, WithholdReason.OBSERVATION),
]


@pytest.mark.parametrize(("modes", "hold", "state", "reason"), PLACES)
def test_the_mode_says_in_which_state_a_letter_is_born(
    modes: DeliveryModes, hold: WithholdReason | None, state: OutboxState, reason: WithholdReason | None
) -> None:
    """Observed letters are cancelled at birth, whatever their kind's own mode; each kind may have a mode of its own."""
    placement = place(ACK, hold=hold, modes=modes)

    assert (state, reason) == (placement.state, placement.reason)


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - LETTER_KINDS))
def test_mail_to_staff_waits_for_nobody_where_letters_do(kind: NoticeKind) -> None:
    """Somebody must hear of what waits: only a mode of its own holds such a kind, and observing still sends nothing."""
    states = [
        place(kind, hold=None, modes=modes).state
        for modes in (DeliveryModes(APPROVE), DeliveryModes(APPROVE, {kind: APPROVE}), DeliveryModes(OBSERVE))
    ]

    assert [OutboxState.PENDING, OutboxState.HELD, OutboxState.CANCELLED] == states


@pytest.mark.parametrize("kind", sorted(LETTER_KINDS))
def test_every_letter_to_a_requester_waits_in_mode_approve(kind: NoticeKind) -> None:
    """Also those that a member of staff wrote."""
    assert OutboxState.HELD is place(kind, hold=None, modes=DeliveryModes(APPROVE)).state
