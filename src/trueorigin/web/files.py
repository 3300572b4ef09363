# SPDX-License-Identifier: Apache-2.0
"""Hand uploaded files out so that nothing in them can run.

Pictures were drawn by this program. Documents are only ever downloads, in a sandbox without
origin, so that a script inside one reaches neither a page nor a cookie of ours.
"""

import re
from typing import IO, Final
from urllib.parse import quote

from starlette.responses import Response

from trueorigin.domain.files import File

# An id always leads to the same bytes.
_YEAR_S: Final = 365 * 24 * 3600


def build_file_response(
    file: File, content: IO[bytes], *, is_public: bool, if_none_match: str | None = None
) -> Response:
    """Answer with a file, and close it; 304 where the client has it already.

    At most `FILE_BYTES_MAX` bytes, so the file is read whole. What is not public may be kept by
    the reader's own browser only.
    """
    tag = f'"{file.sha256.hex()}"'
    headers = {
        "Cache-Control": f"{'public' if is_public else 'private'}, max-age={_YEAR_S}, immutable",
        "Content-Disposition": _disposition(file),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": tag,
        "X-Content-Type-Options": "nosniff",
    }
    with content:
        if if_none_match is not None and tag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(content.read(), media_type=file.media_type, headers=headers)


def _disposition(file: File) -> str:
    """Name the file for saving it (RFC 6266); only pictures are shown in place."""
    kind = "inline" if file.is_image else "attachment"
    plain = re.sub(r'[^ -~]|["\\?%]', "_", file.name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
