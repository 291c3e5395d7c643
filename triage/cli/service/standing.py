"""`triage status`: health on one screen, from the database alone; 1 where something needs a person."""

import json
from typing import TYPE_CHECKING, Any

import typer

from triage.cli.instants import write_instant
from triage.cli.options import ConfigOption, JsonOption, configuration_of

if TYPE_CHECKING:
    from datetime import datetime

    from triage.model.health import Finding, OpenLetter, Standing
    from triage.settings.loading import Configuration

FOUND_PROBLEMS = 1


def status(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Say how the service stands; exit code 1 where something needs a person."""
    from triage.daemon.clock import utc_now
    from triage.model.health import Level

    configuration = configuration_of(config)
    now = utc_now()
    standing = _read(configuration, now=now)
    findings = _judge(configuration, standing, now=now)
    if as_json:
        text = json.dumps(standing_fields(standing, findings), ensure_ascii=False)
    else:
        text = "\n".join(standing_lines(standing, findings))
    typer.echo(text.encode("utf-8", "replace"))
    if any(each.level is Level.PROBLEM for each in findings):
        raise typer.Exit(FOUND_PROBLEMS)


def standing_fields(standing: "Standing", findings: "tuple[Finding, ...]") -> dict[str, Any]:
    """The standing in JSON."""
    from triage.cli.service.checking import finding_fields

    return {
        "daemon_seen_at": _instant(standing.daemon_seen_at),
        "daemon_stopped": standing.stopped,
        "mailbox_looked_at": _instant(standing.looked_at),
        "received_today": standing.received_today,
        "taken_in_today": standing.taken_in_today,
        "waiting": dict(standing.waiting),
        "oldest_waiting_at": _instant(standing.oldest_waiting_at),
        "outbox": dict(standing.outbox),
        "on_top": [_letter_fields(each) for each in standing.on_top],
        "tickets": dict(standing.tickets),
        "findings": [finding_fields(each) for each in findings],
    }


def standing_lines(standing: "Standing", findings: "tuple[Finding, ...]") -> list[str]:
    """The standing for a person: what needs one first."""
    from triage.cli.service.checking import finding_lines

    lines = [finding_lines(each) for each in findings] or ["ok       nothing needs a person"]
    lines += [_letter_line(each) for each in standing.on_top]
    daemon = "stopped" if standing.stopped else "seen"
    lines += [
        "",
        f"daemon   {daemon} {_instant(standing.daemon_seen_at) or 'never'}",
        f"mailbox  looked into {_instant(standing.looked_at) or 'never'}",
        f"today    received {standing.received_today}, taken in {standing.taken_in_today}",
        f"waiting  {_counts(standing.waiting)}{_since(standing.oldest_waiting_at)}",
        f"outbox   {_counts(standing.outbox)}",
        f"tickets  {_counts(standing.tickets)}",
    ]
    return lines


def _read(configuration: "Configuration", *, now: "datetime") -> "Standing":
    from zoneinfo import ZoneInfo

    from triage.daemon.build import open_engine
    from triage.model.errors import ConfigurationError
    from triage.store.engine import snapshot
    from triage.store.health.standing import read_standing
    from triage.store.schema import HEAD, current_revision

    local = now.astimezone(ZoneInfo(configuration.settings.body.time_zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    engine = open_engine(configuration)
    _refuse_missing_file(engine.dialect.name, engine.url.database)
    if current_revision(engine) != HEAD:
        raise ConfigurationError("the database is empty or of another release: `triage check` says more")
    with snapshot(engine) as tx:
        return read_standing(tx, midnight=midnight)


def _refuse_missing_file(dialect: str, database: str | None) -> None:
    # A look must not make the file: it would belong to whoever looked, not to the service.
    from pathlib import Path

    from triage.model.errors import ConfigurationError

    if dialect == "sqlite" and not Path(database or "").exists():
        raise ConfigurationError(f"there is no {database} yet: `triage run` makes it at its first start")


def _judge(configuration: "Configuration", standing: "Standing", *, now: "datetime") -> "tuple[Finding, ...]":
    from zoneinfo import ZoneInfo

    from triage.model.health import Level
    from triage.rules.checking.dates import judge_calendar
    from triage.rules.checking.standing import judge_standing
    from triage.settings.dated import load_calendar

    zone = ZoneInfo(configuration.settings.body.time_zone)
    years = judge_calendar(load_calendar(configuration.folder, zone=zone), today=now.astimezone(zone).date())
    return (*judge_standing(standing, now=now), *(each for each in years if each.level is not Level.OK))


def _letter_fields(letter: "OpenLetter") -> dict[str, Any]:
    return {
        "id": letter.outbox_id,
        "kind": letter.kind,
        "ticket": letter.reference,
        "state": letter.state,
        "reason": letter.reason,
        "attempts": letter.attempts,
    }


def _letter_line(letter: "OpenLetter") -> str:
    reason = f" ({letter.reason})" if letter.reason else ""
    ticket = letter.reference or "no ticket"
    return f"{'':<8} {letter.state}{reason}: {letter.kind} {letter.outbox_id}, {ticket}, attempts {letter.attempts}"


def _counts(counts: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "nothing"


def _since(at: "datetime | None") -> str:
    return "" if at is None else f", the oldest since {_instant(at)}"


def _instant(at: "datetime | None") -> str | None:
    return None if at is None else write_instant(at.replace(microsecond=0))
