"""Products, batches and the enterprise: registering, changing, files, two people at once."""

import io
from dataclasses import dataclass
from typing import Any, TypeAlias

import pytest
from PIL import Image
from tests.console_house import Office
from tests.console_site import Browser
from tests.factories import make_gtin

from trueorigin.services import accounts, catalog

# Field, and the name, content and claimed type of one file.
Upload: TypeAlias = tuple[str, tuple[str, bytes, str]]

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


def make_picture(colour: str = "#a5281b", kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, kind)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Draft:
    """The form of a product that is right."""

    fields: dict[str, Any]

    def but(self, **changes: str) -> dict[str, Any]:
        return {**self.fields, **{key.replace("__", "."): each for key, each in changes.items()}}


@pytest.fixture
def draft() -> Draft:
    return Draft(
        {
            "gtin": make_gtin("0690999000001"),
            "name.zh": "云雾绿茶",
            "name.en": "Cloud Green Tea",
            "description.en": "Two leaves\r\nand a bud",
            "specification": "250 g",
            "features.0.name_en": "Harvest",
            "features.0.value_en": "Before Qingming",
            "features.3.name_zh": "海拔",
            "features.3.value_zh": "1200 米",
        }
    )


def new_product(browser: Browser, form: dict[str, Any], **options: list[Upload]) -> str:
    browser.get("/console/products/new")
    response = browser.post("/console/products/new", form, **options)
    assert response.status_code == 303, browser.page.errors or browser.page.text
    return str(response.headers["location"])


def test_a_product_is_registered_and_shown_with_everything_typed(
    alice: Browser, draft: Draft
) -> None:
    path = new_product(alice, draft.fields)
    alice.get(path)
    for words in (
        "云雾绿茶",
        "Cloud Green Tea",
        "250 g",
        "Before Qingming",
        "1200 米",
        "is registered",
    ):
        assert words in alice.page.text
    alice.get("/console/products")
    assert alice.page.links["Cloud Green Tea"] == path


def test_a_wrong_check_digit_is_named_and_nothing_typed_is_lost(
    alice: Browser, draft: Draft
) -> None:
    alice.get("/console/products/new")
    wrong = draft.fields["gtin"][:-1] + str((int(draft.fields["gtin"][-1]) + 1) % 10)
    response = alice.post("/console/products/new", draft.but(gtin=wrong, category="x" * 500))
    assert response.status_code == 422
    assert draft.fields["gtin"][-1] in alice.page.errors["gtin"]
    assert "category" in alice.page.errors
    assert alice.page.values["name.zh"] == "云雾绿茶"
    assert alice.page.values["description.en"] == "Two leaves\nand a bud"
    assert alice.page.values["features.1.value_zh"] == "1200 米"


def test_a_gtin_of_somebody_else_is_refused_without_saying_whose(
    office: Office, alice: Browser, draft: Draft
) -> None:
    alice.get("/console/products/new")
    gtin = office.charlies.product.gtin or ""
    response = alice.post("/console/products/new", draft.but(gtin=gtin))
    assert response.status_code == 409
    assert "taken" in alice.page.errors["gtin"]
    assert office.charlies.organisation.name not in alice.page.text


def test_more_rows_come_without_script_and_save_nothing(alice: Browser, draft: Draft) -> None:
    alice.get("/console/products/new")
    before = sum(name.startswith("features.") for name in alice.page.values)
    response = alice.post("/console/products/new", {**draft.fields, "more": "features"})
    assert response.status_code == 200
    after = sum(name.startswith("features.") for name in alice.page.values)
    assert after > before
    assert alice.page.values["features.0.value_en"] == "Before Qingming"
    alice.get("/console/products")
    assert "Cloud Green Tea" not in alice.page.links


def test_pictures_are_kept_although_the_rest_is_wrong(alice: Browser, draft: Draft) -> None:
    alice.get("/console/products/new")
    picture = ("pictures", ("front.png", make_picture(), "image/png"))
    response = alice.post("/console/products/new", draft.but(gtin=""), files=[picture])
    assert response.status_code == 422
    kept = [
        attributes["value"] or ""
        for tag, attributes in alice.page.tags
        if tag == "input" and attributes.get("name") == "pictures-kept"
    ]
    assert len(kept) == 1
    path = new_product(alice, {**draft.fields, "pictures-kept": kept})
    alice.get(path)
    sources = [each["src"] or "" for tag, each in alice.page.tags if tag == "img"]
    response = alice.send("GET", sources[0])
    assert response.headers["content-type"] == "image/png"
    assert "sandbox" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("picture.png", b"<svg onload='alert(1)'/>", id="a script as picture"),
        pytest.param("page.html", b"<!DOCTYPE html><script>alert(1)</script>", id="a page"),
        pytest.param("empty.png", b"", id="nothing"),
        pytest.param("half.png", make_picture()[:60], id="half a picture"),
        pytest.param("paper.pdf", PDF, id="a document where a picture belongs"),
    ],
)
def test_what_is_no_picture_is_refused_with_its_name(
    alice: Browser, draft: Draft, name: str, content: bytes
) -> None:
    alice.get("/console/products/new")
    files = [("pictures", (name, content, "image/png"))]
    response = alice.post("/console/products/new", draft.fields, files=files)
    assert response.status_code == 422
    assert name in alice.page.errors["pictures"]


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(alice: Browser) -> None:
    alice.get("/console/products/new")
    response = alice.send(
        "POST",
        "/console/products/new",
        content=b"x",
        headers={
            "content-type": "multipart/form-data; boundary=x",
            "content-length": str(200 * 2**20),
            "sec-fetch-site": "same-origin",
        },
    )
    assert response.status_code == 413


