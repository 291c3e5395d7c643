"""The people of `staff.toml`: who works here, with which address and role, and who gets what (R-73, R-75).

A fresh installation has nobody. A value that makes no sense stops the program with a sentence that names the file,
the entry, the fault and the mend, and repeats no name and no address.
"""

import re
from collections.abc import Collection
from pathlib import Path

from triage.model.agents.staff import HANDLING_ROLES, Role, Staff, StaffMember
from triage.model.codes import Language
from triage.model.message import fold_address
from triage.settings.dated import find_file
from triage.settings.entries import Entry, read_entry
from triage.settings.loading import Configuration

STAFF_FILE = "staff.toml"

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
_ADDRESS = re.compile(r"[a-z0-9!#$%&'*/=?^_`{|}~.-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.ASCII)
_KEYS = ("intake_team", "restricted_handlers", "approvers", "on_call", "member")
_MEMBER_KEYS = (
    *("id", "name", "title", "phone", "address", "roles", "stand_in", "services", "language", "absent_until"),
)
_LANGUAGES = {"fr": Language.FRENCH, "en": Language.ENGLISH}
_DECIDING = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
_TRUSTED = _DECIDING | {Role.ETHICS, Role.PRIVACY}


def staff_of(configuration: Configuration) -> Staff:
    """The staff of a configuration, in the domains of the mailbox's own addresses. Raises `ConfigurationError`."""
    body = configuration.settings.body
    own = frozenset((body.address, *body.aliases))
    domains = frozenset(address.rpartition("@")[2] for address in own)
    return load_staff(configuration.folder, domains=domains, own_addresses=own)


def load_staff(folder: Path | None, *, domains: Collection[str], own_addresses: Collection[str] = ()) -> Staff:
    """The staff of `folder`, or the shipped file's nobody. Raises `ConfigurationError`.

    `domains` are the body's mail domains, lower-case: mail of staff goes nowhere else (R-78). `own_addresses`, those
    of the mailbox itself, belong to no person.
    """
    entry, _ = read_entry(find_file(folder, STAFF_FILE))
    entry.allow_only(_KEYS)
    rows = entry.tables("member", one="member") if "member" in entry.values else ()
    pairs = [(row, _member(row, domains=domains, own_addresses=own_addresses)) for row in rows]
    _refuse_twins(pairs)
    members = tuple(member for _, member in pairs)
    for row, member in pairs:
        _check_stand_in(row, member, members)
    return Staff(
        members=members,
        intake_team=_ids(entry, "intake_team", members, HANDLING_ROLES),
        restricted_handlers=_ids(entry, "restricted_handlers", members, _TRUSTED),
        approvers=_ids(entry, "approvers", members, _DECIDING, least=0),
        on_call=_on_call(entry, members),
    )


def _member(row: Entry, *, domains: Collection[str], own_addresses: Collection[str]) -> StaffMember:
    row.allow_only(_MEMBER_KEYS)
    staff_id = row.text("id")
    if not _ID.fullmatch(staff_id):
        raise row.fault("'id' is not an id", mend="write up to 40 small letters, digits, points or hyphens")
    return StaffMember(
        id=staff_id,
        name=_one_line(row.text("name")),
        address=_address(row, domains=domains, own_addresses=own_addresses),
        roles=frozenset(row.code_list("roles", Role)),
        title=_one_line(row.optional_text("title") or ""),
        phone=_one_line(row.optional_text("phone") or ""),
        stand_in=row.optional_text("stand_in"),
        services=_texts(row, "services"),
        language=_language(row),
        absent_until_on=row.optional_day("absent_until"),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(row: Entry, *, domains: Collection[str], own_addresses: Collection[str]) -> str:
    address = fold_address(row.text("address"))
    if not _ADDRESS.fullmatch(address):
        raise row.fault("'address' is not a plain e-mail address", mend="write for instance marie@organisme.example")
    if address.rpartition("@")[2] not in domains:
        mend = f"mail of staff goes only to {', '.join(sorted(domains))}; write the person's address there"
        raise row.fault("'address' lies outside the body's domains", mend=mend)
    if address in own_addresses:
        raise row.fault("'address' is the mailbox that triage watches", mend="write the person's own address")
    return address


def _texts(row: Entry, key: str) -> frozenset[str]:
    found = row.items(key, least=0) if key in row.values else []
    if not all(isinstance(each, str) and each.strip() for each in found):
        raise row.fault(f"{key!r} holds something that is not a text", mend="write each between quotation marks")
    return frozenset(str(each) for each in found)


def _language(row: Entry) -> Language:
    said = row.optional_text("language") or "fr"
    if said not in _LANGUAGES:
        raise row.fault("'language' is not a language here", mend='write "fr" or "en"')
    return _LANGUAGES[said]


def _refuse_twins(pairs: list[tuple[Entry, StaffMember]]) -> None:
    ids: set[str] = set()
    addresses: set[str] = set()
    for row, member in pairs:
        if member.id in ids:
            raise row.fault("another member has the same 'id'", mend="give this one another id")
        if member.address in addresses:
            raise row.fault("another member has the same 'address'", mend="one address is one person; mend one of them")
        ids.add(member.id)
        addresses.add(member.address)


def _check_stand_in(row: Entry, member: StaffMember, members: tuple[StaffMember, ...]) -> None:
    if member.stand_in is None:
        return
    if member.stand_in == member.id:
        raise row.fault("'stand_in' names the person themself", mend="name somebody else, or leave the key out")
    stand_in = next((each for each in members if each.id == member.stand_in), None)
    if stand_in is None:
        raise row.fault("'stand_in' names an unknown id", mend="write the 'id' of another [[member]]")
    if member.may_handle and not stand_in.may_handle:
        raise row.fault("'stand_in' names somebody who works on no ticket", mend="name an agent or a supervisor")


def _ids(
    entry: Entry, key: str, members: tuple[StaffMember, ...], roles: frozenset[Role], *, least: int = 1
) -> tuple[str, ...]:
    """Ids of members who have one of the roles; at least one, once there is anybody."""
    found = entry.items(key, least=least if members else 0) if key in entry.values or (members and least) else []
    for each in found:
        _check_id(entry, key, each, members, roles)
    if len(set(map(str, found))) < len(found):
        raise entry.fault(f"{key!r} names the same id twice", mend="leave one of them out")
    return tuple(map(str, found))


def _on_call(entry: Entry, members: tuple[StaffMember, ...]) -> str | None:
    staff_id = entry.optional_text("on_call")
    if staff_id is not None:
        _check_id(entry, "on_call", staff_id, members, HANDLING_ROLES)
    return staff_id


def _check_id(entry: Entry, key: str, value: object, members: tuple[StaffMember, ...], roles: frozenset[Role]) -> None:
    member = next((member for member in members if member.id == value), None)
    if member is None:
        raise entry.fault(f"{key!r} names an unknown id", mend="write the 'id' of a [[member]] of this file")
    if not member.roles & roles:
        names = ", ".join(sorted(role.value for role in roles))
        mend = f"give that member one of the roles {names}, or name another"
        raise entry.fault(f"{key!r} names the member {member.id!r}, who has no role for it", mend=mend)
