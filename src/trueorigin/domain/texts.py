# SPDX-License-Identifier: Apache-2.0
"""What a text typed by somebody may hold before it is stored and shown to strangers.

Markup and SQL are ordinary text here: every surface escapes what it shows. Only what no reader
could see, or what makes a text look like another one, is refused.
"""

import unicodedata

from trueorigin.domain.catalog import LocalText
from trueorigin.domain.errors import InvalidError

# A name has to fit a label and a phone's headline.
NAME_LENGTH_MAX = 200
# About one printed page.
DESCRIPTION_LENGTH_MAX = 4000
# A production line, a category, a specification, a supplier: one line of a form.
LINE_LENGTH_MAX = 200

# Bidirectional controls can make "45%" read "%54"; a consumer could not tell.
_BIDIRECTIONAL_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Control characters, unpaired surrogates, and line and paragraph separators.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# What is drawn as nothing or as a blank, so that two names look the same, or a name like none:
# soft hyphen, grapheme joiner, blanks of Hangul, Khmer and Mongolian, zero-width space and mark,
# invisible operators, braille blank, annotations, musical controls and the letters of tags. The
# joiners U+200C and U+200D are not among them: Persian, Hindi and many emoji are spelt with them.
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u200b\u2060\u2061\u2062\u2063"
    "\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0\ufff9\ufffa\ufffb"
) | frozenset(map(chr, (*range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0080))))
# The last two code points of every plane are promised never to be characters.
_NONCHARACTER = 0xFFFE
# Joiners, marks and blanks can be seen only beside something else.
_ATTACHED_CATEGORIES = frozenset({"Cf", "Mn", "Me", "Zs"})


def parse_text(text: str, *, field: str, length_max: int, is_multiline: bool = False) -> str:
    """Return `text` in Unicode form NFC without surrounding blanks, or refuse it.

    Lines may be broken by line feed only, and only where `is_multiline`. The length is counted
    in code points, after normalisation.
    """
    # The raw text is bounded first: normalising can be made slow by endless combining marks.
    if len(text) > 4 * length_max:
        raise InvalidError("text_too_long", field=field, max=length_max, length=len(text))
    # Nearly every text is one that may stay as it is: 0.4 us instead of 0.4 us a letter.
    if text and text.isprintable() and unicodedata.is_normalized("NFC", text):
        bare = text.strip()
        is_plain = bare.isascii() or (_is_seen(bare) and not any(map(_is_refused, bare)))
        if is_plain and 0 < len(bare) <= length_max:
            return bare
    if is_multiline:
        text = text.replace("\r\n", "\n")
    for position, symbol in enumerate(text, start=1):
        if symbol == "\n" and is_multiline:
            continue
        if _is_refused(symbol) or unicodedata.category(symbol) in _REFUSED_CATEGORIES:
            raise InvalidError(
                "text_character_refused",
                field=field,
                position=position,
                symbol=f"U+{ord(symbol):04X}",
            )
    text = unicodedata.normalize("NFC", text.strip())
    if not _is_seen(text):
        raise InvalidError("text_blank", field=field)
    if len(text) > length_max:
        raise InvalidError("text_too_long", field=field, max=length_max, length=len(text))
    return text


def _is_refused(symbol: str) -> bool:
    """Tell whether a character hides, or reorders others; noncharacters are in no text at all."""
    return (
        symbol in _INVISIBLE
        or symbol in _BIDIRECTIONAL_CONTROLS
        or ord(symbol) & _NONCHARACTER == _NONCHARACTER
        or "\ufdd0" <= symbol <= "\ufdef"
    )


def _is_seen(text: str) -> bool:
    """Tell whether anything of `text` leaves a mark on the screen by itself."""
    return any(unicodedata.category(symbol) not in _ATTACHED_CATEGORIES for symbol in text)


def parse_local_text(
    text: LocalText, *, field: str, length_max: int, is_multiline: bool = False
) -> LocalText:
    """Return `text` with each given language checked; at least one must be given."""
    if text.zh is None and text.en is None:
        raise InvalidError("text_missing", field=field)
    parsed: dict[str, str | None] = {"zh": None, "en": None}
    for language, value in (("zh", text.zh), ("en", text.en)):
        if value is not None:
            parsed[language] = parse_text(
                value,
                field=f"{field}.{language}",
                length_max=length_max,
                is_multiline=is_multiline,
            )
    return LocalText(zh=parsed["zh"], en=parsed["en"])
