"""What goes over the wire and what is kept of what comes back, byte for byte."""

import asyncio
import json
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.scripted_smtp import Fault, Point, ScriptedSmtpServer
from tests.smtp_sending import access_to, mail, send_all
from triage.transport.smtp import SmtpAccess

BODIES = {
    "dots": b"Subject: a\r\n\r\n.\r\n..\r\n.a\r\nb.\r\n\r\n.\r\n",
    "dot at the very start": b".a\r\n",
    "eight bits": "Subject: a\r\n\r\nÀ bientôt\r\n".encode(),
    "a long line": b"Subject: a\r\n\r\n" + b"x" * 70_000 + b"\r\n.\r\n",
    "dots at the edges of the pieces": b"\r\n" * 32_767 + b".\r\n" * 70_000,
    "empty lines at the end": b"Subject: a\r\n\r\na\r\n\r\n\r\n",
}


@pytest.mark.parametrize("raw", BODIES.values(), ids=BODIES.keys())
async def test_the_bytes_arrive_as_they_are(smtp_server: ScriptedSmtpServer, raw: bytes) -> None:
    """A mail with CRLF line ends arrives byte for byte, dots at line starts included."""
    await send_all(access_to(smtp_server), mail(raw), mail(raw))

    assert [raw, raw] == [kept.raw for kept in smtp_server.kept]


@pytest.mark.parametrize(
    ("raw", "arrived"),
    [
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb", b"a\r\nb\r\n"),
        (b"a\n.\nMAIL FROM:<evil@evil.example>\r\n", b"a\r\n.\r\nMAIL FROM:<evil@evil.example>\r\n"),
        (b"a\r\n.\rb\n.\n", b"a\r\n.\r\nb\r\n.\r\n"),
        (b"", b"\r\n"),
    ],
)
async def test_no_bare_line_end_leaves_us(smtp_server: ScriptedSmtpServer, raw: bytes, arrived: bytes) -> None:
    """CR or LF alone becomes CRLF before dots are doubled: nothing in a body can end it (CVE-2023-51764)."""
    await send_all(access_to(smtp_server), mail(raw), mail())

    assert arrived == smtp_server.kept[0].raw
    assert 2 == len(smtp_server.kept)


async def test_a_server_that_nobody_here_wrote_gets_the_same_bytes() -> None:
    """The library server aiosmtpd keeps envelope and content exactly."""
    kept: list[Envelope] = []

    class Keeper:
        async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
            kept.append(envelope)
            return "250 2.0.0 OK <theirs@provider.example>"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keeper(), hostname="fiction.example"), "127.0.0.1", 0)
    async with server:
        access = SmtpAccess(host="127.0.0.1", port=server.sockets[0].getsockname()[1], tls="none")
        results = await send_all(access, mail(BODIES["dots"]), mail(BODIES["eight bits"]))

    assert [BODIES["dots"], BODIES["eight bits"]] == [envelope.content for envelope in kept]
    assert ("plaintes@organisme.example", ["jeanne@client.example"]) == (kept[0].mail_from, kept[0].rcpt_tos)
    assert "2.0.0 OK <theirs@provider.example>" == results[0].text


async def test_the_answer_is_kept_short_and_printable(smtp_server: ScriptedSmtpServer) -> None:
    """A server's text is stored and shown: one line, at most 500 characters, no control characters."""
    smtp_server.script(Fault(Point.DOT, reply="550-5.7.1 no\x1b[31m\x07\r\n550 5.7.1 " + "é" * 600))
    [result] = await send_all(access_to(smtp_server), mail())

    assert (500, True) == (len(result.text), result.text.isprintable())
    assert result.text.startswith("5.7.1 no [31m 5.7.1 éé")


async def test_the_journal_can_be_read_by_another_process(tmp_path: Path) -> None:
    """Campaigns read what the server kept from files."""
    with ScriptedSmtpServer(journal=tmp_path) as server:
        await send_all(access_to(server), mail(BODIES["dots"]))
    [line] = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]

    assert ("plaintes@organisme.example", ["jeanne@client.example"]) == (line["from"], line["to"])
    assert BODIES["dots"] == (tmp_path / line["file"]).read_bytes()
