"""The operator's files: the configuration, the secrets it names, the calendar, the promises, the letters."""

import os
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from triage.daemon.build import TEMPLATES, letterhead_of
from triage.mail.writing.accessibility import find_barriers
from triage.mail.writing.compose import compose_acknowledgement
from triage.mail.writing.specimens import SPECIMEN_ACKNOWLEDGEMENT
from triage.mail.writing.templates import Templates, load_templates, specimen_letters, template_name
from triage.model.errors import ConfigurationError
from triage.model.health import Finding, Level, SecretFacts
from triage.model.message import Address
from triage.rules.checking.dates import judge_calendar, judge_standards
from triage.rules.checking.machine import judge_secret
from triage.settings.dated import load_calendar, load_standards
from triage.settings.defaults import templates_dir
from triage.settings.escalation import load_escalation
from triage.settings.loading import FILE, load_settings, secret_files, secret_path
from triage.settings.schema import Settings
from triage.settings.staff import STAFF_FILE, load_staff
from triage.wording.typography import find_faults

_RESERVED = ".example"  # a domain that no mail server has (RFC 2606): the shipped file's


def check_settings(folder: Path) -> tuple[Settings | None, tuple[Finding, ...]]:
    """The settings where they are valid, and one finding a fault."""
    try:
        settings = load_settings(folder)
    except ConfigurationError as error:
        mend = f"mend it in {folder / FILE}"
        return None, tuple(Finding("configuration", Level.PROBLEM, fault, mend) for fault in str(error).split("\n"))
    return settings, (Finding("configuration", Level.OK, f"{folder / FILE} is valid"), *_examples_left(settings))


def check_secrets(folder: Path, settings: Settings) -> tuple[Finding, ...]:
    """Each file with a secret: there, ours to read, nobody else's."""
    return tuple(
        judge_secret(_secret_facts(key, secret_path(folder, file))) for key, file in secret_files(settings).items()
    )


def check_alert_command(settings: Settings) -> Finding:
    """Whether the program of `[alert] command` is there and may be run; it is not run."""
    program = next(iter(settings.alert.command), None)
    if program is None:
        return Finding("alert", Level.OK, "no program is called; alerts stand in the log alone (alert_raised)")
    if not (Path(program).is_file() and os.access(program, os.X_OK)):
        mend = "mend [alert] command, or make that file executable for the user of the service"
        return Finding("alert", Level.PROBLEM, f"{program} is no program that this user may run", mend)
    return Finding("alert", Level.OK, f"{program} is called for each alert")


def check_staff(folder: Path, settings: Settings) -> Finding:
    """Who works here, by addresses of the body's own domains, and whether anybody is told of a new ticket."""
    own = frozenset((settings.body.address, *settings.body.aliases))
    domains = {address.rpartition("@")[2] for address in own}
    try:
        staff = load_staff(folder, domains=domains, own_addresses=own)
    except ConfigurationError as error:
        return Finding("staff", Level.PROBLEM, str(error), f"mend it in {folder / STAFF_FILE}")
    if not staff.intake_team:
        mend = f"name who works here, and the intake team, in {folder / STAFF_FILE}"
        return Finding("staff", Level.WARNING, "nobody is told of a new ticket: there is no intake team", mend)
    told = len(staff.intake_team)
    return Finding("staff", Level.OK, f"{len(staff.members)} who work here, {told} of them told of each new ticket")


def check_dates(folder: Path, settings: Settings, *, now: datetime) -> tuple[Finding, ...]:
    """The calendar and the promises as of today in the body's zone."""
    zone = ZoneInfo(settings.body.time_zone)
    today = now.astimezone(zone).date()
    try:
        calendar = load_calendar(folder, zone=zone)
        standards = load_standards(folder)
        load_escalation(folder, standards=standards)
    except ConfigurationError as error:
        return (Finding("dates", Level.PROBLEM, str(error), "mend that place of the file"),)
    return (*judge_calendar(calendar, today=today), judge_standards(standards, today=today))


def check_letters(folder: Path, settings: Settings, *, now: datetime) -> tuple[Finding, ...]:
    """Every letter is written with the body's own letterhead; those that the operator changed are read critically."""
    own = folder / TEMPLATES
    try:
        templates = load_templates([each for each in (own, templates_dir()) if each.is_dir()])
        compose_acknowledgement(
            SPECIMEN_ACKNOWLEDGEMENT,
            recipient=Address("", "requester@client.example"),
            letterhead=letterhead_of(settings.body),
            templates=templates,
            message_id=f"check@{settings.body.address.rpartition('@')[2]}",
            key="check",
            now=now.astimezone(ZoneInfo(settings.body.time_zone)),
        )
    except ConfigurationError as error:
        return (Finding("letters", Level.PROBLEM, str(error), f"mend that file below {own}"),)
    except Exception as error:  # noqa: BLE001  whatever a template or a letterhead provokes would stop the daemon too
        mend = "mend the [body] section: a name, an address or a template does not make a safe letter"
        return (Finding("letters", Level.PROBLEM, f"no letter can be composed ({type(error).__name__})", mend),)
    count = sum(1 for _ in specimen_letters(templates))
    return (Finding("letters", Level.OK, f"{count} composed with the letterhead of the body"), *_read(own, templates))


def _examples_left(settings: Settings) -> tuple[Finding, ...]:
    named = {
        "[body] address": settings.body.address,
        "[body] access_address": settings.body.access_address,
        "[imap] host": settings.imap.host,
        "[smtp] host": settings.smtp.host,
    }
    return tuple(
        Finding("configuration", Level.WARNING, f"{key} is still an example ({value})", f"write your own into {FILE}")
        for key, value in named.items()
        if value.endswith(_RESERVED)
    )


def _secret_facts(key: str, path: Path) -> SecretFacts:
    try:
        status = path.stat()
    except OSError:
        return SecretFacts(key, str(path), mode=None, readable=False)
    readable = os.access(path, os.R_OK)
    empty = readable and not path.read_bytes().strip()
    return SecretFacts(key, str(path), mode=stat.S_IMODE(status.st_mode), readable=readable, empty=empty)


def _read(own: Path, templates: Templates) -> tuple[Finding, ...]:
    found = []
    for specimen, letter in specimen_letters(templates):
        name = template_name(specimen)
        if (own / f"{name}.txt").is_file():
            found += [
                Finding("letters", Level.WARNING, f"{name}.txt, line {each.line}: {each.excerpt!r}", each.advice)
                for each in find_faults(letter.text)
            ]
        if (own / f"{name}.html").is_file():
            found += [
                Finding("letters", Level.WARNING, f"{name}.html: {barrier}", "see docs/letters.md")
                for barrier in find_barriers(letter.html)
            ]
    return tuple(found)
