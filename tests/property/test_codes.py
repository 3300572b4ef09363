# SPDX-License-Identifier: Apache-2.0
"""What holds for every code: round trips, bulk equal to single, slips noticed, no crash."""

import string

import numpy as np
from hypothesis import given, settings, strategies as st

from trueorigin.domain import digitallink, ff1, gs1, humancode, keys, serials
from trueorigin.domain.digitallink import PrintedCode, parse_code
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.serials import Position, SerialCipher

KEY = bytes(range(32))
HOSTS = ("https://zy.example",)

lengths = st.sampled_from(serials.SYMBOLS)
symbols = st.sampled_from(serials.ALPHABET)
prefixes = st.text(symbols, min_size=4, max_size=4)
positions = st.builds(
    Position,
    st.integers(0, serials.ORDINAL_LIMIT - 1),
    st.integers(0, serials.LEVEL_LIMIT - 1),
    st.integers(0, serials.INDEX_LIMIT - 1),
)
serial_texts = lengths.flatmap(lambda length: st.text(symbols, min_size=length, max_size=length))
gtins = st.integers(1, 10**13 - 1).map(lambda n: f"{n:013}" + gs1.check_digit(f"{n:013}"))
company_prefixes = st.text(string.digits, min_size=3, max_size=11).map(lambda text: "6" + text)

CIPHERS = {length: SerialCipher(KEY, length) for length in serials.SYMBOLS}


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=8), lengths, st.data())
@settings(max_examples=60)
def test_fast_ff1_equals_slow_ff1(
    key: bytes, tweak: bytes, length: int, data: st.DataObject
) -> None:
    numerals = data.draw(st.lists(st.integers(0, 31), min_size=length, max_size=length))
    half = length // 2
    words = [sum(v << (5 * (half - 1 - at)) for at, v in enumerate(part))
             for part in (numerals[:half], numerals[half:])]  # fmt: skip
    cipher = ff1.Cipher(key, length, tweak=tweak)
    hi, lo = np.array(words[:1], np.uint64), np.array(words[1:], np.uint64)
    cipher.encrypt(hi, lo)
    slow = ff1.encrypt_slow(key, 32, tweak, numerals)
    assert [int(hi[0]) >> 5 * at & 31 for at in range(half - 1, -1, -1)] == slow[:half]
    assert [int(lo[0]) >> 5 * at & 31 for at in range(half - 1, -1, -1)] == slow[half:]
    assert cipher.encrypt_one(*words) == (int(hi[0]), int(lo[0]))
    assert list(cipher.decrypt_one(int(hi[0]), int(lo[0]))) == words


@given(
    st.sampled_from([16, 24, 32]),
    st.integers(2, 1_000),
    st.binary(max_size=30),
    st.data(),
)
@settings(max_examples=60)
def test_slow_ff1_round_trips_for_any_radix(
    key_length: int, radix: int, tweak: bytes, data: st.DataObject
) -> None:
    numerals = data.draw(st.lists(st.integers(0, radix - 1), min_size=20, max_size=60))
    key = KEY[:key_length]
    cipher = ff1.encrypt_slow(key, radix, tweak, numerals)
    assert all(0 <= numeral < radix for numeral in cipher)
    assert ff1.decrypt_slow(key, radix, tweak, cipher) == numerals


@given(positions, lengths)
def test_serial_round_trips(position: Position, length: int) -> None:
    cipher = CIPHERS[length]
    serial = cipher.encode(position)
    assert len(serial) == length
    assert serials.fold(serial) == serial
    assert cipher.decode(serial) == position
    assert cipher.decode_many([serial]) == [position]


@given(st.lists(positions, min_size=1, max_size=8), lengths)
@settings(max_examples=50)
def test_bulk_equals_single(wanted: list[Position], length: int) -> None:
    cipher = CIPHERS[length]
    singles = [cipher.encode(position) for position in wanted]
    assert cipher.decode_many(singles) == wanted
    first = wanted[0]
    same_run = cipher.encode_indices(first.ordinal, first.level, [p.index for p in wanted])
    assert serials.as_text(same_run) == [
        cipher.encode(Position(first.ordinal, first.level, p.index)) for p in wanted
    ]


