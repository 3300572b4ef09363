# SPDX-License-Identifier: Apache-2.0
"""What somebody put into the data folder, and nobody can clear away, keeps no work waiting."""

import os

from tests.e2e.program import Server
from tools.clerk import Clerk

ORGANISATION = "Alice Distillery"
# More than are printed while somebody waits.
LABELS = 5_100


def test_what_cannot_be_cleared_away_keeps_no_print_waiting(sqlite_server: Server) -> None:
    server = sqlite_server
    server.set_up("init")
    server.create_key(ORGANISATION)
    server.hire(ORGANISATION)
    # Where tables wait to be judged: a folder cannot be deleted as a file is.
    foreign = server.data / "tables" / "old"
    foreign.mkdir(parents=True)
    os.utime(foreign, times=(0, 0))
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(LABELS, packing=())
    with Clerk(base) as clerk:
        clerk.sign_in()
        page = clerk.order_labels(run["id"], LABELS)
        assert f"{page}/files/1" in clerk.wait(page)
    assert foreign.is_dir()
    assert "Traceback" not in server.logs()
