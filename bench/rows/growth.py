# SPDX-License-Identifier: Apache-2.0
"""How the time of an answer grows: with the size of a run, with readings stored, with ranges.

The same load on data that differs in one thing only, compared with the smallest. Time is what one
answer takes of a server kept busy by 64 connections: the inverse of its rate.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Final

from bench.fixtures import SIZES, open_runs_centre, open_sqlite_centre
from bench.goods import RANGE_COUNTS, RUN_SIZES
from bench.load import EVERYDAY, ONLY_REPEATS, Burst, Codes, Target, measure_burst, refuse
from bench.rounds import Plan
from bench.rows.readings import Subject, opened
from bench.servers import running_program
from bench.table import Line, Reach

ROW: Final = "growth"
_REACH: Final = Reach(at_most=1.25)
_BURST_S: Final = 2
# Enough for the server to have loaded everything it keeps.
_WARM_S: Final = 1
_TITLES: Final = {
    "units": ("one answer, run of {} units", "run of {} units"),
    "ranges": ("one answer, run released in {} ranges", "one range"),
    "readings": ("one answer, {} readings stored", "{} readings stored"),
}

Bursts = Mapping[int, Sequence[Burst]]


def measure(plan: Plan) -> list[Line]:
    """Load all sizes of each thing in turn."""
    units, ranges = _measure_runs(plan)
    found = {"units": units, "ranges": ranges, "readings": _measure_readings(plan)}
    return [line for name, bursts in found.items() for line in _list_lines(name, bursts)]


def _measure_runs(plan: Plan) -> tuple[Bursts, Bursts]:
    """Load runs of several sizes and in several ranges, all in one data centre.

    Of each run the same number of units is read, again and again: a run of a thousand has no more.
    """
    centre = open_runs_centre(plan)
    with centre.checked_out(plan) as copy, running_program(copy.options) as server:
        targets = {
            (kind, size): Target(
                port=server.port,
                codes=Codes.of_pool(centre.path_file(f"{kind}-{size}")),
                mix=ONLY_REPEATS,
            )
            for kind, sizes in (("units", RUN_SIZES), ("ranges", RANGE_COUNTS))
            for size in sizes
        }
        found: dict[tuple[str, int], list[Burst]] = {key: [] for key in targets}
        for number in range(plan.rounds + 1):
            for key, target in targets.items():
                burst = measure_burst(target, _BURST_S if number else _WARM_S)
                if number:
                    found[key].append(burst)
    return _of_kind(found, "units"), _of_kind(found, "ranges")


def _of_kind(found: Mapping[tuple[str, int], list[Burst]], kind: str) -> Bursts:
    return {size: bursts for (each, size), bursts in found.items() if each == kind}


def _measure_readings(plan: Plan) -> Bursts:
    """Load data centres of several sizes, all with the load of every day.

    A burst adds as many readings as the smallest one has, so it is put back before each.
    """
    smallest, *larger = SIZES
    found: dict[int, list[Burst]] = {size: [] for size in SIZES}
    with ExitStack() as stack:
        subjects = {
            size: stack.enter_context(opened(plan, str(size), open_sqlite_centre(plan, size)))
            for size in larger
        }
        for subject in subjects.values():
            _warm_up(subject)
        for _ in range(plan.rounds):
            with opened(plan, str(smallest), open_sqlite_centre(plan, smallest)) as subject:
                _warm_up(subject)
                found[smallest].append(measure_burst(_everyday(subject), _BURST_S))
            for size, subject in subjects.items():
                found[size].append(measure_burst(_everyday(subject), _BURST_S))
    return found


def _warm_up(subject: Subject) -> None:
    """Let the server load what it keeps, with readings that add nothing, and read some units."""
    measure_burst(subject.list_targets()["invented"], _WARM_S)
    subject.read_one_by_one()


def _everyday(subject: Subject) -> Target:
    return Target(port=subject.server.port, codes=subject.codes, mix=EVERYDAY)


def _list_lines(kind: str, found: Bursts) -> Iterator[Line]:
    smallest, *larger = found
    title, rival = _TITLES[kind]
    floor = found[smallest]
    for size in larger:
        bursts = found[size]
        yield Line(
            row=ROW,
            key=f"{kind}-{size}",
            title=title.format(_write_size(size)),
            unit="µs",
            ours=tuple(1e6 / burst.rate for burst in bursts),
            rival=rival.format(_write_size(smallest)),
            theirs=tuple(1e6 / burst.rate for burst in floor),
            reach=_REACH,
            refusal=refuse((*bursts, *floor)),
        )


def _write_size(size: int) -> str:
    """Write a power of ten."""
    digits = str(len(str(size)) - 1).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{digits}"
