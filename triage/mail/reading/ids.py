"""Message-IDs without their brackets, as text that may be stored and compared; never part of a server command.

Senders break the grammar in every way, so whatever stands between brackets is the id.
"""

import re
from collections.abc import Iterable

from triage.mail.reading.caps import ID_CHARACTERS, IDS
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_line, cut_utf8

_BRACKETED = re.compile(r"<([^<>]*)>")


def read_id(value: bytes | None) -> str | None:
    """The one id of a Message-ID header, or None where nothing legible stands there."""
    if value is None:
        return None
    text = clean_line(decode_bytes(value)[0], limit=4 * ID_CHARACTERS)
    match = _BRACKETED.search(text)
    return _cut((match[1] if match and match[1].strip() else text.strip("<> ")).strip()) or None


def read_ids(values: Iterable[bytes]) -> tuple[str, ...]:
    """The ids of In-Reply-To or References, each once; of too many the first and the last are kept."""
    found: dict[str, None] = {}
    for value in values:
        text = decode_bytes(value)[0]
        parts = _BRACKETED.findall(text) or [word for word in text.split() if "@" in word]
        found.update(dict.fromkeys(_cut(clean_line(part, limit=ID_CHARACTERS)) for part in parts))
    ids = tuple(found_id for found_id in found if found_id)
    return ids if len(ids) <= IDS else (*ids[: IDS // 2], *ids[-IDS // 2 :])


def _cut(found_id: str) -> str:
    # In octets, as the line is measured that an id must fit on: a longer key is refused by an index of PostgreSQL.
    return cut_utf8(found_id, ID_CHARACTERS)
