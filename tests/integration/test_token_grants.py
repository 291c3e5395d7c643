"""What each grant asks, and what is made of any answer: proved against a token server on loopback (MUST 13, 37)."""

import base64
import hashlib
import json
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from structlog.testing import capture_logs

from tests.servers.certificates import Certificate as Served
from tests.servers.token_server import CLIENT, SECRET, Rules, Said
from tests.servers.token_server import TokenServer as Server
from triage.model.errors import ConfigurationError
from triage.transport.credentials import TokenRefused, TokenUnavailable
from triage.transport.oauth import Certificate, ClientSecret, Command, Grant, RefreshToken, TokenServer, issuer
from triage.transport.oauth.answers import Issued

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SCOPE = "https://outlook.office365.com/.default"


async def ask(grant: Grant) -> Issued:
    return await issuer(grant, now=lambda: NOW)()


def endpoint(server: Server, *, ca_file: Path | None = None, seconds: float = 5) -> TokenServer:
    return TokenServer(server.url, CLIENT, SCOPE, ca_file=ca_file, seconds=seconds)


def program(tmp_path: Path, text: str, *, seconds: float = 10) -> Command:
    return Command((sys.executable, "-c", text), tmp_path, seconds=seconds)


def begin(text: str) -> "subprocess.Popen[bytes]":
    """Another process that has printed its first line."""
    other = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    return other


def is_dead(file: Path) -> bool:
    """Whether the process whose number the file holds has ended."""
    state = Path(f"/proc/{file.read_text()}/stat")
    return not state.exists() or " Z " in state.read_text()


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def der_of(pem: bytes) -> bytes:
    """A certificate as its thumbprint is made of it."""
    return subprocess.run(["openssl", "x509", "-outform", "DER"], input=pem, capture_output=True, check=True).stdout


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


# --- a refresh token ---


async def test_an_exchanged_refresh_token_is_kept_for_our_eyes_only(tmp_path: Path) -> None:
    """The next start uses the exchanged one; the file is 0600, and no draft stays behind."""
    with Server(rules=Rules(exchanges=True)) as server:
        grant = RefreshToken(endpoint(server), "rafraichir-0", SECRET, tmp_path / "kept.json")
        for _ in range(3):
            await ask(grant)

        assert ["rafraichir-0", "rafraichir-1", "rafraichir-3"] == [form["refresh_token"] for form in server.asked]
    assert 0o600 == stat.S_IMODE((tmp_path / "kept.json").stat().st_mode)
    assert ["kept.json", "kept.json.lock"] == names_in(tmp_path)
    assert "rafraichir" not in repr(grant)


async def test_a_newly_given_refresh_token_counts_at_once(tmp_path: Path) -> None:
    """What was kept descends from another consent, and is left alone."""
    with Server(rules=Rules(exchanges=True)) as server:
        grant = RefreshToken(endpoint(server), "rafraichir-0", SECRET, tmp_path / "kept.json")
        await ask(grant)
        server.refresh_token = "donne-a-nouveau"

        assert "jeton-3" != (await ask(replace(grant, token="donne-a-nouveau"))).token
        assert "donne-a-nouveau" == server.asked[-1]["refresh_token"]


async def test_a_damaged_keepsake_is_as_good_as_none(tmp_path: Path) -> None:
    """Half a file, another's file: the given token is used."""
    with Server() as server:
        for text in ("{", "[]", '{"refresh_token": "x"}', "\xff"):
            (tmp_path / "kept.json").write_text(text, encoding="latin-1")
            await ask(RefreshToken(endpoint(server), "rafraichir-0", SECRET, tmp_path / "kept.json"))

        assert {"rafraichir-0"} == {form["refresh_token"] for form in server.asked}


async def test_an_exchanged_token_that_the_disk_does_not_take_is_used_all_the_same(tmp_path: Path) -> None:
    """It is known until we end, and an alert says that it is in danger."""
    (tmp_path / "kept.json").mkdir()  # a file cannot take its place
    with Server(rules=Rules(exchanges=True)) as server, capture_logs() as log:
        issue = issuer(RefreshToken(endpoint(server), "rafraichir-0", SECRET, tmp_path / "kept.json"), now=lambda: NOW)
        issued = [await issue(), await issue()]

    assert 2 == len(issued)
    assert ["refresh_token_not_kept"] * 2 == [line["event"] for line in log]


