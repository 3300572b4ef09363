# SPDX-License-Identifier: Apache-2.0
"""What is read from a request, and what a sender cannot make us believe."""

from ipaddress import ip_network
from typing import Any

import pytest
from starlette.datastructures import Headers

from trueorigin.domain.errors import InvalidError, UnauthenticatedError
from trueorigin.web.requests import (
    DEVICE_COOKIE,
    DEVICE_TOKEN_BYTES,
    build_device_cookie,
    client_network,
    find_bearer,
    find_device,
    find_idempotency_key,
)

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def scope_of(client: str | None, forwarded: str | None = None) -> dict[str, Any]:
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    return {
        "type": "http",
        "client": None if client is None else (client, 1),
        "headers": headers,
    }


@pytest.mark.parametrize(
    ("client", "forwarded", "network"),
    [
        pytest.param("203.0.113.77", None, "203.0.113.0/24", id="IPv4"),
        pytest.param("2001:db8:1:2ff::5", None, "2001:db8:1:200::/56", id="IPv6"),
        pytest.param("::ffff:203.0.113.77", None, "203.0.113.0/24", id="IPv4 in IPv6"),
        pytest.param("fe80::1%eth0", None, "fe80::/56", id="zone"),
        pytest.param(None, None, "", id="no address"),
        pytest.param("testclient", None, "", id="no number"),
        pytest.param("203.0.113.77", "198.51.100.9", "203.0.113.0/24", id="stranger's header"),
        pytest.param("10.0.0.1", "198.51.100.9", "198.51.100.0/24", id="proxy's header"),
        pytest.param("10.0.0.1", "1.2.3.4, 198.51.100.9", "198.51.100.0/24", id="forged first hop"),
        pytest.param("10.0.0.1", "198.51.100.9, 10.0.0.2", "198.51.100.0/24", id="two proxies"),
        pytest.param("10.0.0.1", "198.51.100.9:4711", "198.51.100.0/24", id="port"),
        pytest.param("fd00::1", "[2001:db8::7]:443", "2001:db8::/56", id="IPv6 with port"),
        pytest.param("10.0.0.1", "unknown", "10.0.0.0/24", id="hidden"),
        pytest.param("10.0.0.1", "", "10.0.0.0/24", id="empty header"),
        pytest.param("10.0.0.1", "10.0.0.5," * 1000 + "10.0.0.7", "10.0.0.0/24", id="endless"),
    ],
)
def test_a_reading_comes_from_a_network_never_an_address(
    client: str | None, forwarded: str | None, network: str
) -> None:
    assert client_network(scope_of(client, forwarded), PROXIES) == network


def test_a_phone_is_known_again_by_its_own_cookie() -> None:
    token = bytes(range(DEVICE_TOKEN_BYTES))
    cookie = build_device_cookie(token, is_secure=True)
    name, _, value = cookie.partition(";")[0].partition("=")
    assert name == DEVICE_COOKIE
    assert find_device({name: value}) == token
    assert "Secure" in cookie
    assert "Secure" not in build_device_cookie(token, is_secure=False)


@pytest.mark.parametrize("value", ["", "x", "A" * 21, "A" * 23, "A" * 9999, "!" * 22, "é" * 22])
def test_a_cookie_that_is_not_ours_is_no_phone(value: str) -> None:
    assert find_device({DEVICE_COOKIE: value}) is None
    assert find_device({}) is None


@pytest.mark.parametrize("value", ["Bearer abc", "bearer abc", "  BEARER  abc "])
def test_a_key_is_read_from_its_header(value: str) -> None:
    assert find_bearer(Headers({"authorization": value})) == "abc"


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_another_scheme_is_refused(value: str) -> None:
    with pytest.raises(UnauthenticatedError):
        find_bearer(Headers({"authorization": value}))


def test_no_header_is_no_key() -> None:
    assert find_bearer(Headers({})) is None
    assert find_idempotency_key(Headers({})) is None


@pytest.mark.parametrize("value", ["", " ", "a b", "\x7f", "x" * 201])
def test_a_malformed_idempotency_key_is_refused(value: str) -> None:
    with pytest.raises(InvalidError):
        find_idempotency_key(Headers({"idempotency-key": value}))
