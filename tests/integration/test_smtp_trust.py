"""Whom the SMTP sender talks to, and what it says to nobody: TLS, login, addresses (MUST 14, 37)."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tests.servers.certificates import Certificate, make_certificate
from tests.servers.scripted_smtp import Ending, Fault, Point, ScriptedSmtpServer
from tests.smtp_sending import access_to, mail, send_all
from triage.model.delivery import SendOutcome, SendPhase
from triage.model.errors import ConfigurationError
from triage.transport.smtp import SmtpAccess, SmtpSender

Secured = Literal["implicit", "starttls"]
CREDENTIALS = ("plaintes", "mot-de-passé")


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_login_over_verified_tls_sends(tls: Secured, smtp_certificate: Certificate) -> None:
    """With the right authority and password the mail is accepted; the password may hold any letter."""
    with ScriptedSmtpServer(tls=tls, certificate=smtp_certificate, credentials=CREDENTIALS) as server:
        access = SmtpAccess(
            host="127.0.0.1",
            port=server.port,
            tls=tls,
            ca_file=smtp_certificate.cert_file,
            username=CREDENTIALS[0],
            password=CREDENTIALS[1],
        )
        results = await send_all(access, mail(), mail())

    assert [SendOutcome.ACCEPTED, SendOutcome.ACCEPTED] == [one.outcome for one in results]
    assert 1 == server.connections


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_foreign_authority_is_trouble_with_a_clear_text(
    tls: Secured, smtp_certificate: Certificate, tmp_path: Path
) -> None:
    """A certificate that we do not trust sends nothing, not even the login."""
    stranger = make_certificate(tmp_path)
    with ScriptedSmtpServer(tls=tls, certificate=smtp_certificate, credentials=CREDENTIALS) as server:
        access = SmtpAccess(
            host="127.0.0.1", port=server.port, tls=tls, ca_file=stranger.cert_file, username="a", password="b"
        )
        [result] = await send_all(access, mail())

    assert (SendOutcome.SERVER_TROUBLE, SendPhase.TLS) == (result.outcome, result.phase)
    assert "certificate is not trusted" in result.text
    assert "AUTH" not in server.verbs


async def test_starttls_that_is_not_offered_ends_it(smtp_server: ScriptedSmtpServer) -> None:
    """Without STARTTLS nothing goes on in the clear (MUST 37)."""
    access = SmtpAccess(host="127.0.0.1", port=smtp_server.port, tls="starttls", username="a", password="b")
    [result] = await send_all(access, mail())

    assert (SendOutcome.SERVER_TROUBLE, SendPhase.TLS) == (result.outcome, result.phase)
    assert ["EHLO"] == smtp_server.verbs


@pytest.mark.parametrize(
    "fault", [{"reply": "454 4.7.0 TLS not available"}, {"ending": Ending.EOF}, {"ending": Ending.RST}]
)
async def test_a_broken_starttls_is_trouble(smtp_certificate: Certificate, fault: dict[str, str | Ending]) -> None:
    """Whatever goes wrong before TLS stands, nothing is sent and the phase says TLS."""
    with ScriptedSmtpServer(tls="starttls", certificate=smtp_certificate) as server:
        server.script(Fault(Point.STARTTLS, **fault))  # type: ignore[arg-type]
        access = SmtpAccess(host="127.0.0.1", port=server.port, tls="starttls", ca_file=smtp_certificate.cert_file)
        broken, mended = await send_all(access, mail(), mail())

    assert (SendOutcome.SERVER_TROUBLE, SendPhase.TLS) == (broken.outcome, broken.phase)
    assert SendOutcome.ACCEPTED is mended.outcome


@pytest.mark.parametrize("methods", ["PLAIN", "LOGIN", "LOGIN PLAIN"])
async def test_a_wrong_password_is_tried_once(methods: str) -> None:
    """One refusal a mail, by one method: insisting locks accounts."""
    with ScriptedSmtpServer(credentials=CREDENTIALS, login_methods=methods) as server:
        access = replace(access_to(server), username="plaintes", password="faux")
        [result] = await send_all(access, mail())

    assert (SendOutcome.LOGIN_REFUSED, SendPhase.AUTH, 535) == (result.outcome, result.phase, result.code)
    assert ["EHLO", "AUTH"] == server.verbs


@pytest.mark.parametrize("methods", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN"])
async def test_we_log_in_by_what_the_server_offers(methods: str) -> None:
    """PLAIN where it is offered, LOGIN otherwise: both under TLS, or on this machine."""
    with ScriptedSmtpServer(credentials=CREDENTIALS, login_methods=methods) as server:
        access = replace(access_to(server), username=CREDENTIALS[0], password=CREDENTIALS[1])
        [result] = await send_all(access, mail())

    assert SendOutcome.ACCEPTED is result.outcome


async def test_a_server_that_speaks_no_tls_is_trouble(smtp_server: ScriptedSmtpServer) -> None:
    """Implicit TLS against a plain port: nothing readable was said, and the text says what failed."""
    [result] = await send_all(SmtpAccess(host="127.0.0.1", port=smtp_server.port, tls="implicit"), mail())

    assert (SendOutcome.SERVER_TROUBLE, SendPhase.TLS) == (result.outcome, result.phase)
    assert "TLS failed" in result.text


async def test_a_server_without_login_is_a_matter_for_a_person(smtp_server: ScriptedSmtpServer) -> None:
    """We are told to log in and the server knows no such thing."""
    [result] = await send_all(replace(access_to(smtp_server), username="a", password="b"), mail())

    assert (SendOutcome.LOGIN_REFUSED, SendPhase.AUTH) == (result.outcome, result.phase)


@pytest.mark.parametrize("host", ["smtp.example", "192.0.2.1", "::2", "127.0.0.1.example"])
def test_no_tls_is_for_this_machine_only(host: str) -> None:
    """A server elsewhere without TLS is a wrong configuration."""
    with pytest.raises(ConfigurationError):
        SmtpAccess(host=host, port=25, tls="none")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_tls(host: str) -> None:
    """Loopback may do without, for trials."""
    access = SmtpAccess(host=host, port=25, tls="none", password="secret")

    assert "secret" not in repr(access)


def test_an_unusable_authority_file_is_told_at_once(tmp_path: Path) -> None:
    """A missing file and one without a certificate are found when the sender is built."""
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for file in (empty, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError):
            SmtpSender(SmtpAccess(host="smtp.example", port=465, ca_file=file))


HOSTILE = [
    "",
    "jeanne",
    "jeanne@",
    "@client.example",
    "jeanne@client",
    "jeanne@client.example\n",
    "jeanne@client.example\r\nRCPT TO:<evil@evil.example>",
    "jeanne@client.example> NOTIFY=NEVER",
    "jeanne@client.example>,<evil@evil.example",
    "<jeanne@client.example>",
    "Jeanne <jeanne@client.example>",
    "jeanne@client.example,evil@evil.example",
    "jeanne@evil.example@client.example",
    '"jeanne"@client.example',
    "jeanne%evil.example@client.example",
    "jeanne@[127.0.0.1]",
    "jeanne@127.0.0.1",
    ".jeanne@client.example",
    "jeanne..a@client.example",
    "jeanne@-client.example",
    "jeanne@client..example",
    "jeanne@clïent.example",
    "jeanné@client.example",
    "jeanne\0@client.example",
    "jeanne @client.example",
    "j" * 65 + "@client.example",
    "jeanne@" + "a." * 130 + "example",
]


@pytest.mark.parametrize("recipient", HOSTILE)
async def test_a_hostile_recipient_is_refused_before_any_byte(smtp_server: ScriptedSmtpServer, recipient: str) -> None:
    """What is not a plain address never becomes part of a command (MUST 14)."""
    [result] = await send_all(access_to(smtp_server), mail(recipient=recipient))

    assert (SendOutcome.REFUSED, SendPhase.RCPT, None) == (result.outcome, result.phase, result.code)
    assert (0, []) == (smtp_server.connections, smtp_server.verbs)


async def test_a_hostile_sender_of_ours_is_a_matter_for_a_person(smtp_server: ScriptedSmtpServer) -> None:
    """Our own address comes from the configuration: it passes the same grammar."""
    [result] = await send_all(access_to(smtp_server), replace(mail(), envelope_from="plaintes@a.example> SIZE=1"))

    assert (SendOutcome.LOGIN_REFUSED, SendPhase.MAIL, 0) == (result.outcome, result.phase, smtp_server.connections)


@pytest.mark.parametrize(
    "recipient",
    ["a@b.ca", "o'brien+rtl@client.example", "jean-luc.tremblay_2@sous.domaine.qc.ca", "a@xn--clent-rsa.xn--p1ai"],
)
async def test_a_plain_recipient_is_accepted(smtp_server: ScriptedSmtpServer, recipient: str) -> None:
    """Addresses that people have go through unchanged."""
    await send_all(access_to(smtp_server), mail(recipient=recipient))

    assert [(recipient,)] == [kept.recipients for kept in smtp_server.kept]
