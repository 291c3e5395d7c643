"""Waiting for news: IDLE as a doorbell (RFC 2177), and a bell of our own that ends the wait at once.

Which mails exist is never concluded from what rings; the caller looks again. A server without IDLE costs nothing
but promptness. See docs/decisions/0005-imap-idle-is-a-doorbell.md.
"""

import contextlib
import select
import socket

from imapclient import IMAPClient

# The longest that one IDLE stands: shorter than any address translation forgets a silent connection, and so short
# that a mail announced in the same segment as the server's "+", which Python buffers out of sight, waits a minute.
_SLICE_SECONDS = 60.0


class Bell:
    """A pair of sockets: `ring` on one side ends the poll on the other. Not blocking, safe between threads."""

    def __init__(self) -> None:
        self._inside, self._outside = socket.socketpair()
        self._inside.settimeout(0)
        self._outside.settimeout(0)

    def ring(self) -> None:
        """Wake who waits, or who waits next; never raises."""
        with contextlib.suppress(OSError):  # full: it rings already; closed: nobody waits any more
            self._outside.send(b"\0")

    def quiet(self) -> None:
        """Forget the rings so far."""
        with contextlib.suppress(OSError):
            while self._inside.recv(4096):
                pass

    def fileno(self) -> int:
        return self._inside.fileno()

    @property
    def closed(self) -> bool:
        return self._inside.fileno() < 0

    def close(self) -> None:
        self._inside.close()
        self._outside.close()


def wait_for_ring(client: IMAPClient, *, bell: Bell, seconds: float) -> None:
    """Return when the server says anything, when the bell rings, or after `seconds`; raises what a lost line raises."""
    idles = client.has_capability("IDLE")
    left = seconds
    rung = False
    while left > 0 and not rung:
        span = min(left, _SLICE_SECONDS)
        rung = _idle(client, bell=bell, seconds=span) if idles else _poll((bell,), seconds=span)
        left -= span
    bell.quiet()


def _idle(client: IMAPClient, *, bell: Bell, seconds: float) -> bool:
    """One IDLE from beginning to end; whether anything rang.

    `idle_check` of the library is avoided: it takes a closed connection for silence and breaks on a line that
    comes in two segments.
    """
    imap = client._imap  # noqa: SLF001 -- the library's own idle() fails where a line comes before the "+"
    tag = imap._command("IDLE")  # noqa: SLF001 -- as above
    news = False
    while imap._get_response() is not None:  # noqa: SLF001 -- None is the "+"
        if imap.tagged_commands[tag]:  # refused: the next status() will tell how the connection is
            imap._command_complete("IDLE", tag)  # noqa: SLF001 -- raises on BAD
            return _poll((bell,), seconds=seconds)
        news = True
    line = client.socket()
    if not news and not _has_decrypted(line):
        news = _poll((bell, line), seconds=seconds)
    imap.send(b"DONE\r\n")
    imap._command_complete("IDLE", tag)  # noqa: SLF001 -- reads whole lines, raises on BYE and on the end of the line
    return news


def _has_decrypted(line: socket.socket) -> bool:
    pending = getattr(line, "pending", None)
    return bool(pending and pending())


def _poll(listened: tuple[Bell | socket.socket, ...], *, seconds: float) -> bool:
    poll = select.poll()
    for one in listened:
        poll.register(one.fileno(), select.POLLIN)
    return bool(poll.poll(seconds * 1000))
