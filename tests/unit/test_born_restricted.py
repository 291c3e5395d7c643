"""Whom a text names, and who then reads it (R-74, R-75, R-80)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.charge_worlds import DENIS, LUC, MARIE, NADIA, STAFF
from tests.matters import read_mail, write_mail
from triage.model.agents.staff import Staff, StaffMember
from triage.rules.tickets.charge import find_ids, find_in_charge
from triage.rules.tickets.restriction import find_named

TODAY = date(2026, 3, 2)

NAMING = {
    "the whole name": ("Marie Exemple a été impolie.", MARIE),
    "without accents, in capitals": ("MARIE EXEMPLE", MARIE),
    "family name first": ("Exemple, Marie", MARIE),
    "a title and the family name": ("J’ai parlé à Mme Exemple hier.", MARIE),
    "over two lines": ("La personne s’appelle Marie\nExemple.", MARIE),
    "hyphens and apostrophes": ("jean luc d'amours ne rappelle pas", LUC),
    "a title and the end of a name": ("M. D’Amours", LUC),
    "the address": ("écrit de MARIE.EXEMPLE@organisme.example.", MARIE),
    "a quotation": ("> De : Marie Exemple", MARIE),
}

NOT_NAMING = (
    *("Marie m’a aidée.", "Un exemple de retard.", "M. E.", "Mariette Exemples", "anne-marie exemplette"),
    *("notmarie.exemple@organisme.example", "mar.exemple@client.example", "amours"),
)


@pytest.mark.parametrize(("text", "named"), NAMING.values(), ids=NAMING.keys())
def test_a_text_that_names_somebody(text: str, named: StaffMember) -> None:
    """However it is written, the person is found."""
    assert (named,) == find_named(read_mail(write_mail(text)), STAFF)


@pytest.mark.parametrize("text", NOT_NAMING)
def test_a_text_that_names_nobody(text: str) -> None:
    """A given name, initials, a word that looks like a name, another address."""
    assert () == find_named(read_mail(write_mail(text)), STAFF)


def test_a_subject_names_too() -> None:
    """Many people put the matter into the subject alone."""
    assert (MARIE,) == find_named(read_mail(write_mail("", subject="Plainte contre Marie Exemple")), STAFF)


@given(st.text(), st.text())
def test_what_stands_around_a_name_hides_it_never(before: str, after: str) -> None:
    """Whatever is written before and after it, set off by blanks."""
    message = replace(read_mail(write_mail()), subject="", text=f"{before} . Marie Exemple . {after}")

    assert MARIE in find_named(message, STAFF)


def test_the_team_is_in_charge_until_somebody_has_it() -> None:
    """Then that person alone."""
    assert (MARIE, LUC) == find_in_charge(STAFF, today=TODAY)
    assert (LUC,) == find_in_charge(STAFF, today=TODAY, assigned_to=LUC.id)


def test_who_is_away_is_replaced() -> None:
    """By the stand-in; where nobody is there, everybody of the team gets it all the same."""
    away = replace(MARIE, absent_until_on=TODAY, stand_in=NADIA.id)
    staff = replace(STAFF, members=(away, LUC, NADIA, DENIS))
    empty = replace(STAFF, members=(replace(MARIE, absent_until_on=TODAY), replace(LUC, absent_until_on=TODAY)))

    assert (NADIA, LUC) == find_in_charge(staff, today=TODAY)
    assert empty.members == find_in_charge(empty, today=TODAY)


@pytest.mark.parametrize(
    ("concerned", "expected"),
    [((), (NADIA,)), ((MARIE.id,), (NADIA,)), ((NADIA.id,), (DENIS,)), ((NADIA.id, DENIS.id), ())],
)
def test_a_restricted_file_is_its_handlers_alone(concerned: tuple[str, ...], expected: tuple[StaffMember, ...]) -> None:
    """Less whom it is about; then the directors; then nobody of the body."""
    assert expected == find_in_charge(STAFF, today=TODAY, restricted=True, concerned=concerned)


@given(
    restricted=st.booleans(),
    assigned_to=st.sampled_from([None, *(each.id for each in STAFF.members)]),
    concerned=st.sets(st.sampled_from([each.id for each in STAFF.members])),
    absent=st.sets(st.sampled_from([each.id for each in STAFF.members])),
)
def test_whom_a_file_is_about_is_never_in_charge(
    *, restricted: bool, assigned_to: str | None, concerned: set[str], absent: set[str]
) -> None:
    """Whoever is assigned, away or a handler."""
    staff = replace(
        STAFF,
        members=tuple(
            replace(each, absent_until_on=TODAY, stand_in=MARIE.id if each != MARIE else LUC.id)
            if each.id in absent
            else each
            for each in STAFF.members
        ),
    )
    found = find_in_charge(staff, today=TODAY, restricted=restricted, assigned_to=assigned_to, concerned=concerned)

    assert set() == {each.id for each in found} & concerned


def test_addresses_lead_back_to_people() -> None:
    """A file keeps addresses; rules work with ids."""
    assert frozenset({MARIE.id}) == find_ids(STAFF, [MARIE.address, "ailleurs@client.example"])
    assert () == find_named(read_mail(write_mail("Marie Exemple")), Staff())
