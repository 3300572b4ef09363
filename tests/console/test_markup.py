# SPDX-License-Identifier: Apache-2.0
"""Scripts typed into every field of the console: reflected or stored, they stay text everywhere."""

import io
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from tests.console_house import COMMON, House, Office
from tests.console_site import Browser
from tests.consumer_site import Outline, Phone, Site, item_path
from tests.hostile_files import make_image, make_pdf

from trueorigin.console import ROUTES
from trueorigin.console.routing import Gate, Route
from trueorigin.domain.tenancy import Permission, Role
from trueorigin.storage import accounts

SCRIPT = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}"
# Short enough for every field, and still a tag wherever it is not escaped.
SHORT = "<s onclick=alert(1)>"
PAGES = [
    route for route in ROUTES if route.method == "GET" and not route.path.endswith((".csv", ".svg"))
]
CONSOLE = Path(__file__).parents[2] / "src" / "trueorigin" / "console"


def list_names(reader: str) -> list[str]:
    """List every name that a page looks for in its address with a function called like this."""
    pattern = re.compile(rf'(?:{reader})\((?:request, )?"(\w+)"')
    sources = (path.read_text(encoding="utf-8") for path in CONSOLE.glob("*.py"))
    return sorted({name for source in sources for name in pattern.findall(source)})


PARAMETERS = list_names(r"query\.get|cursor|find_\w+|read_\w+")
# Refused before anything else is looked at, so they are tried by themselves.
CHOICES = list_names(r"request\.choice")

# Pages are drawn alike from both databases.
ON_SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@dataclass(slots=True)
class SentForm:
    """One form of a page: where it goes, and the names of its fields with their types."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class Live(HTMLParser):
    """Finds what a browser would run or load, and the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[SentForm] = []
        self.dangers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and not given.get("src", "").startswith("/static/"):
            self.dangers.append(f"<script {given}>")
        if tag in {"iframe", "object", "embed", "base", "s"}:
            self.dangers.append(f"<{tag} {given}>")
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.dangers.append(f"<{tag} {name}={value!r}>")
            is_address = name in {"href", "src", "action", "formaction", "srcdoc"}
            if is_address and not re.match(r"[/?#]|https://|mailto:|tel:|$", value):
                self.dangers.append(f"<{tag} {name}={value!r}>")
        if tag == "form":
            self.forms.append(SentForm(given.get("action", ""), given.get("method", "get").lower()))
        if tag in {"input", "textarea", "select", "button"} and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("type", "text")


def dangers_of(html: str) -> list[str]:
    return Live(html).dangers


def test_the_finder_of_dangers_finds_them() -> None:
    for live in (SCRIPT, SHORT, "<a href='javascript:alert(1)'>", "<p style='x'>", "<base href=/>"):
        assert dangers_of(f"<p>{live}</p>"), live
    assert not dangers_of(
        "<p>&lt;script&gt;</p><a href='/x'>x</a><script src='/static/a'></script>"
    )
    assert {"q", "before", "code", "run", "batch", "next", "place"} <= set(PARAMETERS)
    assert {"kind", "result", "open"} <= set(CHOICES)


@ON_SQLITE
@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_script_in_the_address_is_not_run(house: House, route: Route) -> None:
    is_public = route.permission is Gate.PUBLIC
    office = house.office
    browser = Browser(office.site) if is_public else house.browser(route)
    path, _, query = house.fill(route.path).partition("?")
    for names, value in product((PARAMETERS, CHOICES), (SCRIPT, SHORT, "javascript:alert(1)")):
        address = f"{path}?{urlencode(dict.fromkeys(names, value))}&{query}"
        response = browser.send("GET", address)
        assert response.status_code in {200, 303, 404, 422}, (route.path, response.text[:500])
        if response.headers.get("content-type", "").startswith("text/html"):
            assert dangers_of(response.text) == []
        assert not response.headers.get("location", "/console").startswith("javascript")


