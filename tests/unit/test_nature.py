"""Who made a mail: machines by one certain sign, and nobody silenced by an uncertain one (MUST 24)."""

from dataclasses import replace

import pytest

from triage.mail.reading.parse import parse_message
from triage.model.codes import Nature
from triage.model.judgement import NatureReason, NatureVerdict
from triage.model.message import ParsedMessage
from triage.rules.intake.nature import judge_nature
from triage.rules.intake.titles import has_absence_subject, has_bounce_subject

OWN = frozenset({"plaintes@organisme.example", "commentaires@organisme.example"})
PERSON = NatureVerdict(Nature.PERSON, NatureReason.NO_SIGN_OF_AUTOMATION)


def mail(fields: str = "", *, sender: str = "a.b@client.example", subject: str = "Plainte", body: str = "x") -> bytes:
    return f"From: {sender}\r\nSubject: {subject}\r\n{fields}\r\n{body}".encode()


def judge(raw: bytes, *, is_own_letter: bool = False) -> NatureVerdict:
    return judge_nature(parse_message(raw), own_addresses=OWN, is_own_letter=is_own_letter)


@pytest.mark.parametrize(
    ("fields", "nature", "reason"),
    [
        (
            "X-Loop: <plaintes@organisme.example>\r\nAuto-Submitted: auto-replied\r\n",
            Nature.LOOP,
            NatureReason.OWN_LOOP_HEADER,
        ),
        (
            "X-Loop: plaintes+abc@organisme.example\r\nReturn-Path: <>\r\n",
            Nature.LOOP,
            NatureReason.OWN_LOOP_HEADER,
        ),
        ("Auto-Submitted: auto-generated\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_SUBMITTED),
        ("Auto-Submitted: auto-replied; owner-email=x\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_SUBMITTED),
        ("X-Autoreply: yes\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_REPLY_HEADER),
        ("X-Auto-Reply-From: a@b.example\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_REPLY_HEADER),
        ("Precedence: auto_reply\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_REPLY_HEADER),
        ("List-Id: <liste.example>\r\n", Nature.LIST, NatureReason.LIST_HEADER),
        ("List-Post: <mailto:liste@x.example>\r\n", Nature.LIST, NatureReason.LIST_HEADER),
        ("Precedence: list\r\n", Nature.LIST, NatureReason.LIST_HEADER),
        ("Precedence: Bulk\r\n", Nature.BULK, NatureReason.PRECEDENCE),
        ("Precedence: junk\r\n", Nature.BULK, NatureReason.PRECEDENCE),
        ("List-Unsubscribe: <https://x.example>\r\nFeedback-ID: 1:2\r\n", Nature.BULK, NatureReason.LIST_HEADER),
        (
            "List-Unsubscribe: <https://x.example>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            Nature.BULK,
            NatureReason.LIST_HEADER,
        ),
        ("Return-Path: <>\r\n", Nature.BOUNCE, NatureReason.NULL_RETURN_PATH),
        ("Return-Path: <>\r\nAuto-Submitted: auto-replied\r\n", Nature.AUTO_REPLY, NatureReason.AUTO_SUBMITTED),
        (
            "Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
            Nature.REPORT,
            NatureReason.FEEDBACK_REPORT,
        ),
        (
            "Content-Type: multipart/report; report-type=tlsrpt; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
            Nature.REPORT,
            NatureReason.MACHINE_REPORT,
        ),
        (
            "Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
            Nature.BOUNCE,
            NatureReason.DELIVERY_REPORT,
        ),
    ],
)
def test_a_header_that_only_machines_write_tells_the_machine(fields: str, nature: Nature, reason: NatureReason) -> None:
    """Each sign alone is enough, and is told as the reason."""
    assert NatureVerdict(nature, reason) == judge(mail(fields))


@pytest.mark.parametrize(
    "fields",
    [
        "",
        "X-Auto-Response-Suppress: All\r\n",
        "Auto-Submitted: no\r\n",
        "Auto-Submitted: No (written by a person)\r\n",
        "X-Autoreply: no\r\n",
        "Precedence: first-class\r\n",
        "Precedence: normal\r\n",
        "Return-Path: <a.b@client.example>\r\n",
        "X-Loop: liste@ailleurs.example\r\n",
        "Message-ID: <7f2a@organisme.example>\r\n",
        "Message-ID: <acknowledgement.2025-000041.1.QUJD@organisme.example>\r\n",
        "X-Loop: <plaintes@organisme.example>\r\n",
        "X-Loop: <plaintes@organisme.example>\r\nAuto-Submitted: auto-forwarded\r\n",
        "List-Unsubscribe: <https://x.example>\r\n",
        "Feedback-ID: 1:2\r\n",
        "Auto-Submitted: auto-forwarded\r\n",
        "Auto-Submitted: Auto-Forwarded; owner-email=x\r\n",
    ],
)
def test_a_header_that_people_write_too_silences_nobody(fields: str) -> None:
    """Exchange marks people's mail; colleagues share our domain; redirections and company servers add headers."""
    assert PERSON == judge(mail(fields))


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("MAILER-DAEMON@relais.example", NatureVerdict(Nature.BOUNCE, NatureReason.MAILER_DAEMON)),
        ("Postmaster <postmaster@relais.example>", NatureVerdict(Nature.BOUNCE, NatureReason.MAILER_DAEMON)),
        ("MAILER-DAEMON", NatureVerdict(Nature.BOUNCE, NatureReason.MAILER_DAEMON)),
        ("Commentaires@Organisme.example", PERSON),
        ("agent@organisme.example", PERSON),
        ("postmasters.guild@client.example", PERSON),
        ("commentaires@organisme.example <a.b@client.example>", PERSON),
    ],
)
def test_a_sender_tells_only_servers_and_ourselves(sender: str, expected: NatureVerdict) -> None:
    """Colleagues are people, at the shared mailbox too; a daemon is its whole local part."""
    assert expected == judge(mail(sender=sender))


@pytest.mark.parametrize("fields", ["Auto-Submitted: auto-generated\r\n", "Return-Path: <>\r\n"])
@pytest.mark.parametrize("sender", ["Commentaires@Organisme.example", "commentaires+x@organisme.example"])
def test_what_we_sent_automatically_is_a_loop(sender: str, fields: str) -> None:
    """Our name and a machine's mark together; beside a stranger's address our name counts for nothing."""
    assert NatureVerdict(Nature.LOOP, NatureReason.OWN_ADDRESS) == judge(mail(fields, sender=sender))
    assert Nature.LOOP is not judge(mail(fields, sender=f"{sender}, a.b@client.example")).nature


def test_a_letter_of_ours_is_a_loop_whatever_was_taken_off_it() -> None:
    """What stands in the outbox under this very Message-ID; a text of the same shape is anybody's."""
    raw = mail("Message-ID: <ack.2025-000041.1.abcdefghijklmnop@organisme.example>\r\n")

    assert NatureVerdict(Nature.LOOP, NatureReason.OWN_MESSAGE_ID) == judge(raw, is_own_letter=True)
    assert PERSON == judge(raw)


@pytest.mark.parametrize(
    ("subject", "fields", "expected"),
    [
        ("Réponse automatique : [ODF 2025-000041] Accusé de réception", "", Nature.AUTO_REPLY),
        ("Absence du bureau : Re: plainte", "", Nature.AUTO_REPLY),
        ("Automatic reply: RE: x", "", Nature.AUTO_REPLY),
        ("Out of Office: x", "In-Reply-To: <a@b.example>\r\n", Nature.AUTO_REPLY),
        ("Out of Office: x", "", Nature.PERSON),
        ("Absence du bureau : personne ne répond depuis trois semaines", "", Nature.PERSON),
        ("Réponse automatique : je veux parler à un humain", "", Nature.PERSON),
        ("Out of office", "In-Reply-To: <a@b.example>\r\n", Nature.AUTO_REPLY),
        ("Message d’absence", "X-Auto-Response-Suppress: All\r\n", Nature.AUTO_REPLY),
        ("Out of office", "", Nature.PERSON),
        ("Réponse automatique reçue, aucune aide", "X-Auto-Response-Suppress: All\r\n", Nature.PERSON),
        ("Plainte : réponse automatique : rien d’autre", "", Nature.PERSON),
        ("Absence du bureau de poste", "", Nature.PERSON),
    ],
)
def test_an_absence_subject_counts_only_where_no_person_would_write_it(
    subject: str, fields: str, expected: Nature
) -> None:
    """The phrase opens the subject, or is all of it, and something else shows another mail that it answers."""
    assert expected is judge(mail(fields, subject=subject)).nature


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Undelivered Mail Returned to Sender", "550 5.1.1 no such user", Nature.BOUNCE),
        ("Courriel non remis", "Remote host said: 550-5.1.1 unknown", Nature.BOUNCE),
        ("failure notice", "Sorry, no mailbox here by that name. (#5.1.1)", Nature.BOUNCE),
        ("Delivery failure", "Action: failed\nStatus: 5.1.1\n", Nature.BOUNCE),
        ("RE: dossier : non remis (delivery failed)", "550 5.1.1 inconnu", Nature.BOUNCE),
        ("Échec de livraison de la commande 4512", "Toujours rien.\n\nMarie Roy\n514 555-0199", Nature.PERSON),
        ("Delivery failure: order 4512", "We ordered 550 boxes of gloves and got none.", Nature.PERSON),
        ("Échec de livraison", "La clause 5.2.1 du contrat prévoit 500 $ par jour.", Nature.PERSON),
        ("Undeliverable parcel", "Your driver never came.", Nature.PERSON),
        ("Ma commande 550 ", "Il manque 5 550 articles.", Nature.PERSON),
    ],
)
def test_a_bounce_subject_counts_only_with_a_servers_code(subject: str, body: str, expected: Nature) -> None:
    """People write about what was not delivered too, and telephone numbers begin as a server's refusals do."""
    assert expected is judge(mail(subject=subject, body=body)).nature


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text/rfc822-headers", Nature.BOUNCE),
        ("message/delivery-status", Nature.BOUNCE),
        ("message/rfc822", Nature.PERSON),
    ],
)
def test_what_only_servers_attach_needs_no_code(kind: str, expected: Nature) -> None:
    """A status or bare headers are evidence enough under such a subject; a whole mail is attached by people too."""
    raw = mail(
        "Content-Type: multipart/mixed; boundary=b\r\n",
        subject="Returned mail",
        body=f"--b\r\n\r\nx\r\n--b\r\nContent-Type: {kind}\r\n\r\nSubject: y\r\n\r\nz\r\n--b--\r\n",
    )

    assert expected is judge(raw).nature


def test_a_delivery_status_with_an_empty_return_path_is_a_bounce_in_any_wrapping() -> None:
    """Some servers put the status into a plain multipart."""
    status = "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    recipient = "Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    raw = mail("Return-Path: <>\r\nContent-Type: multipart/mixed; boundary=b\r\n", body=status + recipient)

    assert NatureVerdict(Nature.BOUNCE, NatureReason.DELIVERY_REPORT) == judge(raw)


def test_an_unreadable_mail_is_judged_as_nothing_else() -> None:
    """Where the reader gave no answer, no sign can be trusted."""
    message: ParsedMessage = replace(parse_message(mail("Precedence: bulk\r\n")), readable=False)

    verdict = judge_nature(message, own_addresses=OWN)

    assert NatureVerdict(Nature.UNREADABLE, NatureReason.UNREADABLE) == verdict


def test_the_two_suspicions_are_told_apart() -> None:
    """Each is about its own kind of title."""
    assert has_absence_subject(" Absence du bureau. ")
    assert has_absence_subject("Absence du bureau : personne depuis mardi")
    assert not has_absence_subject("Returned mail: x")
    assert has_bounce_subject("Returned mail: x")
    assert not has_bounce_subject("Absence du bureau")
