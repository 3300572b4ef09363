# SPDX-License-Identifier: Apache-2.0
"""Serve the floor (`bench.floor`) with the loop of our own server; the options are the server's."""

from granian import loops
from granian.cli import entrypoint

from trueorigin.adapters.eventloop import open_worker_loop

if __name__ == "__main__":
    loops.register("auto")(open_worker_loop)
    entrypoint()  # type: ignore[no-untyped-call]
