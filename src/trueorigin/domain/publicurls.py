# SPDX-License-Identifier: Apache-2.0
"""The public address of a data centre, as every printed code begins with it."""

import re
from functools import lru_cache
from typing import Final

from trueorigin.domain.errors import InvalidError

_PUBLIC_URL: Final = re.compile(
    r"([Hh][Tt][Tt][Pp][Ss]?)://([A-Za-z0-9.\-]{1,200}|\[[0-9A-Fa-f:.]{2,50}\])(:[0-9]{1,5})?/?"
)
_PORT_MAX: Final = 65_535


@lru_cache(maxsize=64)
def build_stem(public_url: str) -> str:
    """Return the printed start of every URL: scheme in lower case, host in upper case.

    Real phone cameras do not open `HTTPS://`; everything after it is upper case, because QR codes
    pack capitals and digits into 5.5 bits and small letters into 8.
    """
    match = _PUBLIC_URL.fullmatch(public_url)
    if match is None or int((match[3] or ":0")[1:]) > _PORT_MAX:
        raise InvalidError("public_url_malformed", field="public_url", given=public_url[:200])
    scheme, host, port = match.groups(default="")
    return f"{scheme.lower()}://{host.upper()}{port}"
