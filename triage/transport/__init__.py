"""The sockets and the sandbox: everything that another process stands behind, each behind a port of `workflows`."""
