"""`triage check` on real servers: all that is well is said, and every fault is named with its mend (MUST 39)."""

import json
from pathlib import Path

import pytest

from tests.operator_worlds import ADDRESS, Operator
from tests.servers.certificates import Certificate
from tests.servers.dovecot import Dovecot
from tests.servers.dovecot_settings import WITHOUT_UIDPLUS
from tests.servers.ports import find_free_ports
from tests.servers.postfix import Postfix
from tests.servers.postfix_settings import OWN_DOMAIN
from tests.servers.scripted_smtp import Fault, Point, ScriptedSmtpServer


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an empty folder."""
    return Operator(tmp_path / "configuration")


def levels_of(findings: list[dict[str, str]]) -> dict[str, str]:
    """The worst level of each check."""
    order = ["ok", "warning", "problem"]
    worst: dict[str, str] = {}
    for each in findings:
        worst[each["check"]] = max(worst.get(each["check"], "ok"), each["level"], key=order.index)
    return worst


def sentences_of(findings: list[dict[str, str]], check: str) -> str:
    """All that was said about one check."""
    return " ".join(each["sentence"] for each in findings if each["check"] == check)


def test_all_is_well_over_tls(operator: Operator, dovecot: Dovecot, smtp_certificate: Certificate) -> None:
    """On a Dovecot over TLS and a mail server with STARTTLS and a login, nothing is a problem, and no mail is sent."""
    user = dovecot.new_user()
    with ScriptedSmtpServer(tls="starttls", certificate=smtp_certificate, credentials=("boite", "secret")) as server:
        smtp = f'tls = "starttls"\nca_file = "{smtp_certificate.cert_file}"\nusername = "boite"\n'
        operator.configure(
            imap=dovecot.access(user, tls="implicit"), smtp_port=server.port, smtp=smtp + 'password_file = "smtp"'
        )
        operator.keep_secret("smtp", "secret")
        code, findings = operator.check()

    levels = levels_of(findings)
    well = ("reader", "secret [imap] password_file", "letters", "durability", "standards", "mailbox", "folders")
    assert (0, []) == (code, [each for each in findings if each["level"] == "problem"])
    assert dict.fromkeys((*well, "moving", "announcements", "sending"), "ok") == {
        name: levels[name] for name in (*well, "moving", "announcements", "sending")
    }
    assert sentences_of(findings, "mailbox line").startswith("TLSv1.3, certificate verified, valid until")
    assert sentences_of(findings, "sending line").startswith("TLSv1.")
    assert [] == server.kept
    assert not (operator.folder / "triage.db").exists()
    assert "Traités" in dovecot.folders(user)


def test_unreachable_servers_are_two_problems_in_plain_words(operator: Operator, dovecot: Dovecot) -> None:
    """A machine that does not answer is said to, with the keys to mend, and the exit code is 1."""
    closed, other = find_free_ports(2)
    imap = dovecot.access(dovecot.new_user())
    operator.configure(imap=imap, smtp_port=other)
    text = (operator.folder / "triage.toml").read_text().replace(f"port = {imap.port}", f"port = {closed}")
    (operator.folder / "triage.toml").write_text(text)
    code, findings = operator.check()
    problems = {each["check"]: each for each in findings if each["level"] == "problem"}

    assert 1 == code
    assert {"mailbox", "sending"} == set(problems)
    assert "ECONNREFUSED" in problems["mailbox"]["sentence"]
    assert "[imap] host" in problems["mailbox"]["mend"]
    assert "[smtp] host" in problems["sending"]["mend"]


def test_a_wrong_password_names_the_file_to_mend(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """The server's no to the login is a problem of the credentials, and the password is shown nowhere."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    operator.keep_secret("imap-password", "faux-mot-de-passe")
    done = operator.run("check")

    assert 1 == done.returncode
    assert "PROBLEM  mailbox: the mail server refuses the user name" in done.stdout
    assert "password_file" in done.stdout
    assert "faux-mot-de-passe" not in done.stdout + done.stderr


