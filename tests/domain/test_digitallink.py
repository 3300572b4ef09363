# SPDX-License-Identifier: Apache-2.0
"""Printed links: built and read back, refused with a precise reason."""

import pytest

from trueorigin.domain import digitallink, humancode
from trueorigin.domain.digitallink import CodeLink, GroupLink, ItemLink, PrintedCode
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.publicurls import build_stem

PUBLIC_URL = "https://zy.example"
HOSTS = ("https://zy.example", "old.example", "http://127.0.0.1:8000")
GTIN = "06901234567892"
SSCC = "106141412345678908"
SERIAL = "7K3M9QABCDEFGHJK"
CODE = humancode.build("1010", SERIAL)
ITEM = ItemLink(gtin=GTIN, serial=SERIAL)


def _refusal(text: str) -> InvalidError:
    with pytest.raises(InvalidError) as caught:
        digitallink.parse(text, hosts=HOSTS)
    return caught.value


# Building


def test_item_url_has_a_small_scheme_and_a_large_rest() -> None:
    url = digitallink.build_item_url("https://zy.example/", GTIN, SERIAL)
    assert url == f"https://ZY.EXAMPLE/01/{GTIN}/21/{SERIAL}"
    assert url == digitallink.build_item_stem("HTTPS://Zy.Example", GTIN) + SERIAL


@pytest.mark.parametrize(
    ("public_url", "stem"),
    [
        pytest.param("http://127.0.0.1:8000", "http://127.0.0.1:8000", id="port"),
        pytest.param("http://[::1]:8000/", "http://[::1]:8000", id="ipv6"),
        pytest.param("hTTps://a-b.example", "https://A-B.EXAMPLE", id="mixed-case"),
    ],
)
def test_stem(public_url: str, stem: str) -> None:
    assert build_stem(public_url) == stem


@pytest.mark.parametrize(
    "public_url",
    [
        pytest.param("", id="empty"),
        pytest.param("zy.example", id="no-scheme"),
        pytest.param("ftp://zy.example", id="ftp"),
        pytest.param("https://", id="no-host"),
        pytest.param("https://zy.example/shop", id="path"),
        pytest.param("https://zy.example?x", id="query"),
        pytest.param("https://alice@zy.example", id="user"),
        pytest.param("https://zy.example:123456", id="port-too-long"),
        pytest.param("https://zy.example:65536", id="port-too-high"),
        pytest.param("https://zy example", id="space"),
        pytest.param("https://真源.example", id="not-ascii"),
        pytest.param("https://\u212aelvin.example", id="kelvin-sign"),
        pytest.param("https://zy.example\n", id="line-feed"),
        pytest.param("https://" + "a" * 5_000, id="endless"),
    ],
)
def test_public_url_that_cannot_be_printed_is_refused(public_url: str) -> None:
    with pytest.raises(InvalidError) as caught:
        build_stem(public_url)
    assert caught.value.code == "public_url_malformed"
    assert caught.value.params == {"given": public_url[:200]}


def test_group_url_of_each_kind() -> None:
    build = digitallink.build_group_url
    assert build(PUBLIC_URL, gtin=GTIN, serial=SERIAL, contents="7K3M9QABCDEF") == (
        f"https://ZY.EXAMPLE/01/{GTIN}/21/{SERIAL}?n=7K3M9QABCDEF"
    )
    assert build(PUBLIC_URL, sscc=SSCC, serial=SERIAL, contents="7K3M9Q*40") == (
        f"https://ZY.EXAMPLE/00/{SSCC}?t={SERIAL}&n=7K3M9Q*40"
    )
    assert build(PUBLIC_URL, code=CODE, contents="7K3M9Q*40") == (
        f"https://ZY.EXAMPLE/C/{CODE}?n=7K3M9Q*40"
    )


def test_group_url_without_contents() -> None:
    build = digitallink.build_group_url
    assert build(PUBLIC_URL, gtin=GTIN, serial=SERIAL).endswith(f"/21/{SERIAL}")
    assert build(PUBLIC_URL, sscc=SSCC, serial=SERIAL).endswith(f"?t={SERIAL}")
    assert build(PUBLIC_URL, code=CODE).endswith(f"/C/{CODE}")


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"gtin": GTIN}, id="gtin-without-serial"),
        pytest.param({"sscc": SSCC}, id="sscc-without-serial"),
        pytest.param({"gtin": GTIN, "sscc": SSCC, "serial": SERIAL}, id="two-keys"),
        pytest.param({"code": CODE, "serial": SERIAL}, id="serial-twice"),
        pytest.param({"gtin": GTIN, "serial": SERIAL.lower()}, id="serial-not-folded"),
        pytest.param({"gtin": GTIN, "serial": SERIAL[:15]}, id="serial-too-short"),
        pytest.param({"gtin": GTIN[1:], "serial": SERIAL}, id="gtin-13"),
        pytest.param({"code": CODE[:-1] + "U"}, id="code-with-u"),
        pytest.param({"code": humancode.group(CODE)}, id="code-grouped"),
    ],
)
def test_group_url_of_wrong_parts_is_not_built(parts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"group has|serial has|printed"):
        digitallink.build_group_url(PUBLIC_URL, **parts)


