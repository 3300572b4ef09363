# SPDX-License-Identifier: Apache-2.0
"""Serials: every corner of the layout, forged ones turned away, bulk equal to single."""

import numpy as np
import pytest

from trueorigin.domain import ff1, serials
from trueorigin.domain.keys import Purpose, derive
from trueorigin.domain.serials import Position, SerialCipher

EPOCH_KEY = bytes(range(32))
LAST = Position(serials.ORDINAL_LIMIT - 1, serials.LEVEL_LIMIT - 1, serials.INDEX_LIMIT - 1)
CORNERS = [
    pytest.param(Position(0, 0, 0), id="first"),
    pytest.param(LAST, id="last"),
    pytest.param(Position(serials.ORDINAL_LIMIT - 1, 0, 0), id="last-run"),
    pytest.param(Position(0, 3, 0), id="last-level"),
    pytest.param(Position(0, 0, serials.INDEX_LIMIT - 1), id="last-index"),
    pytest.param(Position(1, 0, 2**14), id="index-carries-into-the-first-half"),
    pytest.param(Position(699_051, 2, 2_863_311_530), id="alternating-bits"),
]


@pytest.fixture(scope="module", params=serials.SYMBOLS)
def cipher(request: pytest.FixtureRequest) -> SerialCipher:
    return SerialCipher(EPOCH_KEY, request.param)


def _layout(position: Position, symbols: int) -> list[int]:
    """The drawn layout, spelled out as a string of bits."""
    bits = f"{position.ordinal:020b}{position.level:02b}{position.index:032b}"
    bits = bits.ljust(5 * symbols, "0")
    return [int(bits[at : at + 5], 2) for at in range(0, len(bits), 5)]


@pytest.mark.parametrize("position", CORNERS)
def test_serial_is_the_encrypted_layout(cipher: SerialCipher, position: Position) -> None:
    key = derive(EPOCH_KEY, Purpose.SERIAL)
    text = ff1.encrypt_slow(key, 32, b"", _layout(position, cipher.symbols))
    assert cipher.encode(position) == "".join(serials.ALPHABET[value] for value in text)


@pytest.mark.parametrize("position", CORNERS)
def test_serial_leads_back(cipher: SerialCipher, position: Position) -> None:
    serial = cipher.encode(position)
    assert cipher.decode(serial) == position
    assert cipher.decode_many([serial]) == [position]


def test_serials_do_not_betray_their_order(cipher: SerialCipher) -> None:
    rows = cipher.encode_range(5, 0, 0, 3_200)
    # Were the first symbol uniform, each of 32 would come 100 times; 160 is six deviations off.
    counts = np.bincount(rows[:, 0], minlength=128)
    assert len(np.unique(serials.as_fixed(rows))) == 3_200
    assert counts.max() < 160
    numbers = {serials.number(serial) for serial in serials.as_text(rows)}
    assert len(numbers) > 3_190


@pytest.mark.parametrize(
    "position",
    [
        pytest.param(Position(serials.ORDINAL_LIMIT, 0, 0), id="ordinal"),
        pytest.param(Position(-1, 0, 0), id="ordinal-negative"),
        pytest.param(Position(0, 4, 0), id="level"),
        pytest.param(Position(0, -1, 0), id="level-negative"),
        pytest.param(Position(0, 0, serials.INDEX_LIMIT), id="index"),
        pytest.param(Position(0, 0, -1), id="index-negative"),
    ],
)
def test_position_beyond_its_field_is_refused(cipher: SerialCipher, position: Position) -> None:
    with pytest.raises(ValueError, match="not within"):
        cipher.encode(position)
    with pytest.raises(ValueError, match="not within"):
        cipher.encode_indices(position.ordinal, position.level, [position.index])


def test_any_changed_symbol_is_turned_away() -> None:
    cipher = SerialCipher(EPOCH_KEY, 16)
    serial = cipher.encode(Position(7, 1, 123_456))
    changed = [
        serial[:at] + symbol + serial[at + 1 :]
        for at in range(16)
        for symbol in serials.ALPHABET
        if symbol != serial[at]
    ]
    assert len(changed) == 16 * 31
    assert cipher.decode_many(changed) == [None] * len(changed)
    assert [cipher.decode(text) for text in changed[:40]] == [None] * 40


