"""A program of the operator's that prints a token: the way out for any login that triage does not know itself.

No shell, no input, no text of its errors; ended with all its children when its time is over.
"""

import asyncio
import contextlib
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process

from triage.transport.credentials import TokenRefused, TokenUnavailable
from triage.transport.oauth.access import Command
from triage.transport.oauth.answers import LONGEST_ANSWER, Issued, read_issued

# A token without a told life may come from a cache of the program's, so it is asked again soon; it costs a process.
_LIFE_UNTOLD = 300.0
_NOT_NOW = 75  # EX_TEMPFAIL of sysexits.h


async def run_command(command: Command) -> Issued:
    """The token that the program prints: alone on a line, or as JSON with `access_token` and `expires_in`.

    Raises `TokenUnavailable` for a program that ends with 75, is late or prints no token, `TokenRefused` for one that
    cannot be started or ends with any other error.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command.arguments, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, cwd=command.folder, start_new_session=True
        )
    except (OSError, ValueError) as error:
        sentence = f"the program of [oauth] command cannot be started ({type(error).__name__})"
        raise TokenRefused(sentence, reason="command") from None
    try:
        async with asyncio.timeout(command.seconds):
            printed = await _read_all(process)
            code = await process.wait()
    except TimeoutError:
        raise TokenUnavailable("the program of [oauth] command is late") from None
    finally:
        await _end(process)
    return _understand(printed, code=code)


async def _read_all(process: Process) -> bytes:
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    printed = b""
    while part := await process.stdout.read(65_536):
        printed += part
        if len(printed) > LONGEST_ANSWER:
            raise TokenUnavailable("the program of [oauth] command prints too much")
    return printed


async def _end(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _understand(printed: bytes, *, code: int) -> Issued:
    if code == _NOT_NOW:
        raise TokenUnavailable("the program of [oauth] command has no token now (exit code 75)")
    if code != 0:
        raise TokenRefused(f"the program of [oauth] command failed (exit code {code})", reason="command", code=code)
    text = printed.decode("utf-8", "replace").strip()
    try:
        told = json.loads(text) if text.startswith("{") else {"access_token": text}
    except (ValueError, RecursionError):
        told = {}
    return read_issued(told, untold_seconds=_LIFE_UNTOLD)
