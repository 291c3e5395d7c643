"""The demo's mail server: takes what is handed over, keeps it, brings it to whoever lives here, and passes nothing on.

aiosmtpd's handler and authenticator; who gives no password is let in too, since nobody but this machine can come.
Of mail by somebody who logged in and writes from their own address it says so, as the border server of a body would.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.utils import format_datetime, parseaddr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from triage.demo.account import SentMail
from triage.demo.hearing import Hearing

Letterbox = Callable[[bytes], Awaitable[None]]
"""Puts one mail into somebody's inbox."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may log in under a name: their address and their password of fiction."""

    address: str
    password: str


class Postman:
    """Keeps every mail in `sent`, one entry a recipient. `letterboxes` are by lower-case address, without label.

    `holders` are by the name that they log in with; `name` is what the server calls itself.
    """

    def __init__(
        self,
        sent: Hearing[SentMail],
        letterboxes: Mapping[str, Letterbox],
        holders: Mapping[str, Holder],
        clock: Callable[[], datetime],
        *,
        name: str,
    ) -> None:
        self._sent = sent
        self._letterboxes = letterboxes
        self._holders = holders
        self._clock = clock
        self._name = name

    def open_line(self) -> SMTP:
        """The protocol of one connection."""
        return SMTP(self, hostname="localhost", ident="triage demo", authenticator=self._let_in, auth_require_tls=False)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 -- aiosmtpd calls it so
        raw, now = envelope.original_content or b"", self._clock()
        vouched = self._vouch(raw, session.auth_data)
        for recipient in envelope.rcpt_tos:
            self._sent.add(SentMail(now, envelope.mail_from or "", recipient, raw))
            put = self._letterboxes.get(drop_label(recipient))
            if put is not None:
                await put(vouched + stamp(raw, envelope_from=envelope.mail_from or "", now=now))
        return f"250 2.0.0 Ok: {len(self._sent.heard)} kept by the demo"

    def _let_in(
        self,
        server: SMTP,  # noqa: ARG002 -- aiosmtpd calls it so
        session: Session,  # noqa: ARG002
        envelope: Envelope,  # noqa: ARG002
        mechanism: str,  # noqa: ARG002
        given: object,
    ) -> AuthResult:
        if not isinstance(given, LoginPassword):
            return AuthResult(success=False, handled=False)
        holder = self._holders.get(given.login.decode(errors="replace"))
        known = holder is not None and holder.password == given.password.decode(errors="replace")
        return AuthResult(success=known, handled=False, auth_data=holder if known else None)

    def _vouch(self, raw: bytes, holder: object) -> bytes:
        """A header line for mail that its sender proved to be theirs, nothing for all other."""
        _, written_from = parseaddr(str(message_from_bytes(raw)["From"]))
        if not isinstance(holder, Holder) or written_from.lower() != holder.address.lower():
            return b""
        domain = holder.address.rpartition("@")[2]
        return f"Authentication-Results: {self._name}; dmarc=pass header.from={domain}\r\n".encode()


def drop_label(address: str) -> str:
    """The mailbox that an address leads to, lower-case: what stands between a plus and the @ is a label."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def stamp(raw: bytes, *, envelope_from: str, now: datetime) -> bytes:
    """The mail as a server puts it into a mailbox: whom it came from by its envelope, and when."""
    received = f"Received: by localhost (triage demo) with ESMTP; {format_datetime(now)}\r\n"
    return b"Return-Path: <" + envelope_from.encode("ascii", "replace") + b">\r\n" + received.encode() + raw
