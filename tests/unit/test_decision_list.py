"""When no machine may answer, row by row: the first row that matches gives the reason that is stored (MUST 24, 26)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.matters import JEANNE, MAILBOX, NOW, make_policy, read_mail, write_mail
from triage.model.decision import (
    Acknowledge,
    AnsweredLately,
    Arrival,
    Decision,
    EarlierMail,
    IntakeFacts,
    IntakePolicy,
    WithholdAcknowledgement,
)
from triage.model.judgement import NatureReason, WithholdReason
from triage.model.mailbox import Renumbering
from triage.model.trust import TrustPolicy, TrustProfile
from triage.rules.intake.decision import decide

REPORT = 'multipart/report; report-type={kind}; boundary="b"'
FORGED = replace(
    make_policy(),
    trust=TrustPolicy(
        profile=TrustProfile.AUTHRES,
        authserv_id="mx.organisme.example",
        own_hosts=frozenset(),
        own_domains=frozenset({"organisme.example"}),
    ),
)
BRAKED = IntakeFacts(renumbering=Renumbering(NOW + timedelta(days=9), 21))


def judge(raw: bytes, facts: IntakeFacts | None = None, policy: IntakePolicy | None = None) -> Decision:
    """What intake decides of a mail that has just come."""
    return decide(read_mail(raw), Arrival(NOW, NOW), facts or IntakeFacts(), policy or make_policy())


def reported(kind: str) -> bytes:
    """A report of a machine, of that type."""
    raw = write_mail("--b\r\nContent-Type: text/plain\r\n\r\nRapport.\r\n--b--")
    return raw.replace(b"text/plain; charset=utf-8", REPORT.format(kind=kind).encode(), 1)


MACHINES = [
    ("1 an empty return path", write_mail(Return_Path="<>"), NatureReason.NULL_RETURN_PATH),
    ("1 a mail server", write_mail(sender="MAILER-DAEMON@client.example"), NatureReason.MAILER_DAEMON),
    ("1 its postmaster", write_mail(sender="postmaster@client.example"), NatureReason.MAILER_DAEMON),
    ("2 a delivery report", reported("delivery-status"), NatureReason.DELIVERY_REPORT),
    ("2 a read receipt", reported("disposition-notification"), NatureReason.READ_RECEIPT),
    ("2 a feedback report", reported("feedback-report"), NatureReason.FEEDBACK_REPORT),
    ("3 an automatic answer", write_mail(Auto_Submitted="auto-replied"), NatureReason.AUTO_SUBMITTED),
    ("3 a machine's own mail", write_mail(Auto_Submitted="auto-generated"), NatureReason.AUTO_SUBMITTED),
    ("4 our loop header", write_mail(X_Loop=MAILBOX, Auto_Submitted="auto-replied"), NatureReason.OWN_LOOP_HEADER),
    ("5 a mailing list", write_mail(List_Id="<liste.client.example>"), NatureReason.LIST_HEADER),
    ("5 in bulk", write_mail(Precedence="bulk"), NatureReason.PRECEDENCE),
    ("5 to a list", write_mail(Precedence="list"), NatureReason.LIST_HEADER),
    ("5 junk", write_mail(Precedence="junk"), NatureReason.PRECEDENCE),
]


@pytest.mark.parametrize(("raw", "reason"), [pytest.param(*row[1:], id=row[0]) for row in MACHINES])
def test_a_machine_gets_no_ticket_and_no_letter(raw: bytes, reason: NatureReason) -> None:
    """The reason stands in the decision, which is stored with the mail; nothing is opened, told or sent."""
    decision = judge(raw)

    assert () == decision.actions
    assert reason is decision.nature.reason


def test_our_own_letter_that_comes_back_is_a_loop() -> None:
    """Row 4: by its Message-ID, which is in our outbox."""
    assert NatureReason.OWN_MESSAGE_ID is judge(write_mail(), IntakeFacts(is_own_letter=True)).nature.reason


HELD = [
    ("6 nobody reads there", write_mail(sender="no-reply@client.example"), None, WithholdReason.NO_REPLY_SENDER),
    ("6 in French", write_mail(sender="ne-pas-repondre@client.example"), None, WithholdReason.NO_REPLY_SENDER),
    ("7 51 servers", b"Received: from a by b; Mon, 02 Mar 2026 09:29:10 -0500\r\n" * 51 + write_mail(), None, WithholdReason.TOO_MANY_HOPS),  # noqa: E501  a row
    ("8 no sender", write_mail(sender=None), None, WithholdReason.NO_SENDER),
    ("8 several senders", write_mail(sender=f"{JEANNE}, autre@client.example"), None, WithholdReason.SEVERAL_SENDERS),
    ("8 no address to send to", write_mail(sender='"a b"@client.example'), None, WithholdReason.ADDRESS_REFUSED),
    ("10 a blind copy", write_mail().replace(MAILBOX.encode(), b"autre@ailleurs.example", 1), None, WithholdReason.NOT_ADDRESSED_TO_US),  # noqa: E501  a row
    ("11 a sender's cap for an hour", write_mail(), IntakeFacts(answered=AnsweredLately(sender_hour=5)), WithholdReason.SENDER_CAP),  # noqa: E501  a row
    ("11 a sender's cap for a day", write_mail(), IntakeFacts(answered=AnsweredLately(sender_day=20)), WithholdReason.SENDER_CAP),  # noqa: E501  a row
    ("11 a domain's cap", write_mail(), IntakeFacts(answered=AnsweredLately(domain_hour=60)), WithholdReason.DOMAIN_CAP),  # noqa: E501  a row
    ("11 everybody's cap", write_mail(), IntakeFacts(answered=AnsweredLately(total_hour=200)), WithholdReason.TOTAL_CAP),  # noqa: E501  a row
    ("11 the same words within a day", write_mail(), IntakeFacts(answered=AnsweredLately(same_words=True)), WithholdReason.SAME_WORDS),  # noqa: E501  a row
    ("12 the brake of a moved mailbox", write_mail(), BRAKED, WithholdReason.RENUMBERED),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "facts", "reason"), [pytest.param(*row[1:], id=row[0]) for row in HELD])
def test_a_person_s_mail_is_a_ticket_and_its_letter_waits(
    raw: bytes, facts: IntakeFacts | None, reason: WithholdReason
) -> None:
    """Nobody is silenced: the reason stands in the ticket's story, and a person may let the letter go."""
    (held,) = (each for each in judge(raw, facts).actions if isinstance(each, WithholdAcknowledgement))

    assert reason is held.reason


