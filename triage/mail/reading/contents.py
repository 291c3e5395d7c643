"""What an attachment is, told from its first bytes and from marks inside that no packing hides: a table of signatures.

Nothing is unpacked, opened or run (MUST 35): a mark is looked for among the bytes as they lie there. What a sender
says of type and name counts for nothing here. The values are facts; `rules.tickets.attachments` says what is dangerous.
"""

from triage.model.codes import Content

_HEAD = 4096
# Signatures with the place where they stand, most telling first.
_SIGNATURES: tuple[tuple[int, bytes, Content], ...] = (
    (0, b"MZ", Content.PROGRAM),
    (0, b"\x7fELF", Content.PROGRAM),
    (0, b"\xcf\xfa\xed\xfe", Content.PROGRAM),
    (0, b"\xce\xfa\xed\xfe", Content.PROGRAM),
    (0, b"\xca\xfe\xba\xbe", Content.PROGRAM),
    (0, b"dex\n", Content.PROGRAM),
    (0, b"\x4c\x00\x00\x00\x01\x14\x02\x00", Content.PROGRAM),  # a shortcut, which starts whatever it names
    (0, b"#!", Content.SCRIPT),
    (0, b"%PDF-", Content.PDF),
    (0, b"\x89PNG\r\n\x1a\n", Content.IMAGE),
    (0, b"\xff\xd8\xff", Content.IMAGE),
    (0, b"GIF87a", Content.IMAGE),
    (0, b"GIF89a", Content.IMAGE),
    (0, b"BM", Content.IMAGE),
    (0, b"II*\x00", Content.IMAGE),
    (0, b"MM\x00*", Content.IMAGE),
    (8, b"WEBP", Content.IMAGE),
    (4, b"ftyphei", Content.IMAGE),
    (4, b"ftypmif", Content.IMAGE),
    (4, b"ftyp", Content.MEDIA),
    (0, b"ID3", Content.MEDIA),
    (0, b"OggS", Content.MEDIA),
    (8, b"WAVE", Content.MEDIA),
    (0, b"Rar!\x1a\x07", Content.ARCHIVE),
    (0, b"7z\xbc\xaf\x27\x1c", Content.ARCHIVE),
    (0, b"\x1f\x8b", Content.ARCHIVE),
    (0, b"BZh", Content.ARCHIVE),
    (0, b"\xfd7zXZ\x00", Content.ARCHIVE),
    (0, b"MSCF", Content.ARCHIVE),
    (257, b"ustar", Content.ARCHIVE),
    (32769, b"CD001", Content.ARCHIVE),  # the image of a disc, which opens like a folder
    (0, b"{\\rtf", Content.DOCUMENT),
)
_SCRIPT_WORDS = (b"wscript.", b"createobject(", b"powershell", b"activexobject", b"@echo off", b"eval(function")
_PAGE_WORDS = (b"<!doctype html", b"<html", b"<script", b"<svg")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
# Names of parts, which stand uncompressed in their containers.
_ZIP_MACROS = (b"vbaProject.bin", b"Basic/script-lc.xml")
_OLE_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "_VBA_PROJECT_CUR"))
_OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OLE_INSTALLER = b"\x84\x10\x0c\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_OFFICE_PARTS = (b"[Content_Types].xml", b"mimetypeapplication/vnd.oasis")
_7Z_AES, _RAR4_LOCKED, _RAR5_LOCKED = b"\x06\xf1\x07\x01", 0x80, 4


def tell_content(data: bytes) -> Content:
    """What these bytes are, `Content.UNKNOWN` where nothing tells; in time in proportion to their number."""
    if data.startswith((_ZIP, _EMPTY_ZIP)):
        return _tell_zip(data)
    if data.startswith(_OLE):
        return _tell_ole(data)
    for place, signature, content in _SIGNATURES:
        if data[place : place + len(signature)] == signature:
            return Content.LOCKED_ARCHIVE if content is Content.ARCHIVE and _is_locked(data) else content
    return _tell_text(data[:_HEAD])


def _tell_zip(data: bytes) -> Content:
    if any(name in data for name in _ZIP_MACROS):
        return Content.MACROS
    # The first bit of the flags of the first entry: its content is encrypted.
    if len(data) > 6 and data.startswith(_ZIP) and data[6] & 1:
        return Content.LOCKED_ARCHIVE
    if any(name in data[:_HEAD] for name in _OFFICE_PARTS):
        return Content.DOCUMENT
    return Content.PROGRAM if b"META-INF/MANIFEST.MF" in data[:_HEAD] else Content.ARCHIVE


def _tell_ole(data: bytes) -> Content:
    if _OLE_ENCRYPTED in data:
        return Content.LOCKED_ARCHIVE
    if any(name in data for name in _OLE_MACROS):
        return Content.MACROS
    return Content.PROGRAM if _OLE_INSTALLER in data else Content.DOCUMENT


def _is_locked(data: bytes) -> bool:
    if data.startswith(b"7z"):
        return _7Z_AES in data[-_HEAD:]
    if data.startswith(b"Rar!\x1a\x07\x01"):
        return len(data) > 13 and data[13] == _RAR5_LOCKED
    return data.startswith(b"Rar!\x1a\x07\x00") and len(data) > 10 and bool(data[10] & _RAR4_LOCKED)


def _tell_text(head: bytes) -> Content:
    """A page or a script by its words; either may begin with a mark of its encoding, or be in two bytes a sign."""
    words = head.replace(b"\x00", b"").lower()
    if any(word in words for word in _SCRIPT_WORDS):
        return Content.SCRIPT
    return Content.PAGE if any(word in words for word in _PAGE_WORDS) else Content.UNKNOWN
