"""The one decision of intake (R-02, R-11, R-25; MUST 11, 24, 33, 34): a table of mails, then what must never happen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.answering_worlds import write_bounce
from tests.matters import ALIAS, JEANNE, MAILBOX, NOW, STRANGER, make_policy, make_ticket, read_mail, write_mail
from tests.staff_worlds import Sent
from triage.mail.reading.minimal import scan_minimal
from triage.model.codes import Channel, EventKind, Nature, TicketKind
from triage.model.decision import (
    Acknowledge,
    AcknowledgementTerms,
    AddEvent,
    Arrival,
    Carrier,
    Decision,
    EarlierMail,
    IntakeFacts,
    OpenTicket,
    Reason,
    ReopenClock,
    ReturnedAnswer,
    Thread,
    TicketPointer,
    WithholdAcknowledgement,
)
from triage.model.judgement import NatureReason, TicketSurroundings, WithholdReason
from triage.model.message import Address, ParsedMessage
from triage.rules.intake.decision import decide

ARRIVAL = Arrival(NOW, NOW)
NOTHING_KNOWN = IntakeFacts()
HERS = make_ticket("2026-000001")
BY_SUBJECT = IntakeFacts(pointers=(TicketPointer(Carrier.SUBJECT, HERS),))
BY_OUR_ID = IntakeFacts(pointers=(TicketPointer(Carrier.OUR_MESSAGE_ID, HERS),))
HER_OWN = IntakeFacts(BY_OUR_ID.pointers, surroundings={HERS.reference: TicketSurroundings(requester=JEANNE)})
SEEN = IntakeFacts(same_mail=EarlierMail(7, "2026-000001"))
SEEN_WITHOUT_TICKET = IntakeFacts(same_mail=EarlierMail(7, None))
LETTER = write_mail()
MACHINE = write_mail(Auto_Submitted="auto-replied")


def judge(raw: bytes | ParsedMessage, facts: IntakeFacts = NOTHING_KNOWN, arrival: Arrival = ARRIVAL) -> Decision:
    message = read_mail(raw) if isinstance(raw, bytes) else raw
    return decide(message, arrival, facts, make_policy())


def names(decision: Decision) -> str:
    return " ".join(type(action).__name__ for action in decision.actions)


def opened(decision: Decision) -> OpenTicket:
    return next(action for action in decision.actions if isinstance(action, OpenTicket))


def withheld(decision: Decision) -> WithholdAcknowledgement:
    return next(action for action in decision.actions if isinstance(action, WithholdAcknowledgement))


TABLE = [
    # what comes, the mail, what is known, -> reason, nature, actions
    ("a complaint", LETTER, NOTHING_KNOWN, Reason.NEW_MATTER, Nature.PERSON, "OpenTicket Acknowledge"),
    ("a reply to our letter", LETTER, BY_OUR_ID, Reason.FOLLOW_UP, Nature.PERSON, "AddEvent"),
    ("her word beneath our letter", write_mail("STATUT"), HER_OWN, Reason.ASKED_IN_A_WORD, Nature.PERSON, "AskedInAWord"),  # noqa: E501  a row
    ("her word with her number alone", write_mail("STATUT"), replace(HER_OWN, pointers=BY_SUBJECT.pointers), Reason.FOLLOW_UP, Nature.PERSON, "AddEvent"),  # noqa: E501  a row
    ("her number in the subject", LETTER, BY_SUBJECT, Reason.FOLLOW_UP, Nature.PERSON, "AddEvent"),
    ("the same mail again", LETTER, SEEN, Reason.DUPLICATE, Nature.PERSON, "AddEvent"),
    ("a copy of a mail that has no ticket", LETTER, SEEN_WITHOUT_TICKET, Reason.DUPLICATE, Nature.PERSON, ""),
    ("a machine's mail", MACHINE, NOTHING_KNOWN, Reason.AUTOMATION, Nature.AUTO_REPLY, ""),
    ("a machine's mail about a ticket", MACHINE, BY_OUR_ID, Reason.AUTOMATION, Nature.AUTO_REPLY, "AddEvent"),
    ("our own mail", write_mail(X_Loop=MAILBOX, Auto_Submitted="auto-replied"), BY_OUR_ID, Reason.OWN_LOOP, Nature.LOOP, "AddEvent"),  # noqa: E501  a row
    ("our letter, stripped", LETTER, replace(BY_OUR_ID, is_own_letter=True), Reason.OWN_LOOP, Nature.LOOP, "AddEvent"),
    ("a machine in our own name", write_mail(sender=MAILBOX, Return_Path="<>"), NOTHING_KNOWN, Reason.OWN_LOOP, Nature.LOOP, ""),  # noqa: E501  a row
    ("a newsletter", write_mail(List_Id="<nouvelles.example>"), NOTHING_KNOWN, Reason.AUTOMATION, Nature.LIST, ""),
    ("bulk mail", write_mail(Precedence="bulk"), NOTHING_KNOWN, Reason.AUTOMATION, Nature.BULK, ""),
    ("a bounce", write_mail(Return_Path="<>"), NOTHING_KNOWN, Reason.AUTOMATION, Nature.BOUNCE, ""),
    ("empty bytes", b"", NOTHING_KNOWN, Reason.NEW_MATTER, Nature.PERSON, "OpenTicket WithholdAcknowledgement"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "facts", "reason", "nature", "actions"), [pytest.param(*row[1:], id=row[0]) for row in TABLE]
)
def test_what_follows_from_a_mail(raw: bytes, facts: IntakeFacts, reason: Reason, nature: Nature, actions: str) -> None:
    """The worked examples."""
    decision = judge(raw, facts)

    assert (reason, nature, actions) == (decision.reason, decision.nature.nature, names(decision))


def test_a_new_matter_is_a_complaint_on_the_strictest_clock() -> None:
    """R-25: a complaint by e-mail, its three clocks running from reception, nothing flagged, and moved when done."""
    decision = judge(LETTER)
    ticket = opened(decision)

    assert (TicketKind.COMPLAINT, Channel.EMAIL, NOW) == (ticket.kind, ticket.channel, ticket.received_at)
    assert Address("Jeanne", JEANNE) == ticket.requester
    assert [("E1", NOW + timedelta(hours=24), None), ("E2", None, date(2026, 3, 23))] == [
        (due.standard, due.due_at if due.due_on is None else None, due.due_on) for due in ticket.dues
    ]
    assert ((), None, True) == (ticket.flags, ticket.possibly_related, decision.move)
    assert (NOW, None) == (decision.received_at, decision.stamped_at)


def test_the_acknowledgement_announces_both_days_under_the_senders_mail() -> None:
    """To the single sender, threaded, with the day for a complaint and the day for a question (R-22)."""
    raw = write_mail(References="<0@client.example> <x@client.example>", In_Reply_To="<x@client.example>")
    terms = AcknowledgementTerms(
        recipient=Address("Jeanne", JEANNE),
        thread=Thread("1@client.example", ()),
        answer_due_on=date(2026, 3, 23),
        information_due_on=date(2026, 3, 4),
    )

    assert Acknowledge(terms) == judge(raw).actions[1]


def test_of_what_a_mail_refers_to_only_our_own_ids_are_repeated() -> None:
    """A reference is a text of the sender's choosing, which a letter of ours would carry and sign (MUST 25)."""
    ours = "ack.2026-000001.1.abcdefghijklmnop@organisme.example"
    raw = write_mail(sender=STRANGER, References=f"<achetez@ici.example> <{ours}>")

    decision = judge(raw, replace(BY_OUR_ID, own_references=(ours,)))
    (letter,) = (action for action in decision.actions if isinstance(action, Acknowledge))

    assert Thread("1@client.example", (ours,)) == letter.terms.thread


