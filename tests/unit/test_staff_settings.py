"""`staff.toml`: nobody at first, everybody as written, and each slip of the pen told with its place and mend."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from triage.model.agents.staff import NOBODY, Role, StaffMember
from triage.model.codes import Language
from triage.model.errors import ConfigurationError
from triage.settings.defaults import config_dir
from triage.settings.staff import load_staff

DOMAINS = ("cag.example", "sous.cag.example")

MARIE = """
[[member]]
id = "marie"
name = "Marie  Exemple"
title = '''Conseillère
principale'''
phone = "418 555-0101"
address = "Marie@CAG.example"
roles = ["agent"]
stand_in = "nadia"
services = ["RA", "AM"]
absent_until = 2027-01-08
"""
NADIA = """
[[member]]
id = "nadia"
name = "Nadia Exemple"
address = "nadia@sous.cag.example"
roles = ["supervisor", "director"]
language = "en"
"""
LISTS = """
intake_team = ["marie", "nadia"]
restricted_handlers = ["nadia"]
approvers = ["nadia"]
on_call = "nadia"
"""


def written(tmp_path: Path, text: str) -> Path:
    """A configuration folder with this `staff.toml`."""
    (tmp_path / "staff.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_fresh_installation_has_nobody() -> None:
    """The shipped file names no one, so that no mail acts until a person decided who."""
    assert NOBODY == load_staff(None, domains=DOMAINS)


def test_the_example_in_the_shipped_file_is_valid_once_uncommented(tmp_path: Path) -> None:
    """What a reader uncomments works as it stands, uses every key, and every key is explained."""
    text = (config_dir() / "staff.toml").read_text(encoding="utf-8")
    example = text[text.index("# intake_team = ") :]
    uncommented = "\n".join(line.removeprefix("# ").removeprefix("#") for line in example.splitlines())
    staff = load_staff(written(tmp_path, uncommented), domains=DOMAINS)
    values = tomllib.loads(uncommented)
    explained = set(re.findall(r"^#   ([a-z_]+)  ", text, re.MULTILINE))

    assert ("marie.exemple", "luc.exemple") == staff.intake_team
    assert (values.keys() - {"member"}) | {key for row in values["member"] for key in row} == explained


def test_everybody_is_read_as_written(tmp_path: Path) -> None:
    """Addresses folded, blanks in names single, keys left out at their defaults."""
    staff = load_staff(written(tmp_path, LISTS + MARIE + NADIA), domains=DOMAINS)
    marie = StaffMember(
        id="marie",
        name="Marie Exemple",
        address="marie@cag.example",
        roles=frozenset({Role.AGENT}),
        title="Conseillère principale",
        phone="418 555-0101",
        stand_in="nadia",
        services=frozenset({"RA", "AM"}),
        absent_until_on=date(2027, 1, 8),
    )
    nadia = StaffMember(
        id="nadia",
        name="Nadia Exemple",
        address="nadia@sous.cag.example",
        roles=frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
        language=Language.ENGLISH,
    )

    assert (marie, nadia) == staff.members
    assert (("marie", "nadia"), ("nadia",)) == (staff.intake_team, staff.restricted_handlers)
    assert (("nadia",), "nadia") == (staff.approvers, staff.on_call)


def test_approvers_and_on_call_may_be_left_out(tmp_path: Path) -> None:
    """The body may want neither."""
    lists = 'intake_team = ["marie"]\nrestricted_handlers = ["nadia"]\n'
    staff = load_staff(written(tmp_path, lists + MARIE + NADIA), domains=DOMAINS)

    assert ((), None) == (staff.approvers, staff.on_call)


SLIPS = [
    # what stands, what is written instead, the words of the complaint, the entry that it names
    ("[[member]]", "membre = 1\n[[member]]", "the key 'membre' is unknown; write 'member'", "the file"),
    ("title = '''Cons", "titre = '''Cons", "the key 'titre' is unknown; write 'title'", "member 1 (marie)"),
    ('id = "marie"\n', "", "the key 'id' is missing", "member 1"),
    ('id = "marie"', 'id = "Marie E"', "'id' is not an id", "member 1 (Marie E)"),
    ('name = "Marie  Exemple"', 'name = ""', "'name' is not a text", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"marie"', "'address' is not a plain e-mail address", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"marie+x@cag.example"', "'address' is not a plain e-mail", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"m@ailleurs.example"', "only to cag.example, sous.cag.example", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"m@x.cag.example"', "lies outside the body's domains", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"plaintes@cag.example"', "the mailbox that triage watches", "member 1 (marie)"),
    ('"Marie@CAG.example"', '"nadia@sous.cag.example"', "has the same 'address'", "member 2 (nadia)"),
    ('id = "nadia"', 'id = "marie"', "has the same 'id'", "member 2 (marie)"),
    ('roles = ["agent"]', "roles = []", "'roles' is not a list of at least 1", "member 1 (marie)"),
    ('roles = ["agent"]', 'roles = ["chef"]', "'roles' says 'chef'", "member 1 (marie)"),
    ('roles = ["agent"]', 'roles = ["adviser"]', "roles agent, director, supervisor", "the file"),
    ('stand_in = "nadia"', 'stand_in = "paul"', "'stand_in' names an unknown id", "member 1 (marie)"),
    ('stand_in = "nadia"', 'stand_in = "marie"', "names the person themself", "member 1 (marie)"),
    ('roles = ["supervisor", "director"]', 'roles = ["ethics"]', "works on no ticket", "member 1 (marie)"),
    ('services = ["RA", "AM"]', "services = [1]", "'services' holds something", "member 1 (marie)"),
    ('services = ["RA", "AM"]', 'services = "RA"', "'services' is not a list", "member 1 (marie)"),
    ('language = "en"', 'language = "de"', 'write "fr" or "en"', "member 2 (nadia)"),
    ("absent_until = 2027-01-08", 'absent_until = "demain"', "is not a date", "member 1 (marie)"),
    ('intake_team = ["marie", "nadia"]', "", "'intake_team' is missing", "the file"),
    ('intake_team = ["marie", "nadia"]', "intake_team = []", "'intake_team' is not a list", "the file"),
    ('intake_team = ["marie", "nadia"]', "intake_team = [1]", "'intake_team' names an unknown id", "the file"),
    ('intake_team = ["marie", "nadia"]', 'intake_team = ["marie", "marie"]', "the same id twice", "the file"),
    ('restricted_handlers = ["nadia"]', 'restricted_handlers = ["paul"]', "names an unknown id", "the file"),
    ('restricted_handlers = ["nadia"]', 'restricted_handlers = ["marie"]', "no role for it", "the file"),
    ('approvers = ["nadia"]', 'approvers = ["marie"]', "'approvers' names the member 'marie'", "the file"),
    ('on_call = "nadia"', 'on_call = "paul"', "'on_call' names an unknown id", "the file"),
]


@pytest.mark.parametrize(("stands", "slip", "words", "entry"), SLIPS)
def test_a_slip_of_the_pen_is_told(tmp_path: Path, stands: str, slip: str, words: str, entry: str) -> None:
    """The sentence names the file, the entry, the fault and the mend, and no address."""
    text = LISTS + MARIE + NADIA
    folder = written(tmp_path, text.replace(stands, slip, 1))

    assert stands in text
    with pytest.raises(ConfigurationError, match=re.escape(words)) as told:
        load_staff(folder, domains=DOMAINS, own_addresses={"plaintes@cag.example"})
    assert str(told.value).startswith(f"{folder / 'staff.toml'}: {entry}: ")
    assert "; " in str(told.value)
    assert "@cag" not in str(told.value)


def test_a_list_that_names_people_before_there_are_any_is_refused(tmp_path: Path) -> None:
    """An id without its member is a slip, also in an otherwise empty file."""
    with pytest.raises(ConfigurationError, match="'approvers' names an unknown id"):
        load_staff(written(tmp_path, 'approvers = ["nadia"]'), domains=DOMAINS)
