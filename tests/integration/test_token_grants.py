"""What each grant asks, and what is made of any answer: proved against a token server on loopback (MUST 13, 37)."""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.certificates import Certificate as Served
from tests.servers.token_server import CLIENT, SECRET, Said
from tests.servers.token_server import TokenServer as Server
from triage.model.errors import ConfigurationError
from triage.transport.credentials import TokenRefused, TokenUnavailable
from triage.transport.oauth import ClientSecret, Command, Grant, TokenServer, issuer
from triage.transport.oauth.answers import Issued

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SCOPE = "https://outlook.office365.com/.default"


async def ask(grant: Grant) -> Issued:
    return await issuer(grant, now=lambda: NOW)()


def endpoint(server: Server, *, ca_file: Path | None = None, seconds: float = 5) -> TokenServer:
    return TokenServer(server.url, CLIENT, SCOPE, ca_file=ca_file, seconds=seconds)


def program(tmp_path: Path, text: str, *, seconds: float = 10) -> Command:
    return Command((sys.executable, "-c", text), tmp_path, seconds=seconds)


def is_alive(file: Path) -> bool:
    """Whether the process whose number the file holds goes on; one that waits to be reaped does not."""
    try:
        return " Z " not in Path(f"/proc/{file.read_text()}/stat").read_text()
    except OSError:
        return False


async def dies(file: Path) -> bool:
    """Whether that process ends: a signal that was sent takes a moment to be obeyed."""
    for _ in range(500):
        if not is_alive(file):
            return True
        await asyncio.sleep(0.01)
    return False


def said(**told: object) -> Said:
    return Said(body=json.dumps(told).encode())


async def test_a_secret_gets_a_token_over_verified_tls(smtp_certificate: Served) -> None:
    """One form with exactly what RFC 6749 asks for, over TLS whose authority is known."""
    with Server(certificate=smtp_certificate) as server:
        issued = await ask(ClientSecret(endpoint(server, ca_file=smtp_certificate.cert_file), SECRET))

    wanted = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET, "scope": SCOPE}
    assert [wanted] == server.asked
    assert ("jeton-1", 3600) == (issued.token, issued.seconds)


async def test_an_unknown_authority_is_told_no_secret(smtp_certificate: Served) -> None:
    """The certificate is judged before a byte of the form leaves."""
    with Server(certificate=smtp_certificate) as server:
        with pytest.raises(TokenRefused, match="certificate of the token server is not accepted"):
            await ask(ClientSecret(endpoint(server), SECRET))

        assert [] == server.asked


def test_http_is_for_this_machine_only() -> None:
    """A secret never travels in clear."""
    with pytest.raises(ConfigurationError, match=r"\[oauth\] token_url"):
        TokenServer("http://tokens.example/token", CLIENT, SCOPE)


async def test_a_wrong_secret_is_told_with_its_number_and_without_itself() -> None:
    """Microsoft's number and our own words; the answer quotes the secret, and nothing of it passes."""
    with Server() as server, pytest.raises(TokenRefused) as refused:
        await ask(ClientSecret(endpoint(server), "autre-secret"))

    assert ("invalid_client", 7000215) == (refused.value.reason, refused.value.code)
    assert "the client secret is wrong" in str(refused.value)
    assert SECRET not in repr(refused.value) + str(refused.value.__cause__) + str(refused.value.__context__)


@pytest.mark.parametrize(
    ("answer", "error", "pause"),
    [
        (Said(302, headers=(("Location", "http://127.0.0.1:1/"),)), TokenRefused, None),
        (Said(404), TokenRefused, None),
        (Said(400, b'{"error": "invalid_scope"}'), TokenRefused, None),
        (Said(400, b'{"error": "temporarily_unavailable"}'), TokenUnavailable, None),
        (Said(429, headers=(("Retry-After", "120"),)), TokenUnavailable, timedelta(minutes=2)),
        (Said(503, headers=(("Retry-After", "999999"),)), TokenUnavailable, timedelta(hours=1)),
        (Said(200, b"<html>"), TokenUnavailable, None),
        (Said(200, b"[" * 100_000), TokenUnavailable, None),
        (Said(200, b" " * 300_000), TokenUnavailable, None),
        (said(access_token="jeton\r\nA1 DELETE INBOX"), TokenUnavailable, None),
        (said(access_token="jeton\x01auth=Bearer x"), TokenUnavailable, None),
        (said(access_token="jeton", token_type="mac"), TokenUnavailable, None),
        (said(access_token=["jeton"]), TokenUnavailable, None),
    ],
)
async def test_each_bad_answer_is_one_of_two_troubles(
    answer: Said, error: type[Exception], pause: timedelta | None
) -> None:
    """A person must act, or a pause will do; a redirect is not followed and nothing strange becomes a token."""
    with Server() as server:
        server.script(answer)
        with pytest.raises(error) as trouble:
            await ask(ClientSecret(endpoint(server), SECRET))

        assert pause == getattr(trouble.value, "not_before", None)
        assert 1 == len(server.asked)


