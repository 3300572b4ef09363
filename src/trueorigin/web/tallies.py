# SPDX-License-Identifier: Apache-2.0
"""Tallies of answered requests: how many, and how many of them within which time.

Those of one process are plain numbers that /metrics turns into figures when it is read: 0.4 us a
request. Several processes share theirs in files of prometheus-client, at 1.3 us and more.
"""

import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final, Protocol, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

# Around the promise of a scan page within 50 ms on the server, wide enough to see a stuck disk.
_LIMITS: Final = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_LIMIT_NAMES: Final = (*map(str, _LIMITS), "+Inf")

_REQUESTS: Final = "trueorigin_requests_total"
_REQUESTS_HELP: Final = "Requests answered, by surface, method and class of status."
_REQUESTS_LABELS: Final = ("surface", "method", "status")
_SECONDS: Final = "trueorigin_request_seconds"
_SECONDS_HELP: Final = "Time from a request to the end of its answer."
_SECONDS_LABELS: Final = ("surface",)

# Surface, method, class of status.
_Kind: TypeAlias = tuple[str, str, str]


class Tally(Protocol):
    """What counts the requests of one kind."""

    def note(self, seconds: float) -> None:
        """Count a request that took so long."""


class OwnTally:
    """The requests of one kind that this process answered; noted by one thread, read by any."""

    __slots__ = ("seconds", "since", "within")

    def __init__(self) -> None:
        """Begin at nothing, now."""
        self.since = time.time()
        self.seconds = 0.0
        # Up to each limit and above the one before; the last of them beyond all limits.
        self.within = [0] * len(_LIMIT_NAMES)

    def note(self, seconds: float) -> None:
        """Count a request that took so long."""
        self.within[bisect_left(_LIMITS, seconds)] += 1
        self.seconds += seconds


class OwnTallies(Collector):
    """All requests that this process answered, as prometheus-client shows its own figures."""

    def __init__(self) -> None:
        """Begin without any kind."""
        self._tallies: dict[_Kind, OwnTally] = {}

    def find(self, kind: _Kind) -> OwnTally:
        """Return the tally of a kind; it begins now if there was none."""
        return self._tallies.setdefault(kind, OwnTally())

    def collect(self) -> Iterator[Metric]:
        """Show both figures."""
        tallies = dict(self._tallies)
        yield _count(tallies)
        yield _time(tallies)


def _count(tallies: Mapping[_Kind, OwnTally]) -> Metric:
    requests = CounterMetricFamily(_REQUESTS, _REQUESTS_HELP, labels=_REQUESTS_LABELS)
    for kind, tally in tallies.items():
        requests.add_metric(kind, sum(tally.within), created=tally.since)
    return requests


def _time(tallies: Mapping[_Kind, OwnTally]) -> Metric:
    """Add up the kinds of each surface."""
    seconds = HistogramMetricFamily(_SECONDS, _SECONDS_HELP, labels=_SECONDS_LABELS)
    for surface in dict.fromkeys(kind[0] for kind in tallies):
        own = [tally for kind, tally in tallies.items() if kind[0] == surface]
        within = accumulate(map(sum, zip(*(tally.within for tally in own), strict=True)))
        buckets = list(zip(_LIMIT_NAMES, within, strict=True))
        seconds.add_metric((surface,), buckets, sum(tally.seconds for tally in own))
        since = min(tally.since for tally in own)
        seconds.add_sample(f"{_SECONDS}_created", {_SECONDS_LABELS[0]: surface}, since)
    return seconds


class SharedTally:
    """The requests of one kind that a process adds to those of its siblings."""

    __slots__ = ("_counter", "_timer")

    def __init__(self, counter: Counter, timer: Histogram) -> None:
        """Count in both."""
        self._counter = counter
        self._timer = timer

    def note(self, seconds: float) -> None:
        """Count a request that took so long."""
        self._counter.inc()
        self._timer.observe(seconds)


class SharedTallies:
    """All requests as prometheus-client itself counts them, for its files and for comparison."""

    def __init__(self, registry: CollectorRegistry) -> None:
        """Show them in `registry`."""
        self._requests = Counter(_REQUESTS, _REQUESTS_HELP, _REQUESTS_LABELS, registry=registry)
        self._seconds = Histogram(
            _SECONDS, _SECONDS_HELP, _SECONDS_LABELS, buckets=_LIMITS, registry=registry
        )

    def find(self, kind: _Kind) -> SharedTally:
        """Return the tally of a kind."""
        return SharedTally(self._requests.labels(*kind), self._seconds.labels(kind[0]))
