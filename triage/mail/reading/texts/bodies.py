"""The text of a mail, and what is attached to it: by name, type, size and hash, never opened, never written.

Of alternatives the one that says most plainly what the others say is the text; whatever says more stands under it.
The text of a mail inside the mail is read too, apart, since a forwarded complaint is one; what a bounce brings back
is not.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256

from triage.mail.reading.caps import HTML_BYTES, LEAF_BYTES, NAME_CHARACTERS, SUBJECT_CHARACTERS, TEXT_BYTES, Repair
from triage.mail.reading.contents import tell_content
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_file_name, clean_line, clean_text, cut_utf8
from triage.mail.reading.decoding.structure import Part
from triage.mail.reading.decoding.transfer import decode_transfer
from triage.mail.reading.decoding.uuencoded import take_uuencoded
from triage.mail.reading.decoding.words import decode_header
from triage.mail.reading.fingerprint import mark_leaf, mark_text
from triage.mail.reading.texts.alternatives import choose
from triage.mail.reading.texts.calendars import read_calendar
from triage.mail.reading.texts.html import html_to_text
from triage.model.message import Attachment

_PAGES = {"text/html", "text/x-amp-html"}
_MARKED_UP = {"text/enriched", "text/richtext"}
_TEXT_TYPES = {"text/plain", "text/markdown", *_PAGES, *_MARKED_UP}
_MARK = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,60}>")
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_PGP = "-----BEGIN PGP MESSAGE-----"
_SHOWN_FIELDS = (("From", "from"), ("Date", "date"), ("Subject", "subject"))


@dataclass(frozen=True, slots=True)
class Body:
    """What the author wrote (`text`), what stands apart (`nested`), attachments and fingerprint marks.

    Apart stand the mails inside the mail, and alternatives and invitations that say more than the text.
    """

    text: str
    nested: str
    html: bool
    attachments: tuple[Attachment, ...]
    leaves: tuple[str, ...]

    @property
    def whole(self) -> str:
        """Everything readable, at most `caps.TEXT_BYTES` in UTF-8."""
        return cut_utf8("\n\n".join(text for text in (self.text, self.nested) if text), TEXT_BYTES)


@dataclass(slots=True)
class _Gathering:
    """What one walk has found so far; `report` says that the mail is a machine's report."""

    report: bool
    repairs: set[str]
    html: bool = False
    html_left: int = HTML_BYTES  # of the whole mail: five hundred pages are no mail that somebody reads
    plain_left: int = LEAF_BYTES
    nested: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)


def read_body(whole: Part, repairs: set[str]) -> Body:
    """Texts, attachments and fingerprint marks of the whole mail."""
    found = _Gathering(report=whole.type == "multipart/report", repairs=repairs)
    text = _read(whole, found, is_root=True, related=False)
    if not (text.strip() or found.nested or found.attachments) and any(whole.after):
        text = _plain(bytes(whole.after[:LEAF_BYTES]), None, LEAF_BYTES, repairs).strip("\n")
    if text.startswith(_PGP):
        repairs.add(Repair.ENCRYPTED)
    if len(text.encode("utf-8")) > TEXT_BYTES:
        repairs.add(Repair.TEXT_CUT)
    return Body(
        text=cut_utf8(text, TEXT_BYTES),
        nested="\n\n".join(found.nested),
        html=found.html,
        attachments=tuple(found.attachments),
        leaves=tuple(found.leaves),
    )


def _read(part: Part, found: _Gathering, *, is_root: bool, related: bool) -> str:
    """The text of one part; everything else goes into `found`."""
    if part.type == "multipart/alternative" and part.is_multipart:
        return _read_alternative(part, found)
    if part.is_multipart:
        if part.type == "multipart/encrypted":
            found.repairs.add(Repair.ENCRYPTED)
        related = part.type == "multipart/related"
        texts = [_read(child, found, is_root=False, related=related) for child in part.children]
        return "\n\n".join(text for text in texts if text)
    if part.type in _TEXT_TYPES and (is_root or not _is_attached(part)):
        return _read_text(part, found)
    if part.children:
        _read_message(part, found)
    elif part.type == "text/calendar" and part.disposition != "attachment":
        _read_invitation(part, found)
    elif part.type in _SEALED:
        found.repairs.add(Repair.ENCRYPTED)
    _attach(part, found, related=related)
    return ""


def _read_alternative(part: Part, found: _Gathering) -> str:
    texts = [(child.type, _read(child, found, is_root=False, related=False)) for child in part.children]
    main, others = choose(texts)
    found.nested.extend(others)
    return main


