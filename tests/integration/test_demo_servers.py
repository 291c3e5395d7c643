"""The demo's own servers behave as real ones, as far as the daemon looks."""

import asyncio
import smtplib

from imapclient import IMAPClient

from triage.demo.account import MailboxCount
from triage.demo.servers import LOOPBACK, Login, open_servers

LOGIN = Login(username="plaintes@body.example", password="of-fiction", processed="Traités")
RAW = b"From: someone@people.example\r\nSubject: caf\xe9\r\n\r\nBonjour\r\n"


def connect(port: int) -> IMAPClient:
    client = IMAPClient(LOOPBACK, port, ssl=False, timeout=10)
    client.login(LOGIN.username, LOGIN.password)
    client.select_folder("INBOX")
    return client


def fetch_and_move(port: int) -> bytes:
    client = connect(port)
    (uid,) = client.search("ALL")
    raw: bytes = client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]
    client.move([uid], LOGIN.processed)
    client.logout()
    return raw


def send_one(port: int) -> None:
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as client:
        client.sendmail("box@body.example", ["someone@people.example"], RAW)


async def test_a_delivered_mail_is_fetched_byte_for_byte_and_moved() -> None:
    """What was delivered is what a client reads, bare bytes included; moving it empties the inbox."""
    async with open_servers(LOGIN) as servers:
        await servers.deliver(RAW)
        before = await servers.count()
        fetched = await asyncio.to_thread(fetch_and_move, servers.imap_port)
        after = await servers.count()

    assert RAW == fetched
    assert (MailboxCount(inbox=1, processed=0), MailboxCount(inbox=0, processed=1)) == (before, after)


async def test_whoever_watches_is_told_of_a_delivery() -> None:
    """A client in IDLE hears of the mail that comes."""
    async with open_servers(LOGIN) as servers:
        client = await asyncio.to_thread(connect, servers.imap_port)
        await asyncio.to_thread(client.idle)
        await servers.deliver(RAW)
        heard = await asyncio.to_thread(client.idle_check, 10)
        await asyncio.to_thread(client.idle_done)
        await asyncio.to_thread(client.logout)

    assert (1, b"EXISTS") in heard


async def test_a_sent_mail_is_kept_as_it_came() -> None:
    """The mail server keeps envelope and bytes, and passes nothing on."""
    async with open_servers(LOGIN) as servers:
        sending = asyncio.create_task(asyncio.to_thread(send_one, servers.smtp_port))
        mail = await servers.sent.find(lambda mail: mail.recipient == "someone@people.example")
        await sending

    assert ("box@body.example", RAW) == (mail.envelope_from, mail.raw)
    assert 1 == len(servers.sent.heard)


async def test_two_demos_do_not_meet() -> None:
    """Each takes free ports."""
    async with open_servers(LOGIN) as one, open_servers(LOGIN) as other:
        ports = {one.imap_port, one.smtp_port, other.imap_port, other.smtp_port}

    assert 4 == len(ports)
