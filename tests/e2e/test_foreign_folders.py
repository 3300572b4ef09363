# SPDX-License-Identifier: Apache-2.0
"""What lies about in the data folder is cleared away; what cannot be keeps no work waiting."""

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
    # What killed uploads left, long ago and just now.
    uploads = server.data / "files"
    uploads.mkdir(exist_ok=True)
    old, fresh = uploads / ".draft-1-old", uploads / ".draft-1-fresh"
    old.touch()
    fresh.touch()
    os.utime(old, times=(0, 0))
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(LABELS, packing=())
    with Clerk(base) as clerk:
        clerk.sign_in()
        page = clerk.order_labels(run["id"], LABELS)
        assert f"{page}/files/1" in clerk.wait(page)
    assert foreign.is_dir()
    assert fresh.exists()
    assert not old.exists()
    assert "Traceback" not in server.logs()
