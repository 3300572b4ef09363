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
        if 0 < len(bare) <= length_max:
            return bare
    if is_multiline:
        text = text.replace("\r\n", "\n")
    for position, symbol in enumerate(text):
        if symbol == "\n" and is_multiline:
            continue
        if symbol in _BIDIRECTIONAL_CONTROLS or unicodedata.category(symbol) in _REFUSED_CATEGORIES:
            raise InvalidError(
                "text_character_refused",
                field=field,
                position=position,
                symbol=f"U+{ord(symbol):04X}",
            )
    text = unicodedata.normalize("NFC", text.strip())
    if not text:
        raise InvalidError("text_blank", field=field)
    if len(text) > length_max:
        raise InvalidError("text_too_long", field=field, max=length_max, length=len(text))
    return text


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