@ON_SQLITE
@pytest.mark.parametrize("route", PAGES, ids=name_of)
def test_a_script_in_every_field_comes_back_as_text(house: House, route: Route) -> None:
    is_public = route.permission is Gate.PUBLIC
    office = house.office
    browser = Browser(office.site) if is_public else house.browser(route)
    response = browser.get(house.fill(route.path))
    if not response.headers["content-type"].startswith("text/html"):
        assert response.headers["x-content-type-options"] == "nosniff"
        return
    forms = [
        each
        for each in Live(response.text).forms
        # Their fields are ours; they end the session this test needs.
        if not each.action.endswith(("/sign-out", "/language", "/end-others", "/password"))
    ]
    assert forms
    page = browser.page
    for form in forms:
        for value in (SCRIPT, SHORT):
            typed = {name: value for name, kind in form.fields.items() if kind != "file"}
            browser.page = page
            typed.pop("form_token", None)
            if form.method == "get":
                answer = browser.get(f"{form.action}?{urlencode(typed)}")
            else:
                answer = browser.post(form.action or route.path, typed)
            assert answer.status_code in {200, 303, 401, 404, 409, 422}, (form, answer.text[:500])
            assert dangers_of(answer.text) == [], form


@pytest.mark.parametrize(
    "path", [f"/console/{quote(SCRIPT)}", f"/console/products/{quote(SHORT)}", "/console//evil"]
)
def test_a_script_for_a_path_is_an_unknown_page(office: Office, path: str) -> None:
    response = office.browser(office.alice).get(path)
    assert response.status_code == 404
    assert dangers_of(response.text) == []


def fill_catalogue(office: Office, alice: Browser) -> dict[str, str]:
    """Store scripts in the enterprise, the product and the batch; return their pages by name."""
    product = f"/console/products/{office.alices.product.id}"
    batch = f"/console/batches/{office.alices.batch.id}"
    alice.get("/console/enterprise/edit")
    own = {**alice.page.values, "name": SCRIPT, "legal_name": SCRIPT, "address": SCRIPT}
    own |= {"phone": "+86 1<s>", "email": "x@example.com", "website": "https://example.com/?<s>"}
    alice.follow(alice.post("/console/enterprise/edit", own))
    alice.get(f"{product}/edit")
    kept = {"form_token", "version", "q", "next", "language", "gtin", "internal_number"}
    typed = {name: SCRIPT for name in alice.page.values if name not in kept}
    typed |= {"version": alice.page.values["version"]}
    pictures = [("pictures", (f"{SHORT}.png", make_image(), "image/png"))]
    papers = [("certificates", (f"{SHORT}.pdf", make_pdf(), "application/pdf"))]
    alice.follow(alice.post(f"{product}/edit", typed, files=[*pictures, *papers]))
    alice.get(f"{batch}/edit")
    names = [name for name in alice.page.values if name.startswith(("origin.", "materials."))]
    typed = {**dict.fromkeys(names, SCRIPT), "version": alice.page.values["version"]}
    papers = [("papers", (f"{SHORT}.pdf", make_pdf(), "application/pdf"))]
    alice.follow(alice.post(f"{batch}/edit", typed, files=papers))
    return {"product_id": product, "batch_id": batch}


