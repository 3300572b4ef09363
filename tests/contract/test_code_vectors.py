# SPDX-License-Identifier: Apache-2.0
"""The published vectors, the document that prints them and the code agree.

The browser's own reading of codes is held to the same file. The vectors never change: whatever
was printed once must be read for ever.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trueorigin.domain import digitallink, ff1, gs1, humancode, keys, serials
from trueorigin.domain.serials import Position, SerialCipher

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads(
    (ROOT / "tests/contract/code_vectors.json").read_text(encoding="utf-8")
)
DOCUMENT = (ROOT / "docs/code-format.md").read_text(encoding="utf-8")
EPOCH_KEY = bytes.fromhex(VECTORS["epoch_key"])
PUBLIC_URL = "https://zy.example"


def _values(text: str) -> list[int]:
    return [VECTORS["alphabet"].index(symbol) for symbol in text]


def _halves(text: str) -> tuple[int, int]:
    number = 0
    for value in _values(text):
        number = number << 5 | value
    bits = 5 * len(text) // 2
    return number >> bits, number & ((1 << bits) - 1)


def test_alphabet_and_derived_key() -> None:
    assert VECTORS["alphabet"] == serials.ALPHABET
    assert keys.derive(EPOCH_KEY, keys.Purpose.SERIAL).hex() == VECTORS["serial_key"]


@pytest.mark.parametrize("row", VECTORS["ff1"], ids=lambda row: f"{row['plain']}-{row['tweak']}")
def test_ff1_vector(row: dict[str, str]) -> None:
    key, tweak = bytes.fromhex(row["key"]), bytes.fromhex(row["tweak"])
    slow = ff1.encrypt_slow(key, 32, tweak, _values(row["plain"]))
    assert slow == _values(row["cipher"])
    cipher = ff1.Cipher(key, len(row["plain"]), tweak=tweak)
    assert cipher.encrypt_one(*_halves(row["plain"])) == _halves(row["cipher"])
    hi, lo = (np.array([half], np.uint64) for half in _halves(row["plain"]))
    cipher.encrypt(hi, lo)
    assert (int(hi[0]), int(lo[0])) == _halves(row["cipher"])


@pytest.mark.parametrize("row", VECTORS["serials"], ids=lambda row: row["serial"])
def test_serial_vector(row: dict[str, Any]) -> None:
    cipher = SerialCipher(EPOCH_KEY, row["symbols"])
    position = Position(row["ordinal"], row["level"], row["index"])
    assert cipher.encode(position) == row["serial"]
    assert cipher.decode(row["serial"]) == position
    assert serials.number(row["serial"]) == row["number"]
    rows = cipher.encode_indices(row["ordinal"], row["level"], [row["index"]])
    assert serials.as_text(rows) == [row["serial"]]


@pytest.mark.parametrize("row", VECTORS["serials"], ids=lambda row: row["serial"])
def test_encrypted_text_is_the_drawn_layout(row: dict[str, Any]) -> None:
    drawn = f"{row['ordinal']:020b}{row['level']:02b}{row['index']:032b}"
    check_bits = {14: 16, 16: 26, 20: 46}[row["symbols"]]
    assert "".join(f"{value:05b}" for value in _values(row["text"])) == drawn + "0" * check_bits


@pytest.mark.parametrize("row", VECTORS["codes"], ids=lambda row: row["code"])
def test_readable_code_vector(row: dict[str, str]) -> None:
    assert humancode.build(row["prefix"], row["serial"]) == row["code"]
    assert humancode.check_symbol(row["prefix"] + row["serial"]) == row["check_symbol"]
    assert humancode.group(row["code"]) == row["shown"]
    parsed = humancode.parse(row["shown"])
    assert parsed == humancode.HumanCode(prefix=row["prefix"], serial=row["serial"])


@pytest.mark.parametrize("row", VECTORS["fold"], ids=lambda row: repr(row["text"])[:20])
def test_fold_vector(row: dict[str, str | None]) -> None:
    assert row["text"] is not None
    assert serials.fold(row["text"]) == row["folded"]


@pytest.mark.parametrize("row", VECTORS["diagnose"], ids=lambda row: repr(row["text"])[:20])
def test_diagnosis_vector(row: dict[str, Any]) -> None:
    found = humancode.diagnose(row["text"])
    assert found == humancode.Diagnosis(
        reason=humancode.Reason(row["reason"]),
        shown=row["shown"],
        symbols=row["symbols"],
        character=row["character"],
        position=row["position"],
    )


def test_every_reason_of_a_diagnosis_has_a_vector() -> None:
    assert {row["reason"] for row in VECTORS["diagnose"]} == set(humancode.Reason)


@pytest.mark.parametrize("row", VECTORS["urls"], ids=lambda row: row["kind"])
def test_url_vector(row: dict[str, str]) -> None:
    code = humancode.build(row["prefix"], row["serial"]) if "prefix" in row else None
    built = digitallink.build_group_url(
        PUBLIC_URL,
        gtin=row.get("gtin"),
        sscc=row.get("sscc"),
        code=code,
        serial=None if code else row["serial"],
        contents=row.get("contents"),
    )
    assert built == row["url"]
    if row["kind"] == "item":
        assert digitallink.build_item_url(PUBLIC_URL, row["gtin"], row["serial"]) == row["url"]
    expected = digitallink.PrintedCode(
        gtin=row.get("gtin"),
        sscc=row.get("sscc"),
        prefix=row.get("prefix"),
        serial=row["serial"],
        contents=row.get("contents"),
    )
    assert digitallink.parse_code(row["url"], hosts=[PUBLIC_URL]) == expected


@pytest.mark.parametrize("row", VECTORS["check_digits"], ids=lambda row: row["digits"])
def test_check_digit_vector(row: dict[str, str]) -> None:
    assert gs1.check_digit(row["digits"]) == row["check_digit"]


@pytest.mark.parametrize("row", VECTORS["ssccs"], ids=lambda row: row["sscc"])
def test_sscc_vector(row: dict[str, Any]) -> None:
    assert gs1.build_sscc(row["company_prefix"], row["reference"]) == row["sscc"]


def _table(heading: str) -> list[dict[str, str]]:
    """Read the first table under a heading of the document."""
    lines = DOCUMENT.partition(f"### Vectors: {heading}\n")[2].splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith("|"))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
    names = table[0]
    return [dict(zip(names, cells, strict=True)) for cells in table[2:]]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("serials", "serials"),
        ("readable codes", "codes"),
        ("URLs", "urls"),
        ("check digits", "check_digits"),
        ("SSCCs", "ssccs"),
    ],
)
def test_document_prints_the_vectors(heading: str, key: str) -> None:
    printed = _table(heading)
    published = [{name: str(row[name]) for name in printed[0]} for row in VECTORS[key]]
    assert printed == published


def test_document_draws_the_alphabet_and_the_example() -> None:
    drawn = next(line for line in DOCUMENT.splitlines() if line.startswith("symbol  0 1 2"))
    assert "".join(drawn.split()[1:]) == serials.ALPHABET
    example = next(row["shown"] for row in VECTORS["codes"] if len(row["serial"]) == 16)
    assert f"in groups of four: {example}" in DOCUMENT


def test_document_lists_every_purpose_of_a_key() -> None:
    for purpose in keys.Purpose:
        assert purpose.value in DOCUMENT.partition("## 2.")[0]


def test_document_states_the_limits_of_the_code() -> None:
    assert f"more than {serials.FOLD_MAX}\ncharacters" in DOCUMENT
    assert f"at most {digitallink.CODE_LENGTH_MAX:,} characters" in DOCUMENT
    assert f"beyond {digitallink.CONTENTS_LISTED_MAX} units" in DOCUMENT
    for separator in serials.SEPARATORS.strip(" -\t\r\n"):
        listed = f"U+{ord(separator):04X}" in DOCUMENT
        assert listed or "\u2010" <= separator <= "\u2014"
    for unseen in serials.INVISIBLE:
        listed = f"U+{ord(unseen):04X}" in DOCUMENT
        assert listed or re.search(f"U\\+{ord(unseen) >> 8:02X}[0-9A-F]{{2}} to", DOCUMENT)
