# SPDX-License-Identifier: Apache-2.0
"""What the phone keeps of us: the page with every sentence of the app, and how it is installed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trueorigin.web.assets import assets
from trueorigin.web.i18n import Translator
from trueorigin.web.keptapps import SHARED_HEADERS, KeptApp

MANIFEST_PATH: Final = "/field/manifest.webmanifest"
APP: Final = KeptApp(
    name="field",
    words_prefix="field-",
    policy=(
        "default-src 'none'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
        "connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
        "manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    permissions="camera=(self), geolocation=(self), microphone=(), payment=()",
    extra=(MANIFEST_PATH,),
)

# The seal of our pages, by day; phones draw it around an installed app.
_PAPER: Final = "#f4f0e8"
_SEAL: Final = "#a5281b"
# Drawn from icon.svg, without corners: phones cut theirs. Not all of them draw SVG.
_ICON_SIDES: Final = (192, 512)

MANIFEST_HEADERS: Final[Mapping[str, str]] = {
    **SHARED_HEADERS,
    "content-type": "application/manifest+json",
    "vary": "Accept-Language, Accept-Encoding, Cookie",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellPage:
    """The page of the app before its script runs."""

    title: str = field(metadata={"help": "What the app is called, on the page and on the phone."})
    style: str = field(metadata={"help": "Path of its style sheet."})
    script: str | None = field(metadata={"help": "Path of its script; None: it was not built."})
    manifest: str = field(metadata={"help": "Path of its manifest."})
    icon: str = field(metadata={"help": "Path of the picture for the home screen."})
    data: Markup = field(metadata={"help": "Sentences and addresses for the script, as JSON."})


def build_shell(language: Translator, hosts: Collection[str]) -> ShellPage:
    """Build the page; it holds the sentences of all languages, so that one can change offline."""
    return ShellPage(
        title=language.text("field-title"),
        style=APP.style,
        script=APP.script,
        manifest=MANIFEST_PATH,
        icon=assets()["icon-192.png"].url,
        data=APP.build_data(language, hosts),
    )


def build_manifest(language: Translator) -> bytes:
    """Return what a phone shows of the installed app, in its language."""
    icons = [
        {
            "src": assets()[f"icon-{side}.png"].url,
            "type": "image/png",
            "sizes": f"{side}x{side}",
            "purpose": purpose,
        }
        for side in _ICON_SIDES
        for purpose in ("any", "maskable")
    ]
    manifest = {
        "id": APP.page_path,
        "name": language.text("field-title"),
        "short_name": language.text("field-short-title"),
        "description": language.text("field-description"),
        "lang": language.tag,
        "start_url": APP.page_path,
        "scope": APP.page_path,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": _PAPER,
        "theme_color": _SEAL,
        "icons": icons,
    }
    return json.dumps(manifest, ensure_ascii=False).encode()
