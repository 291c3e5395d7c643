"""Runs the days from the first line to the last: servers, daemon, scenes, figures, checks, pages.

It ends by itself; whatever goes wrong is told in plain words and is exit code 1.
"""

import asyncio
import os
import secrets
import time as seconds
from datetime import datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

from triage.demo.account import Check
from triage.demo.configuration import MAILBOX, ZONE, Surroundings, write_configuration
from triage.demo.days.checks import Seen, judge_days
from triage.demo.days.diary.cast import AUTHSERV_ID, SUPERVISOR, write_staff_file
from triage.demo.days.house import House, open_house
from triage.demo.days.living import FIRST_ON, Lived, live
from triage.demo.days.moved_clock import MovedClock
from triage.demo.days.pages import write_days
from triage.demo.days.telling import Teller
from triage.demo.gallery import LOG_NAME, prepare_folder
from triage.demo.narrator import Narrator
from triage.demo.process import DemoFailed, list_tickets
from triage.demo.servers import Login, Servers, open_servers
from triage.log import set_up_logging
from triage.model.papers.counting import YearFigures
from triage.workflows.digest import look_at_digests

_BEGINS = time(7)


def run_days(out: Path, days: int, *, to: TextIO) -> int:
    """Live through so many business days and print them to `to`; the exit code: 0 when every check held, 1 when not.

    The daemon runs in this process, so its log is set up here and the settings of the operator are put out of reach.
    Raises `FolderTaken` when `out` holds something else.
    """
    started = seconds.monotonic()
    narrator = Narrator(to, elapsed=lambda: seconds.monotonic() - started)
    prepare_folder(out)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        del os.environ[name]
    with (out / LOG_NAME).open("w", encoding="utf-8") as log:
        set_up_logging("info", log)
        try:
            seen = asyncio.run(_live(days, narrator))
        except DemoFailed as failure:
            narrator.tell(f"\nThe demo failed: {failure}")
            narrator.tell(f"The daemon's own log: {out / LOG_NAME}")
            return 1
        except (asyncio.CancelledError, KeyboardInterrupt):
            narrator.tell("\nThe demo was interrupted; nothing of it goes on.")
            return 1
    return _conclude(out, seen, narrator)


async def _live(days: int, narrator: Narrator) -> Seen:
    narrator.tell(
        f"{days} business days of a complaints service, with people of fiction. The daemon's own code runs on a clock\n"
        "that is moved; its mailbox and its mail server are of this program, and nothing leaves this machine."
    )
    login = Login(username=MAILBOX, password=secrets.token_urlsafe(12), processed="Traités")
    clock = MovedClock(datetime.combine(FIRST_ON, _BEGINS, ZONE))
    teller = Teller(narrator)
    with TemporaryDirectory(prefix="triage-demo-") as name:
        folder = Path(name)
        async with open_servers(login, clock=clock) as servers:
            write_configuration(folder, _surroundings(servers, login))
            write_staff_file(folder)
            async with open_house(servers, clock, folder) as house:
                lived = await live(house, days, teller)
                figures = await _count(house, lived)
            seen = Seen(lived, await list_tickets(folder), figures, await servers.count())
    teller.tell_figures(figures)
    return seen


def _surroundings(servers: Servers, login: Login) -> Surroundings:
    return Surroundings(
        imap_port=servers.imap_port,
        smtp_port=servers.smtp_port,
        username=login.username,
        password=login.password,
        processed=login.processed,
        since_on=FIRST_ON,
        plus_addressing=True,
        authserv_id=AUTHSERV_ID,
        approved="some",
    )


async def _count(house: House, lived: Lived) -> YearFigures:
    """What a digest would say at the very end."""
    policy = house.parts.digests.policy
    recipients = [each for each in policy.staff.members if each.id == SUPERVISOR.id]
    (made,) = await house.parts.database.read(
        lambda tx: look_at_digests(tx, policy=policy, recipients=recipients, now=lived.ended_at)
    )
    return made.digest.figures


def _conclude(out: Path, seen: Seen, narrator: Narrator) -> int:
    checks = judge_days(seen)
    Teller(narrator).tell_tickets(seen.tickets)
    narrator.tell_checks(checks)
    index = write_days(out, seen, checks)
    narrator.tell(f"\nThe {len(seen.left)} mails that left, as .eml and .html, with an index: {index}")
    return _code(checks, narrator)


def _code(checks: tuple[Check, ...], narrator: Narrator) -> int:
    if all(check.held for check in checks):
        return 0
    narrator.tell("\nThe demo failed: a promise above did not hold.")
    return 1
