"""Marks of known browsers: whose they are, how long they are good, what cannot be made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from trueorigin.domain.knownbrowsers import (
    KNOWN_BROWSER_AGE_MAX,
    KNOWN_PEOPLE_MAX,
    MARK_NONCE_BYTES,
    Holder,
    add_mark,
    build_mark,
    find_mark,
)

KEY, NOW = bytes(range(32)), datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
ALICE = Holder(person_id=UUID(int=1), password_hash="$argon2id$a")  # noqa: S106 - no password
BOB = Holder(person_id=UUID(int=2), password_hash="$argon2id$a")  # noqa: S106 - no password


def mark_of(holder: Holder, nonce: int = 0, at: datetime = NOW, key: bytes = KEY) -> str:
    return build_mark(key, holder, at=at, nonce=nonce.to_bytes(MARK_NONCE_BYTES))


def test_a_mark_is_found_among_those_of_others() -> None:
    marks = f"{mark_of(BOB)}.{mark_of(ALICE)}"
    assert find_mark(KEY, ALICE, marks, NOW) == mark_of(ALICE)
    assert find_mark(KEY, BOB, marks, NOW) == mark_of(BOB)


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(mark_of(BOB), id="of somebody else"),
        pytest.param(
            mark_of(replace(ALICE, password_hash="$argon2id$b")),  # noqa: S106 - no password
            id="of another password",
        ),
        pytest.param(mark_of(ALICE, key=bytes(32)), id="of another data centre"),
        pytest.param("A" * 43, id="made up"),
        pytest.param("", id="nothing"),
        pytest.param("." * 50, id="dots"),
        pytest.param("\xe9" * 43, id="no base64"),
        pytest.param("٣" * 43, id="digits of another script"),
        pytest.param(f" {mark_of(ALICE)}", id="a blank before it"),
        pytest.param(mark_of(ALICE)[:-1], id="cut off"),
        pytest.param(f"{mark_of(ALICE)}." * 10_000, id="endless"),
    ],
)
def test_what_is_no_mark_of_hers_is_none(mark: str) -> None:
    assert find_mark(KEY, ALICE, mark, NOW) is None


def test_no_bit_of_a_mark_can_be_changed_and_no_other_spelling_is_one() -> None:
    mark = mark_of(ALICE)
    for place in range(len(mark)):
        for letter in "AQgw-_bcd":
            other = mark[:place] + letter + mark[place + 1 :]
            assert find_mark(KEY, ALICE, other, NOW) == (mark if other == mark else None)


@pytest.mark.parametrize(
    ("age", "is_good"),
    [
        (timedelta(0), True),
        (KNOWN_BROWSER_AGE_MAX, True),
        (KNOWN_BROWSER_AGE_MAX + timedelta(seconds=1), False),
        # A clock that was ahead when it was made.
        (-timedelta(days=400), True),
    ],
)
def test_a_mark_is_good_for_half_a_year(age: timedelta, *, is_good: bool) -> None:
    assert (find_mark(KEY, ALICE, mark_of(ALICE), NOW + age) is not None) == is_good


def test_a_new_mark_takes_the_place_of_the_old_one() -> None:
    old, new = mark_of(ALICE, 1), mark_of(ALICE, 2)
    assert add_mark(f"{mark_of(BOB)}.{old}", new, instead_of=old) == f"{new}.{mark_of(BOB)}"
    assert add_mark(new, new, instead_of=None) == new


def test_who_signed_in_longest_ago_gives_way() -> None:
    marks = ""
    people = [replace(ALICE, person_id=UUID(int=number)) for number in range(KNOWN_PEOPLE_MAX + 1)]
    for each in people:
        marks = add_mark(marks, mark_of(each), instead_of=None)
    known = [find_mark(KEY, each, marks, NOW) is not None for each in people]
    assert known == [False] + [True] * KNOWN_PEOPLE_MAX


def test_nothing_a_browser_sent_is_written_back_but_marks() -> None:
    mark = mark_of(ALICE)
    for sent in ("x; Domain=evil.example", "\r\nSet-Cookie: a=b", "a.b.c", f"{mark};.\n"):
        assert add_mark(sent, mark, instead_of=None) == mark
