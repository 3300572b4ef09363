# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of imports and print jobs: what follows is whole, or nothing at all."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest
from tests.e2e.program import Server, wait_until
from tools.clerk import Clerk, RefusedError

ORGANISATION = "Alice Distillery"
ROWS = 3_000
# Two files.
LABELS = 5_100
# More than are printed while a server is asked to stop.
MANY_LABELS = 25_000
EVENTS = 3_000
JUDGED = 6_000
# Long work lets everybody else go first: on a busy machine that is five rows every 50 ms.
DONE_S_MAX = 300
HEADING = "internal_number,name_zh,name_en,category,specification\r\n"


def table(rows: int) -> bytes:
    lines = (f"N-{number:06},大曲 {number},Qu {number},Spirit,500 ml\r\n" for number in range(rows))
    return (HEADING + "".join(lines)).encode()


def count(server: Server, what: str) -> int:
    return int(server.query(f"SELECT count(*) FROM {what}")[0][0])  # noqa: S608 - our own words


def count_both(server: Server, one: str, other: str) -> tuple[int, int]:
    """Count two tables at one moment."""
    [counted] = server.query(
        f"SELECT (SELECT count(*) FROM {one}), (SELECT count(*) FROM {other})"  # noqa: S608 - as above
    )
    return int(counted[0]), int(counted[1])


def kill_in_the_middle(server: Server, has_begun: Callable[[], bool], what: str) -> None:
    """Kill a server soon after something has begun; nothing goes on while one looks for it."""

    def is_killed() -> bool:
        with server.standing_still():
            if not has_begun():
                return False
            kill_first_process(server)
            return True

    wait_until(is_killed, what)


def kill_first_process(server: Server) -> None:
    """Send SIGKILL to the process somebody sees; whatever it started must die with it."""
    [process] = server.processes.values()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    def is_gone() -> bool:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, 0)
            return False
        return True

    wait_until(is_gone, "a process outlived its server")
    server.processes.clear()
    # PostgreSQL may still be committing what the dead have asked for.
    wait_until(lambda: not server.has_sessions(), "a session outlived its server")


def outwait_the_dead(server: Server) -> None:
    """Let the workers that were killed look as if they had been silent for an hour."""
    server.change("UPDATE job SET heartbeat_at = heartbeat_at - 3600000000")


def is_printing(server: Server) -> bool:
    """Tell whether a print file is being written."""
    return any((server.data / "prints").glob("*/.*"))


def open_clerk(base: str) -> Clerk:
    clerk = Clerk(base)
    clerk.sign_in()
    return clerk


def list_names(clerk: Clerk) -> bool:
    """Tell whether the list of products shows anything that was imported."""
    return "Qu 1" in clerk.get("/console/products?q=Qu") or "N-0" in clerk.get("/console/products")


@pytest.fixture
def staffed_server(server: Server) -> Server:
    """A data centre with Alice in front of its console; not running."""
    server.set_up("init")
    server.create_key(ORGANISATION)
    server.hire(ORGANISATION)
    return server


def take_parts(clerk: Clerk, path: str, number: int) -> list[bytes]:
    """Download the files of a print job."""
    parts = []
    for part in range(number):
        answer = clerk.press(f"{path}/files/{part}", page=path)
        assert answer.status_code == httpx.codes.OK, answer.text[:2000]
        parts.append(answer.content)
    return parts


def test_an_import_and_a_print_job_survive_kill_9(staffed_server: Server) -> None:
    server = staffed_server
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(LABELS, packing=())
    with open_clerk(base) as clerk:
        imported = clerk.send_table("products", "goods.csv", table(ROWS))
        assert not list_names(clerk)
        clerk.take_over(imported)
        kill_in_the_middle(server, lambda: count(server, "product") > 200, "nothing is taken over")
    products, waiting = count_both(server, "product", "import_row")
    moved = products - 1
    assert 0 < moved < ROWS, "killed too late to show anything"
    assert moved + waiting == ROWS

    base = server.start()
    with open_clerk(base) as clerk:
        # The import waits until its worker is known to be dead; the print job need not wait.
        assert not list_names(clerk)
        assert "data-live" in clerk.get(imported)
        printed = clerk.order_labels(run["id"], LABELS)
        kill_in_the_middle(server, lambda: is_printing(server), "nothing is printed")

    outwait_the_dead(server)
    base = server.start()
    with open_clerk(base) as clerk:
        assert "All rows are taken over" in clerk.wait(imported, DONE_S_MAX)
        assert count(server, "product") - 1 == ROWS
        assert count(server, "import_row") == 0
        assert list_names(clerk)
        assert f"{printed}/files/1" in clerk.wait(printed, DONE_S_MAX)
        calm = clerk.order_labels(run["id"], LABELS)
        clerk.wait(calm, DONE_S_MAX)
        assert take_parts(clerk, printed, 2) == take_parts(clerk, calm, 2)


