"""Laws of the decision of intake, on any message at all: total, answered once or not at all, never by a machine."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tests.matters import ALIAS, JEANNE, MAILBOX, STRANGER, make_policy, make_ticket
from triage.model.codes import Language, Nature
from triage.model.decision import (
    Acknowledge,
    AddEvent,
    Arrival,
    Carrier,
    EarlierMail,
    IntakeFacts,
    IntakePolicy,
    OpenTicket,
    Reason,
    TicketPointer,
    WithholdAcknowledgement,
)
from triage.model.message import (
    Address,
    Attachment,
    BounceReport,
    MachineSigns,
    ParsedMessage,
    ReceivedLine,
)
from triage.rules.intake.decision import decide
from triage.wording.addresses import is_sendable_address

OURS = "mx.organisme.example"
PEOPLE = [
    JEANNE,
    "Jeanne@Client.example",
    STRANGER,
    MAILBOX,
    ALIAS,
    "noreply@x.example",
    "mailer-daemon@x.example",
    "",
    "a b",
]
WORDS = [
    "",
    "no",
    "auto-replied",
    "bulk",
    "list",
    "auto_reply",
    "all",
    "Réponse automatique : x",
    "Absence du bureau",
    "Undeliverable: x",
    "550 5.1.1",
    "Livraison 2026-000001",
]
IDS = ["1@client.example", "ack.2026-000001.1.abcdefghijklmnop@organisme.example", "x"]

addresses = st.builds(Address, st.sampled_from(["", "Jeanne", "MAILER-DAEMON"]), st.sampled_from(PEOPLE))
several = st.lists(addresses, max_size=3).map(tuple)
texts = st.sampled_from(WORDS) | st.text(max_size=20)
words = st.none() | st.sampled_from(WORDS)
ids = st.lists(st.sampled_from(IDS) | st.text(max_size=8), max_size=3).map(tuple)
seconds = st.integers(0, 7_226_582_400)  # 1970 to 2199
instants = seconds.map(lambda second: datetime.fromtimestamp(second, UTC))
types = st.sampled_from(["text/plain", "multipart/report", "message/rfc822"])

signs = st.builds(
    MachineSigns,
    return_path=words,
    auto_submitted=words,
    precedence=words,
    auto_response_suppress=words,
    list_id=st.booleans(),
    list_unsubscribe=st.booleans(),
    bulk_mark=st.booleans(),
    list_post=st.booleans(),
    auto_reply_header=st.booleans(),
    x_loop=st.lists(st.sampled_from(PEOPLE), max_size=2).map(tuple),
    content_type=types,
    report_type=st.none() | st.sampled_from(["delivery-status", "disposition-notification", "feedback-report", "x"]),
    received_count=st.integers(0, 60),
    from_count=st.integers(0, 2),
)
quiet_signs = st.just(MachineSigns(from_count=1))
messages = st.builds(
    ParsedMessage,
    readable=st.sampled_from([True, True, True, False]),
    message_id=st.none() | st.sampled_from(IDS),
    senders=several,
    reply_to=several,
    to=several,
    cc=several,
    delivered_to=st.lists(st.sampled_from(PEOPLE), max_size=2).map(tuple),
    subject=texts,
    date=st.none() | instants,
    in_reply_to=ids,
    references=ids,
    text=texts,
    html=st.booleans(),
    new_text=texts,
    attachments=st.lists(st.builds(Attachment, texts, types, st.integers(0), texts, st.booleans()), max_size=1).map(
        tuple
    ),
    bounces=st.lists(st.builds(BounceReport, texts, texts, texts), max_size=1).map(tuple),
    signs=quiet_signs | signs,
    received=st.lists(st.builds(ReceivedLine, st.sampled_from([OURS, "x"]), st.none() | instants), max_size=3).map(
        tuple
    ),
    language=st.sampled_from(Language),
    fingerprint=st.just("f"),
    warnings=st.just(()),
    returned=ids,
)
tickets = st.builds(
    make_ticket,
    st.sampled_from(["2026-000001", "2026-000002"]),
    correspondents=st.lists(st.sampled_from([JEANNE, "paul@client.example"]), max_size=2).map(tuple),
)
facts = st.builds(
    IntakeFacts,
    pointers=st.lists(st.builds(TicketPointer, st.sampled_from(Carrier), tickets), max_size=3).map(tuple),
    same_mail=st.none() | st.builds(EarlierMail, st.integers(1), st.none() | st.just("2026-000001")),
    message_id_reused=st.booleans(),
    is_own_letter=st.booleans(),
)
arrivals = st.builds(Arrival, internal_date=st.none() | instants, observed_at=instants, truncated=st.booleans())
policies = st.sampled_from([make_policy(), make_policy(OURS)])


@given(message=messages, arrival=arrivals, known=facts, policy=policies)
def test_every_mail_has_one_decision(
    message: ParsedMessage, arrival: Arrival, known: IntakeFacts, policy: IntakePolicy
) -> None:
    """Total on any message; a new matter is answered or its answer withheld, never both, never neither."""
    decision = decide(message, arrival, known, policy)
    opened = [action for action in decision.actions if isinstance(action, OpenTicket)]
    letters = [a for a in decision.actions if isinstance(a, Acknowledge | WithholdAcknowledgement)]

    assert len(letters) == len(opened) <= 1
    assert bool(opened) == (decision.reason in {Reason.NEW_MATTER, Reason.OVERSIZE, Reason.UNREADABLE})
    assert decision.received_at <= arrival.observed_at
    assert decision.move is not arrival.truncated
    assert all(action.received_at == decision.received_at for action in opened)


@given(message=messages, arrival=arrivals, known=facts, policy=policies)
def test_a_machine_is_never_answered(
    message: ParsedMessage, arrival: Arrival, known: IntakeFacts, policy: IntakePolicy
) -> None:
    """MUST 24: where a machine wrote there is no ticket, no letter and no letter that waits."""
    decision = decide(message, arrival, known, policy)
    if decision.nature.nature not in {Nature.PERSON, Nature.UNREADABLE}:
        assert all(isinstance(action, AddEvent) for action in decision.actions)
        assert decision.reason in {Reason.AUTOMATION, Reason.OWN_LOOP}


@given(message=messages, arrival=arrivals, known=facts, policy=policies)
def test_nothing_is_sent_to_ourselves_by_itself(
    message: ParsedMessage, arrival: Arrival, known: IntakeFacts, policy: IntakePolicy
) -> None:
    """Whatever comes in our name, no letter leaves for an address of ours without a person."""
    decision = decide(message, arrival, known, policy)
    letters = [action for action in decision.actions if isinstance(action, Acknowledge)]

    assert [] == [each for each in letters if each.terms.recipient.address.lower() in policy.own_addresses]


@given(message=messages, arrival=arrivals, known=facts, policy=policies)
def test_a_letter_goes_to_the_single_sender_or_to_nobody(
    message: ParsedMessage,
    arrival: Arrival,
    known: IntakeFacts,
    policy: IntakePolicy,
) -> None:
    """MUST 14, 34: from no other header, and to no address that fails the grammar, not even held."""
    decision = decide(message, arrival, known, policy)
    for action in decision.actions:
        if isinstance(action, Acknowledge | WithholdAcknowledgement) and action.terms is not None:
            assert message.sender == action.terms.recipient.address
            assert is_sendable_address(message.sender) or not message.readable
            assert (message.message_id, known.own_references) == (
                action.terms.thread.in_reply_to,
                action.terms.thread.references,
            )


@given(message=messages, arrival=arrivals, known=facts, policy=policies)
def test_only_a_correspondent_follows_up(
    message: ParsedMessage,
    arrival: Arrival,
    known: IntakeFacts,
    policy: IntakePolicy,
) -> None:
    """MUST 33: on whatever evidence, a mail joins a ticket of its own sender only."""
    decision = decide(message, arrival, known, policy)
    if decision.reason is Reason.FOLLOW_UP:
        (action,) = decision.actions
        assert isinstance(action, AddEvent)
        joined = {p.ticket.reference for p in known.pointers if message.sender.lower() in p.ticket.correspondents}
        assert action.reference in joined
