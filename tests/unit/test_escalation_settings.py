"""`escalation.toml`: the shipped steps, and each slip of the pen told with its place and mend (R-63)."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from triage.model.codes import NoticeKind
from triage.model.errors import ConfigurationError
from triage.model.escalation.steps import EscalationStep, OfficeEdge
from triage.settings.dated import load_standards
from triage.settings.defaults import config_dir
from triage.settings.escalation import load_escalation

STANDARDS = load_standards(None)
SHIPPED = (config_dir() / "escalation.toml").read_text("utf-8")


def summary(step: EscalationStep) -> str:
    """One step in a line: when, by what, to whom, until what."""
    at = step.at if isinstance(step.at, OfficeEdge) else step.at.strftime("%H:%M")
    to = ", ".join(step.recipients)
    return f"{step.id} {step.level} {step.moment} {step.amount} {at} {step.notice} → {to} until {step.until}"


def test_the_shipped_steps_are_the_table_of_escalation() -> None:
    """Each promise, each moment, each recipient."""
    assert [
        "E1-N1 N1 after_reception 1 opening reminder → team until owner",
        "E1-L15 L before_closed 0 15:00 closing_list → team, supervisor until taken_charge",
        "E1-LC L before_closed 0 closing closing_list → team, supervisor until taken_charge",
        "E1-LO L after_closed 0 opening closing_list → team until taken_charge",
        "E1-N2 N2 before_due 4 opening escalation → supervisor until taken_charge",
        "E2-D5 N1 day 5 09:00 reminder → assigned until answer",
        "E2-D10 N2 day 10 09:00 escalation → assigned, supervisor until answer",
        "E2-D12 N3 day 12 09:00 escalation → supervisor until answer",
        "E2-D14 N4 day 14 09:00 escalation → director until answer",
        "E2-D15 D day 15 09:00 escalation → assigned, supervisor, director until answer",
        "E2-D15B D day 15 14:00 escalation → assigned, supervisor, director until answer",
        "E2-R R each_day_late 0 09:00 reminder → assigned, supervisor until answer",
        "E3-D2 N2 day 2 opening escalation → assigned, supervisor until taken_charge",
    ] == [summary(step) for step in load_escalation(None, standards=STANDARDS).steps]


def test_the_shipped_brake_and_exceptions() -> None:
    """Ten at once, eight office hours late, one reminder an hour; safety, security and tenders at any hour (R-64)."""
    policy = load_escalation(None, standards=STANDARDS)

    assert (10, timedelta(hours=8), timedelta(hours=1)) == (
        policy.most_at_once,
        policy.stale_after,
        policy.gather_every,
    )
    assert (frozenset({"SST", "SEC"}), frozenset({"HM-LCOP"})) == (policy.urgent_flags, policy.urgent_scopes)


def test_a_step_may_be_another_from_a_day_on(tmp_path: Path) -> None:
    """The old row ends, the new one begins the day after; both stay."""
    old = 'id = "E2-D5"\nstandard = "E2"'
    later = SHIPPED.replace('day = 5\nat = "9:00"', 'day = 6\nat = "10:30"').replace("2022-09-01", "2027-01-01")
    first = SHIPPED[SHIPPED.index(old) :].split("[[step]]")[0]
    moved = later[later.index(old) :].split("[[step]]")[0]
    text = SHIPPED.replace(first, f"{first.rstrip()}\neffective_to = 2026-12-31\n\n[[step]]\n{moved}")
    (tmp_path / "escalation.toml").write_text(text, "utf-8")
    steps = [each for each in load_escalation(tmp_path, standards=STANDARDS).steps if each.id == "E2-D5"]

    assert [(5, time(9)), (6, time(10, 30))] == [(each.amount, each.at) for each in steps]
    assert {NoticeKind.REMINDER} == {each.notice for each in steps}


SLIPS = {
    "an unknown key": ("until = ", "untill = ", "the key 'untill' is unknown; write 'until'"),
    "an unknown table": ("[brake]", "[break]", "the key 'break' is unknown"),
    "a promise that nobody made": ('standard = "E1"', 'standard = "E9"', "no promise of standards.toml; write one of"),
    "an unknown level": ('level = "N1"', 'level = "N9"', "'level' says 'N9'"),
    "a letter to requesters": ('notice = "reminder"', 'notice = "acknowledgement"', "'notice' says 'acknowledgement'"),
    "an unknown moment": ('moment = "after_reception"', 'moment = "soon"', "'moment' says 'soon'"),
    "an amount that is missing": ("hours = 1\n", "", "the key 'hours' is missing"),
    "an amount out of bounds": ("hours = 1\n", "hours = 0\n", "'hours' is 0; write a whole number from 1 to 400"),
    "an amount of another moment": ("hours = 1\n", "hours = 1\nday = 2\n", "'day' says nothing for the moment"),
    "a time of another moment": ("hours = 1\n", 'hours = 1\nat = "9:00"\n', "'at' says nothing for the moment"),
    "a time that no clock shows": ('at = "15:00"', 'at = "25:00"', "'at' is not a time of day"),
    "a time in words": ('at = "closing"', 'at = "noon"', "'at' is not a time of day"),
    "nobody to tell": ('recipients = ["team"]', "recipients = []", "'recipients' is not a list of at least 1"),
    "an unknown recipient": ('recipients = ["team"]', 'recipients = ["boss"]', "'recipients' says 'boss'"),
    "an end before the start": (
        "effective_from = 2022-09-01",
        "effective_from = 2022-09-01\neffective_to = 2020-01-01",
        "'effective_to' lies before",
    ),
    "the same id twice": ('id = "E1-LC"', 'id = "E1-L15"', "overlaps another step with the same id"),
    "an id with a colon": ('id = "E1-LC"', 'id = "E1:LC"', "'id' is not an id"),
    "a brake of nothing": ("most_at_once = 10", "most_at_once = 0", "'most_at_once' is 0"),
    "hours in words": ("stale_after_hours = 8", 'stale_after_hours = "8"', "'stale_after_hours' is '8'"),
    "a flag in small letters": ('flags = ["SST", "SEC"]', 'flags = ["sst"]', "'flags' holds something that is not"),
    "no steps at all": (SHIPPED[SHIPPED.index("\n[[step]]") :], "", "the key 'step' is missing"),
}


@pytest.mark.parametrize(("before", "after", "said"), SLIPS.values(), ids=SLIPS.keys())
def test_each_slip_is_told(before: str, after: str, said: str, tmp_path: Path) -> None:
    """The sentence names the file, the entry, the fault and the mend."""
    assert before in SHIPPED
    file = tmp_path / "escalation.toml"
    file.write_text(SHIPPED.replace(before, after, 1), "utf-8")
    with pytest.raises(ConfigurationError) as told:
        load_escalation(tmp_path, standards=STANDARDS)

    assert str(told.value).startswith(f"{file}: ")
    assert said in str(told.value)
