"""Figures counted by hand are those that prometheus-client would have counted."""

import re

from hypothesis import given, strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from trueorigin.web.tallies import OwnTallies, SharedTallies

KINDS = st.tuples(
    st.sampled_from(["page", "api"]), st.sampled_from(["GET", "POST"]), st.sampled_from(["2xx"])
)
# Each limit itself belongs to it.
SECONDS = st.sampled_from([0.002, 0.05, 10.0]) | st.floats(0, 20)


def show(registry: CollectorRegistry) -> list[str]:
    """Return the lines of /metrics, without the instants at which counting began."""
    lines = generate_latest(registry).decode().splitlines()
    return sorted(re.sub(r"(_created\{.*\}) .*", r"\1", line) for line in lines)


@given(requests=st.lists(st.tuples(KINDS, SECONDS), max_size=30))
def test_own_figures_are_those_of_the_library(
    requests: list[tuple[tuple[str, str, str], float]],
) -> None:
    own, library = CollectorRegistry(), CollectorRegistry()
    tallies = OwnTallies()
    own.register(tallies)
    for found in (tallies, SharedTallies(library)):
        for kind, seconds in requests:
            found.find(kind).note(seconds)
    names = [[line for line in show(each) if "_sum" not in line] for each in (own, library)]
    assert names[0] == names[1]
    sums = [
        [float(line.rpartition(" ")[2]) for line in show(each) if "_sum" in line]
        for each in (own, library)
    ]
    assert all(abs(a - b) < 1e-6 for a, b in zip(*sums, strict=True))
