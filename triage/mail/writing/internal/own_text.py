"""The words of a mail that we wrote, from the bytes that the outbox keeps: what an agent's letter is compared with."""

from email import message_from_bytes, policy
from email.message import EmailMessage


def read_own_text(raw: bytes) -> str:
    """The plain text of a mail of ours, which is always the first of two equal parts; "" where there is none."""
    message = message_from_bytes(raw, policy=policy.default)
    part = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return "" if part is None else str(part.get_content())