async def test_two_processes_never_use_one_refresh_token_at_once(tmp_path: Path) -> None:
    """While another holds the lock no request is made; then it is made with what the other left."""
    holds = (
        f"import fcntl,sys,time; f=open({str(tmp_path / 'kept.json.lock')!r},'w'); fcntl.flock(f,2); print(flush=True)"
    )
    with Server() as server:
        with begin(f"{holds}; time.sleep(0.4)"):
            begun = time.monotonic()
            await ask(RefreshToken(endpoint(server), "rafraichir-0", SECRET, tmp_path / "kept.json"))

        assert time.monotonic() - begun > 0.2


# --- a certificate ---


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """An RSA key of fiction and its certificate."""
    folder = tmp_path_factory.mktemp("signing")
    made = Served(cert_file=folder / "cert.pem", key_file=folder / "key.pem")
    subject = (
        "openssl",
        "req",
        "-x509",
        "-nodes",
        "-newkey",
        "rsa:2048",
        "-days",
        "9",
        "-subj",
        "/CN=client of fiction",
    )
    command = [*subject, "-keyout", str(made.key_file), "-out", str(made.cert_file)]
    subprocess.run(command, check=True, capture_output=True)
    return made


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def is_signed_by(pem: bytes, form: dict[str, str]) -> bool:
    """What a token server checks of a signature (RFC 7523 §3, PS256)."""
    certificate = x509.load_pem_x509_certificate(pem)
    signed, _, signature = form["client_assertion"].rpartition(".")
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(decode(signature), signed.encode(), pss, hashes.SHA256())  # raises otherwise
    return form["client_assertion_type"].endswith(":jwt-bearer")


async def test_a_certificate_signs_what_the_server_can_check(signing: Served) -> None:
    """Audience, issuer, thumbprint, ten minutes, never the same twice; the signature is the certificate's."""
    pem = signing.cert_file.read_bytes()
    with Server(rules=Rules(proves=lambda form: is_signed_by(pem, form))) as server:
        grant = Certificate(endpoint(server), pem.decode(), signing.key_file.read_text())
        await ask(grant)
        await ask(grant)
    forms = [form["client_assertion"].split(".") for form in server.asked]
    (header, claims), (_, others) = ([json.loads(decode(part)) for part in form[:2]] for form in forms)

    assert ("PS256", hashlib.sha256(der_of(pem)).digest()) == (header["alg"], decode(header["x5t#S256"]))
    assert (server.url, CLIENT, CLIENT) == (claims["aud"], claims["iss"], claims["sub"])
    assert (int(NOW.timestamp()), 600) == (claims["nbf"], claims["exp"] - claims["nbf"])
    assert claims["jti"] != others["jti"]
    assert "client_secret" not in server.asked[0]
    assert "BEGIN" not in repr(grant)


@pytest.mark.parametrize(("fault", "told"), [("swapped", "not PEM"), ("another", "does not belong"), ("ec", "RSA")])
def test_a_key_that_cannot_sign_is_told_of_at_the_start(
    signing: Served, smtp_certificate: Served, fault: str, told: str
) -> None:
    """Not an hour later, and with the key of the configuration."""
    key, certificate = signing.key_file.read_text(), signing.cert_file.read_text()
    other = smtp_certificate.cert_file.read_text()
    pair = {
        "swapped": (key, certificate),
        "another": (other, key),
        "ec": (other, smtp_certificate.key_file.read_text()),
    }
    grant = Certificate(TokenServer("https://tokens.example/token", CLIENT, SCOPE), *pair[fault])

    with pytest.raises(ConfigurationError, match=told):
        issuer(grant, now=lambda: NOW)


# --- a program ---


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
        await ask(program(tmp_path, child, seconds=1.0))

    assert is_dead(tmp_path / "pid")
