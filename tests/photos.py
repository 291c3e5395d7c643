"""Mails with something attached, and what their readers find attached to ours."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.matters import JEANNE, MAILBOX
from tests.staff_worlds import Sent

WORDS = "Bonjour, le fauteuil zébré grince."


def with_photo(body: str = WORDS, *, name: str = "photo.png", size: int = 300, number: int = 1) -> bytes:
    """A complaint with something attached, as a person's client writes it."""
    head = (
        f"From: Jeanne <{JEANNE}>\r\nTo: {MAILBOX}\r\nSubject: Fauteuil\r\nMessage-ID: <p{number}@client.example>\r\n"
        "Date: Mon, 02 Mar 2026 09:29:00 -0500\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    )
    words = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n"
    line = "QUJD" * 19 + "\r\n"
    photo = f'--b\r\nContent-Type: image/png; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return f"{head}{words}{photo}{line * (size // len(line) + 1)}--b--\r\n".encode()


def attached(mail: Sent) -> Iterator[tuple[str, bytes]]:
    """What a mail program offers to save: names and bytes."""
    message = message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    for part in message.iter_attachments():
        yield str(part.get_filename()), part.get_content()


def words(mail: Sent) -> str:
    """Its text as one line, every blank alike."""
    return " ".join(mail.text.split())
