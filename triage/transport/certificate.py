"""What a secured line tells of itself: the version of TLS, and how long the server's certificate is good for."""

import ssl
from datetime import UTC, datetime

from triage.model.health import TlsFacts


def facts_of_line(line: object) -> TlsFacts:
    """The facts of a verified TLS line; nothing where it is none (in clear, on this machine)."""
    if not isinstance(line, ssl.SSLSocket | ssl.SSLObject):
        return TlsFacts(version=None, certificate_ends_at=None)
    ends = dict(line.getpeercert() or {}).get("notAfter")
    at = datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if isinstance(ends, str) else None
    return TlsFacts(version=line.version(), certificate_ends_at=at)
