# SPDX-License-Identifier: Apache-2.0
"""The plain encoder against another project's, and the template against the plain encoder."""

from itertools import groupby

import numpy as np
import pytest
import qrcodegen
from numpy.typing import NDArray

from trueorigin.domain import qr_tables
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.qr import Template, encode, measure, penalties, unpack
from trueorigin.domain.qr_segments import Mode, Segment, segments
from trueorigin.domain.qr_tables import Level, capacity_bits

LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", np.uint8)
LEVELS: dict[Level, qrcodegen.QrCode.Ecc] = {
    "L": qrcodegen.QrCode.Ecc.LOW,
    "M": qrcodegen.QrCode.Ecc.MEDIUM,
    "Q": qrcodegen.QrCode.Ecc.QUARTILE,
    "H": qrcodegen.QrCode.Ecc.HIGH,
}
ITEM = "https://TRUEORIG.CN/01/09506000134352/21/"


def random_serials(count: int, symbols: int, *, seed: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).choice(LETTERS, (count, symbols))


def independent(
    parts: list[Segment], version: int, level: Level, mask: int = -1
) -> tuple[int, NDArray[np.bool_]]:
    makers = {
        Mode.NUMERIC: qrcodegen.QrSegment.make_numeric,
        Mode.ALPHANUMERIC: qrcodegen.QrSegment.make_alphanumeric,
        Mode.BYTE: lambda text: qrcodegen.QrSegment.make_bytes(text.encode()),
    }
    theirs = qrcodegen.QrCode.encode_segments(
        [makers[part.mode](part.text) for part in parts],
        LEVELS[level],
        version,
        version,
        mask,
        boostecl=False,
    )
    size = theirs.get_size()
    modules = [[theirs.get_module(x, y) for x in range(size)] for y in range(size)]
    return theirs.get_mask(), np.array(modules)


@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_equals_the_independent_encoder(version: int) -> None:
    level = list(LEVELS)[version % 4]
    room = capacity_bits(version, level) // 8 - 4
    text = ("https://A.CN/?n=" + bytes(random_serials(1, room)[0]).decode())[:room]
    ours = encode(text, level=level, version=version, mask=version % 8)
    _, theirs = independent(segments(text, version=version), version, level, version % 8)
    assert np.array_equal(ours.modules, theirs)


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
@pytest.mark.parametrize("seed", range(6))
def test_chosen_mask_equals_the_independent_encoders(level: Level, seed: int) -> None:
    text = ITEM + bytes(random_serials(1, 16, seed=seed)[0]).decode()
    ours = encode(text, level=level)
    mask, theirs = independent(segments(text, version=ours.version), ours.version, level)
    assert ours.mask == mask
    assert np.array_equal(ours.modules, theirs)


def plain_penalty(modules: NDArray[np.bool_]) -> int:
    """Clause 7.8.3 word by word, a line at a time."""
    total = 0
    size = len(modules)
    for lines in (modules, modules.T):
        for line in lines:
            runs = [(bool(dark), len(list(run))) for dark, run in groupby(line)]
            total += sum(length - 2 for _, length in runs if length >= 5)
            widths = [0 if runs[0][0] else size] + [length for _, length in runs]
            widths = [size, *widths[1:]] if runs[0][0] else [size + widths[1], *widths[2:]]
            if runs[-1][0]:
                widths.append(size)
            else:
                widths[-1] += size
            # Light widths are now at even places, with the quiet zone at both ends.
            for at in range(1, len(widths) - 5, 2):
                width = widths[at]
                if widths[at : at + 5] == [width, width, 3 * width, width, width]:
                    before, after = widths[at - 1], widths[at + 5]
                    total += 40 * (before >= 4 * width and after >= width)
                    total += 40 * (after >= 4 * width and before >= width)
    for y in range(size - 1):
        for x in range(size - 1):
            total += 3 * (modules[y : y + 2, x : x + 2].sum() in {0, 4})
    percent = 100 * int(modules.sum()) / size**2
    while abs(percent - 50) > 5:
        total += 10
        percent += 5 if percent < 50 else -5
    return int(total)


