"""The judgements of `triage check` and `triage status`: what is a problem, what a warning, and where the limits lie."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.matters import make_policy
from triage.model.health import DurabilityFacts, Finding, Level, SecretFacts, Standing, TlsFacts
from triage.model.standard import BusinessCalendar
from triage.rules.checking.database import judge_durability, judge_revision
from triage.rules.checking.dates import judge_calendar, judge_standards
from triage.rules.checking.machine import judge_clock, judge_disk, judge_python, judge_secret
from triage.rules.checking.mail import judge_probe, judge_tls
from triage.rules.checking.standing import judge_standing

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MIB = 1 << 20

SAFE_SQLITE = {"journal_mode": "wal", "synchronous": "2"}
SAFE_POSTGRESQL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

ALL_IS_WELL = Standing(
    daemon_seen_at=NOW - timedelta(seconds=30),
    stopped=False,
    looked_at=NOW - timedelta(seconds=40),
    received_today=41,
    taken_in_today=41,
    waiting={},
    oldest_waiting_at=None,
    outbox={"sent": 41},
    on_top=(),
    tickets={"new": 41},
)


def levels(findings: tuple[Finding, ...]) -> list[Level]:
    """The levels alone."""
    return [each.level for each in findings]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("fsync", "off"), ("synchronous_commit", "off"), ("full_page_writes", "off")],
)
def test_a_postgresql_that_may_forget_is_a_problem(setting: str, value: str) -> None:
    """Each of the three settings alone is enough, and the sentence names it."""
    (found,) = judge_durability(DurabilityFacts("postgresql", {**SAFE_POSTGRESQL, setting: value}))

    assert (Level.PROBLEM, True, True) == (found.level, setting in found.sentence, setting in found.mend)


@pytest.mark.parametrize(("setting", "value"), [("journal_mode", "delete"), ("synchronous", "1"), ("synchronous", "0")])
def test_an_sqlite_that_may_forget_is_a_problem(setting: str, value: str) -> None:
    """Without the write-ahead log, or without a flush at each commit, a power cut may cost a mail."""
    (found,) = judge_durability(DurabilityFacts("sqlite", {**SAFE_SQLITE, setting: value}, "ext4"))

    assert (Level.PROBLEM, True) == (found.level, setting in found.sentence)


@pytest.mark.parametrize(
    ("file_system", "level"),
    [
        ("ext4", Level.OK),
        ("xfs", Level.OK),
        (None, Level.OK),
        ("nfs4", Level.PROBLEM),
        ("cifs", Level.PROBLEM),
        ("smb3", Level.PROBLEM),
        ("9p", Level.PROBLEM),
        ("fuse.sshfs", Level.PROBLEM),
        ("tmpfs", Level.WARNING),
    ],
)
def test_the_file_lies_on_a_disk_of_this_machine(file_system: str | None, level: Level) -> None:
    """Locks do not hold between machines; memory does not outlive one."""
    assert [level] == levels(judge_durability(DurabilityFacts("sqlite", SAFE_SQLITE, file_system)))


def test_a_schema_of_another_release_is_a_problem() -> None:
    """The mend is the command; an empty database is none."""
    assert [Level.PROBLEM, Level.OK, Level.OK] == [
        judge_revision(each, needed="0002").level for each in ("0001", None, "0002")
    ]


@pytest.mark.parametrize(
    ("seconds", "level"), [(0, Level.OK), (30, Level.OK), (-30, Level.OK), (31, Level.PROBLEM), (-31, Level.PROBLEM)]
)
def test_clocks_agree_within_thirty_seconds(seconds: int, level: Level) -> None:
    """Reception times are promises: a clock that is off makes them wrong (R-88)."""
    assert level is judge_clock("the database", timedelta(seconds=seconds)).level


@pytest.mark.parametrize(
    ("mebibytes", "level"), [(199, Level.PROBLEM), (200, Level.WARNING), (1023, Level.WARNING), (1024, Level.OK)]
)
def test_there_must_be_room(mebibytes: int, level: Level) -> None:
    """Below 1 GiB a warning, below 200 MiB a problem."""
    assert level is judge_disk(mebibytes * MIB, folder="/var/lib/triage").level


@pytest.mark.parametrize(
    ("version", "level"),
    [
        ((3, 11, 14), Level.WARNING),
        ((3, 11, 15), Level.OK),
        ((3, 13, 14), Level.WARNING),
        ((3, 14, 7), Level.OK),
        ((3, 15, 0), Level.OK),
    ],
)
def test_an_interpreter_with_known_faults_is_a_warning(version: tuple[int, int, int], level: Level) -> None:
    """A distribution may have mended them without a new number, so it is no problem."""
    assert level is judge_python(version).level


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        (SecretFacts("k", "f", mode=0o600, readable=True), Level.OK),
        (SecretFacts("k", "f", mode=0o400, readable=True), Level.OK),
        (SecretFacts("k", "f", mode=0o640, readable=True), Level.WARNING),
        (SecretFacts("k", "f", mode=0o604, readable=True), Level.PROBLEM),
        (SecretFacts("k", "f", mode=0o600, readable=False), Level.PROBLEM),
        (SecretFacts("k", "f", mode=0o600, readable=True, empty=True), Level.PROBLEM),
        (SecretFacts("k", "f", mode=None, readable=False), Level.PROBLEM),
    ],
)
def test_a_secret_is_ours_alone(facts: SecretFacts, level: Level) -> None:
    """There, readable, not empty, and closed to everybody else."""
    assert level is judge_secret(facts).level


@pytest.mark.parametrize(("days", "level"), [(22, Level.OK), (20, Level.WARNING), (-1, Level.WARNING)])
def test_a_certificate_that_ends_soon_is_a_warning(days: int, level: Level) -> None:
    """Three weeks are enough to have one renewed."""
    assert level is judge_tls("line", TlsFacts("TLSv1.3", NOW + timedelta(days=days)), now=NOW).level


def calendar(*years: int) -> BusinessCalendar:
    """The shipped calendar, reduced to these years."""
    shipped = make_policy().calendar
    holidays = {on: each for on, each in shipped.holidays.items() if on.year in years}
    return replace(shipped, holidays=holidays, listed_years=frozenset(years))


def confirmed(whole: BusinessCalendar) -> BusinessCalendar:
    """The same, vouched for."""
    rows = {on: replace(each, confirmed_by="DRH", confirmed_on=date(2026, 1, 5)) for on, each in whole.holidays.items()}
    return replace(whole, holidays=rows)


@pytest.mark.parametrize(
    ("today", "years", "expected"),
    [
        (date(2026, 8, 31), (2026,), [Level.OK, Level.OK]),
        (date(2026, 9, 1), (2026,), [Level.OK, Level.WARNING]),
        (date(2026, 9, 1), (2026, 2027), [Level.OK, Level.OK]),
        (date(2026, 3, 1), (2027,), [Level.PROBLEM, Level.OK]),
    ],
)
def test_next_year_must_be_listed_from_september(today: date, years: tuple[int, ...], expected: list[Level]) -> None:
    """This year always; the next one from 1 September (R-53)."""
    assert expected == levels(judge_calendar(confirmed(calendar(*years)), today=today))


def test_days_that_nobody_confirmed_are_a_warning() -> None:
    """The rule proposes, a person confirms (R-53): this year always, the next from September."""
    listed = calendar(2026, 2027)

    assert [Level.WARNING, Level.OK] == levels(judge_calendar(listed, today=date(2026, 8, 31)))
    assert [Level.WARNING, Level.WARNING] == levels(judge_calendar(listed, today=date(2026, 9, 1)))


def test_a_day_without_a_promise_is_a_problem() -> None:
    """No standard in force for a complaint by e-mail means that nothing would fall due."""
    standards = make_policy().standards

    assert Level.OK is judge_standards(standards, today=date(2026, 12, 1)).level
    assert Level.PROBLEM is judge_standards(standards, today=date(1999, 12, 1)).level


def test_a_probe_that_did_not_come_back_is_a_problem() -> None:
    """One that did tells after how many seconds."""
    found = [judge_probe(each, address="a+b@c.example", patience=60) for each in (3.0, None)]

    assert [Level.OK, Level.PROBLEM] == [each.level for each in found]
    assert ["3 s", "60 s"] == [each.sentence.rsplit(" after ")[-1] for each in found]


def test_a_service_that_is_well_needs_nobody() -> None:
    """Nothing is found where nothing is wrong."""
    assert () == judge_standing(ALL_IS_WELL, now=NOW)


@pytest.mark.parametrize(
    ("change", "check", "level"),
    [
        ({"daemon_seen_at": NOW - timedelta(minutes=16)}, "daemon", Level.PROBLEM),
        ({"daemon_seen_at": NOW - timedelta(days=2), "stopped": True}, "daemon", Level.WARNING),
        ({"daemon_seen_at": None, "looked_at": None}, "daemon", Level.WARNING),
        ({"looked_at": NOW - timedelta(minutes=16)}, "mailbox", Level.PROBLEM),
        ({"looked_at": None}, "mailbox", Level.PROBLEM),
        ({"oldest_waiting_at": NOW - timedelta(minutes=11)}, "intake", Level.PROBLEM),
        ({"outbox": {"dead": 1}}, "outbox", Level.PROBLEM),
        ({"outbox": {"unknown": 1}}, "outbox", Level.WARNING),
        ({"outbox": {"held": 1}}, "outbox", Level.WARNING),
    ],
)
def test_what_needs_a_person_is_told(change: dict[str, object], check: str, level: Level) -> None:
    """Each trouble alone is one finding, with a mend (MUST 21, R-88)."""
    (found,) = judge_standing(replace(ALL_IS_WELL, **change), now=NOW)  # type: ignore[arg-type]  # fields by name

    assert (check, level, True) == (found.check, found.level, bool(found.mend))


def test_a_pass_from_a_timer_needs_no_daemon() -> None:
    """Whoever runs single passes has no daemon, and is not told that it never ran."""
    assert () == judge_standing(replace(ALL_IS_WELL, daemon_seen_at=None), now=NOW)