def test_printing_a_wrong_gtin_or_sscc_is_refused() -> None:
    with pytest.raises(InvalidError, match="gtin_check_digit"):
        digitallink.build_item_url(PUBLIC_URL, GTIN[:-1] + "3", SERIAL)
    with pytest.raises(InvalidError, match="sscc_check_digit"):
        digitallink.build_group_url(PUBLIC_URL, sscc=SSCC[:-1] + "7", serial=SERIAL)


# Contents


def test_contents_are_listed_up_to_a_limit() -> None:
    numbers = [f"00000{symbol}" for symbol in "0123456789"]
    assert digitallink.build_contents(numbers) == "".join(numbers)
    assert digitallink.build_contents(numbers, listed_max=9) == "000000*10"
    assert digitallink.build_contents(numbers[:1], count=40) == "000000*40"
    assert digitallink.build_contents(["ZZZZZZ"] * 100) == "ZZZZZZ" * 100
    assert digitallink.build_contents(["ZZZZZZ"] * 101) == "ZZZZZZ*101"


@pytest.mark.parametrize(
    ("numbers", "count"),
    [
        pytest.param([], None, id="none"),
        pytest.param(["7K3M9"], None, id="five-symbols"),
        pytest.param(["7K3M9U"], None, id="letter-u"),
        pytest.param(["7k3m9q"], None, id="not-folded"),
        pytest.param(["7K3M9Q", "7K3M9R"], 1, id="fewer-than-named"),
    ],
)
def test_wrong_contents_are_not_built(numbers: list[str], count: int | None) -> None:
    with pytest.raises(ValueError, match=r"contents have|a number has"):
        digitallink.build_contents(numbers, count=count)


@pytest.mark.parametrize(
    ("text", "numbers", "count"),
    [
        pytest.param("7K3M9Q", ("7K3M9Q",), 1, id="one"),
        pytest.param("7k3m9qABCDEF", ("7K3M9Q", "ABCDEF"), 2, id="folded"),
        pytest.param("7K3M9Q*40", ("7K3M9Q",), 40, id="first-and-count"),
        pytest.param("7K3M9Q*4294967296", ("7K3M9Q",), 2**32, id="largest"),
        pytest.param("ZZZZZZ" * 300, ("ZZZZZZ",) * 300, 300, id="longest-list"),
    ],
)
def test_contents_are_read(text: str, numbers: tuple[str, ...], count: int) -> None:
    found = digitallink.parse_contents(text)
    assert found is not None
    assert (found.numbers, found.count) == (numbers, count)
    assert found.is_listed is (len(numbers) == count)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("7K3M9", id="five-symbols"),
        pytest.param("7K3M9QA", id="seven-symbols"),
        pytest.param("7K3M9U", id="letter-u"),
        pytest.param("7K3M9-", id="separator"),
        pytest.param("*40", id="count-only"),
        pytest.param("7K3M9Q*", id="star-only"),
        pytest.param("7K3M9Q*0", id="none-inside"),
        pytest.param("7K3M9Q*007", id="leading-zeros"),
        pytest.param("7K3M9Q*-1", id="negative"),
        pytest.param("7K3M9Q*４", id="full-width-count"),
        pytest.param("7K3M9Q*4294967297", id="beyond-the-largest-run"),
        pytest.param("7K3M9QABCDEF*2", id="two-and-count"),
        pytest.param("7K3M9Q*1*1", id="two-stars"),
        pytest.param("ZZZZZZ" * 301, id="too-many"),
        pytest.param("<script>", id="html"),
    ],
)
def test_contents_that_are_none(text: str) -> None:
    assert digitallink.parse_contents(text) is None


