"""The bounds within which a mail is read, and the names of what was cut or mended (ParsedMessage.warnings).

A mail over a bound is read as far as the bound and says so; its raw bytes are kept whole elsewhere. The bounds make
expensive mail rare; the limits of the worker process are what guarantees an end (MUST 16).
"""

from enum import StrEnum

KIB = 1024
MIB = 1024 * KIB

HEADER_BLOCK_BYTES = 256 * KIB
FIELD_BYTES = 16 * KIB
SENDER_FIELD_BYTES = 2 * KIB  # From and Sender: an honest one is under 300 bytes
FIELDS = 1_000
PARTS = 500
DEPTH = 20  # multiparts and messages in each other; a chain of seven forwards is 14
PARAMETERS = 100
ADDRESSES = 500
IDS = 100
RECEIVED_LINES = 100
TEXT_BYTES = 1 * MIB
LEAF_BYTES = 4 * MIB  # of one plain text, before it is decoded
HTML_BYTES = 2 * MIB
SUBJECT_CHARACTERS = 1_000
NAME_CHARACTERS = 200
ADDRESS_CHARACTERS = 320  # 64 + @ + 255
ID_CHARACTERS = 998  # one line of RFC 5322, in characters and in octets
MINIMAL_BYTES = 64 * KIB


class Repair(StrEnum):
    """What was cut or mended on the way from bytes to `ParsedMessage`."""

    HEADER_CUT = "header_cut"
    FIELD_CUT = "field_cut"
    HEADER_LINE_SKIPPED = "header_line_skipped"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_DEEP = "too_deep"
    BOUNDARY_MISSING = "boundary_missing"
    TEXT_CUT = "text_cut"
    HTML_CUT = "html_cut"
    HTML_BROKEN = "html_broken"
    CHARSET_REPLACED = "charset_replaced"
    ENCODING_BROKEN = "encoding_broken"
    SEVERAL_FROM = "several_from"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