@given(positions, st.integers(0, 300), lengths)
@settings(max_examples=50)
def test_range_equals_single(position: Position, size: int, length: int) -> None:
    cipher = CIPHERS[length]
    stop = min(position.index + size, serials.INDEX_LIMIT)
    rows = cipher.encode_range(position.ordinal, position.level, position.index, stop)
    assert serials.as_text(rows) == [
        cipher.encode(Position(position.ordinal, position.level, index))
        for index in range(position.index, stop)
    ]


@given(positions, lengths, st.data())
def test_one_changed_symbol_never_names_the_same_unit(
    position: Position, length: int, data: st.DataObject
) -> None:
    cipher = CIPHERS[length]
    serial = cipher.encode(position)
    at = data.draw(st.integers(0, length - 1))
    wrong = data.draw(symbols.filter(lambda symbol: symbol != serial[at]))
    changed = serial[:at] + wrong + serial[at + 1 :]
    found = cipher.decode(changed)
    assert found != position
    # What passes the check field by chance must be a true serial of some other unit.
    assert found is None or cipher.encode(found) == changed


@given(serial_texts)
def test_whatever_decodes_encodes_to_the_same_serial(serial: str) -> None:
    cipher = CIPHERS[len(serial)]
    found = cipher.decode(serial)
    assert cipher.decode_many([serial]) == [found]
    assert found is None or cipher.encode(found) == serial


@given(st.lists(st.text(max_size=24), max_size=12), positions)
@settings(max_examples=60)
def test_bulk_decoding_survives_any_text(texts: list[str], position: Position) -> None:
    cipher = CIPHERS[16]
    mixed = [*texts, cipher.encode(position)]
    assert cipher.decode_many(mixed) == [cipher.decode(text) for text in mixed]


@given(st.text(max_size=80))
def test_folding_is_idempotent_and_stays_in_the_alphabet(text: str) -> None:
    folded = serials.fold(text)
    if folded is not None:
        assert set(folded) <= set(serials.ALPHABET)
        assert serials.fold(folded) == folded
        assert len(folded) <= len(text)


@given(serial_texts, st.lists(st.integers(0, 5), min_size=20, max_size=20))
def test_typing_habits_fold_away(serial: str, habits: list[int]) -> None:
    alike = {"0": "o", "1": "l"}
    typed = "".join(
        {
            0: symbol.lower(),
            1: alike.get(symbol, symbol),
            2: f"{symbol}-",
            3: f" {symbol}",
            4: chr(ord(symbol) + 0xFEE0),
        }.get(habit, symbol)
        for symbol, habit in zip(serial, habits, strict=False)
    )
    assert serials.fold(typed) == serial


@given(prefixes, serial_texts)
def test_readable_code_round_trips(prefix: str, serial: str) -> None:
    code = humancode.build(prefix, serial)
    shown = humancode.group(code)
    assert humancode.parse(shown) == humancode.HumanCode(prefix=prefix, serial=serial)
    assert humancode.diagnose(shown).reason is humancode.Reason.COMPLETE
    assert digitallink.parse_code(shown, hosts=()) == digitallink.PrintedCode(
        prefix=prefix, serial=serial
    )


@given(prefixes, serial_texts, st.data())
def test_readable_code_notices_one_wrong_symbol_and_any_swap(
    prefix: str, serial: str, data: st.DataObject
) -> None:
    code = humancode.build(prefix, serial)
    at = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(symbols.filter(lambda symbol: symbol != code[at]))
    assert humancode.parse(code[:at] + wrong + code[at + 1 :]) is None
    other = data.draw(st.integers(0, len(code) - 1))
    swapped = list(code)
    swapped[at], swapped[other] = code[other], code[at]
    assert (humancode.parse("".join(swapped)) is None) is (code[at] != code[other])


