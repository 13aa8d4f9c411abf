"""Free TCP ports on this machine."""

import socket


def free_port() -> int:
    """Returns a port that nobody listens on now. Somebody may take it before the caller does; a
    server that cannot bind says so and is started again on another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int) -> bool:
    """Whether a server accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
