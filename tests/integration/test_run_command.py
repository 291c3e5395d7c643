"""`triage run` as a process, on Dovecot and a scripted mail server: exit codes, signals, one daemon a database."""

import json
import signal
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.looking import look
from tests.matters import write_mail
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.ports import find_free_ports
from tests.servers.scripted_smtp import Ending, Fault, Point, ScriptedSmtpServer
from triage.store.engine import make_engine, transaction
from triage.store.lease import take_lease
from triage.transport.imap import ImapAccess

pytestmark = pytest.mark.needs_dovecot

MARKERS = {
    "name": "Prenommarqueur",
    "address": "adressemarqueur",
    "subject": "Sujetmarqueur",
    "body": "Textemarqueur",
    "message_id": "identifiantmarqueur",
    "file": "Fichiermarqueur",
}
NOBODY_LISTENS = ImapAccess("127.0.0.1", 0, "none", None, "boite", "fictif", "INBOX", "Traités")


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an empty folder."""
    return Operator(tmp_path / "config")


def wait_for(log: Path, event: str, *, seconds: float = 30) -> None:
    """Wait until the daemon's log tells an event."""
    limit = time.monotonic() + seconds
    while f'"{event}"' not in log.read_text(encoding="utf-8"):
        assert time.monotonic() < limit, log.read_text(encoding="utf-8")
        time.sleep(0.02)


def events(text: str) -> list[str]:
    return [json.loads(line)["event"] for line in text.splitlines() if line.startswith("{")]


