"""Whether this machine is fit: interpreter, clock, disk, and who can read the secrets (MUST 37, MUST 39; R-88)."""

from datetime import timedelta

from triage.model.health import Finding, Level, SecretFacts

CLOCK_TOLERANCE = timedelta(seconds=30)
MIB = 1 << 20
DISK_WARNING_BYTES = 1024 * MIB
DISK_PROBLEM_BYTES = 200 * MIB

# The first patch levels without the known faults in reading mail (CVE-2026-1299, CVE-2026-15308, and theirs).
_PATCHED = {(3, 11): 15, (3, 12): 13, (3, 13): 15, (3, 14): 7}
_OTHERS_READ, _GROUP_READS = 0o007, 0o070


def judge_python(version: tuple[int, int, int]) -> Finding:
    """Whether the interpreter has the mends for mail that were published for it."""
    shown = ".".join(map(str, version))
    wanted = _PATCHED.get(version[:2])
    if wanted is None or version[2] >= wanted:
        return Finding("python", Level.OK, shown)
    first = f"{version[0]}.{version[1]}.{wanted}"
    mend = f"use {first} or later, or a distribution's build that carries the mends"
    return Finding("python", Level.WARNING, f"{shown} lacks mends for the reading of mail", mend)


def judge_clock(whose: str, ahead: timedelta) -> Finding:
    """How far another clock is ahead of ours (negative: behind)."""
    seconds = ahead.total_seconds()
    if abs(ahead) <= CLOCK_TOLERANCE:
        return Finding("clock", Level.OK, f"agrees with that of {whose} ({seconds:+.0f} s)")
    mend = "set this machine's clock by NTP (timedatectl set-ntp true), or have the other one set"
    sentence = f"the clock of {whose} is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} ours"
    return Finding("clock", Level.PROBLEM, sentence, mend)


def judge_disk(free_bytes: int, *, folder: str) -> Finding:
    """Whether there is room for mail where the database lies."""
    sentence = f"{free_bytes // MIB} MiB free in {folder}"
    mend = "make room: a full disk stops the intake (nothing is lost, but nobody is answered)"
    if free_bytes < DISK_PROBLEM_BYTES:
        return Finding("disk", Level.PROBLEM, sentence, mend)
    if free_bytes < DISK_WARNING_BYTES:
        return Finding("disk", Level.WARNING, sentence, mend)
    return Finding("disk", Level.OK, sentence)


def judge_secret(facts: SecretFacts) -> Finding:
    """Whether a secret is there, ours to read, and nobody else's."""
    check = f"secret {facts.key}"
    if facts.mode is None:
        mend = f"write the password into {facts.path}, then chmod 600; or mend the key"
        return Finding(check, Level.PROBLEM, f"there is no file {facts.path}", mend)
    if facts.mode & _OTHERS_READ:
        return Finding(check, Level.PROBLEM, f"everybody on this machine can read {facts.path}", "chmod 600 it")
    if not facts.readable:
        return Finding(check, Level.PROBLEM, f"{facts.path} cannot be read by this user", "mend its owner or rights")
    if facts.empty:
        return Finding(check, Level.PROBLEM, f"{facts.path} is empty", "write the password into it, nothing else")
    if facts.mode & _GROUP_READS:
        return Finding(check, Level.WARNING, f"its group can read {facts.path}", "chmod 600 it")
    return Finding(check, Level.OK, f"{facts.path}, for its owner alone")
