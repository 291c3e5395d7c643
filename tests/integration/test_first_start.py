"""The first start on a mailbox that people have used for years, and odd mails (R-57, MUST 7, MUST 15).

Dovecot, a scripted mail server, and triage as a command.
"""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.matters import JEANNE, MAILBOX, write_mail
from tests.operator_worlds import Operator
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtpServer

pytestmark = pytest.mark.needs_dovecot

MIB = 1 << 20
OLD_MAILS = 300
SINCE = "2026-03-02"
FIRST_DAY_AT = datetime(2026, 3, 2, 5, tzinfo=UTC)  # midnight in Quebec
MOST_OF_THE_DAEMON = 300 * MIB
PATIENCE_SECONDS = 60


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    """An operator with an empty folder."""
    return Operator(tmp_path / "config")


def append(dovecot: Dovecot, user: str, mails: Iterable[tuple[bytes, datetime | None]]) -> None:
    """Put mails into the inbox, each with the instant of its arrival, on one connection."""
    with dovecot._client(user) as client:
        for raw, at in mails:
            client.append("INBOX", raw, msg_time=at)


def forget_first_day(operator: Operator) -> None:
    file = operator.folder / "triage.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("since = 2026-01-01", ""), encoding="utf-8")


def lines(operator: Operator, *arguments: str) -> list[dict[str, object]]:
    """What a command prints with --json."""
    done = operator.run(*arguments, "--json")
    assert 0 == done.returncode, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbered(number: int) -> bytes:
    return write_mail(f"Sujet {number}.", sender=f"{number}@client{number}.example", message_id=f"{number}@x.example")


def test_an_old_mailbox_is_left_as_it_is(operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer) -> None:
    """Refused without a first day; with it only what is newer is fetched, answered and moved; then it is known."""
    user = dovecot.new_user()
    old = [(numbered(n), FIRST_DAY_AT - timedelta(seconds=1) - timedelta(hours=7 * n)) for n in range(OLD_MAILS)]
    new = [(numbered(1000 + n), FIRST_DAY_AT + timedelta(hours=n)) for n in range(3)]
    append(dovecot, user, [*old[:200], *new, *old[200:]])  # a mailbox that was copied is in no order
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    forget_first_day(operator)
    refused = operator.run("run")
    untouched = dovecot.messages(user), dovecot.flags(user), list(smtp_server.kept)
    first = operator.run("run", "--once", "--since", SINCE)
    append(dovecot, user, [(numbered(2000), None)])
    second = operator.run("run", "--once")
    mails = lines(operator, "mail", "list")

    assert (1, True) == (refused.returncode, "triage.toml: [intake] since: " in refused.stderr.splitlines()[-1])
    assert (OLD_MAILS + 3, {()}, []) == (len(untouched[0]), set(untouched[1].values()), untouched[2])
    assert [0, 0] == [first.returncode, second.returncode], first.stderr + second.stderr
    assert sorted(f"{n}@client{n}.example" for n in (1000, 1001, 1002, 2000)) == sorted(
        recipient for mail in smtp_server.kept for recipient in mail.recipients
    )
    assert [raw for raw, _ in old] == dovecot.messages(user)
    assert {()} == set(dovecot.flags(user).values())
    assert [*(raw for raw, _ in new), numbered(2000)] == dovecot.messages(user, "Traités")
    assert {("observed", "older_than_since", None): OLD_MAILS, ("processed", "new_matter", "raw"): 4} == count(
        (mail["state"], mail["reason"], mail["sha256"] and "raw") for mail in mails
    )


def count(things: Iterable[tuple[object, ...]]) -> dict[tuple[object, ...], int]:
    found: dict[tuple[object, ...], int] = {}
    for thing in things:
        found[thing] = found.get(thing, 0) + 1
    return found


