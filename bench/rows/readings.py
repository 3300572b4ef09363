# SPDX-License-Identifier: Apache-2.0
"""Durable readings over HTTP, on both databases, as shares of the bare server in the same round.

An answer counts only if it is durable: after the last round the database must hold every reading
that was answered, or no ratio is shown.
"""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from bench.fixtures import STORED, Centre, Copy, open_postgres_centre, open_sqlite_centre
from bench.load import (
    CORE_SHARE_MAX,
    ONLY_FIRST,
    ONLY_REPEATS,
    RATE_MAX,
    Burst,
    Codes,
    Target,
    measure_burst,
    refuse,
)
from bench.rounds import Plan
from bench.servers import Server, get, running_floor, running_program
from bench.table import Line, Reach

from trueorigin.services.installation import open_installation

ROW: Final = "readings"
FLOOR: Final = "bare server"
# What is read first warms every cache, and is what repeats come back to.
WARM_S: Final = 3
_FEW: Final = 100
_JSON: Final = ("Accept: application/json",)
_PAGE: Final = ("Accept: text/html", "Accept-Language: zh-CN", "Accept-Encoding: gzip")
_TITLES: Final = {
    "json": "durable reading, JSON",
    "page": "durable reading, page in Chinese, gzip",
    "invented": "invented code",
}
_REACHES: Final = {
    ("json", "SQLite"): Reach(at_least=0.30, stretch=0.45),
    ("json", "PostgreSQL"): Reach(at_least=0.25, stretch=0.40),
    ("page", "SQLite"): Reach(at_least=0.25, stretch=0.40),
    ("page", "PostgreSQL"): Reach(at_least=0.25, stretch=0.40),
    ("invented", "SQLite"): Reach(at_least=0.45),
    ("invented", "PostgreSQL"): Reach(at_least=0.45),
}
_P99: Final = Reach(at_most=12)
_CORE: Final = Reach(at_most=CORE_SHARE_MAX)


@dataclass(slots=True, kw_only=True)
class Subject:
    """The program on one database, with everything that was answered so far."""

    name: str
    copy: Copy
    server: Server
    codes: Codes
    stored: int
    bursts: dict[str, list[Burst]] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)

    def list_targets(self) -> dict[str, Target]:
        """Return the three loads by name."""
        port, codes = self.server.port, self.codes
        invented = Codes.of_pool(self.copy.centre.path_file("invented"))
        return {
            "json": Target(port=port, codes=codes, headers=_JSON),
            "page": Target(port=port, codes=codes, headers=_PAGE),
            "invented": Target(port=port, codes=invented, headers=_JSON, mix=ONLY_REPEATS),
        }

    def warm_up(self) -> None:
        """Read units for the first time; repeats come back to them."""
        target = Target(port=self.server.port, codes=self.codes, mix=ONLY_FIRST)
        self.note("warm", measure_burst(target, WARM_S), is_measured=False)

    def read_one_by_one(self) -> None:
        """Read a few units for the first time, for repeats to come back to."""
        for number in range(self.codes.read, self.codes.read + _FEW):
            get(self.server.port, self.codes.path(number))
        self.codes.read += _FEW

    def note(self, name: str, burst: Burst, *, is_measured: bool) -> None:
        """Keep a burst; answers count even where the burst does not."""
        self.answers[name] = self.answers.get(name, 0) + burst.answers
        if is_measured or burst.errors:
            self.bursts.setdefault(name, []).append(burst)

    def find_loss(self) -> str:
        """Say how many answered readings the database does not hold; "" if it holds all."""
        answered = sum(count for name, count in self.answers.items() if name != "invented")
        held = count_ledger(self.copy) - self.stored
        counted = count_invented(self.copy)
        return _tell_loss(
            max(0, answered - held) + max(0, self.answers.get("invented", 0) - counted)
        )


@contextmanager
def opened(plan: Plan, name: str, centre: Centre) -> Iterator[Subject]:
    """Serve a copy of a data centre, and see that it answers what it should."""
    with centre.checked_out(plan) as copy, running_program(copy.options) as server:
        popular = Codes(file=centre.path_file("popular")).path(0)
        codes = Codes(file=centre.path_file("fresh"), popular=popular)
        stored = count_ledger(copy)
        subject = Subject(name=name, copy=copy, server=server, codes=codes, stored=stored)
        _require_right_answers(subject)
        yield subject


def _require_right_answers(subject: Subject) -> None:
    """End the benchmark if what is about to be measured is not what was asked for."""
    port = subject.server.port
    path = subject.codes.path(subject.codes.count - 1)
    verdict = json.loads(get(port, path)[1])["verdict"]
    invented = subject.copy.centre.path_file("invented").read_text().split(maxsplit=1)[0]
    refused = json.loads(get(port, invented)[1])["verdict"]
    headers = dict(header.split(": ") for header in _PAGE)
    page = gzip.decompress(get(port, path, headers)[1]).decode()
    if (verdict, refused) != ("genuine", "not_issued") or "青瓷酒" not in page:
        raise RuntimeError(f"{subject.name} answers {verdict}, {refused}, {page[:200]}")


def count_ledger(copy: Copy) -> int:
    """Return the lines of the ledger."""
    return _ask(copy, "SELECT count(*) FROM scan")


def count_invented(copy: Copy) -> int:
    """Return how many readings of invented codes were counted."""
    return _ask(copy, "SELECT coalesce(sum(readings), 0) FROM not_issued_count")