@pytest.mark.parametrize("dark_share", [0.3, 0.5, 0.62])
def test_penalties_equal_the_plain_count(dark_share: float) -> None:
    random = np.random.default_rng(7)
    noise = random.random((12, 25, 25)) < dark_share
    stretched = np.repeat(np.repeat(random.random((6, 10, 10)) < dark_share, 3, 1), 3, 2)
    finder = np.zeros((1, 29, 29), np.bool_)
    finder[0, 4, 8:15] = [True, False, True, True, True, False, True]
    finder[0, 9, 4:18] = np.repeat([True, False, True, True, True, False, True], 2)
    for symbols in (noise, stretched, finder):
        assert penalties(symbols).tolist() == [plain_penalty(one) for one in symbols]


def test_https_is_a_byte_segment_and_the_rest_alphanumeric() -> None:
    assert segments("https://A.CN/21/X7K") == [
        Segment(mode=Mode.BYTE, text="https"),
        Segment(mode=Mode.ALPHANUMERIC, text="://A.CN/21/X7K"),
    ]


def test_long_digits_become_numeric_only_where_that_saves() -> None:
    assert [part.mode for part in segments("A" + "7" * 14)] == [Mode.ALPHANUMERIC, Mode.NUMERIC]
    assert [part.mode for part in segments("A" + "7" * 4)] == [Mode.ALPHANUMERIC]
    assert segments("7" * 5) == [Segment(mode=Mode.NUMERIC, text="77777")]


def test_opaque_digits_are_never_numeric() -> None:
    parts = segments("7" * 20, opaque=frozenset(range(20)))
    assert parts == [Segment(mode=Mode.ALPHANUMERIC, text="7" * 20)]


def test_group_url_pays_bytes_for_its_query_marks() -> None:
    parts = segments("https://A.CN/00/" + "1" * 18 + "?t=" + "A" * 16 + "&n=" + "B" * 24)
    assert [part.text for part in parts if part.mode is Mode.BYTE] == ["https", "?t=", "&n="]


def test_empty_text_has_no_segments_and_still_a_symbol() -> None:
    assert segments("") == []
    assert encode("").version == 1


def test_chinese_text_is_read_as_utf_8() -> None:
    ours = encode("真源", version=2, mask=0)
    _, theirs = independent([Segment(mode=Mode.BYTE, text="真源")], 2, "M", 0)
    assert np.array_equal(ours.modules, theirs)


def test_item_with_eleven_characters_of_host_and_sixteen_symbols_is_version_3() -> None:
    assert measure(ITEM, 16) == (3, 348)
    assert measure(ITEM.replace("CN", "COM"), 16)[0] == 4


def test_text_beyond_the_largest_symbol_is_refused() -> None:
    with pytest.raises(InvalidError) as refused:
        encode("a" * 3000)
    assert refused.value.code == "symbol_too_large"
    assert refused.value.params == {"length": 3000}
    assert encode("a" * 2331).version == 40


