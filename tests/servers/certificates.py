"""A certificate of fiction for servers on loopback; made by the openssl command, kept in the folder it is told."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost: it is its own authority."""

    cert_file: Path
    key_file: Path


def make_certificate(folder: Path) -> Certificate:
    """Write a fresh key and certificate into the folder."""
    made = Certificate(cert_file=folder / "cert.pem", key_file=folder / "key.pem")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-days", "3650", "-subj", "/CN=server of fiction"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
            *("-addext", "keyUsage=critical,digitalSignature,keyCertSign"),
            *("-keyout", str(made.key_file), "-out", str(made.cert_file)),
        ],
        check=True,
        capture_output=True,
    )
    return made
