# SPDX-License-Identifier: Apache-2.0
"""What a client wants back: a page or JSON, packed or not, and whether anybody will look at it.

Reads headers only. It never refuses: who asks for nothing we have gets the page.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

# Headers are read no further; real ones are below 200 characters.
_HEADER_MAX: Final = 1000
_CHOICES_MAX: Final = 30
_WEIGHT: Final = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)

# Programs that fetch a link to draw a preview of it for a chat, by words of their own names.
_PREVIEWERS: Final = re.compile(
    r"bot\b|crawler|spider|preview|externalhit|facebookcatalog|whatsapp|slack|embedly|snapchat"
    r"|skypeuripreview|iframely|vkshare|pinterest|feedfetcher",
    re.IGNORECASE,
)
_USER_AGENT_MAX: Final = 400
_AHEAD: Final = re.compile("prefetch|prerender|preview", re.IGNORECASE)


@lru_cache(maxsize=512)
def _weights(header: str) -> Mapping[str, float]:
    """Read a header of weighted choices (RFC 9110 section 12.4.2) into a table."""
    weights: dict[str, float] = {}
    for choice in header[:_HEADER_MAX].split(",")[:_CHOICES_MAX]:
        name, *parameters = choice.split(";")
        weight = 1.0
        for parameter in parameters:
            if match := _WEIGHT.fullmatch(parameter):
                weight = min(float(match[1]), 1.0)
        weights[name.strip().lower()] = weight
    return weights


def wants_json(accept: str | None) -> bool:
    """Say whether JSON is asked for by name and weighs more than a page."""
    if not accept:
        return False
    weights = _weights(accept)
    json = weights.get("application/json", 0.0)
    return json > weights.get("text/html", 0.0)


def takes_gzip(accept_encoding: str | None) -> bool:
    """Say whether the client unpacks gzip."""
    if not accept_encoding:
        return False
    weights = _weights(accept_encoding)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def is_unattended(headers: Mapping[str, str]) -> bool:
    """Say whether the page is fetched ahead or for a preview: nobody looks at it now.

    `headers` has lower-case names. Such readings are recorded and never counted.
    """
    for name in ("sec-purpose", "purpose", "x-moz"):
        purpose = headers.get(name)
        if purpose and _AHEAD.search(purpose[:_HEADER_MAX]):
            return True
    return _is_previewer(headers.get("user-agent", "")[:_USER_AGENT_MAX])


# Some thousand kinds of browsers make most requests; looking for the words costs 10 us.
@lru_cache(maxsize=4096)
def _is_previewer(user_agent: str) -> bool:
    return _PREVIEWERS.search(user_agent) is not None
