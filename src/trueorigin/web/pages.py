# SPDX-License-Identifier: Apache-2.0
"""Turn a typed page into HTML bytes and the headers that go with it.

Every page is one dataclass and one template; the template sees the fields of that dataclass, the
chrome and the sentences of one language, nothing else. No page needs a script, a font, a cookie
or a second request to be read. What a page says is decided elsewhere.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from trueorigin.web.assets import asking_style, assets, page_style
from trueorigin.web.i18n import Translator, languages, translator
from trueorigin.web.splicing import slot

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"

LANGUAGE_COOKIE = "to_language"
# Browsers cut longer lives to 400 days.
_LANGUAGE_COOKIE_AGE_S = 400 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """A link to this page in another language."""

    href: str = field(metadata={"help": "A query; the path stays as it is. Has the slot `query`."})
    tag: str = field(metadata={"help": "BCP 47 tag of that language."})
    name: str = field(metadata={"help": "What that language calls itself."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What surrounds every page in one language on one host; the same for all readers."""

    tag: str = field(metadata={"help": "BCP 47 tag of the page."})
    host: str = field(metadata={"help": "The host readers should see in the address bar."})
    icon: str = field(metadata={"help": "Path of the site's icon."})
    style: Markup = field(metadata={"help": "The style sheet; its hash is in the policy."})
    asking_style: Markup = field(metadata={"help": "The sheet of pages that ask for a code."})
    switches: tuple[Switch, ...] = field(metadata={"help": "The other languages."})


class PageKind(Enum):
    """What a page may use besides its own words; no page may use more than it needs."""

    PLAIN = "plain"
    # The camera, and a WebAssembly reader of what it sees.
    HOME = "home"
    # Another photograph.
    PHOTO = "photo"
    # The position, once, after the press of a button.
    ANSWER = "answer"


