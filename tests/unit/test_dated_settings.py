"""The operator's holidays and promises: the shipped files, single files replaced, and every slip of the pen told."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from triage.model.errors import ConfigurationError
from triage.rules.clocks.holidays import propose_holidays
from triage.settings.dated import load_calendar, load_standards
from triage.settings.defaults import config_dir, find_shipped, templates_dir
from triage.settings.schema import Body
from triage.settings.zone import DEFAULT_ZONE, load_zone

QUEBEC = ZoneInfo("America/Toronto")

HOLIDAYS = """
years = [2027]
minimum_days_a_year = 1
[[holidays]]
date = 2027-12-27
label = "Noël"
natural_date = 2027-12-25
provenance = "avis"
confirmed_by = ""
confirmed_on = ""
[[holidays]]
date = 2027-02-03
label = "Tempête"
natural_date = 2027-02-03
provenance = "avis"
confirmed_by = "Direction"
confirmed_on = 2026-09-03
[sources]
avis = "Avis au personnel"
"""

STANDARD = """
[[standard]]
id = "E1"
version = "2022-09"
unit = "elapsed_hours"
amount = 24
target_percent = 90
kinds = ["PLA"]
channels = ["email", "phone"]
committed_channels = ["email"]
effective_from = 2022-09-01
source = "S1:92"
sentence = "Prendre en charge"
"""


def test_the_shipped_years_are_what_the_rule_gives() -> None:
    """2025 to 2028, thirteen days each, same days and names; nobody has confirmed any, the file claims nothing else."""
    calendar = load_calendar(None, zone=QUEBEC)
    listed = [(day.on, day.label, day.natural_on) for _, day in sorted(calendar.holidays.items())]
    proposed = [(day.on, day.label, day.natural_on) for year in range(2025, 2029) for day in propose_holidays(year)]

    assert frozenset(range(2025, 2029)) == calendar.listed_years
    assert proposed == listed
    assert {(None, None)} == {(day.confirmed_by, day.confirmed_on) for day in calendar.holidays.values()}


def test_a_day_that_was_moved_never_claims_to_be_the_law() -> None:
    """Each substituted day names a source on substitutions, each other day a list."""
    for day in load_calendar(None, zone=QUEBEC).holidays.values():
        assert (day.on != day.natural_on) is day.provenance.startswith("Report d’une fin de semaine")


def test_the_shipped_promises_are_the_published_ones() -> None:
    """24 hours for 90 %, 15 business days for 75 %, 2 business days for 85 %, since September 2022."""
    standards = load_standards(None)

    assert [("E1", 24, 90, "S1:92"), ("E2", 15, 75, "S1:93"), ("E3", 2, 85, "S1:72-75")] == [
        (standard.id, standard.amount, standard.target_percent, standard.source) for standard in standards
    ]
    assert {(date(2022, 9, 1), None)} == {(standard.effective_from, standard.effective_to) for standard in standards}
    assert all(standard.sentence for standard in standards)


def test_a_file_of_the_operator_replaces_the_shipped_one_alone(tmp_path: Path) -> None:
    """What the folder lacks is the default; the version of the calendar follows the content."""
    (tmp_path / "holidays.toml").write_text(HOLIDAYS, encoding="utf-8")

    calendar = load_calendar(tmp_path, zone=QUEBEC)
    storm = calendar.holidays[date(2027, 2, 3)]

    assert frozenset({2027}) == calendar.listed_years
    assert ("Avis au personnel", "Direction", date(2026, 9, 3)) == (
        storm.provenance,
        storm.confirmed_by,
        storm.confirmed_on,
    )
    assert load_standards(None) == load_standards(tmp_path)
    assert re.fullmatch("[0-9a-f]{12}", calendar.version)
    assert calendar.version != load_calendar(None, zone=QUEBEC).version


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ("date = 2027-12-27", "date = 2027-12-32", "not TOML.*line 5"),
        ("date = 2027-12-27", 'date = "2027-12-27"', r"holiday 1 .*'date' is not a date.*without quotation marks"),
        ("date = 2027-12-27", "date = 2027-12-27T00:00:00", "'date' is not a date"),
        ("date = 2027-12-27", "date = 2027-12-25", r"holiday 1 \(2027-12-25\): 2027-12-25 is on a weekend"),
        ("date = 2027-12-27", "date = 2072-12-27", r"holiday 1 .*year 2072 is not in 'years'"),
        ("date = 2027-12-27", "date = 2027-10-27", "'natural_date' is more than a week"),
        ("2027-02-03", "2027-12-27", r"holiday 2 \(2027-12-27\): the date 2027-12-27 is listed twice"),
        ('label = "Noël"\n', "", "holiday 1 .*'label' is missing"),
        ('label = "Noël"', 'label = " "', "'label' is not a text"),
        ('label = "Noël"', 'lable = "Noël"', "'lable' is unknown; write 'label'"),
        ('"avis"\nconfirmed_by = ""', '"avi"\nconfirmed_by = ""', r"'avi', which is not in"),
        ('confirmed_by = ""', 'confirmed_by = "Direction"', "only one of 'confirmed_by' and 'confirmed_on'"),
        ("years = [2027]", "years = [2027, 2028]", r"year 2028 is listed with 0 holidays.*triage calendar 2028"),
        ("years = [2027]", "years = [2027, 2027]", "same year twice"),
        ("years = [2027]", "years = [27]", "a year in 'years' is 27; write a whole number from 1900"),
        ("years = [2027]", "years = []", "'years' is not a list"),
        ("years = [2027]", "", "'years' is missing"),
        ("minimum_days_a_year = 1", "minimum_days_a_year = 3", "2027 is listed with 2 holidays, fewer than the 3"),
        ("minimum_days_a_year = 1", "minimum_days_a_year = true", "'minimum_days_a_year' is True"),
        ("[sources]", "[origins]", "'origins' is unknown"),
        ("[sources]", "[[sources]]", r"\[sources\] is not a table"),
    ],
)
def test_a_slip_in_the_holidays_is_told(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    """Each complaint names the file, the entry and what is wrong; nothing is passed over."""
    text = HOLIDAYS.replace(right, wrong)
    (tmp_path / "holidays.toml").write_text(text, encoding="utf-8")

    assert text != HOLIDAYS
    with pytest.raises(ConfigurationError, match=f"holidays.toml: .*({complaint})"):
        load_calendar(tmp_path, zone=QUEBEC)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """Latin-1 and a folder in the place of the file."""
    (tmp_path / "holidays.toml").write_bytes(HOLIDAYS.encode("latin-1"))
    (tmp_path / "standards.toml").mkdir()

    with pytest.raises(ConfigurationError, match=r"holidays\.toml: the file is not UTF-8"):
        load_calendar(tmp_path, zone=QUEBEC)
    with pytest.raises(ConfigurationError, match=r"standards\.toml: the file cannot be read"):
        load_standards(tmp_path)


def test_a_folder_that_does_not_exist_is_not_passed_over(tmp_path: Path) -> None:
    """A mistyped --config must not silently mean the defaults."""
    with pytest.raises(ConfigurationError, match="does not exist"):
        load_standards(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ('unit = "elapsed_hours"', 'unit = "hours"', "'unit' says 'hours'.*elapsed_hours, business_days"),
        ('kinds = ["PLA"]', 'kinds = ["plainte"]', "'kinds' says 'plainte'"),
        ('kinds = ["PLA"]', 'kinds = ["PLA", "PLA"]', "same code twice"),
        ('kinds = ["PLA"]', "kinds = []", "'kinds' is not a list"),
        ('committed_channels = ["email"]', 'committed_channels = ["other"]', "a channel that 'channels' lacks"),
        ("amount = 24", "amount = 0", "'amount' is 0; write a whole number from 1"),
        ("amount = 24", "amount = 24.0", "'amount' is 24.0"),
        ("target_percent = 90", "target_percent = 900", "'target_percent' is 900"),
        ("effective_from = 2022-09-01", "effective_from = 2022-09", "not TOML"),
        ("effective_from", "effective_to = 2022-08-31\neffective_from", "'effective_to' lies before"),
        ('source = "S1:92"', "", "'source' is missing"),
        ("sentence =", "phrase =", "'phrase' is unknown"),
        ("[[standard]]", "[[standards]]", "'standards' is unknown; write 'standard'"),
        ("[[standard]]", "standard = [1]", "not a table|unknown"),
    ],
)
def test_a_slip_in_the_promises_is_told(tmp_path: Path, right: str, wrong: str, complaint: str) -> None:
    """Each complaint names the file, the entry and what is wrong."""
    text = STANDARD.replace(right, wrong)
    (tmp_path / "standards.toml").write_text(text, encoding="utf-8")

    assert text != STANDARD
    with pytest.raises(ConfigurationError, match=f"standards.toml: .*({complaint})"):
        load_standards(tmp_path)


def test_versions_of_a_promise_may_follow_but_not_overlap(tmp_path: Path) -> None:
    """The second starts the day after the first ends; without an end, or with a day shared, it is told."""
    later = STANDARD.replace("2022-09-01", "2027-04-01").replace("2022-09", "2027-04")
    closed = STANDARD.replace("effective_from", "effective_to = 2027-03-31\neffective_from")
    path = tmp_path / "standards.toml"

    path.write_text(later + closed, encoding="utf-8")
    assert ["2022-09", "2027-04"] == [standard.version for standard in load_standards(tmp_path)]

    for overlapping in (STANDARD, closed.replace("2027-03-31", "2027-04-01")):
        path.write_text(overlapping + later, encoding="utf-8")
        with pytest.raises(ConfigurationError, match=r"standard 2 .*overlaps.*effective_to = 2027-03-31"):
            load_standards(tmp_path)


def test_two_versions_of_a_promise_need_two_names(tmp_path: Path) -> None:
    """Tickets store the name of the version, so it must say which one was meant."""
    closed = STANDARD.replace("effective_from", "effective_to = 2027-03-31\neffective_from")
    later = STANDARD.replace("2022-09-01", "2027-04-01")
    (tmp_path / "standards.toml").write_text(closed + later, encoding="utf-8")

    with pytest.raises(ConfigurationError, match="same id and version"):
        load_standards(tmp_path)


def test_the_defaults_are_found_in_a_wheel_and_in_a_checkout(tmp_path: Path) -> None:
    """A wheel carries them inside the package; in a checkout they stand beside it, known by its pyproject.toml."""
    installed, checkout, lost = (tmp_path / name / "triage" for name in ("installed", "checkout", "lost"))
    (installed / "_data" / "config").mkdir(parents=True)
    (checkout.parent / "config").mkdir(parents=True)
    (checkout.parent / "pyproject.toml").touch()
    (lost.parent / "config").mkdir(parents=True)  # a stranger's folder beside an installed package

    assert installed / "_data" / "config" == find_shipped("config", package=installed)
    assert checkout.parent / "config" == find_shipped("config", package=checkout)
    with pytest.raises(ConfigurationError, match="the default config folder is missing"):
        find_shipped("config", package=lost)


def test_this_very_installation_has_its_defaults() -> None:
    """Both folders are there, with the files that this module loads."""
    assert (config_dir() / "holidays.toml").is_file()
    assert templates_dir().is_dir()


def test_the_zone_is_the_body_s_own(tmp_path: Path) -> None:
    """The environment first, then the operator's file, then Québec's; an unknown name is told."""
    variable = "TRIAGE_BODY__TIME_ZONE"
    (tmp_path / "triage.toml").write_text('[body]\ntime_zone = "America/Halifax"\n', encoding="utf-8")

    assert QUEBEC == load_zone(None, environment={})
    assert DEFAULT_ZONE == Body.model_fields["time_zone"].default
    assert ZoneInfo("America/Halifax") == load_zone(tmp_path, environment={})
    assert ZoneInfo("America/Vancouver") == load_zone(tmp_path, environment={variable: "America/Vancouver"})
    for name in ("Nowhere/Land", "../etc", "America"):
        with pytest.raises(ConfigurationError, match="not a time zone; write an IANA name"):
            load_zone(None, environment={variable: name})


def test_a_file_that_names_no_zone_means_quebec_s(tmp_path: Path) -> None:
    """An unfinished triage.toml hinders no question about due times."""
    (tmp_path / "triage.toml").write_text("[imap]\nhost = 1\n", encoding="utf-8")

    assert QUEBEC == load_zone(tmp_path, environment={})
