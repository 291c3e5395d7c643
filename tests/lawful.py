"""What holds for every answer of the reader, whatever bytes it was given: it can be stored, printed and shown."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from itertools import repeat

from triage.mail.reading.caps import TEXT_BYTES
from triage.model.message import ParsedMessage

_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def one_line_fields(message: ParsedMessage) -> Iterator[str]:
    """Every text that somebody will show on one line."""
    yield from (message.subject, message.message_id or "", *message.in_reply_to, *message.references)
    yield from (*message.returned, *message.delivered_to, message.signs.content_type, message.signs.return_path or "")
    yield from (*message.signs.x_loop, message.signs.report_type or "", *(line.by for line in message.received))
    for address in (*message.senders, *message.reply_to, *message.to, *message.cc):
        yield from (address.name, address.address)
    for attachment in message.attachments:
        yield from (attachment.name, attachment.type)
    for bounce in message.bounces:
        yield from (bounce.recipient, bounce.status, bounce.action, bounce.diagnostic)


def assert_lawful(message: ParsedMessage) -> None:
    """The laws that hold for every answer."""
    everything = json.dumps(asdict(message), default=str, ensure_ascii=False)
    faulty = [
        text
        for text in one_line_fields(message)
        if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI for character in text)
    ]
    controls = {c for c in message.text + message.new_text if unicodedata.category(c) in {"Cc", "Cs"}} - {"\n", "\t"}
    lines = message.text.split("\n")
    # A broken client puts « On … wrote: » behind the author's last words: then a line's beginning is new.
    strange = set(message.new_text.split("\n")) - set(lines)
    invented = [new for new in strange if not any(map(str.startswith, lines, repeat(new)))]

    assert everything.encode("utf-8")
    assert [] == faulty
    assert set() == controls
    assert len(message.text.encode("utf-8")) <= TEXT_BYTES
    assert [] == invented
    assert all(address == address.strip() for address in (sender.address for sender in message.senders))
