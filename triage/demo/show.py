"""Runs the demo from the first line to the last: servers, daemon, scenes, checks, gallery.

It ends by itself; whatever goes wrong is told in plain words and is exit code 1.
"""

import asyncio
import secrets
import signal
import sys
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO, TypeVar

from triage.demo.account import Account, Happening, LogLine, SentMail, TakenIn
from triage.demo.configuration import MAILBOX, ZONE, Surroundings, write_configuration
from triage.demo.gallery import LOG_NAME, prepare_folder, write_gallery
from triage.demo.narrator import Narrator
from triage.demo.people import Letter, Occasion
from triage.demo.process import Daemon, DemoFailed, list_tickets, start_daemon, write_command
from triage.demo.servers import LOOPBACK, Login, Servers, open_servers
from triage.demo.story import SCENES, Expected, Scene, judge

T = TypeVar("T")

WHOLE_SECONDS = 50.0  # the demo ends by itself in under a minute, come what may
STEP_SECONDS = 20.0  # what one step may take; the first waits for the daemon to start
TIDY_SECONDS = 5.0  # what the last move to the processed folder may take


def run_demo(out: Path, *, pause_seconds: float, to: TextIO) -> int:
    """Play the whole demo and print it to `to`; the exit code: 0 when the story held, 1 when not.

    Raises `FolderTaken` when `out` holds something else. Between scenes it pauses for whoever reads along.
    """
    started = time.monotonic()
    narrator = Narrator(to, elapsed=lambda: time.monotonic() - started)
    prepare_folder(out)
    try:
        return asyncio.run(_play(out, pause_seconds=pause_seconds, narrator=narrator))
    except DemoFailed as failure:
        narrator.tell(f"\nThe demo failed: {failure}")
        narrator.tell(f"The daemon's own log: {out / LOG_NAME}")
    except (asyncio.CancelledError, KeyboardInterrupt):
        narrator.tell("\nThe demo was interrupted; the daemon is stopped.")
    return 1


async def _play(out: Path, *, pause_seconds: float, narrator: Narrator) -> int:
    _listen_to_sigterm()
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            with TemporaryDirectory(prefix="triage-demo-") as folder:
                account = await _tell_story(Path(folder), out, pause_seconds=pause_seconds, narrator=narrator)
    except TimeoutError:
        raise DemoFailed(f"it was not over after {WHOLE_SECONDS:.0f} s") from None
    return _conclude(out, account, narrator)


async def _tell_story(folder: Path, out: Path, *, pause_seconds: float, narrator: Narrator) -> Account:
    """Everything while the servers and the daemon run; the account of it once the daemon has stopped."""
    narrator.tell("A mailbox, a mail server, the real daemon, and people of fiction. Nothing leaves this machine.\n")
    login = Login(username=MAILBOX, password=secrets.token_urlsafe(12), processed="Traités")
    async with open_servers(login) as servers:
        narrator.say(
            f"A mailbox and a mail server are ready: {LOOPBACK}, ports {servers.imap_port}, {servers.smtp_port}."
        )
        write_configuration(folder, surroundings_of(servers, login))
        narrator.say("The daemon starts, as an operator would start it: triage run.")
        async with start_daemon(write_command("run", folder), log_file=out / LOG_NAME) as daemon:
            stage = Stage(servers=servers, daemon=daemon, narrator=narrator, pause_seconds=pause_seconds)
            happenings = await unless_it_dies(daemon, stage.play_all())
            narrator.tell("")
            narrator.say("The daemon is told to stop (SIGTERM).")
            code = await daemon.stop()
            if code != 0:
                raise DemoFailed(f"the daemon was told to stop and ended with exit code {code}")
            narrator.say("It has stopped in order.")
        tickets = await list_tickets(folder)
        return Account(
            happenings=happenings, sent=tuple(servers.sent.heard), tickets=tickets, mailbox=await servers.count()
        )


def surroundings_of(servers: Servers, login: Login) -> Surroundings:
    """What the daemon is told of the servers; it treats mail from yesterday on."""
    yesterday = datetime.now(ZONE).date() - timedelta(days=1)
    return Surroundings(
        imap_port=servers.imap_port,
        smtp_port=servers.smtp_port,
        username=login.username,
        password=login.password,
        processed=login.processed,
        since_on=yesterday,
    )


