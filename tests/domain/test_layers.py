"""What touches units, found by unit and time, whatever lies on top of one another."""

from random import Random

from tests.chain_makers import RUN, hours, item, make_event

from trueorigin.domain.containment import FOREVER
from trueorigin.domain.events import Touch, list_touches
from trueorigin.domain.layers import Layer
from trueorigin.domain.packing import Span

UNITS = 60


def draw_touches(random: Random, count: int) -> list[Touch]:
    """Draw touches of ranges of units, two of some moments, in any order."""
    touches: list[Touch] = []
    for _ in range(count):
        start = random.randrange(UNITS - 1)
        span = Span(RUN, 0, start, random.randrange(start + 1, UNITS))
        touches += list_touches(make_event(hours(random.randrange(count)), span))
    return touches


def test_whatever_lies_on_top_of_one_another_each_question_is_answered_for_each_unit() -> None:
    random = Random(5)  # noqa: S311 - repeatable on purpose
    for count in range(30):
        touches = draw_touches(random, count)
        layer = Layer(touches)
        moments = [touch.moment for touch in touches] + [FOREVER]
        for index in range(UNITS):
            mine = sorted(
                each.moment for each in touches if each.span.start <= index < each.span.stop
            )
            for moment in moments:
                before = [each for each in mine if each < moment]
                after = [each for each in mine if each > moment]
                last = layer.last_before(index, moment)
                assert (last and last.moment) == (before[-1] if before else None)
                assert layer.first_after(index, moment) == (after[0] if after else FOREVER)
                found = sorted(each.moment for each in layer.list_after(index, moment))
                assert found == after


def test_turns_are_where_the_last_touch_changes_and_nowhere_else() -> None:
    under = [
        touch
        for n in range(20)
        for touch in list_touches(make_event(hours(n), Span(RUN, 0, n, 40 - n)))
    ]
    over = list_touches(make_event(hours(30), Span(RUN, 0, 0, 50)))
    assert len(Layer(under).turns) == 40
    layer = Layer([*under, *over])
    assert layer.turns == [0, 50]
    assert len(layer.edges) == 41


def test_a_layer_without_touches_holds_nothing() -> None:
    layer = Layer(())
    event = make_event(hours(1), item(1))
    assert layer.last_before(5, event.moment) is None
    assert list(layer.list_after(5, event.moment)) == []