def test_one_pass_fetches_answers_and_moves(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """Exit code 0; the inbox is empty, the letter is out, the next pass finds nothing."""
    user = dovecot.new_user()
    dovecot.append(user, write_mail())
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    first, second = operator.run("run", "--once"), operator.run("run", "--once")

    assert (0, "", 0) == (first.returncode, first.stdout, second.returncode), first.stderr
    assert [("plaintes@organisme.example", ("jeanne@client.example",))] == [
        (mail.envelope_from, mail.recipients) for mail in smtp_server.kept
    ]
    assert [] == dovecot.messages(user)
    assert [write_mail()] == dovecot.messages(user, "Traités")
    assert ["mail_taken_in", "mail_sent"] == [each for each in events(first.stderr) if each.startswith("mail_")][-2:]
    assert "mail_taken_in" not in events(second.stderr)


def test_the_daemon_stops_at_sigterm_and_keeps_others_out(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """A second one exits 75 in plain words; SIGTERM ends the first cleanly; then the lock is free."""
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port)
    with operator.start("run") as daemon:
        wait_for(operator.folder / "log", "mailbox_opened")
        second = operator.run("run", "--once")
        started = time.monotonic()
        daemon.send_signal(signal.SIGTERM)
        code = daemon.wait(20)
    took = time.monotonic() - started
    third = operator.run("run", "--once")

    assert (75, "triage: another triage works on this database\n") == (second.returncode, second.stderr)
    assert 0 == code
    assert took < 5
    assert "daemon_stopped" == events((operator.folder / "log").read_text(encoding="utf-8"))[-1]
    assert 0 == third.returncode, third.stderr


def test_a_daemon_that_was_overtaken_ends_with_75_and_says_so(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """MUST 38: another has taken the lease; of the mail that arrives then nothing is written and nothing is sent."""
    user = dovecot.new_user()
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    engine = make_engine(f"sqlite:///{operator.folder / 'triage.db'}")
    with operator.start("run") as daemon:
        wait_for(operator.folder / "log", "mailbox_opened")
        with transaction(engine) as tx:
            take_lease(tx, holder="un autre", now=datetime.now(UTC))
        dovecot.append(user, write_mail())
        code = daemon.wait(30)
    log = (operator.folder / "log").read_text(encoding="utf-8")

    assert 75 == code
    assert ["alert_raised", "daemon_overtaken"] == events(log)[-2:]
    assert "triage: another triage has taken over this database" == log.splitlines()[-1]
    assert "Traceback" not in log
    assert [(0,)] == look(engine, "SELECT count(*) FROM mail")
    assert [] == smtp_server.kept
    engine.dispose()


def last_line(done: "subprocess.CompletedProcess[str]") -> str:
    return done.stderr.splitlines()[-1]


def test_what_a_person_must_mend_exits_1_and_names_it(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """A wrong key, a new folder without a first day, a wrong password: one plain line, no traceback."""
    user = dovecot.new_user()
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    operator.environment["TRIAGE_IMAP__HOSST"] = "valeur"
    wrong_key = operator.run("run", "--once")
    del operator.environment["TRIAGE_IMAP__HOSST"]
    file = operator.folder / "triage.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("since = 2026-01-01", ""), encoding="utf-8")
    no_day = operator.run("run")
    operator.keep_secret("imap-password", "un autre")
    wrong_password = operator.run("run", "--once", "--since", "2026-01-01")

    assert [1, 1, 1] == [done.returncode for done in (wrong_key, no_day, wrong_password)]
    assert last_line(wrong_key).startswith("triage: triage.toml: [imap] hosst: ")
    assert last_line(no_day).startswith("triage: triage.toml: [intake] since: ")
    assert "Traceback" not in wrong_key.stderr + no_day.stderr + wrong_password.stderr
    assert last_line(wrong_password).startswith("triage: ")


def test_a_mailbox_that_cannot_be_reached_exits_75(operator: Operator, smtp_server: ScriptedSmtpServer) -> None:
    """Try again later: nothing is wrong that a person must mend here."""
    (port,) = find_free_ports(1)
    operator.configure(
        imap=ImapAccess("127.0.0.1", port, "none", None, "boite", "fictif", "INBOX", "Traités"),
        smtp_port=smtp_server.port,
    )
    done = operator.run("run", "--once")

    assert 75 == done.returncode
    assert last_line(done).startswith("triage: ")
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_reached_exits_75(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """For run as for tickets; no traceback, which would show where and as whom we log in."""
    (port,) = find_free_ports(1)
    url = f"postgresql+psycopg://triage@127.0.0.1:{port}/triage"
    operator.configure(imap=dovecot.access(dovecot.new_user()), smtp_port=smtp_server.port, database=url)

    assert [(75, True), (75, True)] == [
        (done.returncode, done.stderr.startswith("triage: the database cannot be used"))
        for done in (operator.run("run", "--once"), operator.run("tickets"))
    ]


def test_nothing_of_a_mail_is_in_the_log(operator: Operator, dovecot: Dovecot) -> None:
    """R-77: at the most talkative level, through success, refusals that quote the address, silence, and bombs."""
    user = dovecot.new_user()
    for number in range(4):
        dovecot.append(user, marked_mail(number))
    dovecot.append(user, marked_mail(8).replace(b"text/plain", b"multipart/mixed; boundary=x") + b"--x\r\n" * 2000)
    dovecot.append(user, b"From: " + b"(" * 50_000 + MARKERS["address"].encode() + b"@client.example\r\n\r\n")
    with ScriptedSmtpServer() as server:
        server.script(
            Fault(Point.RCPT, reply=f"550 5.1.1 <{MARKERS['address']}1@client.example> {MARKERS['name']} unknown"),
            Fault(Point.RCPT, reply=f"451 4.2.0 {MARKERS['address']} later", skip=1),
            Fault(Point.DOT, ending=Ending.EOF),
        )
        operator.configure(imap=dovecot.access(user), smtp_port=server.port)
        operator.environment["TRIAGE_LOGGING__LEVEL"] = "debug"
        done = operator.run("run", "--once")
    told = done.stderr + done.stdout

    assert 0 == done.returncode, told
    assert 6 == events(told).count("mail_taken_in")
    assert {"mail_sent", "mail_not_sent"} <= set(events(told))
    assert {} == {what: marker for what, marker in MARKERS.items() if marker.lower() in told.lower()}
    assert "client.example" not in told


def marked_mail(number: int) -> bytes:
    """A mail of which everything that a person wrote can be searched for."""
    return write_mail(
        f"{MARKERS['body']} {number}",
        sender=f"{MARKERS['name']} <{MARKERS['address']}{number}@client.example>",
        subject=MARKERS["subject"],
        message_id=f"{MARKERS['message_id']}{number}@client.example",
        Reply_To=f"{MARKERS['address']}@client.example",
        Content_Disposition=f'attachment; filename="{MARKERS["file"]}.pdf"',
    )
