"""A refresh token that is exchanged, a certificate that signs: what proves who we are beside a secret (MUST 37)."""

import base64
import hashlib
import json
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from structlog.testing import capture_logs

from tests.servers.certificates import Certificate as Served
from tests.servers.token_server import CLIENT, SECRET, Rules
from tests.servers.token_server import TokenServer as Server
from triage.model.errors import ConfigurationError
from triage.transport.oauth import Certificate, Grant, RefreshToken, TokenServer, issuer
from triage.transport.oauth.answers import Issued

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SCOPE = "https://outlook.office365.com/.default"


async def ask(grant: Grant) -> Issued:
    return await issuer(grant, now=lambda: NOW)()


def endpoint(server: Server) -> TokenServer:
    return TokenServer(server.url, CLIENT, SCOPE, seconds=5)


def begin(text: str) -> "subprocess.Popen[bytes]":
    """Another process that has printed its first line."""
    other = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    return other


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def der_of(pem: bytes) -> bytes:
    """A certificate as its thumbprint is made of it."""
    return subprocess.run(["openssl", "x509", "-outform", "DER"], input=pem, capture_output=True, check=True).stdout


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
