# SPDX-License-Identifier: Apache-2.0
"""Digital Links and their elements, judged by our parser and by an independent one, biip."""

import pytest
from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI

from trueorigin.domain import digitallink, gs1elements
from trueorigin.domain.digitallink import GroupLink, ItemLink
from trueorigin.domain.errors import InvalidError

GTIN = "06901234567892"
SSCC = "106141412345678908"
SERIAL = "7K3M9QABCDEFGHJK"

STEM = "https://zy.example"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/01/{GTIN}/21/{SERIAL}", id="item"),
        pytest.param(f"/01/{GTIN}/22/2A/10/L%2F1/21/A%25", id="all-qualifiers"),
        pytest.param(f"/01/{GTIN}/10/L1/21/{SERIAL}?17=271231&3103=000500", id="attributes"),
        pytest.param(f"/00/{SSCC}?02={GTIN}&37=24", id="sscc"),
        pytest.param(f"/01/{GTIN}/21/{SERIAL}?n=7K3M9Q*4", id="group-with-gtin"),
        pytest.param(f"/00/{SSCC}?t={SERIAL}&n=7K3M9Q*4", id="group-with-sscc"),
    ],
)
def test_what_we_accept_biip_reads_alike(path: str) -> None:
    ours = digitallink.parse(STEM + path, hosts=[STEM])
    theirs = {
        element.ai.ai: element.value
        for element in GS1DigitalLinkURI.parse(STEM + path).element_strings
    }
    if isinstance(ours, ItemLink):
        assert theirs["01"] == ours.gtin
        assert theirs["21"] == ours.serial
        assert theirs.get("10") == ours.lot
        assert theirs.get("22") == ours.variant
    else:
        assert isinstance(ours, GroupLink)
        assert theirs["00"] == ours.sscc


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/01/{GTIN}/21/A/10/B", id="order"),
        pytest.param(f"/01/{GTIN}/21/A/21/B", id="twice"),
        pytest.param(f"/01/{GTIN}/21", id="no-value"),
        pytest.param(f"/01/{GTIN}/99/A", id="no-qualifier"),
        pytest.param(f"/01/{GTIN}/21/{'A' * 21}", id="too-long"),
        pytest.param(f"/00/{SSCC}/21/A", id="sscc-with-qualifier"),
        pytest.param(f"/01/{GTIN}/21/A?17=271331", id="13th-month"),
        pytest.param("/nothing/here", id="no-key"),
    ],
)
def test_what_biip_refuses_we_refuse(path: str) -> None:
    with pytest.raises(ParseError):
        GS1DigitalLinkURI.parse(STEM + path)
    with pytest.raises(InvalidError):
        digitallink.parse(STEM + path, hosts=[STEM])


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/01/06901234567893/21/A", id="gtin-check-digit"),
        pytest.param("/00/106141412345678907", id="sscc-check-digit"),
        pytest.param("/01/6901234567892/21/A", id="gtin-13"),
        pytest.param(f"/01/{GTIN}/21/A?17=271231&17=281231", id="element-twice"),
        pytest.param(f"/01/{GTIN}/21/A?21=B", id="qualifier-in-query"),
        pytest.param(f"/01/{GTIN}/21/A?99999=1", id="unknown-element"),
    ],
)
def test_what_gs1_refuses_and_biip_lets_pass_we_refuse(path: str) -> None:
    GS1DigitalLinkURI.parse(STEM + path)
    with pytest.raises(InvalidError):
        digitallink.parse(STEM + path, hosts=[STEM])


@pytest.mark.parametrize(
    ("number", "value"),
    [
        ("00", SSCC), ("01", GTIN), ("02", GTIN), ("10", "L/1"), ("11", "240229"), ("13", "270600"),
        ("17", "271231"), ("20", "07"), ("240", "X" * 30), ("242", "123456"), ("250", "S-1"),
        ("253", "6901234567892DOC"), ("255", "6901234567892123"), ("30", "24"), ("37", "00000001"),
        ("3103", "000500"), ("3295", "123456"), ("3573", "000001"), ("3602", "000001"),
        ("3902", "1599"), ("3912", "1561599"), ("3922", "99"), ("3932", "15699"), ("3940", "0010"),
        ("400", "PO-1"), ("401", "6901234ABC"), ("402", "69012345678901238"),
        ("410", "6901234567892"), ("414", "6901234567892"), ("420", "100000"),
        ("421", "156100000"), ("422", "156"), ("423", "156276"), ("7001", "1234567890123"),
        ("7003", "2712312359"), ("7004", "12"), ("7007", "270101"), ("7030", "156ABC"),
        ("710", "PZN"), ("7230", "EM123"), ("8001", "00010000100111"), ("8002", "SN"),
        ("8003", "06901234567892A"), ("8004", "6901234A"), ("8005", "000123"),
        ("8006", "069012345678920102"), ("8008", "270101123059"), ("8017", SSCC), ("8020", "REF"),
        ("90", "X"), ("99", "X" * 90),
    ],
)  # fmt: skip
def test_element_formats_agree_with_biip(number: str, value: str) -> None:
    GS1DigitalLinkURI.parse(f"{STEM}/414/6901234567892?{number}={value.replace('/', '%2F')}")
    # AI 8020 is a key qualifier of 415 in GS1's syntax and never stands in a query.
    assert gs1elements.is_element(number, value, beside_gtin=False) is (number != "8020")


@pytest.mark.parametrize(
    ("number", "value"),
    [
        pytest.param("17", "271301", id="13th-month"),
        pytest.param("17", "270230", id="30-february"),
        pytest.param("17", "27123", id="five-digits"),
        pytest.param("7006", "270100", id="day-zero-where-a-day-is-needed"),
        pytest.param("7003", "2702301200", id="30-february-with-time"),
        pytest.param("02", "06901234567893", id="check-digit"),
        pytest.param("414", "6901234567893", id="check-digit-13"),
        pytest.param("21", "A", id="serial"),
        pytest.param("22", "A", id="variant"),
        pytest.param("235", "A", id="third-party-serial"),
        pytest.param("03", GTIN, id="not-for-links"),
        pytest.param("04", "1", id="unassigned"),
        pytest.param("3196", "000001", id="not-a-measure"),
        pytest.param("99", "X" * 91, id="too-long"),
        pytest.param("99", "", id="empty"),
        pytest.param("99", "A B", id="space"),
        pytest.param("37", "12a", id="letter-among-digits"),
        pytest.param("4321", "2", id="neither-yes-nor-no"),
    ],
)
def test_element_that_may_not_stand_in_a_query(number: str, value: str) -> None:
    assert not gs1elements.is_element(number, value, beside_gtin=False)


def test_lot_belongs_in_the_path_of_a_gtin_only() -> None:
    assert gs1elements.is_element("10", "LOT", beside_gtin=False)
    assert not gs1elements.is_element("10", "LOT", beside_gtin=True)