def test_mail_that_fails_authentication_waits() -> None:
    """Row 9: only where a server that the body trusts says so."""
    raw = write_mail(Authentication_Results="mx.organisme.example; dmarc=fail header.from=client.example")
    (held,) = (each for each in judge(raw, policy=FORGED).actions if isinstance(each, WithholdAcknowledgement))

    assert WithholdReason.AUTHENTICATION_FAILED is held.reason


def test_the_same_mail_again_is_answered_once() -> None:
    """Row 13: it is known, and its ticket hears of it."""
    decision = judge(write_mail(), IntakeFacts(same_mail=EarlierMail(1, "2026-000001")))

    assert "duplicate" == decision.reason
    assert not any(isinstance(each, Acknowledge | WithholdAcknowledgement) for each in decision.actions)


ANSWERED = [
    ("Auto-Submitted: no", write_mail(Auto_Submitted="no")),
    ("a header that Exchange puts on people's mail", write_mail(X_Auto_Response_Suppress="All")),
    ("ordinary priority", write_mail(Precedence="normal")),
    ("an answer address elsewhere", write_mail(Reply_To="autre@ailleurs.example")),
    ("fifty servers", b"Received: from a by b; Mon, 02 Mar 2026 09:29:10 -0500\r\n" * 49 + write_mail()),
]


@pytest.mark.parametrize("raw", [pytest.param(row[1], id=row[0]) for row in ANSWERED])
def test_what_matches_no_row_is_acknowledged(raw: bytes) -> None:
    """To the address in From, whatever Reply-To says."""
    (sent,) = (each for each in judge(raw).actions if isinstance(each, Acknowledge))

    assert JEANNE == sent.terms.recipient.address
