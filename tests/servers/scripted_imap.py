"""An IMAP server of a few lines that says what the test wants: the odd, the rude and the hostile.

Each connection is greeted and each command answered from a table; what a table does not name is answered OK.
"""

import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import Self

from triage.transport.imap import ImapAccess

STATUS = b'* STATUS "INBOX" (UIDVALIDITY 7 UIDNEXT 10 MESSAGES 3)\r\n{tag} OK done\r\n'
_USUAL = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE MOVE UIDPLUS\r\n{tag} OK done\r\n",
    "AUTHENTICATE": b"+ \r\n",
    "SASL": b"{tag} OK [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS] welcome\r\n",
    "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n{tag} OK [READ-WRITE] done\r\n",
    "STATUS": STATUS,
    "IDLE": b"+ idling\r\n",
    "DONE": b"{tag} OK done\r\n",
    "LOGOUT": b"* BYE good bye\r\n{tag} OK done\r\n",
}
# After these the client's next line is no command of its own and has no tag.
_CONTINUED = {"AUTHENTICATE": "SASL", "IDLE": "DONE"}
_CLOSING = b"{close}"


class ScriptedImap:
    """One server on 127.0.0.1; a context manager.

    `answers` maps a command ("UID FETCH", "LOGIN" …) to bytes, in which `{tag}` stands for the command's tag and
    `{close}` at the end closes the connection. A list is said one element a time, its last for ever. `heard` holds
    the commands without their tags, `continued` the lines that went on with one. `lasting` names what a line is that
    follows another: {"SASL": "SASL AGAIN"} where the server answers the first with a challenge.
    """

    def __init__(
        self, answers: Mapping[str, bytes | list[bytes]] | None = None, *, lasting: Mapping[str, str] | None = None
    ) -> None:
        script = {**_USUAL, **(answers or {})}
        self._script = {name: list(said) if isinstance(said, list) else [said] for name, said in script.items()}
        self._lasting = {**_CONTINUED, **(lasting or {})}
        self.heard: list[str] = []
        self.continued: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._accept, name="scripted-imap", daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def access(self) -> ImapAccess:
        """How triage reaches it; any user name and password will do unless the script says otherwise."""
        return ImapAccess(
            host="127.0.0.1",
            port=int(self._listener.getsockname()[1]),
            tls="none",
            ca_file=None,
            username="boite",
            password="secret-de-fiction",
            inbox="INBOX",
            processed="Traités",
            connect_seconds=2,
            read_seconds=2,
        )

    def _accept(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(TimeoutError):
                line, _ = self._listener.accept()
                thread = threading.Thread(target=self._converse, args=(line,), name="scripted-imap", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _converse(self, line: socket.socket) -> None:
        line.settimeout(0.05)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with line, contextlib.suppress(OSError):
            line.sendall(self._answer("GREETING", b"", default=b"* OK ready\r\n"))
            heard, tag, awaited = b"", b"", ""
            while not self._ended.is_set():
                with contextlib.suppress(TimeoutError):
                    received = line.recv(65536)
                    heard += received
                    if not received:
                        return
                while b"\r\n" in heard:
                    one, _, heard = heard.partition(b"\r\n")
                    if awaited:
                        self.continued.append(one)
                    name, tag = (awaited, tag) if awaited else self._understand(one)
                    awaited = self._lasting.get(name, "")
                    answer = self._answer(name, tag, default=b"{tag} OK done\r\n")
                    line.sendall(answer.removesuffix(_CLOSING))
                    if answer.endswith(_CLOSING):
                        return

    def _understand(self, line: bytes) -> tuple[str, bytes]:
        tag, _, command = line.decode("ascii", "replace").partition(" ")
        self.heard.append(command)
        words = command.upper().split(" ")
        return " ".join(words[: 2 if words[0] == "UID" else 1]), tag.encode()

    def _answer(self, name: str, tag: bytes, *, default: bytes) -> bytes:
        said = self._script.get(name, [default])
        answer = said.pop(0) if len(said) > 1 else said[0]
        return answer.replace(b"{tag}", tag)
