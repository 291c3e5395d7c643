"""Undelivered mail told in words: to whom, for good or for now, which mail; and people who tell of it stay people."""

import pytest

from triage.mail.reading.parse import parse_message
from triage.model.codes import Nature
from triage.model.judgement import NatureReason, NatureVerdict
from triage.model.message import BounceReport
from triage.rules.intake.nature import judge_nature

WORDS = NatureVerdict(Nature.BOUNCE, NatureReason.DELIVERY_WORDS)
FRENCH = "Votre message n'a pas pu être remis à\njeanne@client.example\n\nVeuillez vérifier l’adresse.\n"
ENGLISH = "Your message with subject: x\ncould not be delivered to the following recipients:\n\njeanne@client.example\n"
DELAYED = (
    'This is an advisory-only email.\n\nDelivery of email to this address\n\n"jeanne@client.example"\n\n'
    "has been postponed due to a full mailbox.\n"
)


def mail(
    body: str, fields: str = "", *, sender: str = "ndr@relais.example", subject: str = "Delivery failure"
) -> bytes:
    head = f"From: {sender}\nSubject: {subject}\n{fields}Content-Type: text/plain; charset=utf-8\n\n"
    return f"{head}{body}".encode()


def judge(raw: bytes) -> NatureVerdict:
    return judge_nature(parse_message(raw), own_addresses=frozenset())


@pytest.mark.parametrize(
    ("body", "status", "action"),
    [
        (FRENCH, "", "failed"),
        (ENGLISH, "", "failed"),
        (DELAYED, "", "delayed"),
        ("Failed Recipient: jeanne@client.example\nReason: 5.1.1 unknown user\n", "5.1.1", "failed"),
        ("Unable to deliver message to <jeanne@client.example>. It will be retried. 4.4.1\n", "4.4.1", "delayed"),
        (
            "Ce message a été créé automatiquement par le logiciel de courrier.\n\n<jeanne@client.example>: x",
            "",
            "failed",
        ),
    ],
)
def test_a_notice_in_words_is_a_bounce_with_its_recipient(body: str, status: str, action: str) -> None:
    """Old servers and gateways send no report: title, words and sender are three signs."""
    message = parse_message(mail(body))

    assert (BounceReport("jeanne@client.example", status, action),) == message.bounces
    assert WORDS == judge(mail(body))


@pytest.mark.parametrize("fields", ["Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "Return-Path: <>\n"])
@pytest.mark.parametrize("body", [FRENCH, ENGLISH])
def test_a_machines_mail_that_opens_so_is_a_bounce_whatever_its_title(body: str, fields: str) -> None:
    """It is no absence notice and no newsletter: somebody has not been reached."""
    assert Nature.BOUNCE is judge(mail(body, fields, sender="a.b@client.example", subject="Avis")).nature


@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        ("Plainte", FRENCH, "a.b@client.example"),
        ("Courriel non remis", "Le message que je vous ai écrit n’a pas pu être remis à\na@b.example", "a@b.ca"),
        ("Courriel non remis", "Bonjour, votre message n’a pas été livré à\na@b.example", "a@b.ca"),
        (
            "Courriel non remis",
            f"Bonjour,\n\nvoici ce que je reçois depuis une semaine, sans fin.\n\n\n\n{FRENCH}",
            "a@b.ca",
        ),
        ("Échec de livraison", "Mon colis n’a pas pu être livré.\n\na.b@client.example", "a.b@client.example"),
        (
            "Échec de livraison",
            "Votre livreur n’a pas pu être joint, et mon courriel a été refusé.",
            "a.b@client.example",
        ),
        ("Delivery failure", "The delivery of my parcel has failed.\njeanne@client.example", "a.b@client.example"),
    ],
)
def test_who_tells_of_undelivered_things_is_a_person(subject: str, body: str, sender: str) -> None:
    """A parcel is no message, a pasted notice stands below a person's words, and a title alone proves nothing."""
    assert Nature.PERSON is judge(mail(body, sender=sender, subject=subject)).nature


def test_the_mail_that_came_back_in_words_is_found_by_its_id() -> None:
    """By it the very notice that was not delivered is found."""
    returned = "---- Original message ----\nFrom: plaintes@organisme.example\nMessage-ID: <f1.x@organisme.example>\n"
    body = f"{ENGLISH}\n{returned}"
    raw = mail(
        "--b\n\n"
        + ENGLISH
        + "\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <f2.x@organisme.example>\n\nx\n--b--\n",
        "",
    ).replace(b"Content-Type: text/plain; charset=utf-8", b"Content-Type: multipart/mixed; boundary=b")

    assert ("f1.x@organisme.example",) == parse_message(mail(body)).returned
    assert ("f2.x@organisme.example",) == parse_message(raw).returned
    assert () == parse_message(mail("x" + body[30:], sender="a.b@client.example")).returned


def test_the_diagnostic_of_a_report_is_kept() -> None:
    """What the other server said is often the only hint for a person."""
    raw = (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
        b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        b"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.2.2\n"
        b"Diagnostic-Code: smtp; 552 mailbox full\n\n--b--\n"
    )

    assert (BounceReport("a@b.example", "5.2.2", "failed", "552 mailbox full"),) == parse_message(raw).bounces
