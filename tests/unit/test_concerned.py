"""A complaint about a colleague must not reach that colleague: whom a text may be about (R-74, R-75)."""

import pytest

from triage.model.agents.staff import NOBODY, Role, Staff, StaffMember
from triage.rules.agents.concerned import find_concerned


def person(staff_id: str, name: str) -> StaffMember:
    """A member of fiction."""
    return StaffMember(staff_id, name, f"{staff_id}@cag.example", frozenset({Role.AGENT}))


STAFF = Staff(members=(person("marie", "Marie-Ève Tremblay"), person("luc", "Luc D’Amours"), person("cher", "Cher")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Je me plains de Marie-Ève Tremblay.", ["marie"]),
        ("MARIE EVE\u00a0TREMBLAY m’a raccroché au nez", ["marie"]),
        ("Tremblay, Marie-Ève", ["marie"]),
        ("Mme Tremblay a été impolie", ["marie"]),
        ("votre conseillère\nTremblay", ["marie"]),
        ("J’ai écrit à Luc@CAG.example sans réponse", ["luc"]),
        ("M. d'Amours et Marie Tremblay", ["marie", "luc"]),
        ("Luc d'amours et Madame Tremblay", ["marie", "luc"]),
        ("Madame Cher", ["cher"]),
        ("C’est trop cher, Luc le sait, Marie aussi", []),
        ("La rue Tremblay est loin", []),
        ("", []),
    ],
)
def test_a_member_is_named_by_address_whole_name_or_title(text: str, expected: list[str]) -> None:
    """In any case and spacing, in either order; a first name or a bare surname is no suspicion."""
    assert expected == [each.id for each in find_concerned(STAFF, [text])]


def test_a_subject_counts_as_well_as_a_text_and_nobody_is_named_where_nobody_is() -> None:
    """Every text is looked through; an empty staff is never concerned."""
    texts = ["Plainte contre Luc D’Amours", "Bonjour, je parle de Mme Tremblay."]

    assert ["marie", "luc"] == [each.id for each in find_concerned(STAFF, texts)]
    assert () == find_concerned(NOBODY, texts)
