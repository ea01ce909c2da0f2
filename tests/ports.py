"""Ports for servers of the tests."""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """A port that nobody has, below those that the system gives to outgoing connections.

    One of those may be taken by a client in the seconds before a server, or one that is started again, needs it.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