_ASKING: Final = frozenset({PageKind.HOME, PageKind.PHOTO})
# Their scripts ask for something: the reader of what the camera sees; a place to be kept.
_CONNECTING: Final = frozenset({PageKind.HOME, PageKind.ANSWER})


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPart:
    """What the script needs that scans with the camera; nothing of it is loaded before."""

    script: str = field(metadata={"help": "Path of the script."})
    detector: str = field(metadata={"help": "Path of the reader for browsers without one."})
    reader: str = field(metadata={"help": "Path of that reader's WebAssembly."})
    hosts: str = field(metadata={"help": "Hosts whose codes are ours, between blanks."})
    ask: str | None = field(
        metadata={"help": "Page that takes every code; None: its own one does."}
    )
    fill: str | None = field(metadata={"help": "Field that gathers codes, one a line."})
    states: Mapping[str, str] = field(metadata={"help": "Sentences the script shows, by name."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The front page: camera, photograph or one field, asked for nothing else."""

    code: str = field(metadata={"help": "What the reader typed before, as it was typed."})
    problem: str | None = field(metadata={"help": "Why it cannot be a code; None at first."})
    states: Mapping[str, str] = field(metadata={"help": "Sentences the script shows, by name."})
    code_length_max: int = field(metadata={"help": "Characters the field takes: a whole URL."})
    script: str | None = field(metadata={"help": "Path of the script that checks while typing."})
    scan: ScanPart | None = field(metadata={"help": "None where the scripts are not built."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """A page without an answer: nothing here, too fast, our mistake."""

    tone: str = field(metadata={"help": "Class and icon: `error` or `busy`."})
    headline: str = field(metadata={"help": "What happened, in three words."})
    sentence: str = field(metadata={"help": "What it means, above all for the product."})
    steps: tuple[str, ...] = field(metadata={"help": "What the reader can do now, in order."})
    can_retry: bool = field(metadata={"help": "Whether the same request may succeed later."})


class Renderer:
    """Renders the consumer pages for one public address; thread-safe, built once per process."""

    def __init__(self, public_url: str) -> None:
        """Load the templates and prepare the chrome of every language."""
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            auto_reload=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        host = urlsplit(public_url).netloc or public_url
        self._chromes = {language: build_chrome(language, host) for language in languages()}

    def render(self, template: str, page: object, language: Translator) -> str:
        """Return the HTML of `page`; a name the template asks for and nobody gives is an error."""
        return squeeze(
            self._environment.get_template(template).render(
                page=page, chrome=self._chromes[language.language], t=language.text
            )
        )


def build_chrome(language: str, host: str) -> Chrome:
    """Build what surrounds the pages of `language` on `host`."""
    others = (translator(code) for code in languages() if code != language)
    return Chrome(
        tag=translator(language).tag,
        host=host,
        icon=assets()["icon.svg"].url,
        style=Markup(page_style()),  # noqa: S704 - our own file, closed to every user
        asking_style=Markup(asking_style()),  # noqa: S704 - the same
        switches=tuple(
            Switch(href=f"?{slot('query')}lang={other.language}", tag=other.tag, name=other.name)
            for other in others
        ),
    )


def squeeze(html: str) -> str:
    """Drop the indentation of the templates; no template has an element that needs it."""
    return "\n".join(line for raw in html.splitlines() if (line := raw.strip()))


def build_message(
    status: int, language: Translator, *, seconds: int = 1, sentence: str | None = None
) -> MessagePage:
    """Build the page for an HTTP `status`; one without words of its own is ours or the reader's.

    `seconds` is when to try again, for the statuses that say so. `sentence` says more exactly
    what is wrong.
    """
    known = language.has(f"message-{status}")
    name = f"message-{status if known else 500 if status >= 500 else 400}"  # noqa: PLR2004
    return MessagePage(
        tone="busy" if status in {429, 503} else "error",
        headline=language.text(name),
        sentence=sentence or language.text(f"{name}.sentence"),
        steps=list_steps(name, language, seconds=seconds),
        can_retry=status in {429, 500, 503},
    )


def list_steps(name: str, language: Translator, **params: str | int) -> tuple[str, ...]:
    """Return the attributes `step-1`, `step-2`, ... of the message `name`, as many as there are."""
    steps: list[str] = []
    while language.has(f"{name}.step-{len(steps) + 1}"):
        steps.append(language.text(f"{name}.step-{len(steps) + 1}", **params))
    return tuple(steps)


@lru_cache(maxsize=256)
def page_policy(kind: PageKind = PageKind.PLAIN, style: str = "") -> str:
    """Return the Content-Security-Policy of a page: ourselves and our own sheets, no more.

    `style` is one more sheet, which carries a manufacturer's colour.
    """
    asking = asking_style() if kind in _ASKING else ""
    sheets = (page_style(), asking, style)
    styles = " ".join(f"'sha256-{_digest(sheet)}'" for sheet in sheets if sheet)
    connections = "connect-src 'self'; " if kind in _CONNECTING else ""
    wasm = " 'wasm-unsafe-eval'" if kind is PageKind.HOME else ""
    return (
        f"default-src 'none'; style-src {styles}; img-src 'self'; {connections}"
        f"script-src 'self'{wasm}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(sheet: str) -> str:
    return base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()


@lru_cache(maxsize=256)
def page_headers(
    language: str, kind: PageKind = PageKind.PLAIN, style: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return the headers of every page in `language`, in lower case.

    No page is stored by anybody: each holds a code and an answer that may change. No address is
    told to another site: the code is part of it.
    """
    camera = "(self)" if kind is PageKind.HOME else "()"
    position = "(self)" if kind is PageKind.ANSWER else "()"
    return (
        ("content-type", "text/html; charset=utf-8"),
        ("content-language", translator(language).tag),
        ("cache-control", "no-store"),
        ("vary", "Accept, Accept-Language, Accept-Encoding, Cookie"),
        ("content-security-policy", page_policy(kind, style)),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            f"camera={camera}, geolocation={position}, microphone=(), payment=()",
        ),
        ("x-robots-tag", "noindex"),
    )


def build_language_cookie(language: str, *, is_secure: bool) -> str:
    """Write the `Set-Cookie` value that remembers the reader's choice of language."""
    secure = "; Secure" if is_secure else ""
    return (
        f"{LANGUAGE_COOKIE}={language}; Max-Age={_LANGUAGE_COOKIE_AGE_S}; Path=/; HttpOnly; "
        f"SameSite=Lax{secure}"
    )


# The longest thing a reader pastes is a URL with the whole contents of a case.
HOME_CODE_LENGTH_MAX = 2048


_SCAN_STATES: Final = (
    "starting", "looking", "found", "gathered", "several", "refused", "none", "failed",
)  # fmt: skip


def build_home(
    language: Translator, *, hosts: Iterable[str] = (), code: str = "", problem: str | None = None
) -> HomePage:
    """Build the front page; `problem` says why `code` was not answered.

    `hosts` are those whose codes are ours. The script's sentences carry `{count}`, `{group}`,
    `{found}` and `{wanted}` for it to fill in.
    """
    marks = {name: f"{{{name}}}" for name in ("count", "group", "found", "wanted")}
    states = {
        name: language.text(f"home-state-{name}", **marks)
        for name in (
            "empty", "more", "good", "bad", "group", "swap", "character", "long", "address",
        )
    }  # fmt: skip
    script = assets().get("built/home.js")
    return HomePage(
        code=code,
        problem=problem,
        states=states | {"one": language.text("home-state-more", count=1)},
        code_length_max=HOME_CODE_LENGTH_MAX,
        script=script.url if script else None,
        scan=build_scan(language, hosts),
    )


def build_scan(
    language: Translator,
    hosts: Iterable[str],
    *,
    ask: str | None = None,
    fill: str | None = None,
) -> ScanPart | None:
    """Build what the camera's script needs; None where the scripts are not built.

    `ask` is a page that takes any code of ours as `?code=`; without it each code opens its own.
    With `fill`, the id of a field, codes are gathered there and none is opened.
    """
    names = ("built/scan.js", "built/detector.js", "built/zxing_reader.wasm")
    found = [asset.url for name in names if (asset := assets().get(name))]
    if len(found) < len(names):
        return None
    return ScanPart(
        script=found[0],
        detector=found[1],
        reader=found[2],
        hosts=" ".join(sorted(hosts)),
        ask=ask,
        fill=fill,
        states={name: language.text(f"scan-state-{name}") for name in _SCAN_STATES},
    )