def test_text_beyond_the_given_version_is_refused() -> None:
    with pytest.raises(InvalidError) as refused:
        encode("A" * 21, version=1)
    assert refused.value.code == "symbol_too_large"
    assert encode("A" * 20, version=1).version == 1


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param((ITEM, 16), id="item"),
        pytest.param((ITEM, 14), id="short-serial"),
        pytest.param((ITEM, 20), id="long-serial"),
        pytest.param(("https://A.CN/21/", 16), id="serial-shares-a-pair-with-the-prefix"),
        pytest.param(("https://AB.CN/21/", 1), id="one-character"),
        pytest.param(("https://A.CN/21/", 16, "/X"), id="serial-in-the-middle"),
        pytest.param(("https://A.CN/00/", 18, "?t=", 16, "&n=", 24), id="group"),
        pytest.param(("https://A.CN/00/", 18, "?t=", 16, "&n=", 6, "*", 2), id="first-and-count"),
        pytest.param(("", 9, "-", 4), id="no-prefix"),
    ],
)
def test_template_equals_the_independent_encoder(parts: tuple[str | int, ...]) -> None:
    template = Template(*parts)
    serials = random_serials(5, template.symbols)
    drawn = unpack(template.render(serials), template.size)
    for serial, modules in zip(serials, drawn, strict=True):
        text = template.text(bytes(serial).decode())
        cut, at = [], 0
        for part in template.segments:
            cut.append(Segment(mode=part.mode, text=text[at : at + len(part.text)]))
            at += len(part.text)
        _, theirs = independent(cut, template.version, "M", template.mask)
        assert np.array_equal(modules, theirs)


def test_template_of_a_hundred_numbers_splits_its_tables_and_draws_the_same() -> None:
    template = Template("https://A.CN/00/", 18, "?t=", 16, "&n=", 600, mask=2)
    assert sum(table.nbytes for table in template._tables) < 1 << 26  # noqa: SLF001 the bound is the point
    serials = random_serials(2, template.symbols)
    drawn = unpack(template.render(serials), template.size)
    plain = encode(
        template.text(bytes(serials[1]).decode()), version=template.version, mask=2, level="M"
    )
    assert np.array_equal(drawn[1], plain.modules)


def test_template_chooses_the_mask_most_symbols_would_choose() -> None:
    template = Template(ITEM, 16)
    texts = [template.text(bytes(serial).decode()) for serial in random_serials(40, 16, seed=3)]
    totals = [
        sum(int(penalties(encode(text, mask=mask).modules[None])[0]) for text in texts)
        for mask in range(8)
    ]
    assert template.mask == int(np.argmin(totals))


def test_render_packs_lines_into_whole_bytes_with_zero_padding() -> None:
    template = Template(ITEM, 16, mask=0)
    drawn = template.render(random_serials(3, 16))
    assert drawn.shape == (3, 29, 4)
    assert not (drawn[:, :, 3] & 0b111).any()
    assert template.render(random_serials(0, 16)).shape == (0, 29, 4)


def test_render_in_chunks_equals_one_by_one() -> None:
    template = Template(ITEM, 16, mask=0)
    serials = random_serials(5000, 16)
    drawn = template.render(serials)
    for index in (0, 2047, 2048, 4999):
        assert np.array_equal(drawn[index], template.render(serials[index : index + 1])[0])


@pytest.mark.parametrize("bad", [b"abcdefghabcdefgh", b"0000?00000000000", b"000000000000000\0"])
def test_render_refuses_what_the_alphanumeric_mode_lacks(bad: bytes) -> None:
    template = Template(ITEM, 16, mask=0)
    with pytest.raises(ValueError, match="outside the alphanumeric mode"):
        template.render(np.frombuffer(bad, np.uint8).reshape(1, -1))


def test_render_refuses_another_length() -> None:
    with pytest.raises(ValueError, match="expected"):
        Template(ITEM, 16, mask=0).render(random_serials(2, 14))


def test_template_without_field_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a field"):
        Template("https://A.CN/")


@pytest.mark.parametrize("level", ["L", "M", "Q", "H"])
def test_tables_agree_with_the_independent_encoder(level: Level) -> None:
    at = "LMQH".index(level)
    for version in range(1, 41):
        ours = qr_tables.correction_per_block(version, level)
        assert ours == qrcodegen.QrCode._ECC_CODEWORDS_PER_BLOCK[at][version]  # noqa: SLF001 an oracle
        blocks = qrcodegen.QrCode._NUM_ERROR_CORRECTION_BLOCKS[at][version]  # noqa: SLF001 an oracle
        assert len(qr_tables.block_lengths(version, level)) == blocks
