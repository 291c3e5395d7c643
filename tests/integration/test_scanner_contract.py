"""The port `Scanner`: the same answers from a real clamd and from one of fiction; silence is never « clean »."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.intake_worlds import Desk
from tests.matters import write_mail
from tests.operator_worlds import Operator
from tests.servers.clamd import LIMIT, SIGNATURE, SPECIMEN, fake_clamd, find_clamd, real_clamd
from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult, ScanVerdict
from triage.store.database import Database
from triage.transport.clamd import Clamd
from triage.transport.imap import ImapAccess
from triage.workflows.ports import Scanner

NOWHERE = ImapAccess("127.0.0.1", 9, "none", None, "nobody", "x", "INBOX", "Traités")


@pytest.fixture(params=["clamd", "fiction"])
async def scanner(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scanner]:
    """Each test runs against both."""
    if request.param == "fiction":
        async with fake_clamd(tmp_path) as socket:
            yield Clamd(socket)
        return
    program = find_clamd()
    if program is None:
        reason = "clamd is not installed (Debian: clamav-daemon)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with real_clamd(program, tmp_path) as socket:
        yield Clamd(socket)


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
    program = find_clamd()
    if program is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
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
    gone = await asyncio.to_thread(asking.run, "mail", "scan", str(good))
    without = await asyncio.to_thread(operator.run, "mail", "scan", str(good))

    assert (0, "clean") == (clean.returncode, json.loads(clean.stdout)["verdict"])
    assert (1, SIGNATURE) == (found.returncode, json.loads(found.stdout)["signature"])
    assert (75, "") == (gone.returncode, gone.stdout)
    assert 2 == without.returncode
