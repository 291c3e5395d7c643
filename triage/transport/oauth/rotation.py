"""A refresh token that the server exchanges at each use: the newest is kept on disk, for the next start needs it.

The file that the operator gave is never written. What is kept says from which given token it descends, so that a
newly given one counts at once. One process at a time uses it, since a server may take a second use for a theft.
"""

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator

from triage.transport.oauth.access import RefreshToken


def newest_token(grant: RefreshToken) -> str:
    """The token to use: what was kept of this lineage, or the given one."""
    try:
        kept = json.loads(grant.kept_in.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return grant.token
    if not isinstance(kept, dict) or kept.get("descends_from") != _lineage(grant):
        return grant.token
    token = kept.get("refresh_token")
    return token if isinstance(token, str) and token else grant.token


def keep_token(grant: RefreshToken, token: str) -> None:
    """Write the exchanged token, whole or not at all, for our eyes only; raises `OSError`."""
    text = json.dumps({"descends_from": _lineage(grant), "refresh_token": token})
    draft = grant.kept_in.with_name(grant.kept_in.name + ".new")
    draft.unlink(missing_ok=True)  # an old draft may have other rights
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(grant.kept_in)
    folder = os.open(grant.kept_in.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def alone(grant: RefreshToken) -> Iterator[None]:
    """Hold the lock beside the file while one request is made; raises `OSError` where no file can be made there."""
    lock = grant.kept_in.with_name(grant.kept_in.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _lineage(grant: RefreshToken) -> str:
    return hashlib.sha256(grant.token.encode()).hexdigest()
