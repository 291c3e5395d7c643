"""`triage digest`: what each supervisor reads this morning, printed, and put in the outbox if it is not there yet."""

import asyncio
import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from triage.cli.ledgers.access import fail
from triage.cli.options import ConfigOption, JsonOption, configuration_of
from triage.model.codes import DeliveryMode

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from triage.model.agents.staff import StaffMember
    from triage.rules.digest import DigestPolicy
    from triage.workflows.digest import Addressed
    from triage.workflows.record import Stationery


def digest(
    config: ConfigOption = None,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], metavar="DATE", help="As of the morning of this local day."),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="STAFF", help="Only this supervisor (id).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print only, put nothing in the outbox.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the daily digests; today's are sent unless they were. Numbers, states and dates, nothing of any person."""
    from triage.daemon.build import open_engine, require_schema, stationery_of
    from triage.daemon.clock import utc_now
    from triage.daemon.digests import digest_policy

    configuration = configuration_of(config)
    if not dry_run and configuration.settings.delivery.mode is DeliveryMode.OBSERVE:
        fail('[delivery] mode is "observe": nothing leaves; --dry-run prints the digest')
    policy = digest_policy(configuration)
    now = utc_now()
    at = _as_of(None if day is None else day.date(), policy, now=now, dry_run=dry_run)
    recipients = _recipients(to, policy, at=at)
    engine = open_engine(configuration)
    try:
        require_schema(engine)
        stationery = stationery_of(configuration, engine)
        _print(_look(engine, policy, recipients, at=at), policy, stationery, at=at, as_json=as_json)
        if not dry_run:
            print(_send(engine, policy, stationery, recipients, now=now), file=sys.stderr)
    finally:
        engine.dispose()


def _as_of(day: date | None, policy: "DigestPolicy", *, now: datetime, dry_run: bool) -> datetime:
    """The instant that is judged: now, or the hour of the digest on another day, which is never sent."""
    from triage.rules.clocks.due import local_day
    from triage.rules.clocks.office_hours import wall_time

    if day is None or day == local_day(now, calendar=policy.calendar):
        return now
    if not dry_run:
        raise typer.BadParameter("only today's digests are sent; with --dry-run that of another day is printed")
    return wall_time(day, policy.at, office=policy.office)


def _recipients(to: str | None, policy: "DigestPolicy", *, at: datetime) -> "list[StaffMember]":
    from triage.rules.clocks.due import local_day
    from triage.rules.digest import find_recipients

    found = find_recipients(policy.staff, today=local_day(at, calendar=policy.calendar))
    chosen = [each for each in found if to in {None, each.id}]
    if not chosen:
        listed = ", ".join(each.id for each in found)
        raise typer.BadParameter(
            f"who gets a digest that day: {listed}"
            if listed
            else "staff.toml names no supervisor: nobody gets a digest"
        )
    return chosen


def _look(
    engine: "Engine", policy: "DigestPolicy", recipients: "list[StaffMember]", *, at: datetime
) -> "tuple[Addressed, ...]":
    from triage.store.engine import snapshot
    from triage.workflows.digest import look_at_digests

    with snapshot(engine) as tx:
        return look_at_digests(tx, policy=policy, recipients=recipients, now=at)


def _print(
    made: "tuple[Addressed, ...]", policy: "DigestPolicy", stationery: "Stationery", *, at: datetime, as_json: bool
) -> None:
    from triage.mail.writing.internal.digest import write_digest
    from triage.papers.digest import digest_json

    for each in made:
        if as_json:
            print(json.dumps(digest_json(each.digest), ensure_ascii=False))
            continue
        letter = write_digest(
            each.digest,
            staff=policy.staff,
            letterhead=stationery.letterhead,
            templates=stationery.templates,
            now=at.astimezone(stationery.zone),
        )
        print(f"{each.recipient.id}\n\n{letter.text}")


def _send(
    engine: "Engine",
    policy: "DigestPolicy",
    stationery: "Stationery",
    recipients: "list[StaffMember]",
    *,
    now: datetime,
) -> str:
    from triage.log import set_up_logging
    from triage.store.database import Database
    from triage.workflows.digest import Digests, send_digests

    set_up_logging("warning")  # what is printed is the answer; the log goes to standard error
    database = Database(engine)
    try:
        tools = Digests(database, policy, stationery, on_enqueued=lambda: None)
        sent = asyncio.run(send_digests(tools, recipients, now=now))
    finally:
        database.close()
    return f"put in the outbox: {sent}; there already: {len(recipients) - sent}"