@given(st.text(max_size=80))
def test_diagnosis_agrees_with_parsing(text: str) -> None:
    found = humancode.diagnose(text)
    is_complete = found.reason is humancode.Reason.COMPLETE
    assert is_complete is (humancode.parse(text) is not None)


@given(company_prefixes, st.data())
def test_sscc_round_trips(prefix: str, data: st.DataObject) -> None:
    reference = data.draw(st.integers(0, gs1.sscc_capacity(prefix) - 1))
    sscc = gs1.build_sscc(prefix, reference)
    assert gs1.is_sscc(sscc)
    assert gs1.split_sscc(sscc, prefix) == reference


@given(gtins, serial_texts, st.lists(st.text(symbols, min_size=6, max_size=6), max_size=130))
@settings(max_examples=60)
def test_printed_url_is_read_back(gtin: str, serial: str, numbers: list[str]) -> None:
    contents = digitallink.build_contents(numbers) if numbers else None
    url = digitallink.build_group_url(HOSTS[0], gtin=gtin, serial=serial, contents=contents)
    read = digitallink.parse_code(url, hosts=HOSTS)
    assert read == digitallink.PrintedCode(gtin=gtin, serial=serial, contents=contents)
    if contents is not None:
        claimed = digitallink.parse_contents(contents)
        assert claimed is not None
        assert claimed.count == len(numbers)
        assert claimed.numbers == tuple(numbers if claimed.is_listed else numbers[:1])


@given(
    st.one_of(
        st.text(max_size=200),
        st.text(string.printable, max_size=200),
        st.lists(
            st.sampled_from(
                ["https://", "zy.example", "/", "01", "00", "c", "21", "10", "?", "n=", "t=", "&",
                 "%", "%2F", "06901234567892", "106141412345678908", "7K3M9QABCDEFGHJK", "#", "@"]
            ),
            max_size=14,
        ).map("".join),
    )
)  # fmt: skip
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    refused: InvalidError | None = None
    read = digitallink.PrintedCode()
    try:
        read = digitallink.parse_code(text, hosts=HOSTS)
    except InvalidError as error:
        refused = error
    if refused is not None:
        assert refused.field == "code"
    else:
        assert read.serial is not None or read.sscc is not None


@given(st.text(max_size=40))
def test_any_text_is_contents_or_not(text: str) -> None:
    found = digitallink.parse_contents(text)
    if found is not None:
        assert 1 <= len(found.numbers) <= found.count


@given(
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
    st.binary(max_size=40),
    st.binary(min_size=12, max_size=12),
)
def test_wrapped_key_round_trips(master: bytes, key: bytes, context: bytes, nonce: bytes) -> None:
    assert (
        keys.unwrap(master, keys.wrap(master, key, context=context, nonce=nonce), context=context)
        == key
    )


@given(st.binary(min_size=32, max_size=32).filter(lambda key: len(set(key)) > 1))
def test_written_master_key_is_read_back(master: bytes) -> None:
    assert keys.parse_master_key(keys.format_master_key(master)) == master
    assert keys.parse_master_key(master.hex()) == master


# Around the printed form: right and wrong check digits, zeros, lengths, letters, more behind.
_NEARLY_PRINTED = st.from_regex(
    r"/0[01]/(06901234567892|0{14}|[0-9]{14}|[0-9]{13})/21/[0-9A-Za-z]{13,21}(/|\?n=A)?",
    fullmatch=True,
)


def _outcome(text: str) -> PrintedCode | str:
    try:
        return parse_code(text, hosts=("zy.cn",))
    except InvalidError as error:
        return error.code


@given(text=_NEARLY_PRINTED)
def test_printed_form_is_read_like_every_other(text: str) -> None:
    # With a blank before it a text is read the general way.
    assert _outcome(text) == _outcome(f" {text}")
