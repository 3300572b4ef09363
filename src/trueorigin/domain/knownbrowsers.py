# SPDX-License-Identifier: Apache-2.0
"""Known browsers: marks which say that somebody has signed in from a browser before.

Pure. A mark opens nothing: it only says among whose failures an attempt to sign in counts. It is
32 bytes, written as 43 characters of base64, and a browser keeps several, joined by dots:

    | issued (4) | nonce (12) | MAC (16) |

`issued` counts seconds since 1970. The MAC is over issued, nonce, person and the hash of their
password: with a new password no mark made before is good any more, and nothing needs storing.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final
from uuid import UUID

# Whoever signs in less often is a stranger again, and limited as strangers are.
KNOWN_BROWSER_AGE_MAX: Final = timedelta(days=180)
# People who share a browser, such as those of one shop: whoever signed in longest ago gives way.
KNOWN_PEOPLE_MAX: Final = 8
MARK_NONCE_BYTES: Final = 12
_MAC_BYTES: Final = 16
_ISSUED_BYTES: Final = 4
_MARK: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_MARK_LENGTH: Final = 43
_MARKS_LENGTH_MAX: Final = KNOWN_PEOPLE_MAX * (_MARK_LENGTH + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a mark is made for, and under which password, as it is stored."""

    person_id: UUID
    password_hash: str


def build_mark(key: bytes, holder: Holder, *, at: datetime, nonce: bytes) -> str:
    """Write the mark of a browser from which `holder` signed in at `at`."""
    return _write_mark(key, holder, int(at.timestamp()).to_bytes(_ISSUED_BYTES) + nonce)


def find_mark(key: bytes, holder: Holder, marks: str, at: datetime) -> str | None:
    """Return the mark of `holder` among those that a browser sent, or None: any bytes may come."""
    oldest = at - KNOWN_BROWSER_AGE_MAX
    for mark in _split(marks):
        head = base64.urlsafe_b64decode(mark + "=")[:-_MAC_BYTES]
        # Compared as text: of several spellings of the same bytes only ours is a mark.
        if hmac.compare_digest(_write_mark(key, holder, head), mark):
            issued = int.from_bytes(head[:_ISSUED_BYTES])
            return mark if issued >= oldest.timestamp() else None
    return None


def add_mark(marks: str, mark: str, *, instead_of: str | None) -> str:
    """Return what the browser is to keep: `mark` first, then those of others it had before."""
    others = (each for each in _split(marks) if each not in {mark, instead_of})
    return ".".join([mark, *others][:KNOWN_PEOPLE_MAX])


def _split(marks: str) -> Iterable[str]:
    """Return what could be marks; of more text than we ever wrote, nothing."""
    if len(marks) > _MARKS_LENGTH_MAX:
        return ()
    return [each for each in marks.split(".") if _MARK.fullmatch(each)]


def _write_mark(key: bytes, holder: Holder, head: bytes) -> str:
    text = head + holder.person_id.bytes + holder.password_hash.encode()
    mac = blake2b(text, key=key, digest_size=_MAC_BYTES).digest()
    return base64.urlsafe_b64encode(head + mac).rstrip(b"=").decode()