# Taking apart


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"https://ZY.EXAMPLE/01/{GTIN}/21/{SERIAL}", id="as-printed"),
        pytest.param(f"HTTPS://ZY.EXAMPLE/01/{GTIN}/21/{SERIAL}", id="all-capitals"),
        pytest.param(f"https://zy.example/01/{GTIN}/21/{SERIAL.lower()}", id="lower-case"),
        pytest.param(f"http://zy.example/01/{GTIN}/21/{SERIAL}", id="http"),
        pytest.param(f"https://zy.example:443/01/{GTIN}/21/{SERIAL}", id="default-port"),
        pytest.param(f"https://zy.example./01/{GTIN}/21/{SERIAL}", id="final-full-stop"),
        pytest.param(f"https://OLD.example/01/{GTIN}/21/{SERIAL}", id="former-host"),
        pytest.param(f"http://127.0.0.1:8000/01/{GTIN}/21/{SERIAL}", id="host-with-port"),
        pytest.param(f"zy.example/01/{GTIN}/21/{SERIAL}", id="no-scheme"),
        pytest.param(f"  https://zy.example/01/{GTIN}/21/{SERIAL}\n", id="white-space-around"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}", id="path"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}#top", id="fragment"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?", id="empty-query"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?utm=a&lang=zh&&flag", id="other-parameters"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?n&t&17&99999", id="names-without-values"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?lang=zh&lang=en", id="other-parameter-twice"),
        pytest.param(f"/01/{GTIN}/21/%37K3M9QABCDEFGHJK", id="percent-encoded"),
        pytest.param(f"/01/0690123456789%32/21/{SERIAL}", id="percent-encoded-gtin"),
        pytest.param(f"/01/{GTIN}/21/7K3M-9QAB-CDEF-GHJK", id="hyphens"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?17=271231", id="expiry-added-by-others"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?t=ignored", id="t-means-nothing-here"),
    ],
)
def test_item_link_is_read(text: str) -> None:
    assert digitallink.parse(text, hosts=HOSTS) == ITEM
    assert digitallink.parse_code(text, hosts=HOSTS) == PrintedCode(gtin=GTIN, serial=SERIAL)


def test_qualifiers_are_read_in_gs1s_order() -> None:
    found = digitallink.parse(f"/01/{GTIN}/22/2A/10/LOT%2F1/21/{SERIAL}?n=7K3M9Q", hosts=())
    assert found == ItemLink(gtin=GTIN, serial=SERIAL, variant="2A", lot="LOT/1", contents="7K3M9Q")


def test_lookalikes_in_a_serial_are_corrected() -> None:
    found = digitallink.parse(f"/01/{GTIN}/21/OIL0000000000000", hosts=())
    assert found == ItemLink(gtin=GTIN, serial="0110000000000000")


@pytest.mark.parametrize("serial", ["12345", "abc-*.", "A" * 18 + "*.", "U" * 16, "a", "%2F%22"])
def test_serial_of_others_is_kept_as_printed(serial: str) -> None:
    found = digitallink.parse(f"/01/{GTIN}/21/{serial}", hosts=())
    assert isinstance(found, ItemLink)
    assert found.serial == {"%2F%22": '/"'}.get(serial, serial)


def test_group_link_is_read() -> None:
    url = digitallink.build_group_url(PUBLIC_URL, sscc=SSCC, serial=SERIAL, contents="7K3M9Q*4")
    expected = GroupLink(sscc=SSCC, serial=SERIAL, contents="7K3M9Q*4")
    assert digitallink.parse(url, hosts=HOSTS) == expected
    assert digitallink.parse(url.lower(), hosts=HOSTS) == GroupLink(
        sscc=SSCC, serial=SERIAL, contents="7k3m9q*4"
    )
    assert digitallink.parse(f"/00/{SSCC}?T={SERIAL}&N=7K3M9Q*4", hosts=()) == expected
    assert digitallink.parse_code(url, hosts=HOSTS) == PrintedCode(
        sscc=SSCC, serial=SERIAL, contents="7K3M9Q*4"
    )


def test_group_link_without_serial_only_claims_its_sscc() -> None:
    assert digitallink.parse(f"/00/{SSCC}", hosts=()) == GroupLink(sscc=SSCC)
    assert digitallink.parse(f"/00/{SSCC}?02={GTIN}&37=24&10=L1", hosts=()) == GroupLink(sscc=SSCC)


