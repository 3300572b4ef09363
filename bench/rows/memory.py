# SPDX-License-Identifier: Apache-2.0
"""Resident memory of the server stays flat, whatever it has answered: exports and readings.

It is sampled all the time; the most after the first tenth of the work is compared with the most
within it.
"""

import http.client
import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from bench.fixtures import STORED, Copy, open_runs_centre, open_sqlite_centre
from bench.load import EVERYDAY, Burst, Target, measure_burst, refuse
from bench.rounds import LOAD_CORE, Plan, on_core
from bench.rows.readings import opened
from bench.servers import PROGRAM, Server, running_program
from bench.table import Line, Reach

from trueorigin.services.installation import open_installation

ROW: Final = "memory"
EXPORTED: Final = 10**8
ANSWERED: Final = 10**6
_FLAT: Final = Reach(at_most=1.1)
_SAMPLED_EVERY_S: Final = 0.1
_BURST_S: Final = 3
_PIECE: Final = 1 << 20


@dataclass(slots=True)
class Watch:
    """The most memory a server had, before and after it had done a tenth of its work."""

    server: Server
    peaks: list[float] = field(default_factory=lambda: [0.0, 0.0])
    is_past_tenth: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["Watch"]:
        """Sample while the block runs."""
        thread = threading.Thread(target=self._sample)
        thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(_SAMPLED_EVERY_S):
            measured = self.server.measure_memory()
            self.peaks[self.is_past_tenth] = max(self.peaks[self.is_past_tenth], measured)

    def describe(self, key: str, title: str, refusal: str) -> Line:
        """Return the line of the table."""
        before, after = self.peaks
        return Line(
            row=ROW,
            key=key,
            title=f"resident memory while {title}",
            unit="MB",
            ours=(after,),
            rival="within the first tenth",
            theirs=(before,),
            reach=_FLAT,
            refusal=refusal,
        )


def measure(plan: Plan) -> list[Line]:
    """Export codes and answer readings."""
    return [_watch_export(plan), _watch_readings(plan)]


def _watch_export(plan: Plan) -> Line:
    count = plan.scaled(EXPORTED)
    with (
        open_runs_centre(plan).checked_out(plan) as copy,
        running_program(copy.options) as server,
        on_core(LOAD_CORE),
        Watch(server).running() as watch,
    ):
        lines = 0
        for piece in _stream_codes(server, copy, count):
            lines += bytes(piece).count(b"\n")
            watch.is_past_tenth = lines > count / 10
    refusal = "" if lines == count + 1 else f"{lines} lines came back, not {count + 1}"
    return watch.describe("export", "10⁸ codes are exported over HTTP", refusal)


def _stream_codes(server: Server, copy: Copy, count: int) -> Iterator[memoryview]:
    """Ask for the codes of the largest run and yield the list as it arrives."""
    run, organisation = _find_run(copy)
    made = subprocess.run(
        [str(PROGRAM), "apikey", "create", "--org", organisation, "--role", "manufacturer",
         "--json", *copy.options], capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    headers = {"Authorization": f"Bearer {json.loads(made)['key']}"}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", f"/api/v1/runs/{run}/codes?from=0&to={count}", headers=headers)
    answer = connection.getresponse()
    if answer.status != http.client.OK:
        raise RuntimeError(f"codes are refused: {answer.read()!r}")
    piece = memoryview(bytearray(_PIECE))
    while got := answer.readinto(piece):
        yield piece[:got]
    connection.close()


def _find_run(copy: Copy) -> tuple[int, str]:
    """Return the run and organisation whose codes are exported."""
    database, _ = open_installation(copy.place)
    try:
        with database.read() as tx:
            sql = (
                "SELECT run.id, organisation.name FROM run JOIN organisation"
                " ON organisation.id = run.organisation_id ORDER BY quantity DESC, run.id LIMIT 1"
            )
            [(run, name)] = tx.run(sql)
    finally:
        database.close()
    return int(run), str(name)


def _watch_readings(plan: Plan) -> Line:
    count = plan.scaled(ANSWERED)
    bursts: list[Burst] = []
    answered = 0
    with opened(plan, "SQLite", open_sqlite_centre(plan, STORED)) as subject:
        subject.read_one_by_one()
        target = Target(port=subject.server.port, codes=subject.codes, mix=EVERYDAY)
        with Watch(subject.server).running() as watch:
            # One burst at least after the first tenth, however small the scale.
            while answered < count or len(bursts) < 2:  # noqa: PLR2004
                bursts.append(measure_burst(target, _BURST_S))
                answered += bursts[-1].answers
                watch.is_past_tenth = answered > count / 10
    return watch.describe("readings", "10⁶ readings are answered", refuse(bursts))
