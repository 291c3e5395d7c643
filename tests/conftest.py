"""Fixtures by noun; the servers live in `tests/servers`."""

pytest_plugins = [
    "tests.databases",
    "tests.servers.fixtures",
    "tests.servers.postfix_fixtures",
    "tests.servers.smtp_fixtures",
]