@pytest.mark.parametrize(
    "path", [f"/C/{CODE}", f"/c/{CODE.lower()}", "/c/" + humancode.group(CODE)]
)
def test_code_link_is_read(path: str) -> None:
    expected = CodeLink(prefix="1010", serial=SERIAL)
    assert digitallink.parse(path, hosts=()) == expected
    assert digitallink.parse(f"{path}?n=7K3M9Q", hosts=()) == CodeLink(
        prefix="1010", serial=SERIAL, contents="7K3M9Q"
    )
    assert digitallink.parse_code(path, hosts=()) == PrintedCode(prefix="1010", serial=SERIAL)


def test_code_with_a_wrong_check_symbol_leads_to_nobody() -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    for text in (wrong, f"/C/{wrong}"):
        found = digitallink.parse_code(text, hosts=())
        assert found == PrintedCode(serial=wrong, is_mistyped=True)


@pytest.mark.parametrize("text", ["/c/hello!", "/c/123", "/c/" + "9" * 300])
def test_code_link_of_nonsense_is_unknown_not_an_error(text: str) -> None:
    found = digitallink.parse_code(text, hosts=())
    assert found.is_mistyped
    assert found.prefix is None


@pytest.mark.parametrize(
    ("text", "host"),
    [
        pytest.param(f"https://evil.example/01/{GTIN}/21/{SERIAL}", "evil.example", id="other"),
        pytest.param("https://zy.example.evil/01/1", "zy.example.evil", id="longer"),
        pytest.param("https://xzy.example/01/1", "xzy.example", id="prefixed"),
        pytest.param("https://zy.example:8443/01/1", "zy.example:8443", id="other-port"),
        pytest.param("http://127.0.0.1/01/1", "127.0.0.1", id="port-missing"),
        pytest.param("https://zy.example@evil.example/01/1", "evil.example", id="user-info"),
        pytest.param("https://evil@zy.example/01/1", "zy.example", id="user-info-at-ours"),
        pytest.param("https://evil.example?/zy.example/", "evil.example", id="query-first"),
        pytest.param("ftp://zy.example/01/1", "zy.example", id="other-scheme"),
        pytest.param("weixin://dl/business/?t=1", "dl", id="app-scheme"),
        pytest.param("https:///01/1", "", id="no-host"),
        pytest.param("evil.example/01/1", "evil.example", id="no-scheme"),
        pytest.param(f"01/{GTIN}/21/{SERIAL}", "01", id="path-without-its-slash"),
        pytest.param("https://" + "e" * 500 + "/01/1", "e" * 100, id="endless-host"),
    ],
)
def test_foreign_url_is_named(text: str, host: str) -> None:
    error = _refusal(text)
    assert error.code == "foreign_url"
    assert error.params == {"host": host}


