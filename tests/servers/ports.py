"""Free ports on loopback, and waiting until somebody listens there."""

import contextlib
import socket
import time


def find_free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now; all are held open together so that they differ."""
    with contextlib.ExitStack() as stack:
        ports = []
        for _ in range(count):
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(int(probe.getsockname()[1]))
        return ports


def wait_for_port(port: int, *, seconds: float) -> bool:
    """Whether somebody listens on the port within the time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.02)
    return False
