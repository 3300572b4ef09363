# SPDX-License-Identifier: Apache-2.0
"""Tell whether bytes are a PDF document that a reader can open.

Nothing in it is run or drawn. What a viewer might run stays inside: so documents are handed out
as downloads only, in a sandbox, and never as a page of ours.
"""

import io
from typing import Final

import pikepdf

from trueorigin.domain.errors import InvalidError

MEDIA_TYPE: Final = "application/pdf"
PAGES_MAX: Final = 1000
_MAGIC: Final = b"%PDF-"


def is_pdf(data: bytes) -> bool:
    """Tell whether `data` claims to be a PDF, in its very first bytes.

    Readers accept a kilobyte of anything before that; a page that is also a PDF begins that way.
    """
    return data.startswith(_MAGIC)


def check_pdf(data: bytes, *, field: str = "file") -> int:
    """Return the number of pages, or refuse: `pdf_protected`, `pdf_pages`, `pdf_broken`."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise InvalidError("pdf_protected", field=field) from None
    except (pikepdf.PdfError, ValueError, RecursionError, MemoryError):
        raise InvalidError("pdf_broken", field=field) from None
    if not 1 <= pages <= PAGES_MAX:
        raise InvalidError("pdf_pages", field=field, max=PAGES_MAX)
    return pages