def _conclude(out: Path, account: Account, narrator: Narrator) -> int:
    """Summarise, check, and leave the gallery; the exit code."""
    checks = judge(account)
    answered = {scene.key for scene in SCENES if scene.expected is Expected.OWN_TICKET}
    narrator.tell_tickets(account.tickets, ZONE)
    narrator.tell_unanswered(happening for happening in account.happenings if happening.key not in answered)
    narrator.tell_checks(checks)
    index = write_gallery(out, account, checks, ZONE)
    narrator.tell(f"\nThe {len(account.sent)} mails that left, as .eml and .html, with an index: {index}")
    if all(check.held for check in checks):
        return 0
    narrator.tell("\nThe demo failed: a promise above did not hold.")
    return 1


class Stage:
    """Where the scenes are played: one mail after the other, each waited for."""

    def __init__(self, *, servers: Servers, daemon: Daemon, narrator: Narrator, pause_seconds: float) -> None:
        self._servers = servers
        self._daemon = daemon
        self._narrator = narrator
        self._pause_seconds = pause_seconds
        self._acknowledged: dict[str, SentMail] = {}

    async def play_all(self) -> tuple[Happening, ...]:
        """Every scene in order, once the daemon watches, then the wait until the last mail is filed."""
        await in_time(
            self._daemon.log.find(lambda line: line.get("event") == "mailbox_opened"),
            "the daemon did not open the mailbox",
        )
        self._narrator.say("It watches the mailbox.")
        happenings = []
        for scene in SCENES:
            happenings.append(await self._play(scene))
            await asyncio.sleep(self._pause_seconds)
        await self._await_tidy_mailbox()
        return tuple(happenings)

    async def _play(self, scene: Scene) -> Happening:
        answering = self._acknowledged[scene.answers].read() if scene.answers else None
        written_at = datetime.now(UTC)
        letter = scene.write(Occasion(mailbox=MAILBOX, now=written_at, answering=answering))
        self._narrator.tell_letter(scene, letter)
        log_position, post_position = len(self._daemon.log.heard), len(self._servers.sent.heard)
        await self._servers.deliver(letter.raw)
        line = await in_time(
            self._daemon.log.find(partial(is_taken_in, letter), after=log_position),
            f"the mail of scene « {scene.key} » was not taken in",
        )
        happening = Happening(scene.key, written_at, letter, read_taken_in(line))
        self._narrator.tell_taken_in(happening.taken_in)
        if scene.expected is Expected.OWN_TICKET:
            await self._await_acknowledgement(happening, after=post_position)
        return happening

    async def _await_acknowledgement(self, happening: Happening, *, after: int) -> None:
        address = happening.letter.sender.address
        mail = await in_time(
            self._servers.sent.find(lambda mail: mail.recipient == address, after=after),
            f"the mail of scene « {happening.key} » got no acknowledgement",
        )
        self._acknowledged[happening.key] = mail
        self._narrator.tell_acknowledgement(happening, mail)

    async def _await_tidy_mailbox(self) -> None:
        """Moves come in batches after the commits; what is not filed in time is for the checks to say."""
        waited = 0.0
        while (await self._servers.count()).inbox and waited < TIDY_SECONDS:
            await asyncio.sleep(0.1)
            waited += 0.1


def is_taken_in(letter: Letter, line: LogLine) -> bool:
    """Whether a line of the log says that this letter was taken in; the log knows it by a hash alone."""
    digest = sha256(letter.message_id.strip("<>").encode()).hexdigest()
    return line.get("event") == "mail_taken_in" and digest.startswith(str(line.get("message_id_hash") or ""))


def read_taken_in(line: LogLine) -> TakenIn:
    """What one `mail_taken_in` line of the log says."""
    reference = line.get("reference")
    return TakenIn(
        reason=str(line.get("reason", "")),
        nature=str(line.get("nature", "")),
        reference=str(reference) if reference else None,
    )


async def in_time(work: Coroutine[None, None, T], failure: str) -> T:
    """The result of one step of the story, or `DemoFailed`, which says what did not happen."""
    try:
        async with asyncio.timeout(STEP_SECONDS):
            return await work
    except TimeoutError:
        raise DemoFailed(f"{failure} within {STEP_SECONDS:.0f} s") from None


async def unless_it_dies(daemon: Daemon, work: Coroutine[None, None, T]) -> T:
    """The result of the work; should the daemon end meanwhile, that is what is told."""
    working, dying = asyncio.ensure_future(work), asyncio.ensure_future(daemon.die())
    try:
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise dying.result()
    finally:
        working.cancel()
        dying.cancel()
        await asyncio.gather(working, dying, return_exceptions=True)


def _listen_to_sigterm() -> None:
    """SIGTERM ends the demo as Ctrl-C does, so that no daemon is left behind."""
    task = asyncio.current_task()
    if task is not None and sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
