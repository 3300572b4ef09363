"""POST and GET /files: what is taken, how it is handed out, and to whom."""

import hashlib

import pytest
from tests.api_world import World
from tests.hostile_files import DISGUISED, EICAR, make_image, make_pdf, make_photo, make_png_bomb

from trueorigin.domain.files import FILE_BYTES_MAX


def test_a_picture_is_taken_as_it_is_and_handed_out_anew(world: World) -> None:
    answer = world.alice.send("POST", "/files?name=%2e%2e/瓶.exe", content=make_photo(6))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], made["media_type"]) == ("瓶.jpg", "image/jpeg")
    assert (made["width"], made["height"]) == (40, 60)
    got = world.alice.send("GET", f"/files/{made['id']}")
    assert got.status_code == 200
    assert hashlib.sha256(got.content).hexdigest() == made["sha256"]
    assert b"SECRET" not in got.content
    assert got.headers["content-type"] == "image/jpeg"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert got.headers["content-disposition"].startswith("inline;")
    assert world.alice.get("/files")["items"] == [made]


def test_a_document_comes_as_a_download_only(world: World) -> None:
    made = world.alice.send("POST", "/files?name=报告.pdf", content=make_pdf(pages=2)).json()
    got = world.alice.send("GET", f"/files/{made['id']}")
    assert got.content.startswith(b"%PDF-")
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf"
    )
    assert got.headers["cache-control"].startswith("private,")


def test_a_file_that_is_known_is_not_sent_again(world: World) -> None:
    made = world.alice.send("POST", "/files", content=make_image()).json()
    path = f"/files/{made['id']}"
    tag = world.alice.send("GET", path).headers["etag"]
    again = world.alice.send("GET", path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = world.alice.send("GET", path, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


@pytest.mark.parametrize("name", DISGUISED)
def test_disguised_files_are_refused(sqlite_world: World, name: str) -> None:
    answer = sqlite_world.alice.send(
        "POST",
        "/files?name=a.png",
        content=DISGUISED[name](),
        headers={"Content-Type": "image/png"},
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "file_type_refused")


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        pytest.param(b"", "image/png", 422, "file_empty", id="nothing"),
        pytest.param(make_png_bomb(9000, 9000), "image/png", 422, "image_too_large", id="bomb"),
        pytest.param(bytes(FILE_BYTES_MAX + 1), "image/png", 413, "body_too_large", id="too long"),
        pytest.param(
            make_image(), "multipart/form-data", 422, "media_type_unsupported", id="form of a page"
        ),
        pytest.param(
            EICAR,
            "application/x-www-form-urlencoded",
            422,
            "media_type_unsupported",
            id="form of a page without script",
        ),
    ],
)
def test_what_cannot_be_kept_is_refused(
    sqlite_world: World, content: bytes, kind: str, status: int, code: str
) -> None:
    before = sqlite_world.fingerprint()
    answer = sqlite_world.alice.send(
        "POST", "/files", content=content, headers={"Content-Type": kind}
    )
    expected = 415 if code == "media_type_unsupported" else status
    assert (answer.status_code, answer.json()["error"]["code"]) == (expected, code)
    assert sqlite_world.fingerprint() == before
    assert sqlite_world.alice.get("/files")["items"] == []


def test_a_repeated_upload_is_one_file(world: World) -> None:
    headers = {"Idempotency-Key": "upload-1"}
    first = world.alice.send("POST", "/files", content=make_image(), headers=headers)
    again = world.alice.send("POST", "/files", content=make_image(), headers=headers)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = world.alice.send("POST", "/files", content=make_pdf(), headers=headers)
    assert other.json()["error"]["code"] == "idempotency_key_reused"
    assert len(world.alice.get("/files")["items"]) == 1


def test_files_of_another_organisation_are_unknown(world: World) -> None:
    made = world.alice.send("POST", "/files", content=make_image()).json()
    answer = world.charlie.send("GET", f"/files/{made['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "file_not_found")
    assert world.charlie.get("/files")["items"] == []
    product = world.charlie.add_product(gtin=None, internal_number="C-1")
    change = {"version": 1, "picture_file_ids": [made["id"]]}
    refused = world.charlie.send("PATCH", f"/products/{product['id']}", json=change)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "file_unknown")
