"""Asking the scanner for viruses about a mail that is here, for `triage mail scan`; and which scanner there is."""

from triage.model.errors import ScannerUnavailable
from triage.model.judgement import ScanResult
from triage.settings.loading import Configuration
from triage.transport.clamd import Clamd


def scanner_of(configuration: Configuration) -> Clamd | None:
    """The scanner that the configuration names, None where it names none."""
    section = configuration.settings.scan
    return Clamd(section.clamd, seconds=section.timeout_seconds) if section.clamd else None


async def scan_mail(configuration: Configuration, raw: bytes) -> ScanResult:
    """What the scanner says of one whole mail. Raises `ScannerUnavailable`, also where there is none."""
    scanner = scanner_of(configuration)
    if scanner is None:
        raise ScannerUnavailable("none is configured")
    return await scanner.scan(raw)