SEVERAL = write_mail(sender=f"{JEANNE}, paul@client.example")
TWO_FROM = write_mail().replace(b"To: ", b"From: paul@client.example\r\nTo: ", 1)
WITHHELD = [
    # what comes, the mail, -> why the letter waits, whether a person could release it
    ("no sender", write_mail(sender=None), WithholdReason.NO_SENDER, False),
    ("an empty sender", write_mail(sender="<>"), WithholdReason.NO_SENDER, False),
    ("a sender without address", write_mail(sender="Jeanne"), WithholdReason.NO_SENDER, False),
    ("several senders", SEVERAL, WithholdReason.SEVERAL_SENDERS, False),
    ("two From headers", TWO_FROM, WithholdReason.SEVERAL_SENDERS, False),
    ("an address that could be a command", write_mail(sender='"a b"@client.example'), WithholdReason.ADDRESS_REFUSED, False),  # noqa: E501  a row
    ("a literal for a domain", write_mail(sender="a@[127.0.0.1]"), WithholdReason.ADDRESS_REFUSED, False),
    ("nobody reads there", write_mail(sender="ne-pas-repondre@client.example"), WithholdReason.NO_REPLY_SENDER, True),
    ("it went round", write_mail(subject="x").replace(b"To:", b"Received: by a.example; x\r\n" * 51 + b"To:", 1), WithholdReason.TOO_MANY_HOPS, True),  # noqa: E501  a row
    ("a person at the shared mailbox", write_mail(sender=MAILBOX), WithholdReason.OWN_ADDRESS, True),
    ("redirected by an old address", write_mail(X_Loop=ALIAS), WithholdReason.OWN_ADDRESS, True),
    ("a company's footer of headers", write_mail(List_Unsubscribe="<https://x.example>"), WithholdReason.LOOKS_AUTOMATIC, True),  # noqa: E501  a row
    ("passed on automatically", write_mail(Auto_Submitted="auto-forwarded"), WithholdReason.LOOKS_AUTOMATIC, True),
    ("an absence by its title alone", write_mail(subject="Absence du bureau"), WithholdReason.LOOKS_AUTOMATIC, True),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "reason", "releasable"), [pytest.param(*row[1:], id=row[0]) for row in WITHHELD])
