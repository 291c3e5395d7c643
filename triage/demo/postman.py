"""The demo's mail server: takes what is handed over, keeps it, brings it to whoever lives here, and passes nothing on.

aiosmtpd's handler and authenticator; who gives no password is let in too, since nobody but this machine can come.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from email.utils import format_datetime

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from triage.demo.account import SentMail
from triage.demo.hearing import Hearing

Letterbox = Callable[[bytes], Awaitable[None]]
"""Puts one mail into somebody's inbox."""


class Postman:
    """Keeps every mail in `sent`, one entry a recipient. `letterboxes` are by lower-case address, without label."""

    def __init__(
        self,
        sent: Hearing[SentMail],
        letterboxes: Mapping[str, Letterbox],
        passwords: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._sent = sent
        self._letterboxes = letterboxes
        self._passwords = passwords
        self._clock = clock

    def open_line(self) -> SMTP:
        """The protocol of one connection."""
        return SMTP(self, hostname="localhost", ident="triage demo", authenticator=self._let_in, auth_require_tls=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 -- aiosmtpd calls it so
        raw, now = envelope.original_content or b"", self._clock()
        for recipient in envelope.rcpt_tos:
            self._sent.add(SentMail(now, envelope.mail_from or "", recipient, raw))
            put = self._letterboxes.get(drop_label(recipient))
            if put is not None:
                await put(stamp(raw, envelope_from=envelope.mail_from or "", now=now))
        return f"250 2.0.0 Ok: {len(self._sent.heard)} kept by the demo"

    def _let_in(
        self,
        server: SMTP,  # noqa: ARG002 -- aiosmtpd calls it so
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        given: object,
    ) -> AuthResult:
        known = isinstance(given, LoginPassword) and (
            self._passwords.get(given.login.decode(errors="replace")) == given.password.decode(errors="replace")
        )
        return AuthResult(success=known, handled=False)


def drop_label(address: str) -> str:
    """The mailbox that an address leads to, lower-case: what stands between a plus and the @ is a label."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def stamp(raw: bytes, *, envelope_from: str, now: datetime) -> bytes:
    """The mail as a server puts it into a mailbox: whom it came from by its envelope, and when."""
    received = f"Received: by localhost (triage demo) with ESMTP; {format_datetime(now)}\r\n"
    return b"Return-Path: <" + envelope_from.encode("ascii", "replace") + b">\r\n" + received.encode() + raw
