"""Asking the scanner for viruses about a mail that is here, for `triage mail scan`."""

from triage.model.judgement import ScanResult
from triage.settings.loading import Configuration
from triage.transport.clamd import Clamd
from triage.workflows.ports import Scanner


def scanner_of(configuration: Configuration) -> Scanner:
    """The scanner that the configuration names; whether there is one is asked before."""
    section = configuration.settings.scan
    return Clamd(section.clamd, seconds=section.timeout_seconds)


async def scan_mail(configuration: Configuration, raw: bytes) -> ScanResult:
    """What the scanner says of one whole mail. Raises `ScannerUnavailable`."""
    return await scanner_of(configuration).scan(raw)
