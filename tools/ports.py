# SPDX-License-Identifier: Apache-2.0
"""Ports of this machine for servers that tests start: each is lent to one process at a time."""

import socket
from typing import Final

# Below those that Linux hands to connections and to whoever asks for any port.
_PORTS: Final = range(20_000, 32_000)


def lend_port() -> int:
    """Return a port on which nobody listens and that no other process gets while this one lives.

    A port that is merely free at the moment may be somebody else's when a server, seconds later,
    takes it; servers of ours would then share it without a word (SO_REUSEPORT).
    """
    for port in _PORTS:
        # A name without a file: taken by one process at most, and free again when that ends.
        name = socket.socket(socket.AF_UNIX)
        try:
            name.bind(f"\0trueorigin-port-{port}")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            name.close()
        else:
            # Bound for as long as this process lives.
            name.detach()
            return port
    raise RuntimeError("no port is free")
