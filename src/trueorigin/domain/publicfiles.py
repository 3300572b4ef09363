# SPDX-License-Identifier: Apache-2.0
"""Addresses under which consumers' pages show uploaded files, signed so that nobody else makes one.

    /files/{id: 32 hexadecimal digits}{signature: 24 hexadecimal digits}

Only the page of released goods names a file, so an address is proof that its owner attached the
file to such goods; a file that is only uploaded, or kept inside, has none. Pure.
"""

import hmac
import re
from hashlib import blake2s
from typing import Final
from uuid import UUID

PATH: Final = "/files/"
_SIGNATURE_BYTES: Final = 12
_NAME: Final = re.compile(r"([0-9a-f]{32})([0-9a-f]{24})")
# The widths in pixels at which pictures are offered beside their own size, which is 2048 at most.
WIDTHS: Final = (160, 480, 960)


def build_file_path(key: bytes, file_id: UUID) -> str:
    """Return the public path of a file; the same at all times."""
    return f"{PATH}{file_id.hex}{_sign(key, file_id)}"


def parse_file_name(key: bytes, name: str) -> UUID | None:
    """Return the id in the last part of a path that we signed, or None."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    file_id = UUID(hex=match[1])
    return file_id if hmac.compare_digest(match[2], _sign(key, file_id)) else None


def _sign(key: bytes, file_id: UUID) -> str:
    return blake2s(file_id.bytes, key=key, digest_size=_SIGNATURE_BYTES, person=b"file").hexdigest()