def test_a_secret_that_everybody_can_read_is_a_problem(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """A file for all is refused, one for the group is a warning."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    seen = {}
    for mode in (0o604, 0o640, 0o600):
        (operator.folder / "imap-password").chmod(mode)
        seen[mode] = levels_of(operator.check()[1])["secret [imap] password_file"]

    assert {0o604: "problem", 0o640: "warning", 0o600: "ok"} == seen


def test_a_server_that_cannot_move_is_a_problem(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """Without MOVE and UIDPLUS mail stays in the inbox: that is said before the first start, as is the lack of IDLE."""
    imap = dovecot.access(dovecot.new_user(), host=WITHOUT_UIDPLUS)
    operator.configure(imap=imap, smtp_port=smtp_server.port)
    code, findings = operator.check()
    levels = levels_of(findings)

    assert (1, "problem", "warning") == (code, levels["moving"], levels["announcements"])


def test_a_sender_that_the_server_refuses_is_a_problem(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """An account that may not send as the mailbox is found without any mail."""
    smtp_server.script(Fault(Point.MAIL, reply="550 5.7.60 not your address"))
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    code, findings = operator.check()

    assert 1 == code
    assert "550 5.7.60" in sentences_of(findings, "sending")
    assert [] == smtp_server.kept
    assert ADDRESS not in sentences_of(findings, "sending")


def test_every_fault_of_the_configuration_is_a_line(operator: Operator, dovecot: Dovecot) -> None:
    """Three wrong keys are three problems; what does not hang on them is looked at all the same."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=25)
    text = (operator.folder / "triage.toml").read_text()
    for right, wrong in (('phone = "418 555-0100"\n', ""), ("port = 25", "port = 99999"), ("[intake]", "[x]")):
        text = text.replace(right, wrong)
    (operator.folder / "triage.toml").write_text(text)
    code, findings = operator.check()
    told = sentences_of(findings, "configuration")

    assert 1 == code
    assert [True] * 3 == [key in told for key in ("[body] phone", "[smtp] port", "[x]")]
    assert "ok" == levels_of(findings)["reader"]


def test_no_folder_is_wrong_usage(tmp_path: Path) -> None:
    """A folder that is not there is the caller's mistake: exit code 2."""
    assert 2 == Operator(tmp_path / "nowhere").run("check").returncode


def test_a_letter_that_was_changed_badly_is_told(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """A template that is no template is a problem that names its file."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    (operator.folder / "templates" / "fr").mkdir(parents=True)
    (operator.folder / "templates" / "fr" / "acknowledgement.txt").write_text("{{ inconnu }}")
    code, findings = operator.check()

    assert (1, "problem") == (code, levels_of(findings)["letters"])
    assert "fr/acknowledgement.txt" in sentences_of(findings, "letters")


def test_secrets_are_found_where_systemd_puts_them(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer, tmp_path: Path
) -> None:
    """With $CREDENTIALS_DIRECTORY the password is the one that was handed over, not one beside the configuration."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    handed = tmp_path / "credentials"
    handed.mkdir()
    (operator.folder / "imap-password").rename(handed / "imap-password")
    under_systemd = Operator(operator.folder, environment={"CREDENTIALS_DIRECTORY": str(handed)})

    assert (1, 0) == (operator.check()[0], under_systemd.check()[0])


def test_a_probe_comes_back_over_real_servers(tmp_path: Path, dovecot: Dovecot, postfix: Postfix) -> None:
    """Postfix and Dovecot know plus addresses: the probe goes out with login and TLS and comes back."""
    user = dovecot.new_user()
    operator = Operator(tmp_path / "configuration", address=f"{user}@{OWN_DOMAIN}")
    ca_file = json.dumps(str(postfix.certificate.cert_file))
    smtp = f'tls = "starttls"\nca_file = {ca_file}\nusername = "{user}"\npassword_file = "imap-password"'
    operator.configure(imap=dovecot.access(user), smtp_port=postfix.submission_port, smtp=smtp)
    code, findings = operator.check("--probe")

    assert (0, []) == (code, [each for each in findings if each["level"] == "problem"])
    assert f"{user}+triage-" in sentences_of(findings, "plus addressing")
    assert "agrees with that of the mailbox" in sentences_of(findings, "clock")
    assert 1 == len(dovecot.messages(user))
