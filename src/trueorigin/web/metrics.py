# SPDX-License-Identifier: Apache-2.0
"""Count requests and show the figures at /metrics, summed over all worker processes.

With several workers prometheus-client keeps its figures in files of one folder, named by
PROMETHEUS_MULTIPROC_DIR before it is imported (`trueorigin serve` does). No label ever holds
something a client chose freely: labels are few, so the page stays small under attack.
"""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Around the promise of a scan page within 50 ms on the server, wide enough to see a stuck disk.
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

_LOCAL = CollectorRegistry()
_REQUESTS = Counter(
    "trueorigin_requests_total",
    "Requests answered, by surface, method and class of status.",
    ("surface", "method", "status"),
    registry=_LOCAL,
)
_SECONDS = Histogram(
    "trueorigin_request_seconds",
    "Time from a request to the end of its answer.",
    ("surface",),
    buckets=_BUCKETS,
    registry=_LOCAL,
)
_PROCESS = Gauge(
    "trueorigin_process",
    "What the server process says of itself, by name; absent with several workers.",
    ("figure",),
    multiprocess_mode="livesum",
    registry=_LOCAL,
)


# What is kept is found in half the time that labels take, and both meters at once.
@lru_cache(maxsize=512)
def _meters(
    surface: str, method: str, status: int
) -> tuple[Callable[[], None], Callable[[float], None]]:
    """Return what counts such a request, and what takes its time."""
    counter = _REQUESTS.labels(surface, method, f"{status // 100}xx")
    return counter.inc, _SECONDS.labels(surface).observe


def count_request(surface: str, method: str, status: int, seconds: float) -> None:
    """Record one answered request; `surface` must come from a fixed set. About 1 us."""
    count, time = _meters(surface, method if method in _METHODS else "OTHER", status)
    count()
    time(seconds)


def publish_figures(figures: Mapping[str, Callable[[], float]]) -> None:
    """Show live figures, such as the length of a queue; each is asked when the page is read.

    Only where one process serves everything: of several workers just the one that happens to
    answer could be asked, and its figure would pass for the sum.
    """
    if not _is_multiprocess():
        for name, read in figures.items():
            _PROCESS.labels(name).set_function(read)


def show_metrics(_request: Request) -> Response:
    """Answer /metrics in the Prometheus text format."""
    registry = _LOCAL
    if _is_multiprocess():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(
        generate_latest(registry),
        headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"},
    )


def _is_multiprocess() -> bool:
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
