# SPDX-License-Identifier: Apache-2.0
"""Turn a typed page into HTML with the console around it: navigation, person, language, flash.

Every page is one dataclass and one template under templates/console/. A template sees the fields
of that dataclass as `page`, the frame as `chrome`, and the words of one language as `t`, `day`,
`instant` and `number`; nothing else. White space is kept: forms have text areas.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from trueorigin.console.navigation import NAVIGATION, find_search
from trueorigin.console.visitors import (
    FORM_FIELD,
    Visitor,
    build_cookie,
    decode_text,
    encode_text,
    flash_cookie_name,
)
from trueorigin.domain.texts import LINE_LENGTH_MAX
from trueorigin.web.assets import assets
from trueorigin.web.i18n import Translator, languages, translator
from trueorigin.web.pages import TEMPLATES

HOME_PATH: Final = "/console"
STYLE: Final = "console.css"
SCRIPT: Final = "built/console.js"
# A guest has no organisation whose clocks could be meant.
_NOWHERE: Final = "UTC"
_FLASH_AGE_S: Final = 60
_FLASH_LENGTH_MAX: Final = 2000

# `data:` is for the logo inside the drawing of a label.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' blob: data:; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_CAMERA_POLICY: Final = _POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=()"
# `same-origin`, not `no-referrer`: with that, browsers would call every form's origin "null".
HEADERS: Final[Mapping[str, str]] = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": _PERMISSIONS,
    "x-robots-tag": "noindex",
    "vary": "Accept-Language, Cookie",
}
# What a page with the camera may do besides, and no other one: film, and read what is filmed.
_CAMERA_HEADERS: Final[Mapping[str, str]] = {
    **HEADERS,
    "content-security-policy": _CAMERA_POLICY,
    "permissions-policy": _PERMISSIONS.replace("camera=()", "camera=(self)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flash:
    """One sentence that waits for the next page: a message id and what fills its placeholders."""

    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the frame of a page depends on."""

    path: str
    query: str
    # Whether the page answers a form: its address may then not be one to come back to.
    is_answer: bool
    visitor: Visitor
    flash: Flash | None
    host: str
    has_camera: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the navigation, for one reader on one page."""

    href: str = field(metadata={"help": "Path of the area."})
    label: str = field(metadata={"help": "Its name."})
    icon: str = field(metadata={"help": "Name of its drawing in _icons.html."})
    is_current: bool = field(metadata={"help": "Whether this page belongs to it."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """Areas that belong together, for one reader."""

    label: str = field(metadata={"help": "What they have in common; empty for the first page."})
    entries: tuple[Entry, ...] = field(metadata={"help": "At least one."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One language of the switch."""

    language: str = field(metadata={"help": "Code of the language, as the form sends it."})
    tag: str = field(metadata={"help": "BCP 47 tag."})
    name: str = field(metadata={"help": "What that language calls itself."})
    href: str = field(metadata={"help": "This page in that language, for guests."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome:
    """What surrounds every page of the console."""

    tag: str = field(metadata={"help": "BCP 47 tag of the page."})
    host: str = field(metadata={"help": "The host readers should see in the address bar."})
    icon: str = field(metadata={"help": "Path of the site's icon."})
    style: str = field(metadata={"help": "Path of the style sheet."})
    script: str | None = field(metadata={"help": "Path of the script; None where not built."})
    here: str = field(metadata={"help": "Path and query of this page, to come back to."})
    token_field: str = field(metadata={"help": "Name of the hidden field of every form."})
    form_token: str = field(metadata={"help": "Its value: bound to the session."})
    organisation: str | None = field(metadata={"help": "Whom the session acts for; None: guest."})
    person: str | None = field(metadata={"help": "Name of who is signed in; None: guest."})
    search: str | None = field(metadata={"help": "What the box finds, as its words are named."})
    navigation: tuple[Chapter, ...] = field(metadata={"help": "Areas the reader may enter."})
    switches: tuple[Switch, ...] = field(metadata={"help": "The other languages."})
    flash: str | None = field(metadata={"help": "What the last step did, once."})


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """A page that says why there is no other one."""

    headline: str = field(metadata={"help": "What happened, in a few words."})
    sentences: tuple[str, ...] = field(metadata={"help": "What exactly, and what to do now."})
    href: str = field(metadata={"help": "Where to go from here."})
    label: str = field(metadata={"help": "What that place is called."})


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the one environment of the process: compiling all templates takes a second."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Renderer:
    """Renders the console's pages; thread-safe, built once per process."""

    def __init__(self) -> None:
        """Load the templates; each is compiled when it is first asked for."""
        self.environment = _environment()

    def render(
        self,
        template: str,
        page: object,
        language: Translator,
        around: Surroundings,
        *,
        status: int = HTTPStatus.OK,
    ) -> Response:
        """Return the whole answer; a name the template asks for and nobody gives is an error."""
        signed_in = around.visitor.signed_in
        zone = signed_in.organisation.time_zone if signed_in else _NOWHERE

        def instant(at: datetime) -> str:
            return language.instant(at, zone)

        html = self.environment.get_template(template).render(
            page=page,
            chrome=build_chrome(language, around),
            t=language.text,
            day=language.day,
            instant=instant,
            number=language.number,
        )
        headers = _CAMERA_HEADERS if around.has_camera else HEADERS
        return HTMLResponse(html, status, headers={**headers, "content-language": language.tag})


def build_chrome(language: Translator, around: Surroundings) -> Chrome:
    """Build the frame of one page for one reader."""
    signed_in, flash = around.visitor.signed_in, around.flash
    here = around.path + (f"?{around.query}" if around.query else "")
    if around.is_answer:
        here = find_area(around.path) or HOME_PATH
    script = assets().get(SCRIPT)
    search = find_search(signed_in.act.actor.permissions) if signed_in else None
    others = [translator(code) for code in languages() if code != language.language]
    return Chrome(
        tag=language.tag,
        host=urlsplit(around.host).netloc or around.host,
        icon=assets()["icon.svg"].url,
        style=assets()[STYLE].url,
        script=script.url if script else None,
        here=here,
        token_field=FORM_FIELD,
        form_token=around.visitor.form_token,
        organisation=signed_in.organisation.name if signed_in else None,
        person=signed_in.person.name if signed_in else None,
        search=None if search is None else f"console-search-for-{search.value}",
        navigation=build_navigation(language, around),
        switches=tuple(
            Switch(
                language=other.language,
                tag=other.tag,
                name=other.name,
                href=f"{around.path}?lang={other.language}",
            )
            for other in others
        ),
        flash=language.text(flash.message, **flash.params) if flash else None,
    )


def build_navigation(language: Translator, around: Surroundings) -> tuple[Chapter, ...]:
    """List the areas this reader may enter; the longest matching path is the current one."""
    signed_in = around.visitor.signed_in
    if signed_in is None:
        return ()
    permissions = signed_in.act.actor.permissions
    current = HOME_PATH if around.path == HOME_PATH else find_area(around.path)
    open_areas = [
        area
        for area in NAVIGATION
        if (area.permission is None or area.permission in permissions)
        and (area.unless is None or area.unless not in permissions)
    ]
    return tuple(
        Chapter(
            label="" if group is None else language.text(f"console-menu-{group.value}"),
            entries=tuple(
                Entry(
                    href=area.path,
                    label=language.text(area.message),
                    icon=area.icon,
                    is_current=area.path == current,
                )
                for area in areas
            ),
        )
        for group, areas in groupby(open_areas, key=lambda area: area.group)
    )


def find_area(path: str) -> str:
    """Return the area a page belongs to: the longest of their paths that begins its own."""
    matching = [
        area.path
        for area in NAVIGATION
        # Every page lies below the first one; that says nothing.
        if area.path != HOME_PATH and f"{path}/".startswith(f"{area.path}/")
    ]
    return max(matching, key=len, default="")


def build_flash_cookie(flash: Flash, visitor: Visitor, *, is_secure: bool) -> str:
    """Write the cookie that carries a sentence to the next page, sealed against strangers."""
    params = {
        name: value[:LINE_LENGTH_MAX] if isinstance(value, str) else value
        for name, value in flash.params.items()
    }
    text = encode_text(orjson.dumps([flash.message, params]).decode())
    name = flash_cookie_name(is_secure=is_secure)
    value = f"{text}.{visitor.seal(text)}"
    return build_cookie(name, value, max_age=_FLASH_AGE_S, is_secure=is_secure)


def find_flash(cookie: str | None, visitor: Visitor, language: Translator) -> Flash | None:
    """Return the waiting sentence, or None: no cookie, not ours, or words we do not have."""
    text, _, seal = (cookie or "")[:_FLASH_LENGTH_MAX].partition(".")
    if not text or seal != visitor.seal(text):
        return None
    decoded = decode_text(text)
    if decoded is None:
        return None
    message, params = orjson.loads(decoded)
    return Flash(message=message, params=params) if language.has(message) else None
