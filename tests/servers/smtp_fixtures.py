"""Fixtures around the scripted SMTP server; loaded by tests/conftest.py."""

from collections.abc import Iterator

import pytest

from tests.servers.certificates import Certificate, make_certificate
from tests.servers.scripted_smtp import ScriptedSmtpServer


@pytest.fixture
def smtp_server() -> Iterator[ScriptedSmtpServer]:
    """A mail server on loopback without TLS or login that keeps every mail, until it is scripted otherwise."""
    with ScriptedSmtpServer() as server:
        yield server


@pytest.fixture(scope="session")
def smtp_certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1 and localhost that is its own authority."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))
