"""A configuration folder as an operator writes it, for commands that are run as an operator runs them."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from triage.transport.imap import ImapAccess

ADDRESS = "plaintes@organisme.example"


@dataclass(frozen=True, slots=True)
class Operator:
    """A folder, and the program as a command. `environment` is added to a short one of ours."""

    folder: Path
    program: tuple[str, ...] = (sys.executable, "-m", "triage")
    environment: dict[str, str] = field(default_factory=dict)
    address: str = ADDRESS

    def configure(
        self, *, imap: ImapAccess, smtp_port: int, database: str = "sqlite:///triage.db", smtp: str = 'tls = "none"'
    ) -> None:
        """Write triage.toml and the password of the mailbox; the mail server is on loopback."""
        self.folder.mkdir(exist_ok=True)
        ca_file = "" if imap.ca_file is None else f"ca_file = {json.dumps(imap.ca_file)}"
        text = f"""
            [body]
            name = "Organisme de fiction"
            short_name = "ODF"
            unit = "Direction des plaintes"
            address = "{self.address}"
            display_name = "Plaintes (ODF)"
            phone = "418 555-0100"
            access_address = "acces@organisme.example"
            [imap]
            host = "{imap.host}"
            port = {imap.port}
            tls = "{imap.tls}"
            {ca_file}
            username = "{imap.username}"
            password_file = "imap-password"
            [smtp]
            host = "127.0.0.1"
            port = {smtp_port}
            {smtp}
            [database]
            url = "{database}"
            [intake]
            since = 2026-01-01
        """
        (self.folder / "triage.toml").write_text("\n".join(line.strip() for line in text.splitlines()))
        self.keep_secret("imap-password", imap.password)

    def keep_secret(self, name: str, secret: str, *, mode: int = 0o600) -> None:
        """A file with a secret."""
        (self.folder / name).write_text(secret, encoding="utf-8")
        (self.folder / name).chmod(mode)

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        command, environment = [*self.program, *arguments], self._environment()
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)

    @contextlib.contextmanager
    def start(self, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
        """Start one command, whose output goes to `log` in the folder; it is killed where it outlives the block."""
        with (self.folder / "log").open("ab") as log:
            command, environment = [*self.program, *arguments], self._environment()
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "TRIAGE_CONFIG": str(self.folder), **self.environment}

    def check(self, *arguments: str) -> tuple[int, list[dict[str, str]]]:
        """The exit code and the findings of `triage check --json`."""
        done = self.run("check", "--json", *arguments)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]
