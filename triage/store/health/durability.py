"""What the database says of its own durability, and where its file lies; judged in `rules.checking.database`."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, text

from triage.model.health import DurabilityFacts
from triage.store.engine import snapshot

_MOUNTS = Path("/proc/self/mountinfo")
_PRAGMAS = ("journal_mode", "synchronous")
_PARAMETERS = ("fsync", "synchronous_commit", "full_page_writes")
_ESCAPED = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))


def read_durability(engine: Engine) -> DurabilityFacts:
    """The settings in force on a connection like the daemon's."""
    with snapshot(engine) as tx:
        if engine.dialect.name == "sqlite":
            settings = {name: str(tx.execute(text(f"PRAGMA {name}")).scalar_one()) for name in _PRAGMAS}
            file = Path(engine.url.database or ".").resolve()
            return DurabilityFacts("sqlite", settings, _file_system(file.parent))
        found = {name: str(tx.execute(text(f"SHOW {name}")).scalar_one()) for name in _PARAMETERS}
        return DurabilityFacts("postgresql", found)


def read_clock(engine: Engine) -> datetime | None:
    """What the database's own machine takes for now; None for SQLite, which has no machine of its own."""
    if engine.dialect.name == "sqlite":
        return None
    with snapshot(engine) as tx:
        at: datetime = tx.execute(text("SELECT clock_timestamp()")).scalar_one()
    return at


def _file_system(folder: Path) -> str | None:
    """The type of the file system that holds a folder, as the kernel names it; None where it does not tell."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    found, depth = None, -1
    for line in lines:
        before, _, after = line.partition(" - ")
        mounted = before.split()[4]
        for code, sign in _ESCAPED:
            mounted = mounted.replace(code, sign)
        # The later of two mounts on one place hides the earlier.
        if folder.is_relative_to(mounted) and len(Path(mounted).parts) >= depth:
            found, depth = after.split()[0], len(Path(mounted).parts)
    return found
