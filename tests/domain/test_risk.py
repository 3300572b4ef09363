# SPDX-License-Identifier: Apache-2.0
"""Coarse places and journeys nobody can make."""

from datetime import UTC, datetime, timedelta

import pytest

from trueorigin.domain.risk import (
    Place,
    Sighting,
    build_place,
    distance_km,
    find_journey,
    parse_place,
)

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def place(latitude: float, longitude: float, *, is_trusted: bool = False) -> Place:
    built = build_place(latitude, longitude, is_trusted=is_trusted)
    assert built is not None
    return built


SHANGHAI, SUZHOU = place(31.2304, 121.4737), place(31.2989, 120.5853)
URUMQI = place(43.8256, 87.6168)


def test_a_position_is_kept_to_a_tenth_of_a_degree() -> None:
    assert str(SHANGHAI) == "31.2,121.5"
    assert str(place(31.2499, 121.4501)) == str(SHANGHAI)


def test_stored_form_keeps_whether_the_place_is_trusted() -> None:
    kiosk = place(31.2304, 121.4737, is_trusted=True)
    assert kiosk.stored == "31.2,121.5*"
    assert parse_place(kiosk.stored) == kiosk
    assert parse_place(SHANGHAI.stored) == SHANGHAI
    assert not SHANGHAI.is_trusted


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90.1, 0), (-90.1, 0), (0, 180.1), (0, -180.1), (float("nan"), 0), (0, float("inf"))],
)
def test_a_position_off_the_earth_is_no_place(latitude: float, longitude: float) -> None:
    assert build_place(latitude, longitude) is None


@pytest.mark.parametrize(
    "text",
    ["", "31.2", "31.2,121.5 ", "31.23,121.47", "95.0,0.0", "<script>", "31.2,121.5**", "٣.0,1.0"],
)
def test_any_other_text_is_no_place(text: str) -> None:
    assert parse_place(text) is None


def test_there_is_one_name_for_the_cell_of_zero() -> None:
    assert str(place(-0.01, -0.02)) == str(place(0.01, 0.02)) == "0.0,0.0"


def test_distance_agrees_with_a_known_one() -> None:
    # Shanghai to Urumqi is about 3,270 km along the great circle.
    assert distance_km(SHANGHAI, URUMQI) == pytest.approx(3270, abs=15)
    assert distance_km(SHANGHAI, SHANGHAI) == 0
    assert distance_km(place(0, 0), place(0, 180)) == pytest.approx(20015, abs=1)


@pytest.mark.parametrize(
    ("there", "hours", "is_too_far"),
    [
        pytest.param(URUMQI, 1.0, True, id="across-the-country-in-an-hour"),
        pytest.param(URUMQI, 4.0, False, id="by-air"),
        pytest.param(SUZHOU, 0.0, False, id="next-town-at-once"),
        pytest.param(SHANGHAI, 0.0, False, id="same-cell"),
    ],
)
def test_journeys(there: Place, hours: float, *, is_too_far: bool) -> None:
    one = Sighting(place=SHANGHAI, at=AT)
    other = Sighting(place=there, at=AT + timedelta(hours=hours))
    assert (find_journey(one, other) is not None) is is_too_far
    assert find_journey(one, other) == find_journey(other, one)


def test_without_two_sightings_there_is_no_journey() -> None:
    one = Sighting(place=SHANGHAI, at=AT)
    assert find_journey(None, one) is None
    assert find_journey(one, None) is None
