"""The two parts of a letter in wire form: flowed plain text (RFC 3676) and HTML, quoted-printable, CRLF, ASCII only."""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence

_WIDTH = 72  # of a flowed line, so that quoting it twice stays under 78 (RFC 3676 §4.2)
_BLANK_LINES = re.compile(r"\n{3,}")


def flow(text: str) -> str:
    """Plain text with soft breaks: each line of `text` is one paragraph, wrapped at ordinary blanks only.

    Lines end in LF. A no-break space is never a place to break. Lines that a mail client could take for a quotation
    or a mailbox separator begin with one blank, which readers of flowed text remove.
    """
    tidy = _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip(" \t") for line in text.strip().splitlines()))
    return "".join(f"{_stuffed(line)}\n" for paragraph in tidy.split("\n") for line in _wrapped(paragraph))


def multipart(*, text: str, html: str, key: str) -> tuple[str, bytes]:
    """The content type and the body of a mail with two equal parts; the boundary derives from `key` alone."""
    # « =_ » cannot occur in quoted-printable, so no text can ever contain the boundary.
    boundary = f"=_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
    plain = _part("text/plain; charset=utf-8; format=flowed", flow(text))
    rich = _part("text/html; charset=utf-8", html.strip() + "\n")
    mark = f"--{boundary}".encode()
    body = b"%b\r\n%b\r\n%b\r\n%b\r\n%b--\r\n" % (mark, plain, mark, rich, mark)
    return f'multipart/alternative; boundary="{boundary}"', body


def with_files(content_type: str, body: bytes, files: Sequence[tuple[str, bytes]], *, key: str) -> tuple[str, bytes]:
    """The content type and the body of a mail that carries files, by name, below what `multipart` made.

    Names are plain ASCII. Bytes are neither read nor declared to be anything: whoever opens them decides what they are.
    """
    if not files:
        return content_type, body
    # Base64 has no « = » at the beginning of a line with anything behind it, so no file can contain the boundary.
    boundary = f"=_{hashlib.sha256(f'{key}/files'.encode()).hexdigest()[:32]}"
    mark = f"--{boundary}".encode()
    parts = [b"Content-Type: %b\r\n\r\n%b" % (content_type.encode(), body), *(_file(*each) for each in files)]
    return f'multipart/mixed; boundary="{boundary}"', b"".join(b"%b\r\n%b\r\n" % (mark, each) for each in parts) + (
        b"%b--\r\n" % mark
    )


def _file(name: str, raw: bytes) -> bytes:
    head = (
        f'Content-Type: application/octet-stream; name="{name}"\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return head.encode("ascii") + base64.encodebytes(raw).replace(b"\n", b"\r\n")


def _wrapped(paragraph: str) -> list[str]:
    """The lines of one paragraph; all but the last end in the blank that makes the break soft."""
    lines = [""]
    for word in paragraph.split(" "):
        # One for the blank that ends a soft line, one for a blank that may be stuffed before it.
        if lines[-1] and len(lines[-1]) + len(word) + 2 > _WIDTH:
            lines.append("")
        lines[-1] += f"{word} "
    lines[-1] = lines[-1].removesuffix(" ")
    return lines


def _stuffed(line: str) -> str:
    return f" {line}" if line.startswith((" ", ">", "From ")) else line


def _part(content_type: str, text: str) -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    # The C encoder keeps the kind of line end that it meets first, hence CRLF before and not after.
    return head.encode() + binascii.b2a_qp(text.replace("\n", "\r\n").encode(), istext=True)
