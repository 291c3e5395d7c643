"""Whether the database keeps what it has committed, whatever fails (MUST 1, MUST 39)."""

from triage.model.health import DurabilityFacts, Finding, Level

CHECK = "durability"

_SQLITE = {
    "journal_mode": (("wal",), "let no other program change the journal mode of this file"),
    "synchronous": (("2", "3"), "let no other program change PRAGMA synchronous"),
}
_POSTGRESQL = {
    "fsync": (("on",), "set fsync = on in postgresql.conf and restart it"),
    "synchronous_commit": (
        ("on", "remote_apply", "remote_write", "local"),
        "set synchronous_commit = on for the server, or ALTER ROLE … SET synchronous_commit = on",
    ),
    "full_page_writes": (("on",), "set full_page_writes = on in postgresql.conf and reload it"),
}
_WANTED = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}

# Locks and the shared memory of WAL do not work between machines.
_BETWEEN_MACHINES = ("nfs", "cifs", "smb", "afs", "9p", "ceph", "gluster", "fuse.glusterfs", "fuse.sshfs", "lustre")
_IN_MEMORY = ("tmpfs", "ramfs")


def judge_durability(facts: DurabilityFacts) -> tuple[Finding, ...]:
    """One finding for each setting that is not as it must be, and for a wrong place; one « ok » where all is well."""
    found = [
        Finding(CHECK, Level.PROBLEM, f"{facts.backend}: {name} is {facts.settings.get(name, 'unknown')!r}", mend)
        for name, (accepted, mend) in _WANTED[facts.backend].items()
        if facts.settings.get(name) not in accepted
    ]
    found += _judge_place(facts.file_system)
    if found:
        return tuple(found)
    settings = ", ".join(f"{name} = {facts.settings[name]}" for name in _WANTED[facts.backend])
    return (Finding(CHECK, Level.OK, f"{facts.backend} keeps what it commits ({settings})"),)


def judge_revision(revision: str | None, *, needed: str) -> Finding:
    """Whether the schema is this release's."""
    if revision is None:
        return Finding("schema", Level.OK, "the database is empty; `triage run` makes the schema at its first start")
    if revision != needed:
        mend = "stop the daemon, make a backup, run `triage migrate`"
        return Finding("schema", Level.PROBLEM, f"the schema is {revision}, this release needs {needed}", mend)
    return Finding("schema", Level.OK, f"the schema is {revision}, as this release needs")


def _judge_place(file_system: str | None) -> list[Finding]:
    if file_system is None:
        return []
    mend = "put the file on a disk of this machine ([database] url), or use PostgreSQL"
    if file_system.startswith(_BETWEEN_MACHINES):
        return [Finding(CHECK, Level.PROBLEM, f"the file lies on {file_system}, a file system shared by network", mend)]
    if file_system in _IN_MEMORY:
        sentence = f"the file lies on {file_system}, in memory: nothing survives a restart of the machine"
        return [Finding(CHECK, Level.WARNING, sentence, mend)]
    return []
