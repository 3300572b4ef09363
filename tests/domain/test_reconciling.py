"""Over-prints and gaps as ranges, against counting unit by unit."""

from collections import Counter

from hypothesis import given, strategies as st

from trueorigin.domain.packing import Span, join_spans
from trueorigin.domain.reconciling import (
    COUNTED,
    Gap,
    GapCode,
    LevelFacts,
    count_units,
    find_gaps,
    list_repeated,
)

BOUNDS = st.tuples(st.integers(0, 30), st.integers(1, 12))
SPANS = st.lists(BOUNDS.map(lambda each: Span(1, 0, each[0], each[0] + each[1])), max_size=8)


def units_of(spans: tuple[Span, ...] | list[Span]) -> Counter[int]:
    return Counter(index for span in spans for index in range(span.start, span.stop))


@given(SPANS)
def test_what_is_in_two_ranges_is_found(spans: list[Span]) -> None:
    repeated = list_repeated(spans)
    assert units_of(repeated) == Counter(
        {index: 1 for index, count in units_of(spans).items() if count > 1}
    )
    assert repeated == join_spans(repeated)


@given(st.lists(SPANS, min_size=7, max_size=7))
def test_gaps_are_what_has_one_step_without_the_other(lists: list[list[Span]]) -> None:
    downloaded, released, ever, read, *happened = map(join_spans, lists)
    kinds = dict(zip(COUNTED, [*happened, (), ()], strict=True))
    facts = LevelFacts(
        whole=Span(1, 0, 0, 50),
        downloaded=downloaded,
        overprinted=(),
        released=released,
        ever_released=ever,
        withdrawn=(),
        recalled=(),
        packed=(),
        happened=kinds,
        read=read,
    )
    shipped, received, sold = (set(units_of(each)) for each in happened)
    wanted = {
        GapCode.RELEASED_NOT_DOWNLOADED: set(units_of(released)) - set(units_of(downloaded)),
        GapCode.SHIPPED_NOT_RELEASED: shipped - set(units_of(ever)),
        GapCode.RECEIVED_NOT_SHIPPED: received - shipped,
        GapCode.SOLD_NOT_SHIPPED: sold - shipped,
        GapCode.SOLD_NOT_RELEASED: sold - set(units_of(ever)),
        GapCode.READ_NOT_RELEASED: set(units_of(read)) - set(units_of(ever)),
        GapCode.READ_NOT_DOWNLOADED: set(units_of(read)) - set(units_of(downloaded)),
    }
    found = find_gaps(facts)
    assert {gap.code: set(units_of(gap.spans)) for gap in found} == {
        code: units for code, units in wanted.items() if units
    }
    assert all(gap.count == len(units_of(gap.spans)) for gap in found)


def test_units_are_counted_by_range() -> None:
    gap = Gap(code=GapCode.OVERPRINTED, spans=(Span(1, 0, 0, 2**32), Span(1, 1, 0, 1)))
    assert gap.count == count_units(gap.spans) == 2**32 + 1
