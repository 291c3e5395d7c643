"""`triage import`: existing mail becomes tickets, nobody is written to, and a killed import goes on where it was."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.looking import look
from tests.matters import JEANNE, STRANGER, write_mail
from tests.operator_worlds import Operator
from triage.transport.imap import ImapAccess

NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")
FROM = b"From jeanne@client.example Mon Mar  2 14:29:30 2026\n"
STAMP = "from client.example by mx.organisme.example; Mon, 02 Mar 2026 09:29:10 -0500"


@pytest.fixture
def operator(tmp_path: Path, database_url: str) -> Operator:
    """An operator at a database with a schema; neither server is ever asked."""
    operator = Operator(tmp_path / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database_url)
    return operator


@pytest.fixture
def write_mbox(tmp_path: Path) -> Callable[..., Path]:
    """Writes an mbox file of mails."""

    def write(*mails: bytes) -> Path:
        file = tmp_path / "anciens.mbox"
        file.write_bytes(b"".join(FROM + mail.replace(b"\r\n", b"\n") + b"\n" for mail in mails))
        return file

    return write


def a_thread() -> tuple[bytes, ...]:
    """A complaint, what its writer adds, an absence notice, a stranger, and the complaint once more."""
    first = write_mail(Received=STAMP)
    added = write_mail("J’ajoute ceci.", message_id="2@client.example", References="<1@client.example>")
    machine = write_mail("Absent.", message_id="3@client.example", Auto_Submitted="auto-replied")
    other = write_mail("Et moi ?", message_id="4@ailleurs.example", sender=STRANGER, References="<1@client.example>")
    return first, added, machine, other, first + b"\r\n"


def run_json(operator: Operator, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = operator.run("import", *arguments, "--json")
    assert "" == done.stderr
    return done.returncode, json.loads(done.stdout)


def test_an_mbox_becomes_tickets_and_nobody_hears_of_it(
    operator: Operator, write_mbox: Callable[..., Path], engine: Engine
) -> None:
    """Threads are joined, machines counted, duplicates known; nothing enters the outbox, no review is due."""
    code, said = run_json(operator, "mbox", str(write_mbox(*a_thread())))

    assert 0 == code
    assert {"read": 5, "new": 5, "waiting": 0} == {key: said[key] for key in ("read", "new", "waiting")}
    assert {"automation": 1, "duplicate": 1, "follow_up": 1, "new_matter": 2} == said["reasons"]
    assert [] == look(engine, "SELECT id FROM outbox")
    tickets = look(engine, "SELECT reference, status, flags, next_review_at, acknowledged_at FROM ticket ORDER BY id")
    assert [("2026-000001", "new", '["imported"]', None, None)] == tickets[:1]
    assert [("2026-000002", "new", '["imported"]')] == [row[:3] for row in tickets[1:]]
    story = look(engine, "SELECT kind FROM event WHERE ticket_id = 1 ORDER BY sequence")
    assert ["opened", "notice_withheld", "follow_up", "duplicate"] == [kind for (kind,) in story]


def test_the_same_command_again_brings_nothing_twice(
    operator: Operator, write_mbox: Callable[..., Path], engine: Engine
) -> None:
    """Nor does it after mails were added to the file: only these are new."""
    thread = a_thread()
    run_json(operator, "mbox", str(write_mbox(*thread[:2])))
    code, again = run_json(operator, "mbox", str(write_mbox(*thread[:2])))
    _, grown = run_json(operator, "mbox", str(write_mbox(*thread[:4])))

    assert (0, 2, 0) == (code, again["read"], again["new"])
    assert (4, 2) == (grown["read"], grown["new"])
    assert [(4,)] == look(engine, "SELECT count(*) FROM mail")
    assert [(2,)] == look(engine, "SELECT count(*) FROM ticket")


@pytest.mark.parametrize(
    ("ended_by", "code"), [pytest.param(signal.SIGKILL, -9, id="killed"), pytest.param(signal.SIGINT, 75, id="Ctrl-C")]
)
def test_an_import_that_is_stopped_goes_on_where_it_was(
    operator: Operator, write_mbox: Callable[..., Path], engine: Engine, ended_by: signal.Signals, code: int
) -> None:
    """At whatever point: the next run ends it, each mail once and each ticket once."""
    mails = [write_mail(f"Plainte {n}.", message_id=f"{n}@client.example", subject=f"Objet {n}") for n in range(60)]
    file = write_mbox(*mails)
    with operator.start("import", "mbox", str(file)) as process:
        while process.poll() is None and not look(engine, "SELECT 1 FROM ticket LIMIT 1"):
            pass
        process.send_signal(ended_by)
        process.wait(60)
    ((before,),) = look(engine, "SELECT count(*) FROM mail")
    again, said = run_json(operator, "mbox", str(file))

    assert code == process.returncode
    assert 50 == before
    assert (0, 60, 10) == (again, said["read"], said["new"])
    assert {"new_matter": 60} == said["reasons"]
    assert [(60, 60)] == look(engine, "SELECT count(*), count(DISTINCT ticket_id) FROM mail")
    assert [(60,)] == look(engine, "SELECT count(*) FROM ticket")


def test_a_maildir_is_brought_with_any_bytes_in_it(operator: Operator, tmp_path: Path, engine: Engine) -> None:
    """Oldest first by the dates of the files; what is no mail at all is a ticket too, and links are not followed."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / name).mkdir(parents=True)
    (tmp_path / "Maildir/cur/1772460000.M1.host:2,S").write_bytes(write_mail("Ensuite.", References="<0@x.example>"))
    junk = b"\xff\x00\xfe nothing that anybody wrote"
    (tmp_path / "Maildir/new/1772450000.M2.host").write_bytes(junk)
    (tmp_path / "Maildir/new/1772450001.M3.host").symlink_to("/etc/passwd")
    code, said = run_json(operator, "maildir", str(tmp_path / "Maildir"))

    assert (0, 2) == (code, said["read"])
    assert (len(junk),) == look(engine, "SELECT raw_size FROM mail ORDER BY id")[0]
    assert [(2,)] == look(engine, "SELECT count(*) FROM ticket")


