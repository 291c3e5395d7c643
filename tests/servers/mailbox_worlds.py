"""A mailbox and what surrounds it, the same for the fake and for real servers: who delivers, removes, switches off."""

import asyncio
from dataclasses import replace
from typing import Protocol

from tests.fakes_mailbox import FakeMailbox
from tests.servers.dovecot import Dovecot
from tests.servers.pymap import Pymap
from triage.transport.imap import ImapAccess, ImapMailbox
from triage.workflows.ports import Mailbox


class World(Protocol):
    """One user's mailbox. `announce_seconds` is how long a delivery may take to end a wait."""

    mailbox: Mailbox
    announce_seconds: float

    async def deliver(self, raw: bytes) -> None: ...
    async def expunge(self, uid: int) -> None: ...
    async def processed(self) -> list[bytes]: ...
    async def flags(self) -> list[tuple[bytes, ...]]: ...
    async def go_away(self) -> None: ...
    async def come_back(self) -> None: ...


class FakeWorld:
    """The mailbox in memory."""

    announce_seconds = 0.5

    def __init__(self) -> None:
        self.fake = FakeMailbox()
        self.mailbox: Mailbox = self.fake

    async def deliver(self, raw: bytes) -> None:
        self.fake.deliver(raw)

    async def expunge(self, uid: int) -> None:
        self.fake.expunge(uid)

    async def processed(self) -> list[bytes]:
        return list(self.fake.processed.values())

    async def flags(self) -> list[tuple[bytes, ...]]:
        return [() for _ in self.fake.inbox]

    async def go_away(self) -> None:
        self.fake.go_away()

    async def come_back(self) -> None:
        self.fake.come_back()


class DovecotWorld:
    """A user on a real server; `access` says how to come in."""

    announce_seconds = 5.0

    def __init__(self, server: Dovecot, access: ImapAccess) -> None:
        self.server = server
        self.user = access.username
        self.mailbox: Mailbox = ImapMailbox(access)

    async def deliver(self, raw: bytes) -> None:
        await asyncio.to_thread(self.server.append, self.user, raw)

    async def expunge(self, uid: int) -> None:
        await asyncio.to_thread(self.server.expunge, self.user, [uid])

    async def processed(self) -> list[bytes]:
        return await asyncio.to_thread(self.server.messages, self.user, "Traités")

    async def flags(self) -> list[tuple[bytes, ...]]:
        return list((await asyncio.to_thread(self.server.flags, self.user)).values())

    async def go_away(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def come_back(self) -> None:
        await asyncio.to_thread(self.server.start)


class PymapWorld:
    """A user on the server in memory."""

    announce_seconds = 5.0

    def __init__(self, server: Pymap) -> None:
        self.server = server
        self.user = server.new_user()
        self.mailbox: Mailbox = ImapMailbox(replace(server.access(self.user)))

    async def deliver(self, raw: bytes) -> None:
        await asyncio.to_thread(self._deliver, raw)

    async def expunge(self, uid: int) -> None:
        await asyncio.to_thread(self._expunge, uid)

    async def processed(self) -> list[bytes]:
        return await asyncio.to_thread(self._read, "Traités")

    async def flags(self) -> list[tuple[bytes, ...]]:
        return await asyncio.to_thread(self._flags)

    async def go_away(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def come_back(self) -> None:
        await asyncio.to_thread(self.server.start)

    def _deliver(self, raw: bytes) -> None:
        with self.server.client(self.user) as client:
            client.append("INBOX", raw)

    def _expunge(self, uid: int) -> None:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX")
            client.delete_messages([uid], silent=True)
            client.uid_expunge([uid])

    def _read(self, folder: str) -> list[bytes]:
        with self.server.client(self.user) as client:
            client.select_folder(folder, readonly=True)
            answers = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [answers[uid][b"BODY[]"] for uid in sorted(answers)]

    def _flags(self) -> list[tuple[bytes, ...]]:
        with self.server.client(self.user) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.get_flags(client.search())
            return [tuple(flag for flag in flags if flag != b"\\Recent") for flags in found.values()]
