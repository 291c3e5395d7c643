"""The way out: one connection to the body's mail server, one recipient a transaction.

`sender` is the port; `conversation` knows how far one mail came; `connection` owns aiosmtplib; `answers` says what a
reply means at a phase; `wire` writes the body; `access` is the configuration.
"""

from triage.transport.smtp.access import SmtpAccess
from triage.transport.smtp.examining import examine_server
from triage.transport.smtp.sender import SmtpSender

__all__ = ["SmtpAccess", "SmtpSender", "examine_server"]
