"""What may stand in the keys of `[oauth]` that are more than a text: an address of a token server, and a program."""

import ipaddress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _check_token_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address; write https://, a host and a path") from None
    if any(not "!" <= sign <= "~" for sign in text) or "@" in parts.netloc or parts.fragment or not host:
        raise ValueError("is not an address; write https://, a host and a path")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ValueError("must begin with https:// (http:// is for this machine only)")
    return text


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_program(arguments: tuple[str, ...]) -> tuple[str, ...]:
    if not arguments or not Path(arguments[0]).is_absolute() or any("\0" in each for each in arguments):
        raise ValueError('must begin with the full path of a program; write for instance ["/usr/local/bin/token"]')
    return arguments


TokenUrl = Annotated[str, AfterValidator(_check_token_url)]
ProgramAndArguments = Annotated[tuple[str, ...], AfterValidator(_check_program)]