def test_what_is_over_can_be_opened_closed(operator: Operator, write_mbox: Callable[..., Path], engine: Engine) -> None:
    """`--closed` starts no clock, so that an archive of years is neither late nor counted."""
    code, _ = run_json(operator, "mbox", str(write_mbox(write_mail())), "--closed")

    assert 0 == code
    assert [("closed", True)] == look(engine, "SELECT status, closed_at IS NOT NULL FROM ticket")
    assert [] == look(engine, "SELECT id FROM clock")


NO_ARCHIVES = [
    pytest.param("mbox", b"Subject: one mail\n\nBonjour\n", "begins with a line", id="a mail that is no mbox"),
    pytest.param("mbox", None, "No such file|is a file", id="nothing there"),
    pytest.param("maildir", b"From x\n", "cur and new", id="a file that is no Maildir"),
]


@pytest.mark.parametrize(("kind", "content", "said"), NO_ARCHIVES)
def test_what_is_no_archive_is_wrong_usage(
    operator: Operator, tmp_path: Path, kind: str, content: bytes | None, said: str
) -> None:
    """Exit code 2, in words, and nothing was written."""
    if content is not None:
        (tmp_path / "archive").write_bytes(content)
    done = operator.run("import", kind, str(tmp_path / "archive"))

    assert 2 == done.returncode
    assert any(words in " ".join(done.stderr.split()) for words in said.split("|"))


def test_the_summary_is_in_words(operator: Operator, write_mbox: Callable[..., Path]) -> None:
    """What people read names what became of the mails, and no mail."""
    done = operator.run("import", "mbox", str(write_mbox(*a_thread())))

    assert (0, "") == (done.returncode, done.stderr)
    assert "mails read: 5, new: 5" in done.stdout
    assert "  tickets opened: 2" in done.stdout
    assert JEANNE not in done.stdout


def test_progress_is_shown_on_a_terminal_and_nowhere_else(operator: Operator, write_mbox: Callable[..., Path]) -> None:
    """The bar goes to the standard error, so that the output stays one JSON object."""
    ours, theirs = pty.openpty()
    environment = {**operator._environment(), "TERM": "xterm", "COLUMNS": "80"}
    command = [*operator.program, "import", "mbox", str(write_mbox(write_mail())), "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = _read_all(ours)
        output = process.communicate()[0]

    assert 0 == process.returncode
    assert b"100%" in shown
    assert 1 == json.loads(output)["new"]


def _read_all(terminal: int) -> bytes:
    pieces = []
    try:
        while piece := os.read(terminal, 4096):
            pieces.append(piece)
    except OSError:  # how a terminal says that its other end is closed
        pass
    os.close(terminal)
    return b"".join(pieces)
