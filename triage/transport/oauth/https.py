"""One form posted to the token server, in a thread: bounded in time and size, no redirect followed, no proxy used."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urlsplit

from triage.transport.credentials import TokenRefused, TokenUnavailable
from triage.transport.oauth.access import TokenServer
from triage.transport.oauth.answers import LONGEST_ANSWER, Answer

_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "Connection": "close"}


def post_form(server: TokenServer, context: ssl.SSLContext | None, fields: Mapping[str, str]) -> Answer:
    """Post and read; blocks for at most `server.seconds`.

    Raises `TokenUnavailable` where there is no answer, and `TokenRefused` for a certificate that is not trusted.
    """
    parts = urlsplit(server.url)
    line = _connection(parts.hostname or "", parts.port, context, seconds=server.seconds)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with _cut_after(server.seconds, line) as lines:
            line.request("POST", target, body=urlencode(fields).encode("ascii"), headers=_HEADERS)
            if line.sock is not None:
                lines.append(line.sock)  # which the library lets go of before the answer is read
            reply = line.getresponse()
            return Answer(reply.status, reply.read(LONGEST_ANSWER + 1), reply.getheader("Retry-After"))
    except ssl.SSLCertVerificationError as error:
        sentence = f"the certificate of the token server is not accepted: {error.verify_message}"
        raise TokenRefused(sentence, reason="certificate") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The name of the error only: its text may quote what was sent.
        raise TokenUnavailable(f"the token server does not answer ({type(error).__name__})") from None
    finally:
        line.close()


def _connection(
    host: str, port: int | None, context: ssl.SSLContext | None, *, seconds: float
) -> http.client.HTTPConnection:
    if context is None:
        return http.client.HTTPConnection(host, port, timeout=seconds)
    return http.client.HTTPSConnection(host, port, timeout=seconds, context=context)


@contextlib.contextmanager
def _cut_after(seconds: float, line: http.client.HTTPConnection) -> Iterator[list[socket.socket]]:
    """Cut the line when the time is over: the socket's own time-out begins anew with every byte.

    What is cut is the line's socket while it has one, and those that are put into the list.
    """
    lines: list[socket.socket] = []

    def cut() -> None:
        for sock in (line.sock, *lines):
            if sock is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield lines
    finally:
        timer.cancel()
