"""What ties an answer to its ticket besides the Message-ID: a token in the reply address and in the letter's last line.

One token for each ticket and correspondent, 80 bits that our newest key derives (MUST 33). Mail programs rewrite
Message-IDs, people begin a new mail: an address or a quoted line survives both. A token grants nothing by itself.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

from triage.mail.writing.message_ids import read_message_id
from triage.model.decision import Citations
from triage.model.message import ParsedMessage

_TOKEN_BYTES = 10  # sixteen letters of base32 without padding
_TOKEN = re.compile(r"[a-z2-7]{16}", re.ASCII)
_GROUP = 4
_MOST_ADDRESSES = 500


def make_token(*, reference: str, address: str, key: bytes) -> str:
    """The token of one correspondent on one ticket, lower-case; the same arguments give the same text.

    `address` is folded as addresses are compared. Raises `ValueError` without a number, an address or a key.
    """
    if not (reference and address and key):
        raise ValueError("a token needs a ticket number, an address and a key")
    # The first words keep this signature from ever standing for another kind of token made with the same key.
    digest = hmac.digest(key, f"triage correspondent 1\n{reference}\n{address}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:_TOKEN_BYTES]).decode().lower()


def write_code(token: str) -> str:
    """The token as people may copy it: four groups of four, in capitals."""
    return "-".join(token[at : at + _GROUP] for at in range(0, len(token), _GROUP)).upper()


def reply_address(mailbox: str, token: str) -> str:
    """The mailbox with the token behind a plus sign: `plaintes+TOKEN@organisme.example`."""
    local, _, domain = mailbox.rpartition("@")
    return f"{local}+{token}@{domain}"


def read_citations(
    message: ParsedMessage, *, own_addresses: frozenset[str], domain: str, keys: Sequence[bytes]
) -> Citations:
    """What the mail cites of ours. `own_addresses` and `domain` are lower-case; what none of `keys` signed is left out.

    A bounce brings back our own mail, so the ids in it count as those that an answer names.
    """
    ids = dict.fromkeys((*message.in_reply_to, *message.references, *message.returned))
    signed = (read_message_id(each, domain=domain, keys=keys) for each in ids)
    return Citations(
        signed=tuple(dict.fromkeys(each.reference for each in signed if each is not None)),
        address_tokens=_address_tokens(_recipients(message), own_addresses),
        line_tokens=message.codes,
    )


def _recipients(message: ParsedMessage) -> Iterable[str]:
    # Where the mail was sent to, as the envelope or the sender says: never a right, only a pointer.
    return (*message.delivered_to, *(each.address for each in (*message.to, *message.cc)))[:_MOST_ADDRESSES]


def _address_tokens(addresses: Iterable[str], own_addresses: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for address in addresses:
        local, _, domain = address.lower().rpartition("@")
        box, _, token = local.rpartition("+")
        if f"{box}@{domain}" in own_addresses and _TOKEN.fullmatch(token):
            found[token] = None
    return tuple(found)
