"""Where a reading was, in words: a large city nearby, or the cell itself."""

import pytest

from trueorigin.domain.risk import build_place
from trueorigin.web.i18n import translator
from trueorigin.web.places import word_place


@pytest.mark.parametrize(
    ("latitude", "longitude", "english", "chinese"),
    [
        pytest.param(31.2, 121.5, "Shanghai", "上海", id="in the city"),
        pytest.param(31.0, 121.2, "Shanghai", "上海", id="in its suburbs"),
        pytest.param(23.0, 113.4, "Guangzhou", "广州", id="the nearer of two"),
        pytest.param(-33.9, 151.0, "Sydney", "悉尼", id="in the south"),
        pytest.param(39.5, 90.2, "39.5° N 90.2° E", "北纬 39.5°、东经 90.2°", id="in the desert"),
        pytest.param(-0.1, -0.1, "0.1° S 0.1° W", "南纬 0.1°、西经 0.1°", id="at sea"),
    ],
)
def test_a_place_is_worded(latitude: float, longitude: float, english: str, chinese: str) -> None:
    place = build_place(latitude, longitude)
    assert place is not None
    assert word_place(place, translator("en")) == english
    assert word_place(place, translator("zh")) == chinese