@pytest.mark.parametrize(
    ("text", "reason", "part"),
    [
        pytest.param("https://zy.example", "pairs", "", id="host-only"),
        pytest.param("https://zy.example/", "pairs", "/", id="home-page"),
        pytest.param("/01", "pairs", "/01", id="key-without-value"),
        pytest.param(f"/01/{GTIN}/21", "pairs", f"/01/{GTIN}/21", id="qualifier-without-value"),
        pytest.param(f"/01/{GTIN}/21/", "empty", "21", id="empty-serial"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}/", "pairs", None, id="trailing-slash"),
        pytest.param("/01//21/A", "empty", "01", id="empty-gtin"),
        pytest.param("//evil.example/01/1", "key", "", id="scheme-relative"),
        pytest.param(f"/01/{GTIN}/21/A/21/B", "qualifiers", "01/21/21", id="serial-twice"),
        pytest.param(f"/01/{GTIN}/01/{GTIN}", "qualifiers", "01/01", id="gtin-twice"),
        pytest.param(f"/01/{GTIN}/21/A/10/B", "qualifiers", "01/21/10", id="lot-after-serial"),
        pytest.param(f"/01/{GTIN}/10/B/22/C/21/A", "qualifiers", "01/10/22/21", id="variant-late"),
        pytest.param(f"/01/{GTIN}/99/A", "qualifiers", "01/99", id="no-qualifier"),
        pytest.param(f"/01/{GTIN}/17/271231/21/A", "qualifiers", "01/17/21", id="date-in-path"),
        pytest.param(f"/gtin/{GTIN}/ser/A", "key", "gtin", id="alphabetic-names"),
        pytest.param(f"/1/{GTIN}", "key", "1", id="short-key"),
        pytest.param(f"/%30%31/{GTIN}", "key", "%30%31", id="percent-encoded-key"),
        pytest.param("/414/6901234567892", "key", "414", id="place"),
        pytest.param(f"/x/y/01/{GTIN}", "key", "x", id="path-before-the-key"),
        pytest.param(f"/00/{SSCC}/21/A", "key", "00", id="sscc-with-qualifier"),
        pytest.param(f"/C/{CODE}/21/A", "key", "C", id="code-with-qualifier"),
        pytest.param(f"/01/{GTIN}/21/A B", "characters", "", id="space"),
        pytest.param(f"/01/{GTIN}/21/真源", "characters", "", id="chinese"),
        pytest.param(f"/01/{GTIN}/21/<b>", "characters", "", id="html"),
        pytest.param(f"/01/{GTIN}/21/A\nB", "characters", "", id="line-feed"),
        pytest.param(f"/01/{GTIN}/21/A?n=1&n=2", "duplicate", "n", id="contents-twice"),
        pytest.param(f"/00/{SSCC}?t=A&T=B", "duplicate", "t", id="serial-twice-in-query"),
        pytest.param(f"/01/{GTIN}/21/A?21=B", "duplicate", "21", id="serial-in-path-and-query"),
        pytest.param(f"/01/{GTIN}/21/A?17=271231&17=281231", "duplicate", "17", id="expiry-twice"),
        pytest.param(f"/01/{GTIN}/21/A?10=LOT", "element", "10", id="lot-in-query"),
        pytest.param(f"/01/{GTIN}/21/A?22=X", "element", "22", id="variant-in-query"),
        pytest.param(f"/01/{GTIN}/21/A?17=271331", "element", "17", id="13th-month"),
        pytest.param(f"/01/{GTIN}/21/A?17=", "element", "17", id="expiry-empty"),
        pytest.param(f"/01/{GTIN}/21/A?12345=1", "element", "12345", id="no-such-element"),
        pytest.param(f"/01/{GTIN}/21/A?05=1", "element", "05", id="unassigned-element"),
        pytest.param(f"/01/{GTIN}/21/A?90=X+Y", "element", "90", id="plus-is-a-space"),
    ],
)
def test_malformed_link_says_where(text: str, reason: str, part: str | None) -> None:
    error = _refusal(text)
    assert error.code == "digital_link_malformed"
    assert error.params["reason"] == reason
    if part is not None:
        assert error.params["part"] == part


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("/01/06901234567893/21/A", "gtin_check_digit", id="check-digit"),
        pytest.param("/01/6901234567892/21/A", "gtin_shortened", id="gtin-13"),
        pytest.param("/01/614141123452/21/A", "gtin_shortened", id="gtin-12"),
        pytest.param("/01/96385074/21/A", "gtin_shortened", id="gtin-8"),
        pytest.param("/01/6901234567893/21/A", "gtin_malformed", id="gtin-13-mistyped"),
        pytest.param("/01/%D9%A0" + "0" * 13 + "/21/A", "gtin_malformed", id="arabic-digit"),
        pytest.param(f"/01/{GTIN}", "serial_missing", id="product-only"),
        pytest.param(f"/01/{GTIN}/10/LOT", "serial_missing", id="lot-only"),
        pytest.param(f"/01/{GTIN}/21/{'A' * 21}", "gs1_length", id="serial-of-21"),
        pytest.param(f"/01/{GTIN}/21/A%20B", "gs1_characters", id="encoded-space"),
        pytest.param(f"/01/{GTIN}/21/A%00", "gs1_characters", id="encoded-null"),
        pytest.param(f"/01/{GTIN}/21/%E7%9C%9F", "gs1_characters", id="encoded-chinese"),
        pytest.param(f"/01/{GTIN}/10/L%23/21/A", "gs1_characters", id="lot-number-sign"),
        pytest.param("/00/106141412345678907", "sscc_check_digit", id="sscc-check-digit"),
        pytest.param("/00/10614141234567890", "sscc_malformed", id="sscc-of-17"),
        pytest.param(f"/00/{SSCC}?t=A%23", "gs1_characters", id="serial-in-query"),
        pytest.param("/" + "A" * 2_048, "code_too_long", id="endless"),
    ],
)
def test_wrong_values_have_their_own_codes(text: str, code: str) -> None:
    error = _refusal(text)
    assert error.code == code
    assert error.field == "code"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://ZY.example/x?y", "zy.example"),
        ("zy.example", "zy.example"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("https://zy.example:443", "zy.example"),
        ("http://zy.example.:80/", "zy.example"),
        ("https://[::1]:8000", "[::1]:8000"),
    ],
)
def test_hosts_are_compared_in_one_form(url: str, host: str) -> None:
    assert digitallink.host_of(url) == host