def fill_work(office: Office, alice: Browser) -> dict[str, str]:
    """Store scripts in what is done with codes and by people; return pages by name."""
    run = f"/console/runs/{office.alices.run.id}"
    alice.get(f"{run}/withdraw")
    part = {"level": "0", "from": "90", "to": "91", "reason": SCRIPT, "confirmed": "yes"}
    alice.follow(alice.post(f"{run}/withdraw", part))
    texts = {
        f"{name}.{code}": SCRIPT for name in ("reason", "instruction") for code in ("zh", "en")
    }
    goods = {"run": str(office.alices.run.id), "level": "0", "from": "8", "to": "9"}
    order = {**texts, **goods, "contact": SCRIPT, "number": SCRIPT, "confirmed": "yes"}
    recall = alice.post("/console/recalls/new", order).headers["location"]
    more = {"level": "0", "from": "0", "to": "9", "more": "1", "reason": SCRIPT}
    assert alice.post(f"{run}/allowance", more).status_code in {303, 422}
    alice.get("/console/keys")
    assert (
        alice.post("/console/keys", {"label": SCRIPT[:60], "role": "manufacturer"}).status_code
        == 200
    )
    alice.get("/console/people")
    colleague = {"name": SCRIPT, "email": "eve@example.com", "role": "member"}
    assert alice.post("/console/people", colleague).status_code == 200
    alice.get("/console/account")
    alice.follow(alice.post("/console/account", {"name": SCRIPT, "language": "en"}))
    alice.get("/console/imports")
    rows = f'internal_number,name_en,gtin\nN-1,"{SCRIPT.replace(chr(34), chr(34) * 2)}",{SHORT}\n'
    table = ("file", (f"{SHORT}.csv", rows.encode(), "text/csv"))
    found = alice.post("/console/imports", {"kind": "products"}, files=[table]).headers["location"]
    return {"run_id": run, "recall_id": recall, "import_id": found}


def hire(office: Office, role: Role) -> Browser:
    """Sign in somebody of an organisation in another role, who sees what everybody registered."""
    world = office.site.world
    with world.database.write() as tx:
        bureau = world.join(tx)
        strict = replace(bureau.organisation, roles=frozenset({role}))
        accounts.update_organisation(tx, bureau.scope, strict)
    return office.browser(office.site.hire(replace(bureau, organisation=strict), "Ines"))


def test_stored_scripts_are_text_on_every_page(office: Office, tmp_path: Path) -> None:
    alice = office.browser(office.alice)
    found = fill_catalogue(office, alice) | fill_work(office, alice)
    ids = {name: path.rpartition("/")[2] for name, path in found.items()} | COMMON
    ids["organisation_id"] = str(office.alices.organisation.id)
    others = {
        Permission.REGISTRY_READ: hire(office, Role.REGULATOR),
        Permission.ORGANISATION_VERIFY: hire(office, Role.OPERATOR),
    }
    shown = 0
    for route in PAGES:
        path = route.path
        permission = route.permission
        browser = others.get(permission, alice) if isinstance(permission, Permission) else alice
        for name, value in ids.items():
            path = path.replace(f"{{{name}}}", value)
        if "{" in path or route.permission in {Gate.PUBLIC, Permission.INSPECTION_WRITE}:
            continue
        response = browser.get(
            path + ("?batch=" + ids["batch_id"] if path.endswith("s/new") else "")
        )
        if response.headers.get("content-type", "").startswith("text/html"):
            assert response.status_code in {200, 404}, path
            assert dangers_of(response.text) == [], path
            shown += SCRIPT in response.text or "alert(1)" in browser.page.text
    assert shown > 15
    report = alice.send("GET", f"{found['import_id']}/report.csv")
    assert report.headers["content-disposition"].startswith("attachment")
    site = Site(office.site.world, tmp_path)
    for language in ("en", "zh"):
        for index, verdict in ((7, "genuine"), (8, "recalled"), (90, "withdrawn")):
            html = Phone(site, language=language).get(item_path(office.alices, index)).text
            page = Outline.of(html)
            assert page.verdict == verdict
            assert page.text.count("<script>alert(1)</script>") >= 8, language
            assert page.text.count("{{7*7}}") >= 8, language
            assert dangers_of(html) == []


def test_every_file_of_hostile_name_is_a_download_or_a_picture(office: Office) -> None:
    alice = office.browser(office.alice)
    product = fill_catalogue(office, alice)["product_id"]
    alice.get(product)
    paths = {
        value or ""
        for _, attributes in alice.page.tags
        for name, value in attributes.items()
        if name in {"href", "src"} and (value or "").startswith("/console/files/")
    }
    assert len(paths) >= 2
    for path in paths:
        headers = alice.send("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in headers["content-security-policy"]
        assert not re.search(r"[<>]", headers["content-disposition"])
        assert io.BytesIO(alice.send("GET", path).content).read(4) in {b"%PDF", b"\x89PNG"}
