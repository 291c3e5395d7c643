"""triage: the daemon that runs a public body's complaints mailbox."""

__version__ = "0.1.0"
