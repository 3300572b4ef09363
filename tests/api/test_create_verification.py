# SPDX-License-Identifier: Apache-2.0
"""POST /verifications: a code, a GTIN with serial, or a photograph; by anybody."""

import io
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from tests.api_world import NOT_ISSUED_LIMIT, PUBLIC_URL, World

from trueorigin.api.surface import BASE_PATH
from trueorigin.api.verifications import VerificationAnswer
from trueorigin.domain import qr
from trueorigin.domain.humancode import build, group
from trueorigin.web import photos


def issue(world: World, quantity: int = 100) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Release a run of goods with a GTIN and return it with its items."""
    batch = world.alice.add_batch(world.alice.add_product())
    run = world.alice.add_run_of(batch, quantity)
    world.alice.post(f"/runs/{run['id']}/releases", {})
    return run, world.alice.list_rows(run)


def verify(world: World, body: dict[str, Any], expect: int = 200, **options: Any) -> Any:  # noqa: ANN401 - JSON
    answer = world.dora.send("POST", "/verifications", json=body, **options)
    assert answer.status_code == expect, answer.text
    return answer.json()


def draw(*texts: str) -> bytes:
    """Return a photograph of labels, side by side on white."""
    tiles = []
    for text in texts:
        modules = np.pad(qr.encode(text).modules, 4)
        tiles.append(np.where(np.kron(modules, np.ones((5, 5), bool)), 0, 255).astype(np.uint8))
    side = max(tile.shape[0] for tile in tiles)
    row = [np.pad(t, ((0, side - t.shape[0]), (0, 40)), constant_values=255) for t in tiles]
    out = io.BytesIO()
    Image.fromarray(np.concatenate(row, axis=1)).save(out, "PNG")
    return out.getvalue()


def photograph(world: World, data: bytes, name: str = "photo") -> Any:  # noqa: ANN401 - httpx.Response
    return world.dora.send("POST", "/verifications", files={name: ("p.png", data, "image/png")})


def test_url_readable_code_and_serial_lead_to_the_same_unit(world: World) -> None:
    run, rows = issue(world)
    row = rows[7]
    for body in (
        {"code": row["url"]},
        {"code": row["url"].removeprefix("https://")},
        {"code": row["url"].removeprefix(PUBLIC_URL[:8] + "EX.CN")},
        {"code": row["code"]},
        {"code": row["code"].lower().replace("-", " ")},
        {"gtin": "6901234567892", "serial": row["serial"]},
    ):
        answer = verify(world, body)
        assert answer["verdict"] == "genuine"
        assert answer["unit"] == {
            "run": run["id"],
            "level": 0,
            "index": 7,
            "number": row["number"],
        }


def test_the_answer_has_the_documented_form(world: World) -> None:
    _, rows = issue(world)
    answer = verify(world, {"code": rows[0]["url"]})
    documented = VerificationAnswer.model_validate(answer, extra="forbid")
    assert documented.scan is not None
    assert set(answer) == set(VerificationAnswer.model_fields) - {"group", "translations"}
    world.client.forget_cookies()
    assert verify(world, {"code": rows[0]["url"]})["scans"]["devices"] == 1


def test_the_reading_is_in_the_ledger_before_the_answer(world: World) -> None:
    _, rows = issue(world)
    answer = verify(world, {"code": rows[0]["url"]})
    with world.database.read() as tx:
        ids = {str(row[0]) for row in tx.run("SELECT id FROM scan")}
    assert ids == {answer["scan"]["id"]}


def test_a_phone_counts_once_and_is_known_by_its_cookie(world: World) -> None:
    _, rows = issue(world)
    first = world.dora.send("POST", "/verifications", json={"code": rows[0]["url"]})
    cookie = first.headers["set-cookie"]
    assert cookie.startswith("to_device=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"))
    assert first.json()["scan"]["counted"] is True
    again = world.dora.send("POST", "/verifications", json={"code": rows[0]["url"]})
    assert again.json()["scan"]["counted"] is False
    assert "set-cookie" not in again.headers


def test_the_makers_own_readings_never_count(world: World) -> None:
    _, rows = issue(world)
    for person in (world.alice, world.sam, world.charlie):
        answer = person.post("/verifications", {"code": rows[0]["url"]}, expect=200)
        assert answer["verdict"] == "genuine"
        assert answer["scan"]["counted"] is False
    world.client.forget_cookies()
    assert verify(world, {"code": rows[0]["url"]})["scans"]["devices"] == 0


def test_one_changed_symbol_was_never_issued(world: World) -> None:
    _, rows = issue(world)
    url = rows[0]["url"]
    for place in (1, 8, 16):
        other = "7" if url[-place] != "7" else "9"
        changed = url[: len(url) - place] + other + url[len(url) - place + 1 :]
        answer = verify(world, {"code": changed})
        assert (answer["verdict"], answer["scan"], answer["product"]) == ("not_issued", None, None)


def test_a_right_serial_under_a_wrong_gtin_was_never_issued(world: World) -> None:
    _, rows = issue(world)
    world.charlie.add_product(gtin="04012345678901")
    world.alice.add_product(gtin="16901234567899")
    for gtin in ("04012345678901", "16901234567899", "00012345678905"):
        answer = verify(world, {"gtin": gtin, "serial": rows[0]["serial"]})
        assert answer["verdict"] == "not_issued"


def test_part_of_a_code_is_no_invented_code(world: World) -> None:
    """Four groups of six are what a bare serial looks like, which only its own people may use."""
    _, rows = issue(world)
    for part in (rows[0]["serial"], rows[0]["code"][:19]):
        assert verify(world, {"code": part}, expect=422)["error"]["code"] == "code_incomplete"
    picture = draw(rows[0]["serial"])
    assert photograph(world, picture).json()["error"]["code"] == "code_incomplete"
    told = world.alice.post("/verifications", {"code": rows[0]["serial"]}, expect=200)
    assert told["verdict"] == "genuine"


def test_an_invented_code_of_a_known_prefix_was_never_issued(world: World) -> None:
    prefix = world.alice.get("/organisation")["prefix"]
    code = group(build(prefix, "0123456789ABCDEF"))
    assert verify(world, {"code": code})["verdict"] == "not_issued"
    assert (
        verify(world, {"gtin": "06901234567892", "serial": "<script>"})["verdict"] == "not_issued"
    )


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        pytest.param({"code": "https://evil.example/01/06901234567892/21/0123456789ABCDEF"},
                     "foreign_url", "code", id="another host"),
        pytest.param({"code": ""}, "code_empty", "code", id="empty"),
        pytest.param({"code": "x" * 2049}, "text_too_long", "code", id="too long"),
        pytest.param({"code": "hello"}, "code_malformed", "code", id="a word"),
        pytest.param({"code": "/01/06901234567893/21/0123456789ABCDEF"},
                     "gtin_check_digit", None, id="GTIN check digit in URL"),
        pytest.param({"gtin": "06901234567893", "serial": "A"}, "gtin_check_digit", "gtin",
                     id="GTIN check digit"),
        pytest.param({"gtin": "06901234567892"}, "verification_form", "code", id="no serial"),
        pytest.param({"code": "A", "serial": "B"}, "verification_form", "code", id="two forms"),
        pytest.param({}, "verification_form", "code", id="nothing"),
        pytest.param({"code": 5}, "field_not_text", "code", id="number"),
        pytest.param({"url": "x"}, "field_unknown", "url", id="unknown"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused_by_name(
    sqlite_world: World, body: dict[str, Any], code: str, field: str | None
) -> None:
    error = verify(sqlite_world, body, expect=422)["error"]
    assert error["code"] == code
    assert field is None or error["field"] == field


def test_sentences_are_in_the_readers_language(world: World) -> None:
    _, rows = issue(world)
    answers = [
        verify(world, {"code": rows[0]["url"]}, headers={"Accept-Language": language})
        for language in ("zh-CN,zh;q=0.9", "en-GB")
    ]
    assert answers[0]["title"] != answers[1]["title"]
    refusals = [
        verify(world, {"code": ""}, expect=422, headers={"Accept-Language": language})
        for language in ("zh-CN", "en")
    ]
    assert refusals[0]["error"]["message"] != refusals[1]["error"]["message"]


def test_ten_thousand_inventions_slow_down_their_network_only(world: World) -> None:
    _, rows = issue(world)
    for _ in range(NOT_ISSUED_LIMIT):
        assert verify(world, {"code": "/01/06901234567892/21/0000000000000000"})
    answer = world.dora.send(
        "POST", "/verifications", json={"code": "/01/06901234567892/21/0000000000000000"}
    )
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    error = answer.json()["error"]
    assert error["code"] == "too_many_unknown_codes"
    assert "verdict" not in answer.json()
    # Issued codes are answered all the same, and so are signed-in readers.
    assert verify(world, {"code": rows[0]["url"]})["verdict"] == "genuine"
    world.alice.post(
        "/verifications", {"code": "/01/06901234567892/21/0000000000000000"}, expect=200
    )
    # Refused ones were counted too.
    with world.database.read() as tx:
        assert tx.run("SELECT sum(readings) FROM not_issued_count")[0][0] == NOT_ISSUED_LIMIT + 2
    world.clock.now = world.clock.now.replace(second=0, minute=world.clock.now.minute + 1)
    assert verify(world, {"code": "/01/06901234567892/21/0000000000000000"})


def test_a_photograph_of_one_label_is_read(world: World) -> None:
    _, rows = issue(world)
    answer = photograph(world, draw(rows[5]["url"]))
    assert answer.status_code == 200, answer.text
    assert answer.json()["unit"]["index"] == 5
    assert answer.json()["verdict"] == "genuine"


def test_several_codes_in_a_photograph_are_offered_for_choice(world: World) -> None:
    _, rows = issue(world)
    urls = [rows[5]["url"], rows[6]["url"], "https://elsewhere.example/x"]
    answer = photograph(world, draw(*urls))
    assert answer.status_code == 200
    assert sorted(each["code"] for each in answer.json()["choice"]) == sorted(urls)
    assert world.count("scan") == 0
    assert verify(world, answer.json()["choice"][0])


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        pytest.param(b"no picture", "photo", "image_type", id="no picture"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "photo", "image", id="broken picture"),
        pytest.param(b"", "photo", "field_missing", id="empty"),
        pytest.param(draw("x"), "picture", "field_missing", id="other field"),
    ],
)
def test_a_file_that_is_no_photograph_is_refused(
    sqlite_world: World, data: bytes, name: str, code: str
) -> None:
    answer = photograph(sqlite_world, data, name)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"].startswith(code)
    assert answer.json()["error"]["field"] == "photo"


def test_a_photograph_without_code_says_so(sqlite_world: World) -> None:
    out = io.BytesIO()
    Image.new("L", (300, 300), 255).save(out, "PNG")
    answer = photograph(sqlite_world, out.getvalue())
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "photo_without_code"


def test_a_photograph_of_a_foreign_code_names_the_host(sqlite_world: World) -> None:
    answer = photograph(sqlite_world, draw("https://elsewhere.example/x"))
    assert answer.json()["error"]["code"] == "foreign_url"


def test_a_malformed_form_is_refused(sqlite_world: World) -> None:
    for body, kind in (
        (b"--b\r\nnonsense", "multipart/form-data; boundary=b"),
        (b"x", "multipart/form-data"),
    ):
        answer = sqlite_world.dora.send(
            "POST", "/verifications", content=body, headers={"Content-Type": kind}
        )
        assert answer.status_code in {400, 422}, answer.text
        assert answer.json()["error"]["code"] in {"body_malformed", "field_missing"}


def test_a_crowd_of_photographs_is_asked_to_come_back(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photos, "PHOTOS_WAITING_MAX", 3)
    data = draw("https://elsewhere.example/x")
    answers = sqlite_world.client.request_together(
        [
            {
                "method": "POST",
                "url": f"{BASE_PATH}/verifications",
                "files": {"photo": ("p.png", data, "image/png")},
            }
        ]
        * 12
    )
    busy = [answer for answer in answers if answer.status_code == 503]
    assert {answer.json()["error"]["code"] for answer in busy} == {"busy"}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in busy)
    read = [answer for answer in answers if answer.status_code == 422]
    assert len(read) >= 3
    assert len(read) + len(busy) == 12


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_other_forms_are_refused(sqlite_world: World, kind: str) -> None:
    answer = sqlite_world.dora.send(
        "POST", "/verifications", content=b"code=x", headers={"Content-Type": kind}
    )
    assert answer.status_code == 415
    assert answer.json()["error"]["code"] == "media_type_unsupported"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"code":' + b"[" * 100_000]
)
def test_malformed_bodies_are_refused(sqlite_world: World, body: bytes) -> None:
    answer = sqlite_world.dora.send(
        "POST", "/verifications", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert answer.json()["error"]["code"] in {"body_malformed", "body_missing", "body_not_object"}


def test_a_wrong_key_is_not_read_as_no_key(sqlite_world: World) -> None:
    answer = sqlite_world.dora.send(
        "POST", "/verifications", json={"code": "x"}, headers={"Authorization": "Bearer to_x"}
    )
    assert answer.status_code == 401


def test_a_group_is_held_against_its_label_where_that_is_asked_for(world: World) -> None:
    batch = world.alice.add_batch(world.alice.add_product())
    run = world.alice.add_run_of(batch, 100, packing=[24])
    world.alice.post(f"/runs/{run['id']}/releases", {})
    items = [row["number"] for row in world.alice.list_rows(run, to=24)]
    [case, *_rest, last] = world.alice.list_rows(run, level=1)
    body = {"code": case["url"], "include": ["group"]}
    assert "group" not in verify(world, {"code": case["url"]})
    told = verify(world, body)["group"]
    assert told == {
        "level": 0,
        "count": 24,
        "items": 24,
        "packed": False,
        "numbers": items,
        "agrees": True,
        "missing": [],
        "extra": [],
        "gone": [],
        "added": [],
    }
    assert verify(world, {"code": last["url"], "include": ["group"]})["group"]["count"] == 4
    forged = case["url"].replace(items[3], "ZZZZZZ")
    told = verify(world, {**body, "code": forged})["group"]
    assert (told["agrees"], told["missing"], told["extra"]) == (False, [items[3]], ["ZZZZZZ"])
    assert verify(world, {**body, "code": case["code"]})["group"]["agrees"] is None

    unit = {"units": [{"run": run["id"], "level": 0, "from": 0, "to": 22}]}
    packing = {"id": str(uuid4()), "kind": "packing", "at": "2026-03-14T09:30:00+08:00", **unit}
    packing["container"] = case["code"]
    assert world.alice.post("/events", {"events": [packing]}, expect=200)["stored"] == 1
    told = verify(world, body)["group"]
    assert (told["packed"], told["count"], told["agrees"]) == (True, 22, False)
    assert told["extra"] == told["gone"] == items[22:]


def test_an_item_and_an_invented_code_have_no_group(world: World) -> None:
    _, rows = issue(world)
    assert verify(world, {"code": rows[0]["url"], "include": ["group"]})["group"] is None
    invented = {"gtin": "6901234567892", "serial": "0" * 16, "include": ["group", "translations"]}
    answer = verify(world, invented)
    assert answer["group"] is None
    assert set(answer["translations"]) == {"zh", "en"}


def test_reasons_come_in_every_language_where_that_is_asked_for(world: World) -> None:
    _, rows = issue(world)
    body = {"code": rows[0]["url"], "include": ["translations", "group"]}
    answer = verify(world, body, headers={"accept-language": "zh-CN"})
    told = answer["translations"]
    assert told["zh"]["title"] == answer["title"]
    assert told["zh"]["reasons"] == [each["text"] for each in answer["reasons"]]
    assert len(told["en"]["reasons"]) == len(answer["reasons"])
    assert told["en"]["title"] != told["zh"]["title"]
    VerificationAnswer.model_validate(answer, extra="forbid")


def test_what_is_not_offered_cannot_be_included(world: World) -> None:
    _, rows = issue(world)
    for wrong in (["keys"], "group", ["group", "group", "group"], None):
        verify(world, {"code": rows[0]["url"], "include": wrong}, expect=422)