def large(size: int, message_id: str) -> bytes:
    """A mail of exactly so many bytes, as a person sends photos: text, and an attachment in base64."""
    head = (
        f"From: Jeanne <{JEANNE}>\r\nTo: {MAILBOX}\r\nSubject: Photos\r\nMessage-ID: <{message_id}@client.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\nVoici {message_id}.\r\n"
        "--b\r\nContent-Type: image/jpeg; name=a.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    tail = b"\r\n--b--\r\n"
    left = size - len(head) - len(tail)
    line = b"QUJD" * 19 + b"\r\n"
    return head + (line * (left // len(line) + 1))[:left] + tail


def peak_bytes(pid: int) -> int:
    """The most memory that one process has held."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def test_forty_mebibytes_are_kept_whole_and_one_more_is_a_ticket_all_the_same(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """Of the larger one the first MiB is kept; it stays in the inbox, flagged. Both are answered, memory bounded."""
    user = dovecot.new_user()
    whole, too_large = large(40 * MIB, "quarante"), large(41 * MIB, "quarante-et-un")
    append(dovecot, user, [(whole, None), (too_large, None)])
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    with operator.start("run") as daemon:
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while len(smtp_server.kept) < 2 or len(dovecot.flags(user)) > 1:
            assert time.monotonic() < ends_at, (operator.folder / "log").read_text(encoding="utf-8")
            time.sleep(0.1)
        peak = peak_bytes(daemon.pid)
        daemon.terminate()
        daemon.wait(20)
    mails = lines(operator, "mail", "list")
    tickets = lines(operator, "tickets")

    assert [too_large] == dovecot.messages(user)
    assert [whole] == dovecot.messages(user, "Traités")
    assert {("new_matter", 40 * MIB), ("oversize", MIB)} == {(mail["reason"], mail["size"]) for mail in mails}
    assert [[], ["oversize"]] == sorted(ticket["flags"] for ticket in tickets)  # type: ignore[type-var]  # lists
    assert {(JEANNE,)} == {mail.recipients for mail in smtp_server.kept}
    assert peak <= MOST_OF_THE_DAEMON, f"{peak / MIB:.0f} MiB"


ODD = {
    "two senders": b"From: autre@ailleurs.example\r\n" + write_mail("A.", message_id="a@x.example"),
    "no sender": write_mail("B.", sender=None, message_id="b@x.example"),
    "no id": write_mail("C.", sender="c@client.example", message_id=None),
    "nothing": b"\r\n",
    "no body": write_mail("", sender="d@client.example", message_id="d@x.example").partition(b"\r\n\r\n")[0] + b"\r\n",
}


def why_withheld(operator: Operator, reference: str) -> object:
    """Why a ticket's acknowledgement did not leave; None where it did."""
    (ticket,) = lines(operator, "ticket", reference)
    events = ticket["events"]
    assert isinstance(events, list)
    return next((event["payload"]["reason"] for event in events if event["kind"] == "notice_withheld"), None)


def test_mails_that_nobody_would_write_are_all_accounted_for(
    operator: Operator, dovecot: Dovecot, smtp_server: ScriptedSmtpServer
) -> None:
    """Each is a ticket; an answer leaves only where one sender is named, the others wait for a person."""
    user = dovecot.new_user()
    append(dovecot, user, [(raw, None) for raw in ODD.values()])
    operator.configure(imap=dovecot.access(user), smtp_port=smtp_server.port)
    done = operator.run("run", "--once")
    mails = lines(operator, "mail", "list")
    withheld = [
        why_withheld(operator, str(mail["ticket"])) for mail in sorted(mails, key=lambda mail: str(mail["uid"]))
    ]

    assert 0 == done.returncode, done.stderr
    assert [] == dovecot.messages(user)
    assert len(ODD) == len({mail["ticket"] for mail in mails} - {None})
    assert ["several_senders", "no_sender", None, "no_sender", None] == withheld
    assert {("c@client.example",), ("d@client.example",)} == {mail.recipients for mail in smtp_server.kept}
