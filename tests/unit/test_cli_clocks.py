"""`triage due` and `triage calendar` at the prompt: the printed contract, and exit code 2 for what is unusable."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from triage.cli.clocks import calendar, due

CALENDAR_2027_ONLY = """
years = [2027]
minimum_days_a_year = 1
[[holidays]]
date = 2027-02-03
label = "Tempête"
natural_date = 2027-02-03
provenance = "avis"
confirmed_by = "Direction"
confirmed_on = 2027-02-03
[sources]
avis = "Avis au personnel"
"""


def run(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str, str]:
    app = typer.Typer()
    app.command()(due)
    app.command()(calendar)
    result = CliRunner().invoke(app, arguments, env={"TRIAGE_CONFIG": None, **(environment or {})})
    return result.exit_code, result.stdout, result.stderr


def test_the_json_is_the_contract() -> None:
    """One object: instants with Z, local dates, elapsed hours with their clock, business days with their day."""
    code, out, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--channel", "email", "--json")

    assert 0 == code
    assert {
        "received_at": "2026-11-27T21:45:00Z",
        "received_on": "2026-11-27",
        "kind": "PLA",
        "channel": "email",
        "due": [
            {"standard": "E1", "clock": "elapsed_hours", "due_at": "2026-11-28T21:45:00Z", "committed": True},
            {"standard": "E2", "due_on": "2026-12-18", "due_at": "2026-12-19T05:00:00Z", "committed": True},
        ],
    } == json.loads(out)
    assert 1 == out.count("\n")


@pytest.mark.parametrize(
    "received",
    ["2026-11-27T16:45-05:00", "2026-11-27T21:45Z", "2026-11-27 16:45:00", "20261127T164500", " 2026-11-27T16:45 "],
)
def test_one_instant_may_be_typed_in_many_ways(received: str) -> None:
    """With an offset, with Z, or as the wall of the office shows it."""
    _, out, _ = run("due", "--received", received, "--kind", "PLA", "--json")

    assert "2026-11-27T21:45:00Z" == json.loads(out)["received_at"]


def test_an_unlisted_year_is_marked_in_the_entry_and_on_top() -> None:
    """Only there: the entry of the elapsed hours, and answers within listed years, have no such key."""
    _, late, _ = run("due", "--received", "2028-12-28T12:00", "--kind", "PLA", "--json")
    _, early, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--json")
    answer = json.loads(late)

    assert answer["provisional"] is True
    assert [None, True] == [entry.get("provisional") for entry in answer["due"]]
    assert "provisional" not in early


def test_a_complaint_by_phone_has_no_commitment_on_days() -> None:
    """E1 names the phone, E2 does not."""
    _, out, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "pla", "--channel", "phone", "--json")

    assert [("E1", True), ("E2", False)] == [(due["standard"], due["committed"]) for due in json.loads(out)["due"]]


def test_a_kind_without_promise_has_an_empty_list() -> None:
    """And a person is told so in words."""
    _, out, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "COM", "--json")
    code, words, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "COM")

    assert [] == json.loads(out)["due"]
    assert 0 == code
    assert "No published promise was in force for COM" in words


@pytest.mark.parametrize(
    ("received", "words"),
    [
        (
            "2026-11-01T01:30",
            ["happens twice", "give an offset", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"],
        ),
        ("2027-03-14T02:30", ["does not exist", "give an offset"]),
        ("2026-11-27", ["says no hour"]),
        ("20261127", ["says no hour"]),
        ("yesterday", ["is not a date and time"]),
        ("", ["is not a date and time"]),
        ("2026-13-01T10:00", ["is not a date and time"]),
        ("1764279900", ["is not a date and time"]),
        ("0001-01-01T00:00Z", ["outside the years"]),
        ("9999-12-31T23:59-12:00", ["outside the years"]),
    ],
)
def test_what_is_no_single_instant_exits_2_and_says_why(received: str, words: list[str]) -> None:
    """Nothing is guessed, nothing is printed as an answer."""
    code, out, complaint = run("due", "--received", received, "--kind", "PLA", "--json")

    assert (2, "") == (code, out)
    assert [] == [word for word in words if word not in complaint]


@pytest.mark.parametrize(
    "arguments",
    [
        ("due", "--received", "2026-11-27T16:45", "--kind", "plainte"),
        ("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--channel", "fax"),
        ("due", "--received", "2026-11-27T16:45"),
        ("due", "--kind", "PLA"),
        ("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--config", "/nowhere/at/all"),
        ("calendar", "26"),
        ("calendar", "soon"),
        ("calendar", "2026", "--config", "/nowhere/at/all"),
    ],
)
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    """Unknown codes, missing options, folders that are not there, years that are none."""
    code, out, _ = run(*arguments)

    assert (2, "") == (code, out)


def test_explain_tells_each_day_and_why() -> None:
    """Counted days with their number, skipped ones with their reason, in order."""
    _, out, _ = run("due", "--received", "2026-12-23T09:10", "--kind", "PLA", "--explain")
    lines = [" ".join(line.split()) for line in out.splitlines()]
    expected = [
        "due 2027-01-21 Thursday, before the midnight that ends it (2027-01-22T05:00:00Z)",
        "2026-12-23 Wednesday day 0, the local day of reception",
        "2026-12-24 Thursday skipped, holiday: Veille de Noël",
        "2026-12-26 Saturday skipped, weekend",
        "2026-12-28 Monday skipped, holiday: Lendemain de Noël (for 2026-12-26 Saturday)",
        "2026-12-29 Tuesday day 1",
        "2027-01-21 Thursday day 15",
    ]

    assert expected == [line for line in lines if line in expected]


def test_without_explain_the_answer_is_short() -> None:
    """What was asked and one due time a promise, with its clause; no day is told."""
    _, out, _ = run("due", "--received", "2026-11-27T16:45", "--kind", "PLA", "--channel", "phone")

    assert [
        "PLA by phone, received 2026-11-27 Friday, 16:45:00 (America/Toronto)",
        "",
        "E1  24 elapsed hours (S1:92, version 2022-09), committed",
        "    due 2026-11-28 Saturday, 16:45:00, the last instant in time",
        "",
        "E2  15 business days (S1:93, version 2022-09), tracked, not committed for phone",
        "    due 2026-12-18 Friday, before the midnight that ends it (2026-12-19T05:00:00Z)",
    ] == out.splitlines()


def test_explain_tells_of_the_clock_change() -> None:
    """Otherwise 14 h to 13 h would look like a mistake."""
    _, autumn, _ = run("due", "--received", "2026-10-31T14:00", "--kind", "PLA", "--explain")
    _, spring, _ = run("due", "--received", "2027-03-13T20:00", "--kind", "PLA", "--explain")

    assert "The clocks go back 60 minutes" in autumn
    assert "due 2026-11-01 Sunday, 13:00:00" in autumn
    assert "The clocks go forward 60 minutes" in spring


def test_explain_in_json_adds_the_days() -> None:
    """Each with its standing; the number is null where it does not count."""
    _, out, _ = run("due", "--received", "2028-12-28T12:00", "--kind", "INF", "--explain", "--json")
    (entry,) = json.loads(out)["due"]

    assert "2029-01-04" == entry["due_on"]
    assert {"date": "2028-12-29", "standing": "holiday", "number": None, "label": "Veille du jour de l’An"} == entry[
        "days"
    ][0]
    assert {"date": "2029-01-04", "standing": "business_day", "number": 2, "provisional": True} == entry["days"][-1]


def test_a_provisional_answer_says_so_in_words() -> None:
    """At the due day, at each day of the unlisted year, and below."""
    _, out, _ = run("due", "--received", "2028-12-28T12:00", "--kind", "INF", "--explain")

    assert "due 2029-01-04 Thursday, before the midnight that ends it (2029-01-05T05:00:00Z), provisional" in out
    assert "day 2 (provisional)" in out
    assert "Provisional: a year that holidays.toml does not list" in out


def test_the_operator_s_files_are_honoured(tmp_path: Path) -> None:
    """By option and by environment: a storm moves the due day, another zone moves the local day."""
    (tmp_path / "holidays.toml").write_text(CALENDAR_2027_ONLY, encoding="utf-8")
    (tmp_path / "triage.toml").write_text('[body]\ntime_zone = "Europe/Paris"\n', encoding="utf-8")
    arguments = ("due", "--received", "2027-02-02T22:00", "--kind", "INF", "--json")

    _, by_option, _ = run(*arguments, "--config", str(tmp_path))
    _, by_environment, _ = run(*arguments, environment={"TRIAGE_CONFIG": str(tmp_path)})
    answer = json.loads(by_option)

    assert by_option == by_environment
    assert ("2027-02-02T21:00:00Z", "2027-02-02") == (answer["received_at"], answer["received_on"])
    assert "2027-02-05" == answer["due"][0]["due_on"]


def test_a_wrong_file_exits_2_and_is_named(tmp_path: Path) -> None:
    """Both commands refuse to answer from a file they do not understand."""
    (tmp_path / "holidays.toml").write_text("years = 2027", encoding="utf-8")

    for arguments in (("due", "--received", "2026-11-27T16:45", "--kind", "PLA"), ("calendar", "2027")):
        code, out, complaint = run(*arguments, "--config", str(tmp_path))

        assert (2, "") == (code, out)
        assert "holidays.toml" in complaint


def test_the_calendar_prints_a_line_a_holiday() -> None:
    """In JSON with the keys of the file; the shipped year is listed and not confirmed."""
    code, out, _ = run("calendar", "2026", "--json")
    rows = [json.loads(line) for line in out.splitlines()]

    assert (0, 13) == (code, len(rows))
    assert ("2026-12-28", "Lendemain de Noël", "2026-12-26", None, None, False) == (
        rows[11]["date"],
        rows[11]["label"],
        rows[11]["natural_date"],
        rows[11]["confirmed_by"],
        rows[11]["confirmed_on"],
        rows[11]["provisional"],
    )


def test_an_unlisted_year_is_proposed_ready_to_be_pasted(tmp_path: Path) -> None:
    """The printed rows, put in the file, settle the year; until then each is provisional."""
    _, as_json, _ = run("calendar", "2029", "--json")
    _, words, _ = run("calendar", "2029")
    rows = "\n".join(line for line in words.splitlines() if line.startswith("  {"))
    text = f'years = [2029]\nminimum_days_a_year = 13\nholidays = [\n{rows}\n]\n[sources]\nregle = "Règle"\n'
    (tmp_path / "holidays.toml").write_text(text, encoding="utf-8")

    _, settled, _ = run("calendar", "2029", "--json", "--config", str(tmp_path))
    proposed, listed = ([json.loads(line) for line in out.splitlines()] for out in (as_json, settled))

    assert "Provisional" in words
    assert {True} == {row["provisional"] for row in proposed}
    assert {False} == {row["provisional"] for row in listed}
    assert [row["date"] for row in proposed] == [row["date"] for row in listed]


def test_a_listed_year_tells_provenance_confirmation_and_where_the_rule_disagrees(tmp_path: Path) -> None:
    """Either may be right; a person who reads it knows."""
    (tmp_path / "holidays.toml").write_text(CALENDAR_2027_ONLY, encoding="utf-8")

    _, shipped, _ = run("calendar", "2027")
    _, own, _ = run("calendar", "2027", "--config", str(tmp_path))

    assert "2027: 13 holidays, 0 of them confirmed" in shipped
    assert "The rule" not in shipped
    assert "Avis au personnel; confirmed by Direction on 2027-02-03" in own
    assert "The rule proposes 2027-12-27 Monday, which is not listed." in own
    assert "The rule does not propose 2027-02-03 Wednesday, which is listed." in own
