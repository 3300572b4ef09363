"""Photographs sent without script: one code, several, none, others' codes, and hostile files."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from tests.consumer_site import PUBLIC_URL, Outline, Phone, item_path
from tests.scanning_world import Tenant

from trueorigin.adapters.barcodes import PIXELS_MAX
from trueorigin.domain.qr import encode
from trueorigin.web.requests import PHOTO_BODY_MAX

FOREIGN = "https://zy.example.evil.test/01/06901234000016/21/0000?first=1"


def draw(*texts: str, scale: int = 6) -> Image.Image:
    """Draw labels side by side on a grey ground."""
    picture = Image.new("L", (120 + 360 * max(len(texts), 1), 480), 150)
    for place, text in enumerate(texts):
        modules = np.kron(np.pad(encode(text).modules, 4), np.ones((scale, scale), np.bool_))
        label = Image.fromarray(np.where(modules, 20, 240).astype(np.uint8))
        picture.paste(label, (60 + place * 360, 60))
    return picture


def photo(*texts: str, kind: str = "JPEG") -> bytes:
    out = io.BytesIO()
    draw(*texts).save(out, kind)
    return out.getvalue()


def printed(tenant: Tenant, index: int) -> str:
    return PUBLIC_URL + item_path(tenant, index)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_leads_to_the_code_on_it(dora: Phone, alice: Tenant, kind: str) -> None:
    reply = dora.send_photo(photo(printed(alice, 7), kind=kind))
    assert (reply.status, reply.headers["location"]) == (303, item_path(alice, 7))
    assert Outline.of(dora.get(reply.headers["location"]).text).verdict == "genuine"


def test_the_same_code_twice_is_one_code(dora: Phone, alice: Tenant) -> None:
    reply = dora.send_photo(photo(printed(alice, 7), printed(alice, 7)))
    assert reply.headers["location"] == item_path(alice, 7)


def test_two_codes_are_offered_as_a_choice_and_none_is_recorded(dora: Phone, alice: Tenant) -> None:
    reply = dora.send_photo(photo(printed(alice, 7), printed(alice, 8)))
    assert reply.status == 200
    page = Outline.of(reply.text)
    links = [link for link in page.sources if link.startswith("/01/")]
    assert sorted(links) == sorted([item_path(alice, 7), item_path(alice, 8)])
    assert "2 of our codes" in page.text
    assert "Only your phone" not in Outline.of(dora.get(item_path(alice, 7)).text).text


def test_a_foreign_code_is_shown_as_text_and_never_linked(dora: Phone) -> None:
    reply = dora.send_photo(photo(FOREIGN))
    assert reply.status == 422
    page = Outline.of(reply.text)
    assert FOREIGN in page.text
    assert "Not our code" in page.text
    assert all("evil" not in source for source in page.sources)
    assert "location" not in reply.headers


def test_one_of_ours_beside_a_foreign_one_is_asked_about(dora: Phone, alice: Tenant) -> None:
    reply = dora.send_photo(photo(printed(alice, 7), FOREIGN))
    assert reply.status == 200
    page = Outline.of(reply.text)
    assert item_path(alice, 7) in page.sources
    assert FOREIGN in page.text
    assert all("evil" not in source for source in page.sources)


def test_a_script_in_a_code_is_text(dora: Phone) -> None:
    attack = "javascript:alert(1)//<script>alert(2)</script>"
    reply = dora.send_photo(photo(attack))
    assert "<script>alert" not in reply.text
    assert "javascript:alert(1)" in reply.text
    assert not re.search(r'(href|src)="[^"]*javascript', reply.text)


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        pytest.param(photo(), 422, "No code found", id="no code"),
        pytest.param(b"", 422, "No photo arrived", id="nothing"),
        pytest.param(b"%PDF-1.7 not a picture", 422, "Not a photo we can read", id="a document"),
        pytest.param(b"<svg onload='alert(1)'/>", 422, "Not a photo we can read", id="a drawing"),
        pytest.param(photo("x")[:900], 422, "The photo is damaged", id="cut off"),
        pytest.param(b"\xff" * (PHOTO_BODY_MAX + 2**15), 413, "The photo is too large", id="bytes"),
    ],
)
def test_what_cannot_be_read_is_answered_in_words(
    dora: Phone, content: bytes, status: int, said: str
) -> None:
    reply = dora.send_photo(content)
    assert reply.status == status
    page = Outline.of(reply.text)
    assert said in page.text
    assert "/photo" in page.sources


def test_a_photograph_of_a_50_megapixel_phone_is_read(dora: Phone, alice: Tenant) -> None:
    assert PIXELS_MAX >= 8192 * 6144
    picture = Image.new("L", (8192, 6144), 150)
    picture.paste(draw(printed(alice, 7)).resize((2880, 2880)), (2000, 1500))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70)
    assert dora.send_photo(out.getvalue()).headers["location"] == item_path(alice, 7)


def test_more_pixels_than_any_phone_has_are_refused_unopened(dora: Phone) -> None:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    reply = dora.send_photo(out.getvalue())
    assert reply.status == 422
    assert "The photo is too large" in reply.text


def test_a_form_of_another_kind_is_refused(dora: Phone) -> None:
    reply = dora.post("/photo", b"photo=x", kind="application/x-www-form-urlencoded")
    assert reply.status == 415


def test_the_page_of_a_photograph_can_be_reloaded_and_switched(dora: Phone) -> None:
    assert dora.get("/photo").headers["location"] == "/"
    assert dora.get("/photo?lang=zh").headers["location"] == "/?lang=zh"
    reply = dora.send_photo(photo())
    assert Outline.of(reply.text).links["中文"] == "?lang=zh"


def test_only_the_home_page_may_use_camera_and_wasm(dora: Phone, alice: Tenant) -> None:
    home, answer = dora.get("/").headers, dora.get(item_path(alice, 7)).headers
    assert "script-src 'self' 'wasm-unsafe-eval';" in home["content-security-policy"]
    assert "camera=(self)" in home["permissions-policy"]
    assert "geolocation=()" in home["permissions-policy"]
    assert "unsafe" not in answer["content-security-policy"]
    assert "camera=()" in answer["permissions-policy"]
    assert "geolocation=(self)" in answer["permissions-policy"]
    lost = dora.get("/nowhere").headers
    assert "unsafe" not in lost["content-security-policy"]
    assert "geolocation=()" in lost["permissions-policy"]
