# SPDX-License-Identifier: Apache-2.0
"""What is printed in a symbol: item and group URLs, built and taken apart.

The form is a GS1 Digital Link (GS1 Digital Link Standard: URI Syntax; ISO/IEC 18975) where goods
have a GTIN or an SSCC, and `/c/{human-readable code}` where they have neither. Knows forms only:
whether a code was issued is never decided here. Refuses what GS1's own syntax engine refuses;
a slash at the end is for the HTTP edge to tolerate.

    https://HOST/01/{gtin, 14}[/22/{variant}][/10/{lot}]/21/{serial}[?n={contents}]
    https://HOST/00/{sscc, 18}?t={serial}[&n={contents}]
    https://HOST/C/{prefix, 4}{serial}{check symbol, 1}[?n={contents}]
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias
from urllib.parse import unquote

from trueorigin.domain import humancode
from trueorigin.domain.elementstrings import GTIN, SSCC, find_elements, strip_symbology
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.gs1 import (
    GTIN_DIGITS,
    GTIN_LENGTHS,
    SSCC_DIGITS,
    check_charset82,
    check_sscc,
    has_check_digit,
    normalise_gtin,
)
from trueorigin.domain.gs1elements import is_element
from trueorigin.domain.publicurls import build_stem
from trueorigin.domain.records import record
from trueorigin.domain.serials import (
    ALPHABET,
    INDEX_LIMIT,
    INVISIBLE,
    NUMBER_SYMBOLS,
    SYMBOLS,
    fold,
)

# The longest URL we print has 300 numbers and some 120 characters; the rest is not ours.
CODE_LENGTH_MAX: Final = 2048

# Numbers written out in a group code before it falls back to first*count: 600 symbols, which
# still print legibly; what a parser takes is bounded by the length of the URL.
CONTENTS_LISTED_MAX: Final = 100
CONTENTS_PARSED_MAX: Final = 300

# RFC 3986 section 2: everything a URL may be made of.
_URL_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_AUTHORITY_END: Final = re.compile(r"[/?#]")
_WEB_SCHEMES: Final = ("http", "https")
_DEFAULT_PORT: Final = re.compile(r":(80|443)$")

# The order that GS1 prescribes for what may follow a GTIN in the path.
_QUALIFIERS: Final = ("22", "10", "21")

# An item exactly as we print it: nothing to decode, to fold or to order. Nearly every reading is
# one, and known for it in 1.1 us; the general way takes 14 us.
_ITEM: Final = (
    "/01/([0-9]{14})/21/(" + "|".join(f"[{ALPHABET}]{{{count}}}" for count in SYMBOLS) + ")"
)
_PRINTED_ITEM: Final = re.compile(_ITEM)

_UNSEEN: Final = dict.fromkeys(map(ord, INVISIBLE))

# An SSCC of which the brackets around AI 00 were left out, or all of it.
_SSCC_TYPED: Final = re.compile(r"(?:00)?([0-9]{18})")
# What is printed below the bars of a product: the same on all of them.
_GTIN_TYPED: Final = re.compile(r"[0-9]{8}|[0-9]{12,13}")
_GTIN_LIKE_SERIAL: Final = re.compile(r"(?:01)?([0-9]{14})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLink:
    """The URL of a unit of a level that has a GTIN."""

    gtin: str
    serial: str
    variant: str | None = None
    lot: str | None = None
    contents: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLink:
    """The URL of a logistic unit; without `serial` it only claims to be that SSCC."""

    sscc: str
    serial: str | None = None
    contents: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLink:
    """The URL of a unit without GTIN and SSCC; `prefix` is None when its check symbol is wrong."""

    prefix: str | None
    serial: str
    contents: str | None = None


Link: TypeAlias = ItemLink | GroupLink | CodeLink


@record
class PrintedCode:
    """All that a symbol or a typed code claims.

    Whatever is None was not in it. `serial` is folded where it can be ours and as printed where
    not. Both `gtin` and `prefix` lead to an organisation; a bare serial has neither and means
    something only inside a known organisation. `contents` is the raw `n=`, for `parse_contents`.
    """

    gtin: str | None = None
    sscc: str | None = None
    prefix: str | None = None
    serial: str | None = None
    variant: str | None = None
    lot: str | None = None
    contents: str | None = None
    is_mistyped: bool = False
    """The check symbol of a human-readable code is wrong: it cannot have been printed like this,
    so no `prefix` is given and nothing can be looked up by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a group code says is inside: every number, or the first number and how many."""

    numbers: tuple[str, ...]
    count: int

    @property
    def is_listed(self) -> bool:
        """Tell whether every unit inside is named, not only the first."""
        return len(self.numbers) == self.count


# Building


def build_item_stem(public_url: str, gtin: str) -> str:
    """Return the item URL up to its serial: the constant part of all units of one level."""
    return f"{build_stem(public_url)}/01/{_checked_gtin(gtin)}/21/"


def build_item_url(public_url: str, gtin: str, serial: str) -> str:
    """Return the URL printed on one item; `gtin` has 14 digits and `serial` is folded."""
    return build_item_stem(public_url, gtin) + _checked_serial(serial)


def build_group_url(
    public_url: str,
    *,
    gtin: str | None = None,
    sscc: str | None = None,
    code: str | None = None,
    serial: str | None = None,
    contents: str | None = None,
) -> str:
    """Return the URL printed on a group that has a GTIN, or an SSCC, or only a readable `code`.

    Exactly one of the three is given. `serial` is required with the first two and part of the
    third. `contents` is what `build_contents` returned.
    """
    if [gtin, sscc, code].count(None) != 2 or (serial is None) != (code is not None):  # noqa: PLR2004 - two of three
        raise ValueError("a group has a GTIN and serial, an SSCC and serial, or a code")
    query = "" if contents is None else f"n={contents}"
    if gtin is not None and serial is not None:
        url = build_item_url(public_url, gtin, serial)
    elif sscc is not None and serial is not None:
        url = f"{build_stem(public_url)}/00/{check_sscc(sscc)}"
        query = f"t={_checked_serial(serial)}" + (f"&{query}" if query else "")
    else:
        url = f"{build_stem(public_url)}/C/{_checked_code(code)}"
    return f"{url}?{query}" if query else url


def build_contents(
    numbers: Sequence[str], *, count: int | None = None, listed_max: int = CONTENTS_LISTED_MAX
) -> str:
    """Return the `n=` of a group: all numbers end to end, or `first*count` beyond `listed_max`.

    `count` is how many units are inside when `numbers` does not hold them all.
    """
    inside = len(numbers) if count is None else count
    if not numbers or inside < len(numbers):
        raise ValueError("contents have at least one number and are at least as many as named")
    if any(len(number) != NUMBER_SYMBOLS or fold(number) != number for number in numbers):
        raise ValueError(f"a number has {NUMBER_SYMBOLS} symbols of our alphabet")
    if inside == len(numbers) <= listed_max:
        return "".join(numbers)
    return f"{numbers[0]}*{inside}"


def parse_contents(text: str) -> Contents | None:
    """Read an `n=`, or return None when it is not of the form `build_contents` writes.

    It is a claim of whoever printed the code: compare it with the containment on record, never
    believe it.
    """
    names, star, counted = text.partition("*")
    if len(names) > CONTENTS_PARSED_MAX * NUMBER_SYMBOLS:
        return None
    numbers = [fold(names[at : at + NUMBER_SYMBOLS]) for at in range(0, len(names), NUMBER_SYMBOLS)]
    if not numbers or any(number is None or len(number) != NUMBER_SYMBOLS for number in numbers):
        return None
    named = tuple(number for number in numbers if number is not None)
    if not star:
        return Contents(numbers=named, count=len(named))
    if len(named) != 1 or re.fullmatch(r"[1-9][0-9]{0,9}", counted) is None:
        return None
    count = int(counted)
    return Contents(numbers=named, count=count) if count <= INDEX_LIMIT else None


def _checked_gtin(gtin: str) -> str:
    """Return a GTIN that is in its stored form already, else refuse: a mistake of the caller."""
    if normalise_gtin(gtin) != gtin:
        raise ValueError("a GTIN is printed with 14 digits")
    return gtin


def _checked_serial(serial: str) -> str:
    """Return a serial in its printed form, else refuse: a mistake of the caller."""
    if len(serial) not in SYMBOLS or fold(serial) != serial:
        raise ValueError("a serial has 14, 16 or 20 symbols of our alphabet")
    return serial


def _checked_code(code: str | None) -> str:
    """Return a human-readable code without separators, else refuse: a mistake of the caller."""
    if code is None or humancode.parse(code) is None or fold(code) != code:
        raise ValueError("a code is printed as `humancode.build` makes it")
    return code


# Taking apart


@lru_cache(maxsize=256)
def host_of(url: str) -> str:
    """Return the host of a public URL, or of a bare host, in the form hosts are compared in.

    Lower case, without a full stop at the end and without a port that is the default one.
    """
    rest = url.split("://", 1)[-1]
    host = _AUTHORITY_END.split(rest, maxsplit=1)[0].rsplit("@", 1)[-1].lower()
    return _DEFAULT_PORT.sub("", host).removesuffix(".")


def parse(text: str, *, hosts: Collection[str]) -> Link:
    """Take apart a URL of one of `hosts`, with or without its scheme, or a bare path.

    `hosts` are present and former public URLs or hosts, with the port where it is not the default.
    Refused: `foreign_url` for any other host, `digital_link_malformed` (with `reason` and `part`)
    for a form that GS1 or we do not have, and the codes of `gs1` for a wrong GTIN or SSCC. A GTIN
    in a path has 14 digits: GS1 Digital Link 1.2 and later have no shorter form.
    """
    text = _bare(text)
    if len(text) > CODE_LENGTH_MAX:
        raise InvalidError("code_too_long", field="code", max=CODE_LENGTH_MAX)
    if not _URL_CHARACTERS.fullmatch(text):
        raise _malformed("characters")
    path, _, query = _local_part(text, hosts).partition("?")
    segments = path.split("/")[1:]
    if len(segments) % 2 or not segments:
        raise _malformed("pairs", path)
    pairs = [
        (key, _bare(unquote(value)))
        for key, value in zip(segments[::2], segments[1::2], strict=True)
    ]
    if any(not value for _, value in pairs):
        raise _malformed("empty", next(key for key, value in pairs if not value))
    key = pairs[0][0]
    parameters = _parameters(query, {name for name, _ in pairs})
    if key == "01":
        return _item_link(pairs, parameters)
    if len(pairs) == 1 and key == "00":
        serial = parameters.get("t")
        return GroupLink(
            sscc=check_sscc(pairs[0][1], field="code"),
            serial=None if serial is None else _serial(serial),
            contents=parameters.get("n"),
        )
    if len(pairs) == 1 and key in {"c", "C"}:
        return _code_link(pairs[0][1], parameters)
    raise _malformed("key", key)


def parse_code(text: str, *, hosts: Collection[str]) -> PrintedCode:
    """Read anything a person can scan, paste or type: a URL, a path, a code, a serial, an SSCC.

    And a GS1 element string, as its link. A code we never issued is read like any other. Refused
    is what can be no code: `code_empty`, `code_too_long`, `code_malformed`, and as `parse` does.
    """
    printed = _PRINTED_ITEM.fullmatch(text)
    if printed is not None and _is_gtin(printed[1]):
        return PrintedCode(printed[1], None, None, printed[2])
    text = _bare(text)
    if not text:
        raise InvalidError("code_empty", field="code")
    if len(text) > CODE_LENGTH_MAX:
        raise InvalidError("code_too_long", field="code", max=CODE_LENGTH_MAX)
    if elements := find_elements(text):
        return _printed(_element_link(elements))
    text = strip_symbology(text)
    if "/" in text:
        return _printed(parse(text, hosts=hosts))
    digits = text.replace(" ", "")
    if typed := _SSCC_TYPED.fullmatch(digits):
        return PrintedCode(sscc=check_sscc(typed[1], field="code"))
    if _GTIN_TYPED.fullmatch(digits):
        _refuse_product(digits)
    code = fold(text)
    if code is None or len(code) not in {*SYMBOLS, *humancode.LENGTHS}:
        raise InvalidError("code_malformed", field="code", **humancode.explain(text))
    if len(code) in SYMBOLS:
        return PrintedCode(serial=code)
    return _printed(_code_link(code, {}))


def parse_public_code(text: str, *, hosts: Collection[str]) -> PrintedCode:
    """Read what somebody scanned or typed who speaks for no organisation.

    As `parse_code`, but for a bare serial, which means nothing here: it is a code of which the
    ends are missing (`code_incomplete`) or the number of a product (`serial_missing`).
    """
    code = parse_code(text, hosts=hosts)
    if code.serial is None or code.gtin or code.sscc or code.prefix or code.is_mistyped:
        return code
    if product := _GTIN_LIKE_SERIAL.fullmatch(code.serial):
        _refuse_product(product[1])
    raise InvalidError("code_incomplete", field="code")


def _refuse_product(gtin: str) -> None:
    """Refuse the number of a product where one item is asked for, if it is one."""
    if _is_gtin(gtin):
        raise InvalidError("serial_missing", field="code", gtin=gtin)


def _bare(text: str) -> str:
    """Return `text` without blanks around it, and without what nobody sees of it."""
    return (text if text.isascii() else text.translate(_UNSEEN)).strip()


def parse_items(
    texts: Sequence[str], *, hosts: Collection[str]
) -> tuple[Sequence[str], Sequence[str]] | None:
    """Read many items exactly as we print them, all with the same of `hosts` or without one.

    GTINs and serials, 0.4 us each, where `parse_code` takes 1.1 us; None where one is anything
    else.
    """
    start = texts[0][: max(texts[0].find("/01/"), 0)]
    if start and (start[:8] != "https://" or start[8:] not in hosts):
        return None
    lines = "\n".join(texts)
    found = re.findall(f"^{re.escape(start)}{_ITEM}$", lines, re.MULTILINE)
    if len(found) < len(texts) or lines.count("\n") >= len(texts):
        return None
    gtins, serials = zip(*found, strict=True)
    return (gtins, serials) if all(map(_is_gtin, set(gtins))) else None


@lru_cache(maxsize=1024)
def _is_gtin(digits: str) -> bool:
    return has_check_digit(digits) and digits.strip("0") != ""


def _printed(link: Link) -> PrintedCode:
    """Put what a link says into the one form that all codes share."""
    if isinstance(link, ItemLink):
        return PrintedCode(
            gtin=link.gtin,
            serial=link.serial,
            variant=link.variant,
            lot=link.lot,
            contents=link.contents,
        )
    if isinstance(link, GroupLink):
        return PrintedCode(sscc=link.sscc, serial=link.serial, contents=link.contents)
    return PrintedCode(
        prefix=link.prefix,
        serial=link.serial,
        contents=link.contents,
        is_mistyped=link.prefix is None,
    )


def _malformed(reason: str, part: str = "") -> InvalidError:
    """Make the refusal of a link; `reason` picks the sentence, `part` is what it quotes."""
    return InvalidError("digital_link_malformed", field="code", reason=reason, part=part[:60])


def _local_part(text: str, hosts: Collection[str]) -> str:
    """Return path and query, after making sure that the URL is one of ours."""
    text = text.split("#", 1)[0]
    if text.startswith("/"):
        return text
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    authority = _AUTHORITY_END.split(rest, maxsplit=1)[0]
    host = host_of(authority)
    is_web = scheme is None or scheme[1].lower() in _WEB_SCHEMES
    if not is_web or "@" in authority or host not in {host_of(ours) for ours in hosts}:
        raise InvalidError("foreign_url", field="code", host=host[:100])
    if not rest.startswith("/", len(authority)):
        raise _malformed("pairs")
    return rest[len(authority) :]


def _parameters(query: str, in_path: Collection[str]) -> dict[str, str]:
    """Return our own parameters `t` and `n`, and refuse what GS1 refuses among the others.

    A numeric name is a GS1 element: it must be one that may stand in a query, with a value of its
    format, once in the whole URL. Names that are not numbers and not ours are ignored.
    """
    seen: set[str] = set(in_path)
    found: dict[str, str] = {}
    for parameter in query.split("&"):
        name, equals, raw = parameter.partition("=")
        name = name.lower()
        if not equals or not (name in {"t", "n"} or name.isdigit()):
            continue
        if name in seen:
            raise _malformed("duplicate", name)
        seen.add(name)
        value = unquote(raw.replace("+", " "))
        if name.isdigit() and not is_element(name, value, beside_gtin="01" in in_path):
            raise _malformed("element", name)
        found[name] = value
    return found


def _item_link(pairs: list[tuple[str, str]], parameters: dict[str, str]) -> ItemLink:
    """Read the path of a GTIN: its qualifiers each at most once and in GS1's order."""
    given = dict(pairs)
    order = [key for key in _QUALIFIERS if key in given]
    if [key for key, _ in pairs] != ["01", *order]:
        raise _malformed("qualifiers", "/".join(key for key, _ in pairs))
    gtin = given["01"]
    if len(gtin) != GTIN_DIGITS or not gtin.isdigit():
        if len(gtin) in GTIN_LENGTHS and _is_gtin(gtin):
            raise InvalidError("gtin_shortened", field="code", expected=gtin.zfill(GTIN_DIGITS))
        raise InvalidError("gtin_malformed", field="code", given=gtin[:40])
    gtin = normalise_gtin(gtin, field="code")
    if "21" not in given:
        raise InvalidError("serial_missing", field="code", gtin=gtin)
    return ItemLink(
        gtin=gtin,
        serial=_serial(given["21"]),
        variant=check_charset82(given["22"], field="code") if "22" in given else None,
        lot=check_charset82(given["10"], field="code") if "10" in given else None,
        contents=parameters.get("n"),
    )


def _element_link(elements: dict[str, str]) -> Link:
    """Return the link that says what the elements say, whatever order these have."""
    if SSCC in elements:
        return GroupLink(sscc=check_sscc(elements[SSCC], field="code"))
    order = [key for key in (GTIN, *_QUALIFIERS) if key in elements]
    return _item_link([(key, elements[key]) for key in order], {})


def _code_link(code: str, parameters: dict[str, str]) -> CodeLink:
    """Read a human-readable code, keeping the serial of one that is not well-formed."""
    contents = parameters.get("n")
    read = humancode.parse(code)
    if read is None:
        return CodeLink(prefix=None, serial=fold(code) or code[:SSCC_DIGITS], contents=contents)
    return CodeLink(prefix=read.prefix, serial=read.serial, contents=contents)


def _serial(text: str) -> str:
    """Return a serial folded if it can be ours, else as it stands: others use set 82 in full."""
    check_charset82(text, field="code")
    folded = fold(text)
    return folded if folded is not None and len(folded) in SYMBOLS else text
