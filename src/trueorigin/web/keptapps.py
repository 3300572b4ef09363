# SPDX-License-Identifier: Apache-2.0
"""Pages that a service worker keeps on phones and kiosks, so that they start without network.

Such a page is the same for every organisation and device: who and where it is, it learns from the
JSON interface once it has a key. It holds the sentences of all languages, so that one can change
offline.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from trueorigin.web.assets import assets
from trueorigin.web.i18n import Translator, languages, list_patterns, translator

_WORKER: Final = "built/kept_worker.js"
# The scanner, which is loaded when its button is pressed, and its reader of codes.
_SCANNER: Final = {"detector": "built/detector.js", "reader": "built/zxing_reader.wasm"}
# Everything is sent so, page or not.
SHARED_HEADERS: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApp:
    """One such page: `name` opens its path and its files.

    The names of its sentences begin with `words_prefix`. `policy` is its Content-Security-Policy,
    `permissions` its Permissions-Policy, and `extra` further paths that are kept with it.
    """

    name: str
    words_prefix: str
    policy: str
    permissions: str
    extra: tuple[str, ...] = ()

    @property
    def page_path(self) -> str:
        """Return where the page is."""
        return f"/{self.name}"

    @property
    def worker_path(self) -> str:
        """Return where its service worker is: beneath the page it keeps."""
        return f"/{self.name}/worker.js"

    @property
    def style(self) -> str:
        """Return the path of its style sheet."""
        return assets()[f"{self.name}.css"].url

    @property
    def script(self) -> str | None:
        """Return the path of its script; None where that was not built."""
        script = assets().get(f"built/{self.name}.js")
        return None if script is None else script.url

    def build_data(self, language: Translator, hosts: Collection[str]) -> Markup:
        """Return sentences and addresses for the script, as JSON inside the page."""
        script = assets().get(f"built/{self.name}.js")
        data = {
            "language": language.language,
            "languages": {
                code: {
                    "name": translator(code).name,
                    "tag": translator(code).tag,
                    "words": self._list_words(code),
                }
                for code in languages()
            },
            "hosts": sorted(hosts),
            "files": {
                name: asset.url
                for name, source in _SCANNER.items()
                if (asset := assets().get(source)) is not None
            },
            "worker": self.worker_path,
            "scope": self.page_path,
            "icon": assets()["icon.svg"].url,
            "version": _version_of(script.name if script else ""),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return Markup(text)  # noqa: S704 - JSON of our own sentences, no tag can begin in it

    def _list_words(self, code: str) -> dict[str, str]:
        """Return its sentences without their common prefix; `{name}` is to be filled in."""
        start, found = len(self.words_prefix), list_patterns(code, self.words_prefix)
        return {message_id[start:]: text for message_id, text in found.items()}

    def build_worker(self, pages: Collection[str]) -> bytes:
        """Return the service worker, which names the files it keeps and a version of them all.

        `pages` are the page in all languages: a new one means a new worker, and that is how a
        device learns of it.
        """
        # In the order a device should get them.
        kept = (f"built/{self.name}.js", f"{self.name}.css", "icon.svg", *_SCANNER.values())
        files = [asset.url for name in kept if (asset := assets().get(name)) is not None]
        told = {
            "app": self.name,
            "version": _version_of("\n".join([*files, *pages])),
            "page": self.page_path,
            "files": [*files, *self.extra],
        }
        worker = assets().get(_WORKER)
        return f"self.KEPT={json.dumps(told)};\n".encode() + (worker.body if worker else b"")

    @property
    def worker_headers(self) -> dict[str, str]:
        """Return the headers of the service worker."""
        return {
            **SHARED_HEADERS,
            "content-type": "text/javascript; charset=utf-8",
            "service-worker-allowed": self.page_path,
            # A worker has its own policy: it fetches our files and nothing else.
            "content-security-policy": "default-src 'none'; connect-src 'self'",
        }

    def page_headers(self, language: str) -> dict[str, str]:
        """Return the headers of the page; it holds nothing of anybody, so a device may keep it."""
        return {
            **SHARED_HEADERS,
            "content-type": "text/html; charset=utf-8",
            "content-language": translator(language).tag,
            "vary": "Accept-Language, Accept-Encoding, Cookie",
            "content-security-policy": self.policy,
            "permissions-policy": self.permissions,
            "x-robots-tag": "noindex",
        }


def _version_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
