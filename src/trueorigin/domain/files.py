# SPDX-License-Identifier: Apache-2.0
"""Uploaded files: what is known of one, and the name it is handed out under."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

# One file, as it is sent and as it is kept.
FILE_BYTES_MAX: Final = 16 * 2**20
# All files of one organisation.
ORGANISATION_BYTES_MAX: Final = 4 * 2**30
NAME_LENGTH_MAX: Final = 120

EXTENSIONS: Final = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
    # Of events, as they were uploaded.
    "text/csv": ".csv",
    "application/json": ".json",
}
IMAGE_TYPES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})
PAPER_TYPES: Final = IMAGE_TYPES | {"application/pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of an organisation; `sha256` finds its content. Never changed, only left behind."""

    id: UUID
    organisation_id: UUID
    sha256: bytes
    media_type: str
    bytes: int
    name: str
    created_at: datetime
    actor_id: UUID | None
    width: int | None = None
    height: int | None = None

    @property
    def is_image(self) -> bool:
        """Tell whether browsers draw it themselves."""
        return self.media_type in IMAGE_TYPES


def clean_name(name: str, media_type: str) -> str:
    """Return a name to show and to download under, with the ending that fits what the file is.

    Only the last part of a path is kept, without control, format and reserved characters, so no
    system takes it for more than a name; it is never used as a path here.
    """
    last = name[:4096].replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        symbol
        for symbol in unicodedata.normalize("NFC", last)
        if unicodedata.category(symbol)[0] != "C" and symbol not in '<>:"|?*%;'
    )
    extension = EXTENSIONS[media_type]
    stem = kept.rpartition(".")[0] if "." in kept.strip(".") else kept
    stem = stem.strip(" .")[: NAME_LENGTH_MAX - len(extension)].strip(" .")
    return f"{stem or 'file'}{extension}"
