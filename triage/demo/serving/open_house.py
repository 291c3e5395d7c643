"""Runs `triage demo --serve`: servers and daemon until Ctrl-C or SIGTERM, and an account of every mail on the way.

No story is told: whoever joins writes it. What the daemon sent stays as `.eml` and as pages, as after any demo.
"""

import asyncio
import logging
import secrets
import signal
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from triage.demo.account import Account, LogLine, SentMail, read_headers
from triage.demo.configuration import MAILBOX, ZONE, write_configuration
from triage.demo.gallery import LOG_NAME, prepare_folder, write_gallery
from triage.demo.narrator import Narrator, clean, say_taken_in
from triage.demo.process import Daemon, DemoFailed, list_tickets, start_daemon, write_command
from triage.demo.servers import Login, Neighbour, Neighbourhood, Servers, open_servers
from triage.demo.serving.joining import SENT_FOLDER, describe_joining, write_mutt_files
from triage.demo.serving.residents import RESIDENTS, write_staff
from triage.demo.show import in_time, read_taken_in, surroundings_of, unless_it_dies

# A profile in a mail program outlives the demo, so the ports stay the same wherever nobody else has them.
IMAP_PORT, SMTP_PORT = 1143, 1025
_SERVER = f"mail.{MAILBOX.partition('@')[2]}"


def run_open_house(out: Path, *, to: TextIO, imap_port: int = IMAP_PORT, smtp_port: int = SMTP_PORT) -> int:
    """Stay up and print to `to` until told to stop; the exit code: 0 for that end, 1 when the daemon failed.

    Raises `FolderTaken` when `out` holds something else.
    """
    started = time.monotonic()
    narrator = Narrator(to, elapsed=lambda: time.monotonic() - started)
    prepare_folder(out)
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd warns of itself at each login
    around = Neighbourhood(
        address=MAILBOX,
        neighbours=[Neighbour(each.address, each.login, each.password, SENT_FOLDER) for each in RESIDENTS],
        imap_port=imap_port,
        smtp_port=smtp_port,
        name=_SERVER,
    )
    try:
        asyncio.run(_keep_open(out, around, narrator))
    except DemoFailed as failure:
        narrator.tell(f"\nThe demo failed: {failure}")
        narrator.tell(f"The daemon's own log: {out / LOG_NAME}")
        return 1
    return 0


async def _keep_open(out: Path, around: Neighbourhood, narrator: Narrator) -> None:
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    login = Login(username=MAILBOX, password=secrets.token_urlsafe(12), processed="Traités")
    with TemporaryDirectory(prefix="triage-demo-") as name:
        folder = Path(name)
        async with open_servers(login, around) as servers:
            told = surroundings_of(servers, login)
            write_configuration(folder, replace(told, plus_addressing=True, authserv_id=_SERVER, hurried=True))
            write_staff(folder)
            async with start_daemon(write_command("run", folder), log_file=out / LOG_NAME) as daemon:
                await unless_it_dies(daemon, _serve(servers, daemon, out, narrator, told_to_stop))
                narrator.say("The daemon is told to stop (SIGTERM).")
                code = await daemon.stop()
                if code != 0:
                    raise DemoFailed(f"the daemon was told to stop and ended with exit code {code}")
            await _leave_gallery(folder, out, servers, narrator)


async def _serve(servers: Servers, daemon: Daemon, out: Path, narrator: Narrator, told_to_stop: asyncio.Event) -> None:
    opening = daemon.log.find(lambda line: line.get("event") == "mailbox_opened")
    await in_time(opening, "the daemon did not open the mailbox")
    write_mutt_files(servers, out)
    narrator.tell(describe_joining(servers, out))
    narrator.say("The daemon watches the mailbox. Ctrl-C ends it all.")
    tellers = [asyncio.create_task(_tell_mails(servers, narrator)), asyncio.create_task(_tell_log(daemon, narrator))]
    try:
        await told_to_stop.wait()
    finally:
        for teller in tellers:
            teller.cancel()
        await asyncio.gather(*tellers, return_exceptions=True)
    narrator.tell("")


async def _tell_mails(servers: Servers, narrator: Narrator) -> None:
    async for mail in servers.sent.follow():
        subject = clean(" ".join(value for name, value in read_headers(mail.read()) if name.lower() == "subject"))
        narrator.say(f"{clean(mail.envelope_from)} → {clean(mail.recipient)}: « {subject} »")


async def _tell_log(daemon: Daemon, narrator: Narrator) -> None:
    async for line in daemon.log.follow():
        if line.get("event") == "mail_taken_in":
            narrator.say(f"→ triage: {say_taken_in(read_taken_in(line))}.")
        elif _is_trouble(line):
            narrator.say(f"triage says « {clean(str(line.get('event')))} »; see {LOG_NAME}.")


def _is_trouble(line: LogLine) -> bool:
    return line.get("level") in {"warning", "error", "critical"}


async def _leave_gallery(folder: Path, out: Path, servers: Servers, narrator: Narrator) -> None:
    sent = tuple(mail for mail in servers.sent.heard if _is_from_the_daemon(mail))
    tickets = await list_tickets(folder)
    index = write_gallery(out, Account((), sent, tickets, await servers.count()), (), ZONE)
    narrator.tell_tickets(tickets, ZONE)
    narrator.tell(f"\nThe {len(sent)} mails that triage sent, as .eml and .html, with an index: {index}")


def _is_from_the_daemon(mail: SentMail) -> bool:
    return mail.envelope_from.lower() == MAILBOX
