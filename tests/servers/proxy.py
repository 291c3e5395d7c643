"""A TCP proxy on loopback that can turn the line dead without closing it, or cut it: what networks do."""

import contextlib
import os
import selectors
import socket
import threading
from typing import Self


class Proxy:
    """Forwards to one port of 127.0.0.1; a context manager."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._stop_reading, self._stop_writing = os.pipe()
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._clients: set[socket.socket] = set()
        self._farewell = b""
        self._dead = threading.Event()
        self._thread = threading.Thread(target=self._forward, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._stop_writing, b"\0")
        self._thread.join(10)
        for one in (self._listener, *self._pairs):
            one.close()
        os.close(self._stop_reading)
        os.close(self._stop_writing)

    def go_dead(self) -> None:
        """From now on every byte disappears, both ways, and no connection is closed."""
        self._dead.set()

    def revive(self) -> None:
        """Forward again; what disappeared stays lost."""
        self._dead.clear()

    def say_and_cut(self, farewell: bytes) -> None:
        """Say this to every client as if the server had, and close every connection."""
        self._farewell = farewell
        os.write(self._stop_writing, b"c")

    def _forward(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._stop_reading, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj == self._stop_reading:
                        if os.read(self._stop_reading, 1) != b"c":
                            return
                        self._cut_all(selector)
                        break  # the other events may be those of lines that are gone
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    elif isinstance(key.fileobj, socket.socket) and key.fileobj in self._pairs:
                        # Not one that an earlier event of the same moment closed.
                        self._pass_on(selector, key.fileobj)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        near, _ = self._listener.accept()
        far = socket.create_connection(("127.0.0.1", self._target_port))
        self._pairs[near], self._pairs[far] = far, near
        self._clients.add(near)
        for one in (near, far):
            selector.register(one, selectors.EVENT_READ)

    def _cut_all(self, selector: selectors.BaseSelector) -> None:
        for one in self._pairs:
            selector.unregister(one)
            with contextlib.suppress(OSError):
                if one in self._clients:
                    one.sendall(self._farewell)
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._pairs.clear()
        self._clients.clear()

    def _pass_on(self, selector: selectors.BaseSelector, source: socket.socket) -> None:
        data = b""
        with contextlib.suppress(OSError):
            data = source.recv(65536)
        if data and self._dead.is_set():
            return
        other = self._pairs.get(source)
        if data and other is not None:
            with contextlib.suppress(OSError):
                other.sendall(data)
            return
        for one in {source, other} - {None}:
            assert one is not None
            selector.unregister(one)
            self._pairs.pop(one, None)
            one.close()