@pytest.mark.parametrize(
    ("life", "seconds"), [(None, 3600), ("120", 120), ("soon", 3600), (0, 1), (1e12, 86_400), (float("nan"), 3600)]
)
async def test_any_life_becomes_one_that_can_be_lived_with(life: object, seconds: float) -> None:
    """Numbers in quotes, none, none at all, and nonsense."""
    with Server() as server:
        server.script(said(access_token="jeton", expires_in=life))

        assert seconds == (await ask(ClientSecret(endpoint(server), SECRET))).seconds


@pytest.mark.parametrize("slow", [Said(wait_seconds=1.0), Said(body=b" " * 40, each_byte_seconds=0.05)])
async def test_a_server_that_is_slow_is_left_in_time(slow: Said) -> None:
    """The whole request has one time, whether the server is silent or says a byte now and then."""
    with Server() as server:
        server.script(slow)
        begun = time.monotonic()
        with pytest.raises(TokenUnavailable):
            await ask(ClientSecret(endpoint(server, seconds=0.2), SECRET))

        assert time.monotonic() - begun < 0.9


async def test_a_server_that_is_gone_is_trouble() -> None:
    """Nobody listens: later."""
    with Server() as server:
        address = endpoint(server)

    with pytest.raises(TokenUnavailable, match="ConnectionRefusedError"):
        await ask(ClientSecret(address, SECRET))


@pytest.mark.parametrize(
    ("text", "token", "seconds"),
    [
        ("print('jeton')", "jeton", 300),
        ("""print('{"access_token": "jeton", "expires_in": 120}')""", "jeton", 120),
    ],
)
async def test_a_program_prints_a_token(tmp_path: Path, text: str, token: str, seconds: float) -> None:
    """Alone, or with its life as JSON."""
    issued = await ask(program(tmp_path, text))

    assert (token, seconds) == (issued.token, issued.seconds)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import sys; sys.exit('secret-de-fiction')", TokenRefused),
        ("raise SystemExit(75)", TokenUnavailable),
        ("pass", TokenUnavailable),
        ("print('{')", TokenUnavailable),
        ("print('a b')", TokenUnavailable),
        ("print('a' * 10**6)", TokenUnavailable),
    ],
)
async def test_a_program_that_prints_none_is_trouble(tmp_path: Path, text: str, error: type[Exception]) -> None:
    """Exit code 75 and odd words mean later; any other failure is a person's to mend. Its words are not repeated."""
    with pytest.raises(error) as trouble:
        await ask(program(tmp_path, text))

    assert SECRET not in str(trouble.value)


async def test_a_program_is_no_shell(tmp_path: Path) -> None:
    """Arguments are arguments; a program that is not there is told of."""
    issued = await ask(Command((sys.executable, "-c", "import sys; print(sys.argv[1])", "$HOME;`id`"), tmp_path))

    assert "$HOME;`id`" == issued.token
    with pytest.raises(TokenRefused, match="cannot be started"):
        await ask(Command((str(tmp_path / "missing"),), tmp_path))


async def test_a_program_that_is_late_dies_with_its_children(tmp_path: Path) -> None:
    """Nothing that it started goes on."""
    child = "import subprocess,sys; p=subprocess.Popen(['sleep','60']); open('pid','w').write(str(p.pid)); p.wait()"
    with pytest.raises(TokenUnavailable, match="late"):
        await ask(program(tmp_path, child, seconds=3.0))

    assert await dies(tmp_path / "pid")
