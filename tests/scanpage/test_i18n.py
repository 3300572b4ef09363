"""Which language a reader gets, and how it writes numbers, days and instants."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from tests.third_language import speaking_french
from tools import check_translations
from tools.sample_pages import sample_pages

from trueorigin.web.i18n import (
    Translator,
    UnknownMessageError,
    languages,
    negotiate,
    translator,
)


@pytest.mark.parametrize(
    ("header", "cookie", "query", "expected"),
    [
        pytest.param("zh-CN,zh;q=0.9,en;q=0.8", None, None, "zh", id="a Chinese phone"),
        pytest.param("zh-Hant-TW", None, None, "zh", id="another script"),
        pytest.param("en-GB,zh;q=0.9", None, None, "en", id="English first"),
        pytest.param("fr-FR,fr;q=0.9,zh;q=0.5", None, None, "zh", id="French, then Chinese"),
        pytest.param("fr", None, None, "en", id="none of ours"),
        pytest.param(None, None, None, "en", id="no wish"),
        pytest.param("", None, None, "en", id="an empty wish"),
        pytest.param("en;q=0,zh;q=0.1", None, None, "zh", id="English refused"),
        pytest.param("zh;q=2,en", None, None, "en", id="a weight beyond one"),
        pytest.param("zh; q = 0.5 , en;q=x", None, None, "zh", id="blanks and a bad weight"),
        pytest.param("zh", "en", None, "en", id="the cookie beats the phone"),
        pytest.param("zh", "en", "zh", "zh", id="the link beats the cookie"),
        pytest.param("zh", "xx", "../en", "zh", id="unknown wishes are passed over"),
        pytest.param("," * 5000 + "zh", None, None, "en", id="a header without end"),
    ],
)
def test_the_language_is_negotiated(
    header: str | None, cookie: str | None, query: str | None, expected: str
) -> None:
    assert negotiate(header, cookie, query) == expected


def test_an_instant_is_on_the_clocks_of_the_zone() -> None:
    at = datetime(2026, 3, 5, 16, 30, tzinfo=UTC)
    assert translator("en").instant(at, "Asia/Shanghai") == "6 March 2026, 00:30"
    assert translator("zh").instant(at, "Asia/Shanghai") == "2026年3月6日 00:30"
    assert translator("en").instant(at, "UTC") == "5 March 2026, 16:30"


def test_days_and_numbers_are_written_the_languages_way() -> None:
    assert translator("zh").day(date(2026, 3, 5)) == "2026年3月5日"
    assert translator("en").day(date(2026, 3, 5)) == "5 March 2026"
    assert translator("en").number(1_234_567) == "1,234,567"


@pytest.mark.parametrize(("count", "expected"), [(1, "One other phone"), (2, "2 other phones")])
def test_numbers_agree_with_their_nouns(count: int, expected: str) -> None:
    assert translator("en").text("readings-others", count=count).startswith(expected)


def test_an_unknown_sentence_is_an_error() -> None:
    for name in ("no-such-sentence", "verdict-genuine.no-such", "no-such.step-1"):
        with pytest.raises(UnknownMessageError):
            translator("en").text(name)


def test_a_placeholder_nobody_fills_is_an_error() -> None:
    with pytest.raises(ValueError, match="readings-others"):
        translator("en").text("readings-others")


def test_an_unknown_language_is_an_error() -> None:
    with pytest.raises(UnknownMessageError):
        translator("../en")


@pytest.fixture(params=languages())
def language(request: pytest.FixtureRequest) -> Translator:
    return translator(request.param)


def test_texts_are_put_in_as_they_are(language: Translator) -> None:
    text = "{ $count } <b>真</b> \\u0041"
    assert text in language.text("doubt-contact", organisation=text)


def test_the_check_finds_what_is_missing_and_what_differs() -> None:
    locales = {
        "en": {"a": frozenset({"x"}), "b": frozenset[str]()},
        "zh": {"a": frozenset({"y"})},
    }
    assert list(check_translations.compare_locales(locales)) == [
        "a: placeholders differ (en: x, zh: y)",
        "zh.ftl: b is missing",
    ]


def test_the_check_finds_what_is_asked_for_and_not_there() -> None:
    uses = check_translations.Uses()
    uses.asked.append(("no-such", frozenset(), "here.py"))
    uses.asked.append(("known", frozenset(), "here.py"))
    faults = list(
        check_translations.compare_uses({"known": frozenset({"x"}), "idle": frozenset()}, uses)
    )
    assert "here.py: no-such is missing" in faults
    assert "here.py: known is not given x" in faults
    assert "idle is never used" in faults
    assert "verdict-genuine is missing: its value exists" in faults


@pytest.fixture
def french(tmp_path: Path) -> Iterator[None]:
    with speaking_french(tmp_path):
        yield


@pytest.mark.usefixtures("french")
def test_a_third_language_is_one_more_file() -> None:
    assert languages() == ("en", "fr", "zh")
    assert negotiate("fr-CH", None, None) == "fr"
    assert translator("fr").day(date(2026, 3, 5)) == "5 mars 2026"
    page = sample_pages()["genuine-first"]("fr")
    assert '<html lang="fr">' in page
    assert '<span lang="en">Ningshan Reserve' in page
    assert 'hreflang="zh-Hans"' in page