def test_a_letter_that_must_wait_still_leaves_a_ticket(
    raw: bytes,
    reason: WithholdReason,
    releasable: bool,  # noqa: FBT001  a column of the table
) -> None:
    """The matter counts; the acknowledgement is recorded with why it waits, and how to release it where one may."""
    decision = judge(raw)

    assert (Reason.NEW_MATTER, "OpenTicket WithholdAcknowledgement") == (decision.reason, names(decision))
    assert (reason, releasable) == (withheld(decision).reason, withheld(decision).terms is not None)


def test_several_senders_have_no_requester() -> None:
    """Nobody is taken for the one who wrote where two are named."""
    assert (None, None) == (opened(judge(SEVERAL)).requester, opened(judge(write_mail(sender=None))).requester)


def test_without_a_standard_in_force_the_letter_waits_for_a_person() -> None:
    """It would have no day to announce; the matter has a ticket all the same (R-08)."""
    policy = replace(make_policy(), standards=())

    decision = decide(read_mail(LETTER), ARRIVAL, NOTHING_KNOWN, policy)

    assert WithholdAcknowledgement(None, WithholdReason.NO_STANDARD_IN_FORCE) == decision.actions[1]
    assert () == opened(decision).dues


@pytest.mark.parametrize("facts", [BY_SUBJECT, BY_OUR_ID, IntakeFacts(pointers=BY_SUBJECT.pointers * 2)])
def test_a_stranger_with_a_pointer_gets_a_ticket_of_their_own(facts: IntakeFacts) -> None:
    """MUST 33: a guessed number or a copied Message-ID shows the agent a kinship, and grants nothing."""
    raw = write_mail(sender=STRANGER, In_Reply_To="<ack.2026-000001.1.abcdefghijklmnop@organisme.example>")

    decision = judge(raw, facts)

    assert (Reason.NEW_MATTER, "OpenTicket Acknowledge") == (decision.reason, names(decision))
    assert "2026-000001" == opened(decision).possibly_related
    assert STRANGER == opened(decision).requester.address  # type: ignore[union-attr]  # it would fail, rightly


@pytest.mark.parametrize("header", ["Cc", "Reply-To", "Sender", "X-Original-From", "Resent-From", "Bcc"])
def test_no_other_header_makes_a_stranger_a_correspondent(header: str) -> None:
    """MUST 34: only From says who writes; the letter goes there and nowhere else."""
    raw = write_mail(sender=STRANGER, **{header.replace("-", "_"): JEANNE})

    decision = judge(raw, BY_OUR_ID)
    letters = [action for action in decision.actions if isinstance(action, Acknowledge)]

    assert Reason.NEW_MATTER == decision.reason
    assert [STRANGER] == [letter.terms.recipient.address for letter in letters]


def test_a_display_name_is_not_an_address() -> None:
    """Who shows the requester's address as a name is whoever the address says."""
    raw = write_mail(sender=f'"{JEANNE}" <{STRANGER}>')

    decision = judge(raw, BY_OUR_ID)

    assert Reason.FOLLOW_UP != decision.reason