def _read_invitation(part: Part, found: _Gathering) -> None:
    data = decode_transfer(part.body, part.encoding, found.repairs)
    text = read_calendar(_plain(data, part.parameters.get("charset"), found.plain_left, found.repairs))
    found.plain_left -= min(len(data), found.plain_left)
    if text and text not in found.nested:
        found.nested.append(text)


def _is_attached(part: Part) -> bool:
    return part.disposition == "attachment" or bool(_name(part))


def _name(part: Part) -> str:
    name = part.disposition_parameters.get("filename") or part.parameters.get("name") or ""
    return clean_file_name(name, limit=NAME_CHARACTERS)


def _read_text(part: Part, found: _Gathering) -> str:
    data = decode_transfer(part.body, part.encoding, found.repairs)
    charset = part.parameters.get("charset")
    if part.type in _PAGES:
        found.html = found.html or part.type == "text/html"
        text = html_to_text(data, charset=charset, limit=found.html_left, repairs=found.repairs)
        found.html_left -= min(len(data), found.html_left)
    else:
        data = _take_files(data, found)
        text = _plain(data, charset, found.plain_left, found.repairs)
        found.plain_left -= min(len(data), found.plain_left)
        if part.parameters.get("format", "").lower() == "flowed":
            text = _unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
        if part.type in _MARKED_UP:
            text = _MARK.sub("", text)
    found.leaves.append(mark_text(part, text))
    return text.strip("\n")


def _take_files(data: bytes, found: _Gathering) -> bytes:
    """The text without the files that an old client wrote into it; each is an attachment."""
    text, files = take_uuencoded(data)
    for file in files:
        name = clean_file_name(decode_header(file.name), limit=NAME_CHARACTERS)
        digest = sha256(file.content).hexdigest()
        found.attachments.append(Attachment(name, "application/octet-stream", len(file.content), digest, inline=False))
        found.leaves.append(f"uuencoded {digest}")
    return text


def _plain(data: bytes, charset: str | None, limit: int, repairs: set[str]) -> str:
    if len(data) > limit:
        repairs.add(Repair.TEXT_CUT)
        data = _cut_character(data[:limit])
    text, held = decode_bytes(data, charset)
    if not held:
        repairs.add(Repair.CHARSET_REPLACED)
    return clean_text(text)


def _cut_character(data: bytes) -> bytes:
    """The bytes without a UTF-8 character that the cut went through."""
    for back in range(1, min(5, len(data) + 1)):
        if data[-back] & 0xC0 != 0x80:
            return data[:-back] if data[-back] >= 0xC0 else data
    return data


def _unflow(text: str, *, delete_space: bool) -> str:
    """Lines that a client broke softly (RFC 3676) joined again; quoted lines and the signature mark stay."""
    out: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        soft = line.endswith(" ") and line != "-- " and not line.startswith(">")
        bare = line.removeprefix(" ")  # put there by the client, lest « > » or « From » begin a line
        paragraph.append(bare[:-1] if soft and delete_space else bare)
        if not soft:
            out.append("".join(paragraph))
            paragraph = []
    return "\n".join([*out, "".join(paragraph)]) if paragraph else "\n".join(out)


def _read_message(part: Part, found: _Gathering) -> None:
    """The mail inside: its text apart, its own attachments and marks left to the hash of the whole."""
    if found.report:
        return
    inner = part.children[0]
    below = _Gathering(report=False, repairs=found.repairs, html_left=found.html_left, plain_left=found.plain_left)
    text = _read(inner, below, is_root=True, related=False)
    found.html_left, found.plain_left = below.html_left, below.plain_left
    lines = [
        f"{label}: {clean_line(decode_header(value), limit=SUBJECT_CHARACTERS)}"
        for label, name in _SHOWN_FIELDS
        if (value := inner.head.first(name))
    ]
    found.nested.append("\n".join([*lines, "", text]).strip("\n"))
    found.nested.extend(below.nested)


def _attach(part: Part, found: _Gathering, *, related: bool) -> None:
    content = decode_transfer(part.body, part.encoding, found.repairs)
    name = _name(part)
    if not name and part.children and (subject := part.children[0].head.first("subject")):
        name = clean_file_name(decode_header(subject).replace("/", "-"), limit=NAME_CHARACTERS)
    inline = part.disposition == "inline" or (related and part.disposition != "attachment")
    digest, kind = sha256(content).hexdigest(), tell_content(content)
    found.attachments.append(Attachment(name, part.type, len(content), digest, inline, kind))
    found.leaves.append(mark_leaf(part, content))
