"""Free ports on loopback, and waiting until somebody listens there.

They lie below those that the system gives to clients, and each process that runs tests has a stretch of its own: a
server that is stopped and started again finds its port as it left it.
"""

import contextlib
import itertools
import os
import random
import re
import socket
import time

FIRST_PORT, LAST_PORT = 11_000, 32_000
_MOST_PROCESSES = 7
_STRETCH = (LAST_PORT - FIRST_PORT) // _MOST_PROCESSES
_WORKER = re.search(r"\d+", os.environ.get("PYTEST_XDIST_WORKER", ""))
_OWN = FIRST_PORT + _STRETCH * (int(_WORKER[0]) % _MOST_PROCESSES if _WORKER else _MOST_PROCESSES - 1)
# From anywhere in the stretch: two suites may run on one machine.
_OFFSETS = itertools.count(random.randrange(_STRETCH))  # noqa: S311  a port, not a secret


def find_free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, and that were not given before for as long as there are others."""
    ports: list[int] = []
    while len(ports) < count:
        port = _OWN + next(_OFFSETS) % _STRETCH
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


def wait_for_port(port: int, *, seconds: float) -> bool:
    """Whether somebody listens on the port within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.02)
    return False
