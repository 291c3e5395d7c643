"""One conversation of the scripted SMTP server, from greeting to QUIT."""

import asyncio
import base64
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, cast

from tests.servers.smtp_script import Ending, Fault, Point, Script

Tls = Literal["none", "starttls", "implicit"]
_STUFFED = re.compile(rb"(\A|\r\n)\.")
_NO_LINGER = struct.pack("ii", 1, 0)  # close with RST


class HungUp(Exception):
    """The script ends this connection."""


@dataclass(frozen=True, slots=True)
class House:
    """What all conversations of one server share. `keep` answers for a mail and gives its number."""

    script: Script
    tls: Tls
    context: ssl.SSLContext | None
    credentials: tuple[str, str] | None
    login_methods: str
    extensions: tuple[str, ...]
    hear: Callable[[str], None]
    keep: Callable[[str, tuple[str, ...], bytes], int]
    bearer: Callable[[str, str], bool] | None = None
    expired: str = "535 5.7.3 the token has expired"


class Session:
    """One client, from greeting to QUIT."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, house: House) -> None:
        self._reader, self._writer, self._house = reader, writer, house
        self._secured = house.tls == "implicit"
        self._token: tuple[str, str] | None = None
        self._envelope_from = ""
        self._recipients: tuple[str, ...] = ()
        self._answers: dict[str, Callable[[str], Awaitable[object]]] = {
            "EHLO": lambda _: self._say(Point.EHLO, *self._greeting()),
            "STARTTLS": lambda _: self._secure(),
            "AUTH": self._log_in,
            "MAIL": self._name_sender,
            "RCPT": self._name_recipient,
            "DATA": lambda _: self._take_mail(),
            "RSET": lambda _: self._say(Point.RSET, "250 2.0.0 forgotten"),
        }

    async def run(self) -> None:
        """Talk until the client or the script ends it."""
        if await self._say(Point.CONNECT, "220 fiction.example ESMTP") is not None:
            return
        while line := (await self._reader.readline()).decode("ascii"):
            verb = line.split(maxsplit=1)[0].upper()
            self._house.hear(verb)
            if verb == "QUIT":
                await self._write("221 2.0.0 goodbye")
                return
            answer = self._answers.get(verb)
            await (self._write("502 5.5.1 unknown command") if answer is None else answer(line))

    async def _name_sender(self, line: str) -> None:
        if await self._has_expired():
            return
        self._envelope_from, self._recipients = _address(line), ()
        await self._say(Point.MAIL, "250 2.1.0 sender ok")

    async def _name_recipient(self, line: str) -> None:
        if await self._has_expired():
            return
        if await self._say(Point.RCPT, "250 2.1.5 recipient ok") is None:
            self._recipients += (_address(line),)

    def _greeting(self) -> tuple[str, ...]:
        offers = list(self._house.extensions)
        if self._house.tls == "starttls" and not self._secured:
            offers.append("STARTTLS")
        if self._house.credentials is not None or self._house.bearer is not None:
            offers.append(f"AUTH {self._house.login_methods}")
        words = ["fiction.example", *offers]
        return tuple(f"250{' ' if word is words[-1] else '-'}{word}" for word in words)

    async def _log_in(self, line: str) -> None:
        _, method, token = line.split()
        if method.upper() == "XOAUTH2":
            await self._log_in_with_token(base64.b64decode(token).decode())
            return
        given = base64.b64decode(token).decode().split("\0")[-2:]
        if method.upper() == "LOGIN":
            await self._write("334 UGFzc3dvcmQ6")
            given.append(base64.b64decode(await self._reader.readline()).decode())
        right = given == list(self._house.credentials or ())
        await self._say(Point.AUTH, "235 2.7.0 welcome" if right else "535 5.7.8 wrong credentials")

    async def _log_in_with_token(self, said: str) -> None:
        """XOAUTH2; the reason of a refusal is a challenge of its own, which the client answers with nothing."""
        found = re.fullmatch("user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01", said)
        assert found is not None
        self._token = (found[1], found[2])
        if self._house.bearer is None or self._house.bearer(*self._token):
            await self._say(Point.AUTH, "235 2.7.0 welcome")
            return
        await self._write("334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode())
        assert await self._reader.readline() == b"\r\n"
        await self._say(Point.AUTH, "535 5.7.3 Authentication unsuccessful")

    async def _has_expired(self) -> bool:
        """Whether the token of this session has died meanwhile, of which the client is then told."""
        if self._token is None or self._house.bearer is None or self._house.bearer(*self._token):
            return False
        await self._write(self._house.expired)
        return True

    async def _secure(self) -> None:
        if await self._say(Point.STARTTLS, "220 2.0.0 go ahead") is None:
            assert self._house.context is not None
            await self._writer.start_tls(self._house.context)
            self._secured = True

    async def _take_mail(self) -> None:
        if not self._recipients:
            await self._write("503 5.5.1 no recipient")
            return
        if await self._say(Point.DATA, "354 go on") is not None:
            return
        if (fault := self._house.script.fault_at(Point.BODY)) is not None:
            await self._reader.readexactly(1)
            await self._suffer(fault)
        wire = await self._reader.readuntil(b"\r\n.\r\n")
        raw = _STUFFED.sub(rb"\1", wire[:-3])
        fault = self._house.script.fault_at(Point.DOT)
        if fault is None or fault.accept:
            kept = self._house.keep(self._envelope_from, self._recipients, raw)
        if fault is None:
            await self._write(f"250 2.0.0 <{kept}@fiction.example> queued")
        else:
            await self._suffer(fault)

    async def _say(self, point: Point, *usual: str) -> Fault | None:
        """The usual, or the fault that strikes here."""
        fault = self._house.script.fault_at(point)
        if fault is None:
            await self._write(*usual)
        else:
            await self._suffer(fault)
        return fault

    async def _suffer(self, fault: Fault) -> None:
        if fault.reply is not None:
            await self._write(fault.reply)
        match fault.ending:
            case Ending.SILENCE:
                cast("asyncio.ReadTransport", self._writer.transport).pause_reading()
                await asyncio.Event().wait()  # until the server stops
            case Ending.RST:
                self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
                raise HungUp
            case Ending.EOF:
                await self._hang_up_gently()
            case None:
                if fault.reply is not None and fault.reply.startswith("421"):
                    raise HungUp

    async def _hang_up_gently(self) -> None:
        """Say no more but read on, lest the kernel turn the farewell into an RST that may swallow our last words."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
            while await self._reader.read(65_536):
                pass
        raise HungUp

    async def _write(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def _address(line: str) -> str:
    return line[line.index("<") + 1 : line.index(">")]
