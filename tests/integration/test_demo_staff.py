"""The staff file of `triage demo --serve` is one that the daemon accepts."""

from pathlib import Path

from triage.demo.configuration import MAILBOX
from triage.demo.serving.residents import AGENT, SUPERVISOR, write_staff
from triage.model.agents.staff import Role
from triage.settings.staff import load_staff


def test_the_agent_and_the_supervisor_work_here(tmp_path: Path) -> None:
    """With their addresses and roles; the requester is from outside."""
    write_staff(tmp_path)
    staff = load_staff(tmp_path, domains=[MAILBOX.partition("@")[2]], own_addresses=[MAILBOX])

    assert [(AGENT.address, {Role.AGENT}), (SUPERVISOR.address, {Role.SUPERVISOR})] == [
        (member.address, set(member.roles)) for member in staff.members
    ]
