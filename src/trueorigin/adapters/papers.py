# SPDX-License-Identifier: Apache-2.0
"""Tell whether bytes are a PDF document that a reader can open, and that does nothing by itself.

Nothing in it is run or drawn. It stays as it is, since laboratories sign theirs; so what holds
scripts, programs or other files is refused, and all others are handed out as downloads only.
"""

import io
from collections.abc import Iterator
from typing import Final

import pikepdf

from trueorigin.adapters.aside import run_aside
from trueorigin.domain.errors import InvalidError

MEDIA_TYPE: Final = "application/pdf"
PAGES_MAX: Final = 1000
# A thousand pages of text and tables have some tens of thousands.
VALUES_MAX: Final = 2_000_000
# Half a megabyte may unpack to a gigabyte: more than this is opened in a process of its own.
_SMALL_BYTES_MAX: Final = 2**15
_MAGIC: Final = b"%PDF-"
# ISO 32000-2: 12.6.4 actions that run something or carry something away; 7.11.4 embedded files;
# 12.6.4.17 scripts; 12.7.8 XFA forms; 13.7 rich media.
_ACTIONS: Final = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMediaExecute"}
)
_CARRIERS: Final = frozenset(
    {"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"}
)
# How the library warns that objects are missing since their stream is damaged, or a bomb.
_UNSEEN: Final = "error decoding stream data"
_NESTED: Final = (pikepdf.Dictionary, pikepdf.Array)


def is_pdf(data: bytes) -> bool:
    """Tell whether `data` claims to be a PDF, in its very first bytes.

    Readers accept a kilobyte of anything before that; a page that is also a PDF begins that way.
    """
    return data.startswith(_MAGIC)


def check_pdf(data: bytes, *, field: str = "file") -> int:
    """Return the number of pages, or refuse.

    `pdf_protected`, `pdf_pages`, `pdf_active` where it does something by itself, `pdf_broken`.
    """
    return run_aside(_check, data, field) if len(data) > _SMALL_BYTES_MAX else _check(data, field)


def _check(data: bytes, field: str) -> int:
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            pages = len(document.pages)
            # Before all of them are looked through.
            if not 1 <= pages <= PAGES_MAX:
                raise InvalidError("pdf_pages", field=field, max=PAGES_MAX)
            is_active = _is_active(document)
            is_whole = not any(_UNSEEN in warning for warning in document.get_warnings())
    except pikepdf.PasswordError:
        raise InvalidError("pdf_protected", field=field) from None
    except (pikepdf.PdfError, ValueError, TypeError, RecursionError, MemoryError):
        raise InvalidError("pdf_broken", field=field) from None
    if not is_whole:
        # A part of it cannot be looked into.
        raise InvalidError("pdf_broken", field=field)
    if is_active:
        raise InvalidError("pdf_active", field=field)
    return pages


def _is_active(document: pikepdf.Pdf) -> bool:
    """Look through every object of the document, whether a page leads to it or not."""
    count = 0
    for top in document.objects:
        waiting = [top]
        while waiting:
            for key, value in _list_values(waiting.pop()):
                count += 1
                if count > VALUES_MAX:
                    raise ValueError("more values than any paper has")
                if key in _CARRIERS:
                    return True
                if isinstance(value, pikepdf.Name):
                    if key == "/S" and str(value) in _ACTIONS:
                        return True
                elif isinstance(value, _NESTED) and not value.is_indirect:
                    waiting.append(value)
    return False


def _list_values(found: object) -> Iterator[tuple[str, object]]:
    """Yield what a dictionary, a stream or a list holds; nothing for anything else."""
    if isinstance(found, (pikepdf.Dictionary, pikepdf.Stream)):
        yield from found.items()
    elif isinstance(found, pikepdf.Array):
        yield from (("", each) for each in found)
