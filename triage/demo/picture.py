"""A small picture drawn by code, so that the complaint of fiction has a real photo to attach."""

import struct
import zlib

_SCALE = 12  # pixels a letter of the drawing
_COLOURS = {
    ".": (232, 236, 240),  # the wall
    "_": (186, 194, 202),  # the shelf
    "b": (176, 128, 82),  # cardboard
    "d": (140, 98, 60),  # its folds
    "w": (252, 252, 250),  # the label
    "k": (40, 44, 52),  # what is printed on it: an S where an M was ordered
}
_DRAWING = (
    "............................",
    "............................",
    "....dddddddddddddddddddd....",
    "....bbbbbbbbbddbbbbbbbbb....",
    "....bbbbbbbbbddbbbbbbbbb....",
    "....bbbbwwwwwwwwwwwwbbbb....",
    "....bbbbwwwwkkkkwwwwbbbb....",
    "....bbbbwwwkwwwwwwwwbbbb....",
    "....bbbbwwwwkkkkwwwwbbbb....",
    "....bbbbwwwwwwwwkwwwbbbb....",
    "....bbbbwwwwkkkkwwwwbbbb....",
    "....bbbbwwwwwwwwwwwwbbbb....",
    "....bbbbbbbbbbbbbbbbbbbb....",
    "....bbbbbbbbbbbbbbbbbbbb....",
    "....dddddddddddddddddddd....",
    "____________________________",
    "____________________________",
    "____________________________",
)


def draw_box_of_gloves() -> bytes:
    """A PNG of 336 × 216 pixels: a box of gloves, in the wrong size."""
    palette = list(_COLOURS)
    width, height = len(_DRAWING[0]) * _SCALE, len(_DRAWING) * _SCALE
    rows = bytearray()
    for line in _DRAWING:
        row = b"\x00" + b"".join(bytes([palette.index(letter)]) * _SCALE for letter in line)
        rows += row * _SCALE
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(bytes(_COLOURS[letter]) for letter in palette)),
            _chunk(b"IDAT", zlib.compress(bytes(rows), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