def test_another_organisations_file_cannot_be_put_on_a_product(
    office: Office, alice: Browser, draft: Draft
) -> None:
    charlie = office.browser(office.charlie)
    charlie.get("/console/products/new")
    form = {"name.en": "Seeds", "gtin": make_gtin("0690999000099")}
    files = [("pictures", ("seeds.png", make_picture(), "image/png"))]
    charlie.get(new_product(charlie, form, files=files))
    source = next(each["src"] or "" for tag, each in charlie.page.tags if tag == "img")
    assert alice.send("GET", source).status_code == 404
    alice.get("/console/products/new")
    stolen = {"pictures-kept": source.rpartition("/")[2]}
    assert alice.post("/console/products/new", {**draft.fields, **stolen}).status_code == 422
    assert "seeds.png" not in alice.page.text


def test_two_people_change_one_product_and_the_second_sees_both_versions(
    office: Office, alice: Browser, draft: Draft
) -> None:
    path = new_product(alice, draft.fields)
    bob = office.browser(office.bob)
    alice.get(f"{path}/edit")
    bob.get(f"{path}/edit")
    bob.follow(bob.post(f"{path}/edit", {**bob.page.values, "name.en": "Bob's Tea"}))
    mine = {**alice.page.values, "name.en": "Alice's Tea", "category": "Tea"}
    response = alice.post(f"{path}/edit", mine)
    assert response.status_code == 409
    assert "Bob's Tea" in alice.page.text
    assert alice.page.values["name.en"] == "Alice's Tea"
    assert alice.page.values["category"] == "Tea"
    alice.follow(alice.post(f"{path}/edit", alice.page.values))
    assert "Alice's Tea" in alice.page.text
    assert "1200 米" in alice.page.text


def test_unticked_pictures_leave_the_product_when_it_is_saved(alice: Browser, draft: Draft) -> None:
    files = [
        ("pictures", (f"{colour}.png", make_picture(colour), "image/png"))
        for colour in ("red", "blue")
    ]
    path = new_product(alice, draft.fields, files=files)
    alice.get(f"{path}/edit")
    ids = [
        each["value"] or ""
        for tag, each in alice.page.tags
        if tag == "input" and each.get("name") == "pictures-kept"
    ]
    form = {**alice.page.values, "pictures-kept": ids[1]}
    alice.follow(alice.post(f"{path}/edit", form))
    sources = [each["src"] or "" for tag, each in alice.page.tags if tag == "img"]
    assert [source.rpartition("/")[2] for source in sources] == [ids[1]]


def test_a_batch_is_registered_with_origin_materials_and_papers(
    office: Office, alice: Browser
) -> None:
    product = office.alices.product
    alice.get(f"/console/batches/new?product={product.id}")
    form = {
        "product_id": str(product.id),
        "lot": "B-2026/03",
        "produced_on": "2026-03-01",
        "expires_on": "2031-02-28",
        "origin.place.zh": "贵州仁怀",
        "origin.line": "2",
        "origin.materials.0.name": "高粱",
        "origin.materials.0.supplier": "红缨子合作社",
        "origin.materials.0.lot": "S-7",
        "origin.materials.5.name": "小麦",
    }
    files = [("papers", ("inspection.pdf", PDF, "application/pdf"))]
    response = alice.post("/console/batches/new", form, files=files)
    assert response.status_code == 303, alice.page.errors
    alice.get(response.headers["location"])
    for words in (
        "B-2026/03",
        "贵州仁怀",
        "红缨子合作社",
        "小麦",
        "inspection.pdf",
        "1 March 2026",
    ):
        assert words in alice.page.text
    paper = alice.send("GET", alice.page.links["inspection.pdf"])
    assert paper.headers["content-disposition"].startswith("attachment")


