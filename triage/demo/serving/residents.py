"""Who has a mailbox on the demo's servers, and the passwords of fiction that open them; loopback is their only wall."""

import json
from dataclasses import dataclass
from pathlib import Path

from triage.demo.configuration import MAILBOX

_DOMAIN = MAILBOX.partition("@")[2]


@dataclass(frozen=True, slots=True)
class Resident:
    """One account. `role` is its place in `staff.toml`, None for somebody from outside. The password is the login."""

    login: str
    name: str
    address: str
    part: str
    role: str | None = None

    @property
    def password(self) -> str:
        return self.login


REQUESTER = Resident("requester", "Marie-Ève Caron", "marie-eve.caron@chu-belle-rive.example", "writes and complains")
AGENT = Resident("agent", "Karine Morin", f"karine.morin@{_DOMAIN}", "works on tickets", role="agent")
SUPERVISOR = Resident(
    "supervisor", "Louis Gagnon", f"louis.gagnon@{_DOMAIN}", "answers for the service", role="supervisor"
)
RESIDENTS = (REQUESTER, AGENT, SUPERVISOR)


def write_staff(folder: Path) -> None:
    """Write `staff.toml`: those of the residents who work for the body."""
    staff = [each for each in RESIDENTS if each.role is not None]
    supervisors = [each.login for each in staff if each.role == SUPERVISOR.role]
    lines = [
        f"intake_team = {json.dumps([each.login for each in staff if each.login not in supervisors])}",
        f"restricted_handlers = {json.dumps(supervisors)}",
        f"approvers = {json.dumps(supervisors)}",
    ]
    for each in staff:
        lines += [
            "[[member]]",
            f"id = {json.dumps(each.login)}",
            f"name = {json.dumps(each.name, ensure_ascii=False)}",
            f"address = {json.dumps(each.address)}",
            f"roles = {json.dumps([each.role])}",
        ]
    (folder / "staff.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
