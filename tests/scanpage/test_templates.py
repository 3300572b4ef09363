"""Every page a consumer can meet: complete, safe, small, and the same in every language."""

import base64
import gzip
import hashlib
import re
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import get_type_hints

import pytest
from jinja2 import Environment, FileSystemLoader, meta, nodes
from tests.consumer_site import Outline
from tools.sample_pages import OUTCOMES, PUBLIC_URL, UNIT, render_outcome, sample_pages

from trueorigin.domain.catalog import LocalText
from trueorigin.web import answers
from trueorigin.web.answers import VerdictPage
from trueorigin.web.assets import assets, pack
from trueorigin.web.i18n import languages, translator
from trueorigin.web.pages import (
    TEMPLATES,
    HomePage,
    MessagePage,
    PageKind,
    Renderer,
    page_policy,
)
from trueorigin.web.splicing import cut

PAGES = sample_pages()
# The promise is 30 kB for everything; one round trip of a fresh connection carries about 14.
BYTES_MAX = 30_000
BYTES_OF_A_FIRST_FLIGHT = 14_000
VOID = {"meta", "link", "img", "input", "br", "hr"}

every_page = pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in PAGES])
every_language = pytest.mark.parametrize("language", languages())


class Balance(HTMLParser):
    """Fails on an element that is not closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@every_page
@every_language
def test_a_page_is_well_formed(name: str, language: str) -> None:
    balance = Balance()
    balance.feed(PAGES[name](language))
    assert balance.open == []
    assert len(balance.ids) == len(set(balance.ids))
    assert balance.headings[0] == 1
    assert balance.headings.count(1) == 1
    steps = zip(balance.headings, balance.headings[1:], strict=False)
    assert all(after <= before + 1 for before, after in steps)


@every_page
@every_language
def test_a_page_asks_nothing_of_other_hosts(name: str, language: str) -> None:
    html = PAGES[name](language)
    page = Outline.of(html)
    outside = [each for each in page.sources if each and each[0] not in "/?#t"]
    assert outside in ([], ["https://ningshan.example"])
    assert not re.search(r"@import|url\(|\sstyle=|\son[a-z]+=|<script(?! src=\"/static/)", html)
    assert page.language == translator(language).tag


@every_page
@every_language
def test_a_page_is_written_in_one_language(name: str, language: str) -> None:
    words = Outline.of(PAGES[name](language)).text
    if language == "zh":
        # Goods keep their registered names.
        own = words.replace("fifteen years in the cellar", "")
        assert not re.search(r"\b(the|you|your|this|that|what|one)\b", own, re.IGNORECASE)
    else:
        assert not re.search(r"[。，；：]", words)


@every_page
@every_language
def test_a_page_fits_one_bar_of_signal(name: str, language: str) -> None:
    html = PAGES[name](language)
    spliced = cut(html)
    page = len(spliced.fill_gzip({}))
    sources = Outline.of(html).sources
    linked = sum(len(pack(asset.body)) for asset in assets().values() if asset.url in sources)
    assert page <= BYTES_OF_A_FIRST_FLIGHT, page
    assert page + linked <= BYTES_MAX
    assert len(gzip.compress(html.encode(), 9)) <= page


@every_language
def test_what_reads_the_camera_is_named_but_not_loaded(language: str) -> None:
    """470 kB that only who presses the button fetches."""
    html = PAGES["home"](language)
    sources = Outline.of(html).sources
    for name in ("built/detector.js", "built/zxing_reader.wasm"):
        url = assets()[name].url
        assert html.count(url) == 1
        assert url not in sources
    for name in set(PAGES) - {"home"}:
        assert not re.search(r"detector|zxing|/static/scan", PAGES[name](language))


@every_language
def test_the_measured_weight_of_the_item_page(language: str) -> None:
    """The figure we publish: page with its style, packed, and the icon."""
    html = PAGES["genuine-again"](language)
    weight = len(cut(html).fill_gzip({})) + len(pack(assets()["icon.svg"].body))
    assert 5_000 < weight < 9_000, weight


def test_the_policy_allows_exactly_our_sheet() -> None:
    for name, kind in (
        ("genuine-first", PageKind.ANSWER),
        ("not_issued", PageKind.ANSWER),
        ("message-404", PageKind.PLAIN),
        ("home", PageKind.HOME),
        ("photo-several", PageKind.PHOTO),
        ("photo-none", PageKind.PHOTO),
    ):
        sheets = re.findall(r"<style>(.*?)</style>", PAGES[name]("en"), re.DOTALL)
        digests = [hashlib.sha256(sheet.encode()).digest() for sheet in sheets]
        allowed = " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)
        assert f"style-src {allowed};" in page_policy(kind), name
        assert "unsafe-inline" not in page_policy(kind)
    assert "unsafe" not in page_policy() + page_policy(PageKind.ANSWER)


@every_page
def test_colour_is_never_alone(name: str) -> None:
    for language in languages():
        html = PAGES[name](language)
        # Pages that say nothing about goods, asking for a code or which one, have no colour.
        is_neutral = 'class="document home"' in html
        assert is_neutral == (name in {"home", "photo-several", "photo-mixed"})
        assert html.count('class="seal"') == (0 if is_neutral else 1)
        assert len(Outline.of(html).text) > 100


def test_each_verdict_has_its_own_headline_and_seal() -> None:
    shown = set()
    for name in OUTCOMES:
        html = PAGES[name]("en")
        [seal] = re.findall(r'<svg class="seal".*?</svg>', html, re.DOTALL)
        [headline] = re.findall(r"<h1>(.*?)</h1>", html)
        shown.add((headline, seal))
    headlines = {headline for headline, _ in shown}
    assert len(shown) == len(headlines) == len({seal for _, seal in shown}) == 9


@every_language
def test_markup_in_registered_texts_stays_text(language: str) -> None:
    hostile = '<img src=x onerror="alert(1)">\'"&{{7*7}}'
    unit = replace(
        UNIT,
        organisation=replace(
            UNIT.organisation, name=hostile, website="javascript:alert(1)//x", phone=hostile
        ),
        product=replace(
            UNIT.product,
            name=LocalText(zh=hostile, en=hostile),
            description=LocalText(zh=hostile, en=hostile),
            specification=hostile,
            category=hostile,
        ),
        batch=replace(UNIT.batch, lot=hostile),
    )
    outcome = replace(OUTCOMES["genuine-again"], unit=unit)
    html = render_outcome(Renderer(PUBLIC_URL), outcome, translator(language))
    assert "<img src=x" not in html
    assert "javascript:" not in html
    assert "49" not in html
    assert Outline.of(html).text.count("<img src=x onerror") >= 5


def test_an_unverified_maker_is_labelled() -> None:
    page = Outline.of(PAGES["genuine-unverified"]("en"))
    assert page.verdict == "genuine"
    assert "maker not verified" in page.text
    assert "Identity not verified" in page.text
    assert "Identity verified" not in page.text


@pytest.mark.parametrize("name", ["not_issued", "suspect", "caution"])
def test_what_is_only_doubted_is_never_called_fake(name: str) -> None:
    assert not re.search(r"fake|counterfeit|forg", PAGES[name]("en").lower())
    assert not re.search(r"假货|假冒|伪造|赝品", PAGES[name]("zh"))


def _names(template: str) -> set[str]:
    """Return what a template asks of `page`, however deep it is passed on."""
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    source = (TEMPLATES / template).read_text(encoding="utf-8")
    return {
        node.attr
        for node in environment.parse(source).find_all(nodes.Getattr)
        if isinstance(node.node, nodes.Name) and node.node.name == "page"
    }


@pytest.mark.parametrize(
    ("template", "context"),
    [("verdict.html", VerdictPage), ("home.html", HomePage), ("message.html", MessagePage)],
)
def test_a_template_uses_every_field_of_its_context_and_no_other(
    template: str, context: type
) -> None:
    assert _names(template) == set(get_type_hints(context))


def test_every_part_is_used_and_every_field_explained() -> None:
    environment = Environment(autoescape=True)
    used = {
        node.attr
        for name in ("parts.html", "verdict.html")
        for node in environment.parse((TEMPLATES / name).read_text(encoding="utf-8")).find_all(
            nodes.Getattr
        )
    }
    parts = [each for each in vars(answers).values() if isinstance(each, type)]
    parts = [each for each in parts if each.__name__.endswith(("Part", "Row", "Moment", "Piece"))]
    assert len(parts) > 8
    for part in parts:
        for each in fields(part):
            assert each.name in used, (part, each.name)
            assert each.metadata["help"].endswith(".")


def test_templates_know_nothing_but_page_chrome_and_sentences() -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
    for path in TEMPLATES.rglob("*.html"):
        tree = environment.parse(path.read_text(encoding="utf-8"))
        # What a template imports or sets at its top counts as free within its blocks.
        own = {node.target for node in tree.find_all(nodes.Import)}
        own |= {str(getattr(node.target, "name", "")) for node in tree.find_all(nodes.Assign)}
        own |= {node.name for node in tree.find_all(nodes.Macro)}
        # Numbers and times are worded by the reader's language, too; the console has many.
        given = {"page", "chrome", "t"}
        given |= {"day", "instant", "number"} if path.parent.name == "console" else set()
        # Set by every page that extends it.
        given |= {"title", "tone"} if path.name == "base.html" else set()
        assert meta.find_undeclared_variables(tree) - own <= given, path.name