def test_serial_of_another_epoch_is_turned_away() -> None:
    serial = SerialCipher(bytes(32), 16).encode(Position(0, 0, 0))
    assert SerialCipher(EPOCH_KEY, 16).decode(serial) is None


def test_check_bits_let_through_what_they_must() -> None:
    # 16 check bits at 14 symbols: of 2^18 invented serials about four pass.
    cipher = SerialCipher(EPOCH_KEY, 14)
    random = np.random.default_rng(1)
    symbols = np.frombuffer(serials.ALPHABET.encode(), np.uint8)
    invented = symbols[random.integers(0, 32, (2**18, 14))]
    passed = [position for position in cipher.decode_many(serials.as_text(invented)) if position]
    assert 0 < len(passed) < 20


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("0" * 15, id="too-short"),
        pytest.param("0" * 17, id="too-long"),
        pytest.param("U" * 16, id="letter-u"),
        pytest.param("o" * 16, id="not-folded"),
        pytest.param("0000-0000-0000-00", id="separators"),
        pytest.param("真" * 16, id="chinese"),
        pytest.param("\x00" * 16, id="null"),
        pytest.param("\udcff" * 16, id="lone-surrogate"),
        pytest.param("'; DROP TABLE --", id="sql"),
    ],
)
def test_what_is_no_serial_decodes_to_nothing(text: str) -> None:
    cipher = SerialCipher(EPOCH_KEY, 16)
    good = cipher.encode(LAST)
    assert cipher.decode(text) is None
    assert cipher.decode_many([good, text, good]) == [LAST, None, LAST]
    last = serials.pack(LAST)
    assert cipher.decode_few([good, text, good]) == [last, serials.NOWHERE, last]


def test_placeholder_for_malformed_serials_is_never_their_answer() -> None:
    # Malformed serials are decrypted as zeros. Under this key (of 83,877 tried the first) zeros
    # are a serial, so an answer for a malformed one would show.
    cipher = SerialCipher((83_877).to_bytes(32, "big"), 14)
    zeros = Position(802_500, 1, 200_611_707)
    assert cipher.decode("0" * 14) == zeros
    assert cipher.decode("bad") is None
    assert cipher.decode_many(["bad", "0" * 14]) == [None, zeros]
    assert cipher.decode_few(["bad", "0" * 14]) == [serials.NOWHERE, serials.pack(zeros)]


def test_nothing_to_decode() -> None:
    assert SerialCipher(EPOCH_KEY, 16).decode_many([]) == []
    assert SerialCipher(EPOCH_KEY, 16).decode_few([]) == []


@pytest.mark.parametrize("size", [1, 2, 31, 47, 512])
def test_few_are_decoded_like_many(cipher: SerialCipher, size: int) -> None:
    issued = serials.as_text(cipher.encode_range(7, 1, 5, 5 + size))
    assert cipher.decode_few(issued) == cipher.decode_packed(issued)
    invented = [serial[::-1] for serial in issued]
    assert cipher.decode_few(invented) == [serials.NOWHERE] * size


