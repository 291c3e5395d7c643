"""The port `Scanner`: the same answers from a real clamd and from one of fiction; silence is never « clean »."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.intake_worlds import Desk
from tests.looking import look
from tests.matters import NOW, make_stationery, write_mail
from tests.operator_worlds import Operator
from tests.photos import attached, with_photo
from tests.servers.clamd import LIMIT, SIGNATURE, SPECIMEN, VERSION, fake_clamd, find_clamd, real_clamd
from tests.staff_worlds import MARIE, STAFF, StaffDeskWorld
from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult, ScanVerdict
from triage.store.database import Database
from triage.transport.clamd import Clamd
from triage.transport.imap import ImapAccess
from triage.workflows.ports import Scanner
from triage.workflows.scanning import Scanning, sweep_scans

NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")


@pytest.fixture(params=["clamd", "fiction"])
async def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scanner]:
    """Each test runs against both."""
    if request.param == "fiction":
        async with fake_clamd(tmp_path) as socket:
            yield Clamd(socket)
        return
    with real_clamd(needs_clamd(), tmp_path) as socket:
        yield Clamd(socket)


def needs_clamd() -> str:
    """The program. Where it is missing the test is skipped, and fails where `CI=true`."""
    program = find_clamd()
    if program is None:
        reason = "clamd is not installed (Debian: clamav-daemon)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


async def test_each_mail_has_its_verdict(scanner: Scanner) -> None:
    """Clean, infected by name, and too large, one after the other; a mail that was refused spoils no later one."""
    infected = await scanner.scan(write_mail(SPECIMEN.decode()))
    huge = await scanner.scan(b"x" * (3 * LIMIT))
    clean = await scanner.scan(write_mail())

    assert (ScanVerdict.INFECTED, True) == (infected.verdict, infected.signature.startswith(SIGNATURE))
    assert ScanResult(ScanVerdict.TOO_LARGE) == huge
    assert ScanResult(ScanVerdict.CLEAN) == clean
    assert ScanResult(ScanVerdict.CLEAN) == await scanner.scan(b"")


async def test_a_real_clamd_looks_into_attachments(tmp_path: Path) -> None:
    """The whole mail is given: its parts are decoded by clamd, never by us."""
    program = needs_clamd()
    raw = write_mail(base64.encodebytes(SPECIMEN).decode()).replace(
        b"Content-Type: text/plain; charset=utf-8",
        b"MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64",
    )
    with real_clamd(program, tmp_path) as socket:
        found = await Clamd(socket).scan(raw)

    assert ScanVerdict.INFECTED is found.verdict


NO_VERDICTS = [
    pytest.param(b"", id="it hangs up"),
    pytest.param(b"stream: Can't allocate memory ERROR\0", id="an error of its own"),
    pytest.param(b"stream: OK but not really\0", id="an answer that nobody knows"),
    pytest.param(b"\xff\xfe\0", id="no text"),
]


@pytest.mark.parametrize("answer", NO_VERDICTS)
async def test_what_is_no_verdict_is_no_scan(tmp_path: Path, answer: bytes) -> None:
    """Whoever asks must ask again."""
    async with fake_clamd(tmp_path, answer=answer) as socket:
        with pytest.raises(ScannerUnavailable):
            await Clamd(socket).scan(write_mail())


@pytest.mark.parametrize("address", ["/nowhere/clamd.sock", "127.0.0.1:1", "127.0.0.1:port"])
async def test_a_clamd_that_is_not_there_is_unavailable(address: str) -> None:
    """No socket, nobody at the port, no port."""
    with pytest.raises(ScannerUnavailable):
        await Clamd(address).scan(write_mail())


async def test_a_clamd_that_does_not_answer_is_given_up(tmp_path: Path) -> None:
    """After the longest silence that is waited for."""
    async with fake_clamd(tmp_path, silent=True) as socket:
        slow = Clamd(socket, seconds=0.05)
        with pytest.raises(ScannerUnavailable):
            await slow.scan(write_mail())


async def test_a_scan_that_is_called_off_ends_at_once(tmp_path: Path) -> None:
    """A daemon that stops waits neither for a silent clamd nor for the thread that listens to it."""
    asked = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0")
        asked.set()
        await reader.read()  # until whoever asked hangs up
        writer.close()

    async with await asyncio.start_unix_server(listen, tmp_path / "silent.sock"):
        scan = asyncio.create_task(Clamd(str(tmp_path / "silent.sock"), seconds=600).scan(write_mail()))
        await asked.wait()
        scan.cancel()
        with pytest.raises(asyncio.CancelledError):
            await scan
        async with asyncio.timeout(10):
            await asyncio.get_running_loop().shutdown_default_executor()


async def test_an_operator_asks_about_a_mail(tmp_path: Path, database: Database, database_url: str) -> None:
    """Exit codes and words tell what was found; without a scanner the question makes no sense."""
    desk = Desk(database)
    good = await desk.arrive(write_mail())
    bad = await desk.arrive(write_mail(SPECIMEN.decode(), message_id="2@client.example"))
    operator = Operator(tmp_path / "triage")
    operator.configure(imap=NOWHERE, smtp_port=9, database=database_url)
    async with fake_clamd(tmp_path) as socket:
        asking = replace(operator, environment={"TRIAGE_SCAN__CLAMD": socket})
        clean, found = [
            await asyncio.to_thread(asking.run, "mail", "scan", *ids, "--json") for ids in ([str(good)], [str(bad)])
        ]
        told = await asyncio.to_thread(asking.run, "check", "--json")
    unheard = await asyncio.to_thread(asking.run, "check", "--json")
    gone = await asyncio.to_thread(asking.run, "mail", "scan", str(good))
    without = await asyncio.to_thread(operator.run, "mail", "scan", str(good))

    assert (0, "clean") == (clean.returncode, json.loads(clean.stdout)["verdict"])
    assert (1, SIGNATURE) == (found.returncode, json.loads(found.stdout)["signature"])
    assert (75, "") == (gone.returncode, gone.stdout)
    assert 2 == without.returncode
    assert [("ok", VERSION.decode().strip("\0")), ("problem", "the scanner gave no verdict")] == [
        (line["level"], line["sentence"].partition(" (")[0])
        for report in (told, unheard)
        for line in map(json.loads, report.stdout.splitlines())
        if "scanner" == line["check"]
    ]


async def test_a_real_clamd_decides_who_gets_attachments(tmp_path: Path, engine: Engine, database: Database) -> None:
    """The specimen stays here, the photo goes to whoever took its ticket; a clamd that ended holds back."""
    world = StaffDeskWorld(engine, database, scans=True)
    stationery = replace(make_stationery(), plus_addressing=True, scans=True)

    async def complain(raw: bytes) -> None:
        await world.desk.arrive(raw)
        await world.say(MARIE, "#prendre", to=world.working(MARIE))

    with real_clamd(needs_clamd(), tmp_path) as socket:
        tools = Scanning(database, Clamd(socket), STAFF, stationery, on_enqueued=lambda: None)
        await complain(with_photo(number=1))
        await complain(with_photo(SPECIMEN.decode(), number=2))
        settled = await sweep_scans(tools, now=NOW)
    await complain(with_photo(number=3))
    afterwards = await sweep_scans(tools, now=NOW)

    assert (2, 0) == (settled, afterwards)
    assert [True, False] == [any(attached(each)) for each in world.sent(kind="attachments")]
    assert [(1, "clean"), (2, "infected"), (3, "wanted")] == [
        tuple(row) for row in look(engine, "SELECT row_number() OVER (ORDER BY mail_id), state FROM scan ORDER BY 1")
    ]


async def test_a_scanner_says_who_it_is(scanner: Scanner) -> None:
    """`triage check` asks it."""
    assert isinstance(scanner, Clamd)
    assert "ClamAV" == (await scanner.version())[:6]
