# SPDX-License-Identifier: Apache-2.0
"""What a kiosk keeps of us: the page with every sentence it says."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trueorigin.web.i18n import Translator
from trueorigin.web.keptapps import KeptApp

APP: Final = KeptApp(
    name="kiosk",
    words_prefix="kiosk-",
    # No link, form or frame leads out, whatever a label says.
    policy=(
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self' blob:; "
        "connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    permissions="camera=(self), geolocation=(), microphone=(), payment=()",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskPage:
    """The page of a kiosk before its script runs."""

    title: str = field(metadata={"help": "What the page is called."})
    style: str = field(metadata={"help": "Path of its style sheet."})
    script: str | None = field(metadata={"help": "Path of its script; None: it was not built."})
    data: Markup = field(metadata={"help": "Sentences and addresses for the script, as JSON."})


def build_shell(language: Translator, hosts: Collection[str]) -> KioskPage:
    """Build the page; it holds the sentences of all languages, for visitors to choose from."""
    return KioskPage(
        title=language.text("kiosk-title"),
        style=APP.style,
        script=APP.script,
        data=APP.build_data(language, hosts),
    )
