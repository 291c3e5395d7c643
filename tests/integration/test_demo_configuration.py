"""The configuration of the demo is one that the daemon accepts, and a private one."""

import stat
from datetime import date
from pathlib import Path

from triage.demo.configuration import Surroundings, write_configuration
from triage.settings.loading import load_configuration

SURROUNDINGS = Surroundings(
    imap_port=1143,
    smtp_port=1025,
    username="box",
    password="of-fiction",
    processed="Traités",
    since_on=date(2026, 11, 20),
)


def test_the_daemon_accepts_it(tmp_path: Path) -> None:
    """It goes through the loader of the real settings, on loopback and into a database of its own."""
    write_configuration(tmp_path, SURROUNDINGS)
    loaded = load_configuration(tmp_path)

    assert ("127.0.0.1", 1143) == (loaded.settings.imap.host, loaded.settings.imap.port)
    assert ("127.0.0.1", 1025) == (loaded.settings.smtp.host, loaded.settings.smtp.port)
    assert "Traités" == loaded.settings.imap.processed
    assert "of-fiction" == loaded.imap_password
    assert str(tmp_path) in loaded.settings.database.url


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    """The files are their owner's alone."""
    write_configuration(tmp_path, SURROUNDINGS)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}

    assert {"triage.toml": 0o600, "imap-password": 0o600} == modes
