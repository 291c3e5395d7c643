"""Who is meant by a name, who acts for whom, and what a member of staff says of themself."""

from datetime import date

import pytest

from triage.model.agents.staff import NOBODY, Role, Staff, StaffMember
from triage.rules.agents.people import find_acting, find_named, find_restricted_handlers

TODAY = date(2026, 11, 23)


def member(staff_id: str, name: str, *roles: Role, **more: object) -> StaffMember:
    """A person of fiction whose address follows from the id."""
    values: dict[str, object] = {"address": f"{staff_id}@cag.example", "roles": frozenset(roles or {Role.AGENT})}
    return StaffMember(id=staff_id, name=name, **(values | more))  # type: ignore[arg-type]  # a test's shorthand


MARIE = member("marie.t", "Marie-Ève Tremblay")
OTHER_MARIE = member("marie.r", "Marie Roy")
LUC = member("luc", "Luc D’Amours", stand_in="zoe", absent_until_on=TODAY)
ZOE = member("zoe", "Zoé Luc", stand_in="luc", absent_until_on=date(2026, 11, 22))
NADIA = member("nadia", "Nadia Côté", Role.SUPERVISOR)
OMAR = member("omar", "Omar Haddad", Role.DIRECTOR)
ADVISER = member("ada", "Ada Conseil", Role.ADVISER)
STAFF = Staff(
    members=(MARIE, OTHER_MARIE, LUC, ZOE, NADIA, OMAR, ADVISER), restricted_handlers=("nadia", "gone"), on_call="omar"
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Marie", ("marie.t", "marie.r")),
        ("marie tremblay", ("marie.t",)),
        ("MARIE EVE TREMBLAY", ("marie.t",)),
        ("marie\u00a0roy", ("marie.r",)),
        ("Roy, Marie", ("marie.r",)),
        ("marie.r", ("marie.r",)),
        ("Marie.R@CAG.example", ("marie.r",)),
        ("damours", ()),
        ("d'amours", ("luc",)),
        ("Luc", ("luc", "zoe")),
        ("luc d’amours", ("luc",)),
        ("m trem", ("marie.t",)),
        ("zo", ("zoe",)),
        ("cote", ("nadia",)),
        ("Josée", ()),
        ("", ()),
        (" - ", ()),
    ],
)
def test_a_name_means_whoever_answers_to_it(typed: str, expected: tuple[str, ...]) -> None:
    """The best kind of match settles it; several people at that height are all told."""
    assert expected == tuple(each.id for each in find_named(STAFF, typed))


def test_an_address_finds_its_member_however_it_is_typed() -> None:
    """Addresses are compared folded, ids as they are."""
    assert MARIE == STAFF.by_address("Marie.T@cag.EXAMPLE")
    assert (None, NADIA, None) == (STAFF.by_address("x@y.example"), STAFF.by_id("nadia"), NOBODY.by_id("nadia"))


def test_roles_say_who_may_have_a_ticket_in_hand() -> None:
    """Advisers are consulted only."""
    assert (True, True, True, False) == tuple(each.may_handle for each in (MARIE, NADIA, OMAR, ADVISER))


def test_whoever_is_away_is_replaced_along_the_line() -> None:
    """The last day of an absence still counts; a circle of people away ends with nobody."""
    yesterday = date(2026, 11, 22)

    assert (ZOE, MARIE, None) == tuple(find_acting(STAFF, each, today=TODAY) for each in ("luc", "marie.t", "gone"))
    assert None is find_acting(STAFF, "luc", today=yesterday)
    assert None is find_acting(Staff(members=(member("a", "A", absent_until_on=TODAY),)), "a", today=TODAY)


def test_a_restricted_file_never_reaches_whom_it_concerns() -> None:
    """Its handlers less the person concerned, else the directors, else nobody here."""
    concerning = (set[str](), {"nadia"}, {"nadia", "omar"})

    assert [(NADIA,), (OMAR,), ()] == [find_restricted_handlers(STAFF, concerned=each) for each in concerning]