def _ask(copy: Copy, sql: str) -> int:
    database, _ = open_installation(copy.place)
    try:
        with database.read() as tx:
            tx.lift_timeouts()
            return int(tx.run(sql)[0][0])
    finally:
        database.close()


@dataclass(slots=True, kw_only=True)
class Floor:
    """A server that judges nothing, and how it answered; the bare one has no line of its own."""

    server: Server
    key: str = ""
    title: str = ""
    # What it may answer a second; codes are laid ready for so many.
    rate_max: int = RATE_MAX
    bursts: list[Burst] = field(default_factory=list)
    # Where it keeps a ledger: lines before, and answers since.
    copy: Copy | None = None
    stored: int = 0
    answers: int = 0

    def load(self, plan: Plan, codes: Codes, *, is_measured: bool) -> None:
        """Load it once."""
        port, rate_max = self.server.port, self.rate_max
        target = Target(port=port, codes=codes, headers=_JSON, rate_max=rate_max)
        burst = measure_burst(target, plan.burst_s)
        self.answers += burst.answers
        if is_measured or burst.errors:
            self.bursts.append(burst)

    def find_loss(self) -> str:
        """Say how many answered readings its ledger does not hold; "" if it holds all."""
        if self.copy is None:
            return ""
        return _tell_loss(max(0, self.answers - (count_ledger(self.copy) - self.stored)))


def _tell_loss(count: int) -> str:
    return f"{count} readings were answered and are not in the database" if count else ""


def measure(plan: Plan) -> list[Line]:
    """Load the floors and both databases in turn."""
    with ExitStack() as stack:
        centres = {
            "SQLite": open_sqlite_centre(plan, STORED),
            "PostgreSQL": open_postgres_centre(plan),
        }
        floor = Floor(server=stack.enter_context(running_floor()))
        turning = _open_turning_floors(stack, plan, centres["SQLite"])
        subjects = [
            stack.enter_context(opened(plan, name, centre)) for name, centre in centres.items()
        ]
        for subject in subjects:
            subject.warm_up()
        first = subjects[0].codes
        codes = Codes(file=first.file, popular=first.popular, read=first.read)
        targets = {subject.name: subject.list_targets() for subject in subjects}
        for number in range(plan.rounds + 1):
            for each in (floor, *turning):
                each.load(plan, codes, is_measured=number > 0)
            for subject in subjects:
                for name, target in targets[subject.name].items():
                    burst = measure_burst(target, plan.burst_s)
                    subject.note(name, burst, is_measured=number > 0)
        losses = {subject.name: subject.find_loss() for subject in subjects}
        losses |= {each.key: each.find_loss() for each in turning}
    bursts = {
        (name, subject.name): subject.bursts[name] for name in _TITLES for subject in subjects
    }
    return list(_list_lines(bursts, floor.bursts, turning, losses))


def _open_turning_floors(stack: ExitStack, plan: Plan, centre: Centre) -> list[Floor]:
    """Start floors with threads and a loop that work as ours; none where that is not allowed."""
    turns = ["chrt", "--batch", "0"]
    try:
        subprocess.run([*turns, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    program = [*turns, sys.executable, "-m", "bench.tuned_floor"]
    bare = Floor(
        server=stack.enter_context(running_floor(program)),
        key="floor-turns",
        title="bare server with our loop, its threads taking long turns as ours do",
        rate_max=2 * RATE_MAX,
    )
    copy = stack.enter_context(centre.checked_out(plan))
    stored = count_ledger(copy)
    ledger = running_floor(program, application="bench.bare_ledger:app", data=copy.data)
    keeping = Floor(
        server=stack.enter_context(ledger),
        key="floor-ledger",
        title="the same with a bare ledger, SQLite",
        copy=copy,
        stored=stored,
    )
    return [bare, keeping]


def _rates(bursts: Sequence[Burst]) -> tuple[float, ...]:
    return tuple(burst.rate for burst in bursts)


def _p99s(bursts: Sequence[Burst]) -> tuple[float, ...]:
    return tuple(burst.p99_ms for burst in bursts)


def _list_lines(
    bursts: Mapping[tuple[str, str], Sequence[Burst]],
    floor: Sequence[Burst],
    turning: Sequence[Floor],
    losses: Mapping[str, str],
) -> Iterator[Line]:
    beside = Line(row=ROW, key="", title="", unit="/s", ours=(), rival=FLOOR, theirs=_rates(floor))
    for (name, database), measured in bursts.items():
        line = replace(
            beside,
            key=f"{name}-{database.lower()}",
            title=f"{_TITLES[name]}, {database}",
            ours=_rates(measured),
            reach=_REACHES[name, database],
            refusal=refuse(measured, floor) or losses[database],
        )
        yield line
        if name == "json":
            yield replace(
                line,
                key=f"{line.key}-p99",
                title=f"{line.title}: 99 % answered within",
                unit="ms",
                ours=_p99s(measured),
                theirs=_p99s(floor),
                reach=_P99,
            )
    yield Line(
        row=ROW,
        key="load",
        title="share of its core that the load used at the floor",
        unit="",
        ours=tuple(burst.core_share for burst in floor),
        reach=_CORE,
    )
    for each in turning:
        yield replace(
            beside,
            key=each.key,
            title=each.title,
            ours=_rates(each.bursts),
            refusal=refuse(each.bursts, floor) or losses[each.key],
        )
