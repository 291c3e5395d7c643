"""The IMAP server pymap, in memory, in a thread of this process with an event loop of its own.

Its tasks are kept alive by the task factory: left to itself, pymap loses them to the garbage collector.
"""

import asyncio
import itertools
import threading
from argparse import Namespace
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, Self

from imapclient import IMAPClient
from pymap.backend.dict import Config, DictBackend
from pymap.imap import IMAPService
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from tests.servers.ports import find_free_ports
from triage.transport.imap import ImapAccess

_USER, _PASSWORD = "demouser", "mot-de-passe"
_PATIENCE_SECONDS = 20.0


class Pymap:
    """One server on 127.0.0.1; a context manager. `stop` ends its connections and keeps its mail."""

    def __init__(self) -> None:
        self.port = find_free_ports(1)[0]
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._loop.set_task_factory(self._make_task)
        self._thread = threading.Thread(target=self._loop.run_forever, name="pymap", daemon=True)
        self._backend: DictBackend | None = None
        self._config: Config | None = None
        self._serving: asyncio.Task[None] | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._prepare())
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_SECONDS)
        self._loop.close()

    def start(self) -> None:
        """Listen."""
        self._call(self._start())

    def stop(self) -> None:
        """Listen no more and end all connections."""
        self._call(self._stop())

    def new_user(self) -> str:
        """A user name that nobody had before, with an empty INBOX."""
        name = f"boite{next(self._numbers)}"
        self._call(self._add_user(name))
        return name

    def access(self, user: str) -> ImapAccess:
        """How triage reaches the mailbox of a user."""
        return ImapAccess(
            host="127.0.0.1",
            port=self.port,
            tls="none",
            ca_file=None,
            username=user,
            password=_PASSWORD,
            inbox="INBOX",
            processed="Traités",
            connect_seconds=5,
            read_seconds=10,
        )

    def client(self, user: str) -> IMAPClient:
        """A connection of our own, logged in; use as a context manager."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=_PATIENCE_SECONDS)
        client.login(user, _PASSWORD)
        return client

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)

    def _make_task(self, loop: asyncio.AbstractEventLoop, work: Any, /, **more: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _prepare(self) -> None:
        arguments = Namespace(
            host="127.0.0.1", port=self.port, debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
            proxy_protocol=None, inherited_sockets=None, demo_data=False, demo_user=_USER, demo_password=_PASSWORD,
        )  # fmt: skip
        quick = BuiltinHash(rounds=1)  # its half a million rounds would cost each login half a second
        self._backend, self._config = await DictBackend.init(arguments, hash_context=quick)

    async def _add_user(self, name: str) -> None:
        assert self._backend is not None
        assert self._config is not None
        users = self._backend.login.users_dict
        users[name] = UserMetadata(self._config, name, password=users[_USER].password)

    async def _start(self) -> None:
        listening = asyncio.Event()
        self._serving = asyncio.create_task(self._serve(listening))
        await listening.wait()

    async def _serve(self, listening: asyncio.Event) -> None:
        assert self._backend is not None
        assert self._config is not None
        self._config.apply_context()
        async with AsyncExitStack() as stack:
            await IMAPService(self._backend, self._config).start(stack)
            listening.set()
            await asyncio.Event().wait()

    async def _stop(self) -> None:
        ending = self._tasks - {asyncio.current_task()}
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