@pytest.mark.parametrize("size", [1, ff1.CHUNK - 1, ff1.CHUNK, ff1.CHUNK + 1])
def test_range_equals_single_serials(cipher: SerialCipher, size: int) -> None:
    rows = cipher.encode_range(9, 2, 70_000, 70_000 + size)
    assert rows.shape == (size, cipher.symbols)
    text = serials.as_text(rows)
    for at in {0, size // 2, size - 1}:
        assert text[at] == cipher.encode(Position(9, 2, 70_000 + at))


def test_range_ends_at_the_last_index(cipher: SerialCipher) -> None:
    rows = cipher.encode_range(0, 0, serials.INDEX_LIMIT - 2, serials.INDEX_LIMIT)
    assert cipher.decode(serials.as_text(rows)[-1]) == Position(0, 0, serials.INDEX_LIMIT - 1)
    with pytest.raises(ValueError, match="not within"):
        cipher.encode_range(0, 0, serials.INDEX_LIMIT - 2, serials.INDEX_LIMIT + 1)


def test_empty_range_has_no_rows(cipher: SerialCipher) -> None:
    rows = cipher.encode_range(0, 0, 5, 5)
    assert rows.shape == (0, cipher.symbols)
    assert serials.as_text(rows) == []
    assert serials.as_fixed(rows).tolist() == []


def test_backward_and_oversized_ranges_are_refused() -> None:
    cipher = SerialCipher(EPOCH_KEY, 16)
    with pytest.raises(ValueError, match="runs backwards"):
        cipher.encode_range(0, 0, 6, 5)
    with pytest.raises(ValueError, match="at most 4194304 serials a call"):
        cipher.encode_range(0, 0, 0, serials.ENCODE_MAX + 1)
    with pytest.raises(ValueError, match="one row"):
        cipher.encode_indices(0, 0, [[1, 2], [3, 4]])
    with pytest.raises(ValueError, match="one row"):
        cipher.encode_indices(0, 0, np.zeros(serials.ENCODE_MAX + 1, np.uint8))


def test_indices_keep_their_order_and_repeats(cipher: SerialCipher) -> None:
    wanted = [5, 4_000_000_000, 5, 0]
    text = serials.as_text(cipher.encode_indices(1, 0, wanted))
    assert text == [cipher.encode(Position(1, 0, index)) for index in wanted]


def test_fixed_length_view_shares_the_rows(cipher: SerialCipher) -> None:
    rows = cipher.encode_range(0, 1, 10, 20)
    fixed = serials.as_fixed(rows)
    assert fixed.dtype == np.dtype(f"S{cipher.symbols}")
    assert np.shares_memory(rows, fixed)
    assert [value.decode() for value in fixed.tolist()] == serials.as_text(rows)


def test_number_is_the_first_six_symbols() -> None:
    assert serials.number("7K3M9QABCDEFGHJK") == "7K3M9Q"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param(serials.ALPHABET, serials.ALPHABET, id="the-alphabet"),
        pytest.param(serials.ALPHABET.lower(), serials.ALPHABET, id="lower-case"),
        pytest.param("iIlLoO", "111100", id="look-alikes"),
        pytest.param("7K3M-9QAB cdef", "7K3M9QABCDEF", id="separators"),
        pytest.param("7K3M\u20139QAB\u00a0\u3000\uff0dC\t\r\n", "7K3M9QABC", id="pasted"),
        pytest.param("７Ｋ３ｍ－ｌ", "7K3M1", id="full-width"),
        pytest.param("", "", id="empty"),
        pytest.param("- -", "", id="only-separators"),
        pytest.param("0" * 64, "0" * 64, id="longest"),
        pytest.param("0" * 65, None, id="too-long"),
        pytest.param("7K3U", None, id="u-is-no-symbol"),
        pytest.param("7K3Ｕ", None, id="full-width-u"),
        pytest.param("7K3!", None, id="punctuation"),
        pytest.param("7K_3", None, id="underscore"),
        pytest.param("真源", None, id="chinese"),
        pytest.param("ſK", None, id="long-s-and-kelvin-sign"),
        pytest.param("<b>", None, id="html"),
    ],
)
def test_fold(text: str, folded: str | None) -> None:
    assert serials.fold(text) == folded


def test_alphabet_is_crockfords() -> None:
    assert len(serials.ALPHABET) == len(set(serials.ALPHABET)) == 32
    assert not set("ILOU") & set(serials.ALPHABET)
    assert "".join(sorted(serials.ALPHABET)) == serials.ALPHABET


@pytest.mark.parametrize(
    ("units", "symbols", "below"),
    [
        pytest.param(10**12, 16, 1e-4, id="a-trillion-units-at-16"),
        pytest.param(10**9, 14, 1e-4, id="a-billion-units-at-14"),
        pytest.param(10**9, 20, 1e-20, id="a-billion-units-at-20"),
    ],
)
def test_chance_of_a_guess_is_below_what_regulation_asks(
    units: int, symbols: int, below: float
) -> None:
    assert 0 < serials.guess_chance(units, symbols) < below


def test_chance_of_a_guess_is_units_over_texts() -> None:
    assert serials.guess_chance(2**79, 16) == 0.5
    assert serials.guess_chance(0, 14) == 0
