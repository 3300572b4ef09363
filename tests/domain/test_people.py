"""Who may choose which password, how long sessions live, and how long failures delay."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from trueorigin.domain.errors import InvalidError
from trueorigin.domain.people import (
    COMMON_PASSWORDS,
    DELAY_MAX,
    PASSWORD_MAX,
    PASSWORD_MIN,
    SESSION_AGE_MAX,
    SESSION_IDLE_MAX,
    Session,
    check_language,
    check_password,
    delay_after,
    fold_email,
)

AT = datetime(2026, 3, 14, tzinfo=UTC)
EMAIL = "alice.maker@example.com"
SESSION = Session(
    id=UUID(int=1),
    person_id=UUID(int=2),
    organisation_id=UUID(int=3),
    created_at=AT,
    seen_at=AT,
    expires_at=AT + SESSION_AGE_MAX,
    revoked_at=None,
    device_label="",
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        pytest.param(" Alice@Example.COM ", "alice@example.com", id="case and blanks"),
        pytest.param("a@b", "a@b", id="host in a company's own network"),
        pytest.param("o'brien+x@sub.example.com", "o'brien+x@sub.example.com", id="signs"),
        pytest.param("艾丽@例子.中国", "艾丽@例子.中国", id="Chinese"),
        pytest.param("é@x.example", "é@x.example", id="composed"),
        pytest.param("x" * 64 + "@e.example", "x" * 64 + "@e.example", id="longest local part"),
    ],
)
def test_an_address_has_one_spelling(typed: str, folded: str) -> None:
    assert fold_email(typed) == folded
    assert fold_email(folded) == folded


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("alice", id="no at"),
        pytest.param("@example.com", id="nobody"),
        pytest.param("alice@", id="nowhere"),
        pytest.param("a@b@c", id="two at"),
        pytest.param("a b@example.com", id="blank"),
        pytest.param("a@.example.com", id="dot in front"),
        pytest.param("a@example..com", id="two dots"),
        pytest.param("<a@example.com>", id="brackets"),
        pytest.param("x" * 65 + "@e.example", id="local part too long"),
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidError) as caught:
        fold_email(typed, field="who")
    assert (caught.value.code, caught.value.field) == ("email_malformed", "who")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        pytest.param("", "text_blank", id="nothing"),
        pytest.param("a@e.example\r\nBcc: x@y.z", "text_character_refused", id="header"),
        pytest.param("a" * 250 + "@e.example", "text_too_long", id="260 characters"),
        pytest.param("\u202ea@e.example", "text_character_refused", id="turned round"),
    ],
)
def test_an_address_is_a_line_of_text_first(typed: str, code: str) -> None:
    with pytest.raises(InvalidError, match=code):
        fold_email(typed)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        pytest.param("x1y2z3w4v", "password_too_short", id="9 characters"),
        pytest.param("ab1" * 43, "password_too_long", id="129 characters"),
        pytest.param("Alice.Maker@Example.com", "password_is_email", id="address"),
        pytest.param("ALICE.MAKER", "password_is_email", id="part before the at"),
        pytest.param("Password123", "password_common", id="commonest"),
        pytest.param("woaini1314520", "password_common", id="commonest in China"),
        pytest.param("1234567890", "password_common", id="digits in a row"),
        pytest.param("aaaaaaaaaaaa", "password_common", id="one key held down"),
        pytest.param("ababababababab", "password_common", id="two keys in turn"),
    ],
)
def test_a_password_anybody_would_try_is_refused(password: str, code: str) -> None:
    with pytest.raises(InvalidError, match=code):
        check_password(password, EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("x1y2z3w4v5", id="10 characters"),
        pytest.param("abc1" * 32, id="128 characters"),
        pytest.param("春眠不觉晓处处闻啼鸟", id="ten Chinese characters"),
        pytest.param("correct horse battery", id="three words"),
        pytest.param("🍶🌾🎋🏮a bottle", id="pictures"),
    ],
)
def test_a_password_of_ones_own_is_taken(password: str) -> None:
    assert PASSWORD_MIN <= len(password) <= PASSWORD_MAX
    check_password(password, EMAIL)


def test_common_passwords_are_folded_and_long_enough_to_matter() -> None:
    assert len(COMMON_PASSWORDS) > 150
    for each in COMMON_PASSWORDS:
        assert each == each.casefold()
        assert len(each) >= PASSWORD_MIN - 1


@pytest.mark.parametrize("tag", ["zh", "en", "zh-Hant", "pt-BR", "fil"])
def test_languages_have_tags(tag: str) -> None:
    assert check_language(tag) == tag


@pytest.mark.parametrize("tag", ["", "z", "ZH", "zh_CN", "../en", "en-" + "x" * 9, "a" * 10**6])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidError, match="language_unknown"):
        check_language(tag)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (12, 256), (13, 512), (14, 900), (10**9, 900)],
)
def test_delays_begin_late_and_double(failures: int, seconds: int) -> None:
    assert delay_after(failures, free=5) == timedelta(seconds=seconds)


@given(failures=st.integers(0, 10**6), free=st.integers(0, 100))
def test_delays_never_shrink_and_never_exceed_their_limit(failures: int, free: int) -> None:
    delay = delay_after(failures, free=free)
    assert timedelta(0) <= delay <= delay_after(failures + 1, free=free) <= DELAY_MAX
    assert (delay == timedelta(0)) == (failures < free)


def test_a_session_lives_until_its_first_end() -> None:
    moment = timedelta(microseconds=1)
    assert SESSION.is_living(AT)
    assert SESSION.is_living(AT + SESSION_IDLE_MAX - moment)
    assert not SESSION.is_living(AT + SESSION_IDLE_MAX)
    used = replace(SESSION, seen_at=AT + SESSION_AGE_MAX - moment)
    assert used.is_living(AT + SESSION_AGE_MAX - moment)
    assert not used.is_living(AT + SESSION_AGE_MAX)
    assert not replace(SESSION, revoked_at=AT).is_living(AT)