def test_a_batch_without_name_of_its_material_says_so_in_its_row(
    office: Office, alice: Browser
) -> None:
    alice.get("/console/batches/new")
    form = {
        "product_id": str(office.alices.product.id),
        "lot": "L 1",
        "produced_on": "yesterday",
        "expires_on": "2031-02-30",
        "origin.materials.0.supplier": "Somebody",
    }
    assert alice.post("/console/batches/new", form).status_code == 422
    assert set(alice.page.errors) == {"produced_on", "expires_on"}
    form |= {"produced_on": "2026-03-01", "expires_on": "2025-01-01"}
    assert alice.post("/console/batches/new", form).status_code == 422
    assert {"lot", "expires_on", "origin.materials.0.name"} <= set(alice.page.errors)
    assert alice.page.values["origin.materials.0.supplier"] == "Somebody"


@pytest.mark.parametrize("product_id", ["", "x", "0" * 32])
def test_a_batch_needs_one_of_the_organisations_products(alice: Browser, product_id: str) -> None:
    alice.get("/console/batches/new")
    form = {"product_id": product_id, "lot": "L1"}
    assert alice.post("/console/batches/new", form).status_code in {404, 422}


def test_another_organisations_product_gets_no_batch(office: Office, alice: Browser) -> None:
    alice.get("/console/batches/new")
    form = {"product_id": str(office.charlies.product.id), "lot": "L1"}
    assert alice.post("/console/batches/new", form).status_code == 404


def test_two_people_change_one_batch_and_the_second_sees_both_versions(
    office: Office, alice: Browser
) -> None:
    path = f"/console/batches/{office.alices.batch.id}"
    bob = office.browser(office.bob)
    alice.get(f"{path}/edit")
    bob.get(f"{path}/edit")
    bob.follow(bob.post(f"{path}/edit", {**bob.page.values, "origin.line": "7"}))
    mine = {**alice.page.values, "origin.line": "9"}
    assert alice.post(f"{path}/edit", mine).status_code == 409
    assert alice.page.values["origin.line"] == "9"
    alice.follow(alice.post(f"{path}/edit", alice.page.values))
    with office.site.world.database.read() as tx:
        batch = catalog.get_batch(tx, office.alices.scope, office.alices.batch.id)
    assert batch.origin.line == "9"
    assert batch.version == 3


def test_the_enterprise_keeps_logo_and_colour(office: Office, alice: Browser) -> None:
    alice.get("/console/enterprise/edit")
    form = {
        **alice.page.values,
        "legal_name": "贵州某某酒业有限公司",
        "uscc": "91350100M000100Y43",
        "colour": "#17536F",
    }
    files = [("logo", ("logo.png", make_picture(), "image/png"))]
    alice.follow(alice.post("/console/enterprise/edit", form, files=files))
    assert "91350100M000100Y43" in alice.page.text
    with office.site.world.database.read() as tx:
        stored = accounts.get_organisation(tx, office.alices.scope)
    assert stored.colour == "#17536f"
    assert stored.logo_file_id is not None


def test_the_colour_can_be_looked_at_before_it_is_saved(office: Office, alice: Browser) -> None:
    alice.get("/console/enterprise/edit")
    form = {**alice.page.values, "colour": "#ffe000", "preview": "1"}
    assert alice.post("/console/enterprise/edit", form).status_code == 200
    assert any(each.get("fill") == "#ffe000" for _, each in alice.page.tags)
    with office.site.world.database.read() as tx:
        assert accounts.get_organisation(tx, office.alices.scope).colour is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("uscc", "91350100M000100Y44"),
        ("colour", "red"),
        ("website", "javascript:alert(1)"),
        ("email", "nobody"),
        ("time_zone", "Moon/Base"),
        ("gs1_prefix", "12"),
        ("name", ""),
    ],
)
def test_each_wrong_field_of_the_enterprise_has_its_sentence(
    alice: Browser, name: str, value: str
) -> None:
    alice.get("/console/enterprise/edit")
    form = {**alice.page.values, name: value}
    assert alice.post("/console/enterprise/edit", form).status_code == 422
    assert alice.page.errors[name]


def test_a_member_sees_the_enterprise_but_does_not_change_it(office: Office) -> None:
    bob = office.browser(office.bob)
    bob.get("/console/enterprise")
    assert "/console/enterprise/edit" not in bob.page.links.values()
    assert bob.get("/console/enterprise/edit").status_code == 403


