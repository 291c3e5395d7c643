"""A token server on loopback: gives tokens with a real end to their life, and says of any token whether it lives.

It answers a form on /token (RFC 6749), and on /tokeninfo what a mail server asks about a token it was shown. `script`
lets it misbehave.
"""

import contextlib
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.servers.certificates import Certificate

SECRET = "secret-de-fiction"
CLIENT = "client-de-fiction"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that the test wants, instead of the usual."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    wait_seconds: float = 0
    each_byte_seconds: float = 0


@dataclass(slots=True)
class Rules:
    """How tokens are given. `seconds` is what is announced; `truly` is when the token dies, None for then."""

    seconds: float = 3600
    truly: float | None = None
    user: str = "boite"
    exchanges: bool = False  # a refresh token is good once, and comes back as another
    proves: Callable[[dict[str, str]], bool] | None = None  # instead of the secret


class TokenServer:
    """Listens on 127.0.0.1 while the `with` lasts. `asked` holds the forms, in order."""

    def __init__(self, *, certificate: Certificate | None = None, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.asked: list[dict[str, str]] = []
        self.refresh_token = "rafraichir-0"
        self._said: list[Said] = []
        self._ends: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._http.daemon_threads = True
        self._scheme = "http"
        if certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate.cert_file, certificate.key_file)
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="tokens", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join(10)
        self._http.server_close()

    @property
    def url(self) -> str:
        """Where tokens are asked for."""
        return f"{self._scheme}://127.0.0.1:{self._http.server_address[1]}/token"

    @property
    def info_url(self) -> str:
        """Where a mail server asks about a token; the token follows."""
        return self.url.replace("/token", "/tokeninfo?access_token=")

    def script(self, *said: Said) -> None:
        """The next answers, in order; then the usual again."""
        with self._lock:
            self._said = list(said)

    def revoke(self) -> None:
        """Every token given so far is dead."""
        with self._lock:
            self._ends = dict.fromkeys(self._ends, 0.0)

    def accepts(self, user: str, token: str) -> bool:
        """Whether this token lives and is this user's."""
        with self._lock:
            return user == self.rules.user and self._ends.get(token, 0.0) > time.monotonic()

    def answer(self, form: dict[str, str]) -> Said:
        """What is said to one form."""
        with self._lock:
            self.asked.append(form)
            if self._said:
                return self._said.pop(0)
            if not self._is_proved(form):
                return _error(401, "invalid_client", 7000215)
            given: dict[str, object] = {"token_type": "Bearer", "expires_in": self.rules.seconds}
            if form.get("grant_type") == "refresh_token":
                if form.get("refresh_token") != self.refresh_token:
                    return _error(400, "invalid_grant", 700082)
                if self.rules.exchanges:
                    self.refresh_token = f"rafraichir-{next(self._numbers)}"
                    given["refresh_token"] = self.refresh_token
            token = f"jeton-{next(self._numbers)}"
            life = self.rules.seconds if self.rules.truly is None else self.rules.truly
            self._ends[token] = time.monotonic() + life
            return Said(body=json.dumps({**given, "access_token": token}).encode())

    def _is_proved(self, form: dict[str, str]) -> bool:
        if self.rules.proves is not None:
            return self.rules.proves(form)
        return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)


def _error(status: int, error: str, number: int) -> Said:
    told = {"error": error, "error_description": f"AADSTS{number}: {SECRET} is quoted here", "error_codes": [number]}
    return Said(status, json.dumps(told).encode())


def _handler_for(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._say(server.answer({name: values[0] for name, values in form.items()}))

        def do_GET(self) -> None:
            token = parse_qs(urlsplit(self.path).query).get("access_token", [""])[0]
            lives = server.accepts(server.rules.user, token)
            told = {"username": server.rules.user, "expires_in": 60} if lives else {"error": "invalid_token"}
            self._say(Said(200 if lives else 400, json.dumps(told).encode()))

        def _say(self, said: Said) -> None:
            time.sleep(said.wait_seconds)
            self.send_response(said.status)
            for name, value in (*said.headers, ("Content-Length", str(len(said.body)))):
                self.send_header(name, value)
            self.end_headers()
            if not said.each_byte_seconds:
                self.wfile.write(said.body)
                return
            with contextlib.suppress(OSError):
                for byte in said.body:
                    self.wfile.write(bytes((byte,)))
                    time.sleep(said.each_byte_seconds)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
