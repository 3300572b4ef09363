# SPDX-License-Identifier: Apache-2.0
"""Count requests and show the figures at /metrics, summed over all worker processes.

With several workers prometheus-client keeps its figures in files of one folder, named by
PROMETHEUS_MULTIPROC_DIR before it is imported (`trueorigin serve` does). No label ever holds
something a client chose freely: labels are few, so the page stays small under attack.
"""

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from trueorigin.web.tallies import OwnTallies, SharedTallies, Tally

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_LOCAL = CollectorRegistry()
_PROCESS = Gauge(
    "trueorigin_process",
    "What the server process says of itself, by name; absent with several workers.",
    ("figure",),
    multiprocess_mode="livesum",
    registry=_LOCAL,
)


def _is_multiprocess() -> bool:
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ


def _open_tallies() -> OwnTallies | SharedTallies:
    if _is_multiprocess():
        return SharedTallies(_LOCAL)
    own = OwnTallies()
    _LOCAL.register(own)
    return own


_TALLIES: Final = _open_tallies()


def count_request(surface: str, method: str, status: int, seconds: float) -> None:
    """Record one answered request; `surface` must come from a fixed set. About 0.4 us."""
    _find_tally(surface, method if method in _METHODS else "OTHER", status).note(seconds)


@lru_cache(maxsize=512)
def _find_tally(surface: str, method: str, status: int) -> Tally:
    return _TALLIES.find((surface, method, f"{status // 100}xx"))


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