def test_markup_in_every_field_is_shown_as_text(alice: Browser) -> None:
    alice.get("/console/products/new")
    gtin = make_gtin("0690999000777")
    typed = {name: SCRIPT for name in alice.page.values if name not in {"form_token", "version"}}
    typed |= {"gtin": gtin, "internal_number": "", "q": ""}
    path = new_product(alice, typed)
    alice.get("/console/batches/new")
    names = [name for name in alice.page.values if name.startswith("origin.")]
    form = {**dict.fromkeys(names, SCRIPT), "product_id": path.rpartition("/")[2], "lot": "<>"}
    alice.post("/console/batches/new", {**form, "lot": "L<"})
    batch = alice.post("/console/batches/new", {**form, "lot": "L-1"}).headers["location"]
    alice.get("/console/enterprise/edit")
    own = {**alice.page.values, "name": SCRIPT, "legal_name": SCRIPT, "address": SCRIPT}
    alice.follow(alice.post("/console/enterprise/edit", own))
    alice.get("/console/account")
    alice.follow(alice.post("/console/account", {"name": SCRIPT, "language": "en"}))
    for page in (
        "/console", "/console/products", path, f"{path}/edit", "/console/batches", batch,
        f"{batch}/edit", "/console/enterprise", "/console/enterprise/edit", "/console/people",
        "/console/account", "/console/search?q=<script>alert(1)</script>",
        "/console/products?q=<script>alert(1)</script>",
    ):  # fmt: skip
        assert alice.get(page).status_code == 200, page
        for tag, attributes in alice.page.tags:
            assert not (tag == "script" and "src" not in attributes), page
            assert not any(name.startswith("on") for name in attributes), (page, tag, attributes)
            assert attributes.get("src") != "x", page


def test_search_finds_products_lots_and_runs(office: Office, alice: Browser) -> None:
    tenant = office.alices
    for text, title in (
        ("celadon", "Celadon Spirit 500 ml"),
        ("青瓷", "Celadon Spirit 500 ml"),
        ((tenant.product.gtin or "")[2:9], "Celadon Spirit 500 ml"),
        (tenant.batch.lot.lower(), tenant.batch.lot),
        (str(tenant.run.id), f"Run {tenant.run.id}"),
    ):
        alice.get(f"/console/search?q={text}")
        assert title in alice.page.links, (text, alice.page.text)
    alice.get(f"/console/search?q={office.charlies.batch.lot}")
    assert office.charlies.batch.lot not in alice.page.links


@pytest.mark.parametrize("text", ["%", "_", "\\", "%00", "'", "a" * 3000, "\U0001f600"])
def test_search_takes_every_text_as_it_is(alice: Browser, text: str) -> None:
    assert alice.send("GET", "/console/search", params={"q": text}).status_code == 200


def test_a_code_leads_straight_to_its_unit(office: Office, alice: Browser) -> None:
    tenant = office.alices
    url = f"https://zy.example/01/{tenant.product.gtin}/21/{tenant.serial(3)}"
    response = alice.send("GET", "/console/search", params={"q": url})
    assert response.headers["location"].startswith("/console/units?code=https%3A%2F%2Fzy.example")


def test_keys_are_shown_once_and_work_until_they_are_revoked(
    office: Office, alice: Browser
) -> None:
    alice.get("/console/keys")
    alice.post("/console/keys", {"label": "Line 2", "role": "manufacturer"})
    secret = next(word for word in alice.page.text.split() if word.startswith("to_"))
    alice.get("/console/keys")
    assert secret not in alice.page.html
    assert "Line 2" in alice.page.text
    revoke = next(
        each["action"] or ""
        for tag, each in alice.page.tags
        if tag == "form" and (each.get("action") or "").endswith("/revoke")
    )
    charlie = office.browser(office.charlie)
    assert charlie.post(revoke).status_code == 404
    alice.follow(alice.post(revoke))
    assert "Revoked" in alice.page.text


def test_a_colleague_gets_a_password_once_and_signs_in(office: Office, alice: Browser) -> None:
    alice.get("/console/people")
    form = {"name": "Eve", "email": "eve@example.com", "role": "member"}
    alice.post("/console/people", form)
    words = alice.page.text.split()
    password = next(word for word in words if word.count("-") == 3 and len(word) == 19)
    browser = office.browser()
    browser.get("/console/sign-in")
    form = {"email": "Eve@Example.com", "password": password}
    assert browser.post("/console/sign-in", form).status_code == 303
    alice.get("/console/people")
    assert password not in alice.page.html
    again = {"name": "Eve", "email": "eve@example.com", "role": "member"}
    assert alice.post("/console/people", again).status_code == 409
    assert alice.page.errors["email"]


def test_the_last_owner_stays(office: Office, alice: Browser) -> None:
    path = f"/console/people/{office.alice.id}"
    alice.get("/console/people")
    assert alice.post(f"{path}/role", {"role": "member"}).status_code == 409
    assert alice.post(f"{path}/remove").status_code == 409


def test_a_removed_colleague_is_out_at_the_next_click(office: Office, alice: Browser) -> None:
    bob = office.browser(office.bob)
    alice.get("/console/people")
    alice.follow(alice.post(f"/console/people/{office.bob.id}/remove"))
    assert bob.get("/console").status_code == 303
