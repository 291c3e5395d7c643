"""A client that signs instead of sending a secret: a JSON web token (RFC 7523 §2.2), PS256, named by its thumbprint.

Needs the extra `m365` (cryptography), which is imported when the first assertion is made.
"""

import base64
import json
import secrets
from datetime import datetime, timedelta

from triage.model.errors import ConfigurationError
from triage.transport.oauth.access import Certificate

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFE = timedelta(minutes=10)


def sign_assertion(grant: Certificate, *, now: datetime) -> str:
    """The assertion for one request, good for ten minutes from `now` (aware UTC).

    Raises `ConfigurationError` where the extra is missing, or a file is not what it should be.
    """
    try:
        from cryptography import x509  # noqa: PLC0415 -- an extra, and slow to import
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 -- as above
        from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: PLC0415 -- as above
    except ImportError:
        raise ConfigurationError(
            'triage.toml: [oauth] grant: "certificate" needs a package more: pip install "triage-plaintes[m365]"'
        ) from None
    try:
        certificate = x509.load_pem_x509_certificate(grant.certificate.encode())
        key = serialization.load_pem_private_key(grant.private_key.encode(), password=None)
    except (ValueError, TypeError):
        raise ConfigurationError(
            "triage.toml: [oauth] certificate_file, key_file: not PEM, or the key has a pass phrase"
        ) from None
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError("triage.toml: [oauth] key_file: the key must be RSA")
    if key.public_key() != certificate.public_key():
        raise ConfigurationError("triage.toml: [oauth] key_file: the key does not belong to the certificate")
    thumbprint = encode(certificate.fingerprint(hashes.SHA256()))
    header = {"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint}
    signed = f"{encode(_json(header))}.{encode(_json(_claims(grant, now=now)))}"
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
    return f"{signed}.{encode(key.sign(signed.encode('ascii'), pss, hashes.SHA256()))}"


def encode(data: bytes) -> str:
    """Base64 for addresses, without its padding (RFC 7515 §2).

    >>> encode(b"?>")
    'Pz4'
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _claims(grant: Certificate, *, now: datetime) -> dict[str, object]:
    begins = int(now.timestamp())
    return {
        "aud": grant.server.url,
        "iss": grant.server.client_id,
        "sub": grant.server.client_id,
        "jti": secrets.token_urlsafe(16),
        "nbf": begins,
        "exp": begins + int(_LIFE.total_seconds()),
    }


def _json(value: dict[str, object] | dict[str, str]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