def test_a_reused_message_id_never_silences_a_mail() -> None:
    """MUST 11: the same Message-ID with another content is a matter of its own, acknowledged, and flagged."""
    decision = judge(LETTER, IntakeFacts(message_id_reused=True))

    assert (Reason.NEW_MATTER, "OpenTicket Acknowledge") == (decision.reason, names(decision))
    assert ("message_id_reused",) == opened(decision).flags


def test_a_duplicate_is_noted_on_its_ticket_and_answered_by_nothing() -> None:
    """The event tells that it came again; a copy of a follow-up is a copy first."""
    told = AddEvent("2026-000001", EventKind.DUPLICATE, Reason.DUPLICATE)

    assert (told,) == judge(LETTER, SEEN).actions
    assert (told,) == judge(LETTER, replace(BY_SUBJECT, same_mail=SEEN.same_mail)).actions


def test_a_machines_mail_is_noted_once_on_each_ticket_that_it_cites() -> None:
    """With the sign that told it from a person; two pointers to one ticket leave one event."""
    other = make_ticket("2026-000002")
    pointers = (*BY_OUR_ID.pointers, *BY_SUBJECT.pointers, TicketPointer(Carrier.SUBJECT, other))

    decision = judge(MACHINE, IntakeFacts(pointers=pointers))

    assert tuple(
        AddEvent(number, EventKind.AUTOMATION, NatureReason.AUTO_SUBMITTED) for number in ("2026-000001", "2026-000002")
    ) == decision.actions  # fmt: skip


def test_a_mail_over_the_limit_is_a_ticket_that_stays_in_the_inbox() -> None:
    """MUST 15: headers and first MiB are enough for a ticket and an acknowledgement; the server keeps the rest."""
    decision = judge(LETTER, arrival=Arrival(NOW, NOW, truncated=True))

    assert (Reason.OVERSIZE, "OpenTicket Acknowledge", False) == (decision.reason, names(decision), decision.move)
    assert ("oversize",) == opened(decision).flags


def test_a_mail_that_nobody_can_read_is_a_ticket_for_a_person() -> None:
    """MUST 15: flagged, on the strictest clock, its letter held and releasable where the scanner saw a sender."""
    decision = judge(scan_minimal(LETTER))

    assert (Reason.UNREADABLE, Nature.UNREADABLE) == (decision.reason, decision.nature.nature)
    assert ("illisible",) == opened(decision).flags
    assert (WithholdReason.UNREADABLE, JEANNE) == (
        withheld(decision).reason,
        withheld(decision).terms.recipient.address,  # type: ignore[union-attr]  # it would fail, rightly
    )
    assert 2 == len(opened(decision).dues)


def test_instants_that_disagree_are_shown_to_a_person() -> None:
    """R-57: a gap over fifteen minutes is flagged, and the clocks run from the instant that counts."""
    decision = judge(LETTER, arrival=Arrival(NOW + timedelta(hours=1), NOW))

    assert ("reception_gap",) == opened(decision).flags
    assert (NOW, NOW) == (decision.received_at, opened(decision).received_at)


def test_every_reason_of_intake_is_proved_here() -> None:
    """The closed list: what is too old is only noted, and what staff write is judged by another workflow."""
    decided = {row[3] for row in TABLE} | {Reason.OVERSIZE, Reason.UNREADABLE}
    of_staff = {Reason.STAFF_ACTED, Reason.STAFF_CHALLENGED, Reason.STAFF_UNVERIFIED, Reason.STAFF_QUARANTINED}

    assert set(Reason) == decided | of_staff | {Reason.OLDER_THAN_SINCE}


def test_an_archive_s_bounce_calls_nobody() -> None:
    """An answer that came back years ago opens no clock, and no mail leaves for it; a bounce that arrives does both."""
    letter = Sent("k", "answer", JEANNE, "sent", "", "", b"", {"Message-ID": "<f6.x@organisme.example>"})
    bounce = read_mail(write_bounce(letter))
    facts = IntakeFacts(returned=(ReturnedAnswer("2026-000001", "f6.x@organisme.example", is_first=True),))
    arrived, archived = (
        decide(bounce, Arrival(NOW, NOW, imported=imported), facts, make_policy()) for imported in (False, True)
    )

    assert (ReopenClock(facts.returned[0]),) == arrived.actions
    assert () == archived.actions