def test_a_table_whose_judgement_is_killed_is_judged_anew(staffed_server: Server) -> None:
    server = staffed_server
    base = server.start()
    with open_clerk(base) as clerk:
        page = clerk.send_table("products", "goods.csv", table(JUDGED))
        assert "Every row is being checked" in clerk.get(page)
        kill_in_the_middle(server, lambda: count(server, "import_row") > 0, "no row is kept")
    assert count(server, "import_row") < JUDGED, "killed too late to show anything"

    base = server.start()
    with open_clerk(base) as clerk:
        with pytest.raises(RefusedError):
            clerk.post(f"{page}/confirm", {}, page=page)
        # It waits until its worker is known to be dead.
        outwait_the_dead(server)
        assert "Every row is right" in clerk.wait(page, DONE_S_MAX)
        assert count(server, "import_row") == JUDGED
        assert not list((server.data / "tables").iterdir())
        clerk.post(f"{page}/discard", {}, page=page)
        assert "nothing was stored" in clerk.get(page)
        wait_until(lambda: count(server, "import_row") == 0, "rows are not cleared away")
        assert count(server, "product") == 0


def test_a_cancelled_print_job_stops_and_the_next_one_runs(staffed_server: Server) -> None:
    server = staffed_server
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(200_000, packing=())
    with open_clerk(base) as clerk:
        long = clerk.order_labels(run["id"], 200_000)
        wait_until(lambda: is_printing(server), "nothing is printed")
        clerk.post(f"{long}/cancel", {}, page=long)
        assert "Cancelled" in clerk.get(long)
        short = clerk.order_labels(run["id"], LABELS)
        assert f"{short}/files/1" in clerk.wait(short, DONE_S_MAX)
        assert "Cancelled" in clerk.get(long)
        [(done,)] = server.query("SELECT done FROM job WHERE state = 'cancelled'")
        assert done < 200_000


def test_a_server_that_is_asked_to_stop_puts_its_work_back(staffed_server: Server) -> None:
    server = staffed_server
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(MANY_LABELS, packing=())
    with open_clerk(base) as clerk:
        path = clerk.order_labels(run["id"], MANY_LABELS)
        wait_until(lambda: is_printing(server), "nothing is printed")
    [process] = server.processes.values()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=60) == 0
    server.processes.clear()
    assert server.query("SELECT state FROM job") == [("queued",)]
    with open_clerk(server.start()) as clerk:
        # No worker has to be waited for that nobody knows to be dead.
        assert f"{path}/files/4" in clerk.wait(path, DONE_S_MAX)
    assert "Traceback" not in server.logs()


def events(run: int, count: int) -> bytes:
    """Return a file of events, one wrong in a thousand."""
    kinds = ("storing", "teleporting")
    rows = "".join(
        f"{kinds[place % 1000 == 7]},2026-03-14 09:30,{run}/0/{place}-{place}\n"
        for place in range(count)
    )
    return f"kind,at,units\n{rows}".encode()


def test_a_file_of_events_survives_kill_9_and_is_taken_in_once(staffed_server: Server) -> None:
    server = staffed_server
    base = server.start()
    run = server.sign_in(base, ORGANISATION).create_run(EVENTS, packing=())["id"]
    data = events(run, EVENTS)
    with open_clerk(base) as clerk:
        path = clerk.send_events("day.csv", data)
        kill_in_the_middle(server, lambda: count(server, "event") > 100, "nothing is stored")
    stored, touching = count_both(server, "event", "unit_event")
    assert stored < EVENTS - EVENTS // 1000, "killed too late to show anything"
    # Each event whole: nobody finds one without its units.
    assert touching == stored

    outwait_the_dead(server)
    base = server.start()
    with open_clerk(base) as clerk:
        page = clerk.wait(path, DONE_S_MAX)
        assert "Rows with a problem" in page
        refused = EVENTS // 1000
        answers = clerk.get(f"{path}/rows.csv")
        assert answers.count("event_kind_unknown") == refused
        assert answers.count("Known already") == 0
        assert count(server, "event") == count(server, "unit_event") == EVENTS - refused
        # Sent again after all, nothing is stored twice.
        again = clerk.send_events("day.csv", data)
        clerk.wait(again, DONE_S_MAX)
        assert clerk.get(f"{again}/rows.csv").count("Known already") == EVENTS - refused
        assert count(server, "event") == EVENTS - refused
    assert "Traceback" not in server.logs()
