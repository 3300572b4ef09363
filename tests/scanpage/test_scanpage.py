"""What a printed code opens: page and JSON, counted once, in the reader's language."""

import asyncio
import gzip
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from markupsafe import escape
from structlog.testing import capture_logs
from tests.consumer_site import GUESSES_MAX, Outline, Phone, Reply, Site, item_path, send_request
from tests.factories import make_fact, make_recall
from tests.scanning_world import Tenant, World, new_id

from trueorigin.domain.errors import DomainError, NotFoundError
from trueorigin.domain.humancode import build
from trueorigin.domain.units import RangeKind
from trueorigin.storage import accounts, catalog, units
from trueorigin.storage.database import FILE_NAME, Database


def test_an_item_opens_its_page(dora: Phone, alice: Tenant) -> None:
    reply = dora.get(item_path(alice, 7))
    page = Outline.of(reply.text)
    assert reply.status == 200
    assert page.verdict == "genuine"
    for expected in ("Genuine", "Celadon Spirit 500 ml", alice.batch.lot, "28 February 2031"):
        assert expected in page.text
    for expected in (
        alice.organisation.name,
        "Renhuai, Guizhou",
        "红缨子合作社",
        "first to look at this code",
    ):
        assert expected in page.text
    assert alice.serial(7)[:6] in page.text
    assert alice.serial(7) not in reply.text


def test_a_page_says_nothing_is_to_be_stored_or_told(dora: Phone, alice: Tenant) -> None:
    headers = dora.get(item_path(alice, 7)).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "Cookie" in headers["vary"]


def test_the_next_page_knows_the_first_phone(site: Site, dora: Phone, alice: Tenant) -> None:
    path = item_path(alice, 7)
    dora.look(path)
    other = Phone(site, network="203.0.113.9").look(path)
    assert "One other phone has looked before you." in Outline.of(other.text).text
    again = Outline.of(dora.look(path).text).text
    assert "One other phone has looked before you. So has yours." in again


def test_a_page_nobody_draws_counts_nobody(site: Site, dora: Phone, alice: Tenant) -> None:
    path = item_path(alice, 7)
    for _ in range(3):
        dora.get(path)
    assert "first to look at this code" in Outline.of(Phone(site).get(path).text).text


def test_a_reload_counts_once(site: Site, dora: Phone, alice: Tenant) -> None:
    path = item_path(alice, 7)
    for _ in range(3):
        dora.look(path)
    scans = json.loads(Phone(site, network="203.0.113.9").ask(path).body)["scans"]
    assert scans["devices"] == 1


def test_a_machine_gets_the_same_answer_as_json(dora: Phone, alice: Tenant) -> None:
    reply = dora.ask(item_path(alice, 7))
    answer = json.loads(reply.body)
    assert reply.headers["content-type"] == "application/json"
    assert answer["verdict"] == "genuine"
    assert answer["unit"] == {
        "run": alice.run.id,
        "level": 0,
        "index": 7,
        "number": alice.serial(7)[:6],
    }
    assert answer["product"]["name"] == {"zh": "青瓷酒 500 毫升", "en": "Celadon Spirit 500 ml"}
    assert answer["batch"]["lot"] == alice.batch.lot
    assert answer["reasons"][0]["code"] == "first_reading"
    assert answer["scan"]["counted"] is True
    assert answer["scans"]["devices"] == 0
    again = json.loads(dora.ask(item_path(alice, 7)).body)
    assert again["scan"]["counted"] is False
    assert again["scans"]["devices"] == 1
    assert again["reasons"][0]["code"] == "same_device"


def test_a_changed_symbol_was_never_issued(dora: Phone, alice: Tenant) -> None:
    serial = alice.serial(7)
    forged = serial[:-1] + ("7" if serial[-1] != "7" else "9")
    path = f"/01/{alice.product.gtin}/21/{forged}"
    page = dora.get(path)
    assert page.status == 200
    assert Outline.of(page.text).verdict == "not_issued"
    assert "-".join((forged[:4], forged[4:8], forged[8:12], forged[12:])) in page.text
    assert alice.organisation.name not in page.text
    assert "fake" not in page.text.lower()
    assert json.loads(dora.ask(path).body)["scan"] is None
    assert not page.cookies


def test_charlies_gtin_does_not_open_alices_goods(dora: Phone, alice: Tenant, world: World) -> None:
    with world.database.write() as tx:
        charlie = world.join(tx)
    reply = dora.ask(f"/01/{charlie.product.gtin}/21/{alice.serial(7)}")
    assert json.loads(reply.body)["verdict"] == "not_issued"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/01/{gtin}/21/{serial}/", id="slash at the end"),
        pytest.param("/01/{gtin}/21/{lower}", id="lower case"),
        pytest.param("/01/{gtin}/10/LOT/21/{serial}", id="lot in the path"),
        pytest.param("/01/{gtin}/22/A/10/LOT/21/{serial}", id="variant and lot"),
        pytest.param("/01/{gtin}/21/{serial}?lang=zh&utm_source=x", id="foreign parameters"),
        pytest.param("/c/{code}", id="readable code"),
        pytest.param("/C/{code}", id="readable code as printed"),
        pytest.param("/c/{shown}", id="readable code in groups"),
    ],
)
def test_every_written_form_finds_the_item(dora: Phone, alice: Tenant, path: str) -> None:
    serial = alice.serial(7)
    code = build(alice.organisation.prefix, serial)
    shown = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
    written = path.format(
        gtin=alice.product.gtin, serial=serial, lower=serial.lower(), code=code, shown=shown
    )
    assert Outline.of(dora.get(written).text).verdict == "genuine"


def test_a_mistyped_code_says_so(dora: Phone, alice: Tenant) -> None:
    code = build(alice.organisation.prefix, alice.serial(7))
    wrong = code[:-1] + ("7" if code[-1] != "7" else "9")
    page = Outline.of(dora.get(f"/c/{wrong}").text)
    assert page.verdict == "not_issued"
    assert "at least one is wrong" in page.text


def test_the_phone_chooses_the_language(site: Site, alice: Tenant) -> None:
    page = Outline.of(Phone(site, language="zh-CN,zh;q=0.9").get(item_path(alice, 7)).text)
    assert page.language == "zh-Hans"
    assert "正品" in page.text


def test_the_switch_is_a_link_and_is_remembered(dora: Phone, alice: Tenant) -> None:
    path = item_path(alice, 7)
    href = Outline.of(dora.get(path).text).links["中文"]
    switched = dora.get(path + href)
    assert Outline.of(switched.text).language == "zh-Hans"
    assert "Max-Age=34560000" in switched.headers["set-cookie"]
    assert Outline.of(dora.get(path).text).language == "zh-Hans"


def test_the_switch_keeps_what_a_group_code_says(dora: Phone, alice: Tenant) -> None:
    path = f"/c/{build(alice.organisation.prefix, alice.serial(0, 1))}?n=AAAAAA"
    href = Outline.of(dora.get(path).text).links["中文"]
    assert href == "?n=AAAAAA&lang=zh"


def test_an_unknown_language_is_passed_over(dora: Phone, alice: Tenant) -> None:
    reply = dora.get(item_path(alice, 7) + "?lang=xx")
    assert Outline.of(reply.text).language == "en"
    assert "to_language" not in reply.cookies


def test_a_group_shows_what_is_inside(dora: Phone, alice: Tenant, world: World) -> None:
    with world.database.write() as tx:
        world.release(tx, alice, level=1, start=0, stop=42)
    numbers = [alice.serial(index)[:6] for index in range(24, 48)]
    path = f"/c/{build(alice.organisation.prefix, alice.serial(1, 1))}"
    page = Outline.of(dora.get(f"{path}?n={''.join(numbers)}").text)
    assert page.verdict == "genuine"
    assert "Case, 24 items" in page.text
    assert "agrees with ours" in page.text
    assert all(number in page.text for number in numbers)


def test_a_false_list_on_a_group_is_shown(dora: Phone, alice: Tenant) -> None:
    numbers = [alice.serial(index)[:6] for index in range(24, 48)]
    path = f"/c/{build(alice.organisation.prefix, alice.serial(1, 1))}"
    claim = "".join(["ZZZZZZ", *numbers[1:]])
    page = Outline.of(dora.get(f"{path}?n={claim}").text)
    assert f"On our list, not on the label: {numbers[0]}" in page.text
    assert "On the label, not on our list: ZZZZZZ" in page.text


def test_a_pallet_names_its_cases_and_counts_its_items(dora: Phone, alice: Tenant) -> None:
    path = f"/c/{build(alice.organisation.prefix, alice.serial(1, 2))}"
    page = Outline.of(dora.get(path).text)
    # The second pallet of a thousand items is short: 1000 - 960 items in two cases.
    assert "Pallet, 40 items" in page.text
    assert "In 2 packages of the next size below (Case)." in page.text
    assert alice.serial(41, 1)[:6] in page.text


def test_a_recall_is_told_with_reason_instruction_and_contact(
    dora: Phone, alice: Tenant, world: World
) -> None:
    with world.database.write() as tx:
        units.append_recall(tx, alice.scope, make_recall(alice.batch))
        catalog.bump_revision(tx, alice.scope)
    page = Outline.of(dora.get(item_path(alice, 7)).text)
    assert page.verdict == "recalled"
    for expected in ("Glass splinters", "Do not drink", "400-000-0000", "Stop using it"):
        assert expected in page.text


def test_head_is_answered_without_body_and_never_counted(
    site: Site, dora: Phone, alice: Tenant
) -> None:
    path = item_path(alice, 7)
    reply = dora.get(path, method="HEAD")
    assert reply.status == 200
    assert reply.body == b""
    assert int(reply.headers["content-length"]) > 1000
    dora.get(path, method="HEAD", accept="application/json")
    assert json.loads(Phone(site, network="203.0.113.9").ask(path).body)["scans"]["devices"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"sec_purpose": "prefetch;prerender"}, id="prefetch"),
        pytest.param({"purpose": "preview"}, id="preview"),
        pytest.param({"user_agent": "WhatsApp/2.23"}, id="WhatsApp"),
        pytest.param({"user_agent": "facebookexternalhit/1.1"}, id="Facebook"),
        pytest.param({"user_agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, id="search engine"),
    ],
)
def test_who_does_not_look_is_not_counted(
    site: Site, dora: Phone, alice: Tenant, headers: dict[str, str]
) -> None:
    path = item_path(alice, 7)
    page = dora.get(path, **headers)
    assert not Outline.of(page.text).images
    assert not page.cookies
    dora.ask(path, **headers)
    assert json.loads(Phone(site, network="203.0.113.9").ask(path).body)["scans"]["devices"] == 0


@pytest.mark.parametrize("token", ["", "AAAA", "x" * 5000, "é", "A" * 54])
def test_an_invented_confirmation_changes_nothing(dora: Phone, token: str) -> None:
    reply = dora.get(f"/confirm/{token}")
    assert reply.status == (200 if token else 404)


def test_goods_are_answered_when_the_disk_has_it_and_invented_codes_before(
    dora: Phone, alice: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Database) -> None:
        raise DomainError("database_unreachable")

    monkeypatch.setattr(Database, "sync", fail)
    invented = dora.ask(f"/01/{alice.product.gtin}/21/{'7' * 16}")
    assert (invented.status, json.loads(invented.body)["verdict"]) == (200, "not_issued")
    assert dora.ask(item_path(alice, 7)).status == 503
    monkeypatch.undo()
    again = dora.ask(item_path(alice, 7))
    assert (again.status, json.loads(again.body)["verdict"]) == (200, "genuine")


def test_guessing_is_slowed_but_goods_are_always_answered(
    site: Site, dora: Phone, alice: Tenant
) -> None:
    forged = f"/01/{alice.product.gtin}/21/{'7' * 16}"
    statuses = [dora.get(forged).status for _ in range(GUESSES_MAX + 2)]
    assert statuses == [200] * GUESSES_MAX + [429] * 2
    refused = dora.get(forged)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "Codes that were issued are never refused" in Outline.of(refused.text).text
    assert dora.ask(forged).status == 429
    assert dora.get(item_path(alice, 7)).status == 200
    assert Phone(site, network="203.0.113.9").get(forged).status == 200


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        pytest.param("/nothing", 404, "path_unknown", id="no such page"),
        pytest.param("/static/../scanpage.py", 404, "path_unknown", id="out of the folder"),
        pytest.param("/static/page.css", 404, "path_unknown", id="not served by itself"),
        pytest.param("/01/06901234567893/21/AAAAAAAAAAAAAAAA", 422, "gtin_check_digit", id="gtin"),
        pytest.param("/01/06901234567892", 422, "serial_missing", id="no serial"),
        pytest.param("/00/1", 422, None, id="short SSCC"),
        pytest.param("/c/" + "A" * 3000, 422, "code_too_long", id="too long"),
        pytest.param("/01/06901234567892/21/%FF%00", 422, None, id="broken escapes"),
    ],
)
def test_what_is_no_code_is_refused_in_words(
    dora: Phone, path: str, status: int, code: str | None
) -> None:
    page = dora.get(path)
    assert page.status == status
    assert "What to do now" in Outline.of(page.text).text
    refusal = dora.ask(path)
    assert refusal.status == status
    assert code is None or json.loads(refusal.body)["error"]["code"] == code


def test_pages_are_not_written_to(dora: Phone) -> None:
    reply = dora.get("/", method="POST")
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD"


def test_a_packed_page_unpacks_to_the_plain_one(dora: Phone, alice: Tenant, world: World) -> None:
    path = f"/01/{alice.product.gtin}/21/{'7' * 16}"
    world.at = world.at.replace(second=0)
    plain = dora.get(path)
    packed = dora.get(path, accept_encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def test_a_key_that_is_shown_must_be_valid(dora: Phone, alice: Tenant) -> None:
    reply = dora.ask(item_path(alice, 7), authorization="Bearer to_wrong")
    assert reply.status == 401


def test_a_withdrawn_item_is_told(dora: Phone, alice: Tenant, world: World) -> None:
    with world.database.write() as tx:
        fact = make_fact(alice.run, 7, 8, id=new_id(world.tick()), kind=RangeKind.WITHDRAW)
        units.append_range_fact(tx, alice.scope, replace(fact, effective_at=world.at))
        catalog.bump_revision(tx, alice.scope)
    assert Outline.of(dora.get(item_path(alice, 7)).text).verdict == "withdrawn"
    assert Outline.of(dora.get(item_path(alice, 8)).text).verdict == "genuine"


def test_a_full_queue_asks_to_come_back(site: Site, dora: Phone, alice: Tenant) -> None:
    site.fault = DomainError("busy", seconds=1)
    reply = dora.get(item_path(alice, 7))
    assert reply.status == 503
    assert reply.headers["retry-after"] == "1"
    page = Outline.of(reply.text)
    assert "It says nothing about your product" in page.text
    assert page.links["Try again"] == ""
    assert json.loads(dora.ask(item_path(alice, 7)).body)["error"]["code"] == "busy"


def test_the_log_is_told_once_that_readings_are_refused(site: Site, alice: Tenant) -> None:
    async def ask_often() -> list[Reply]:
        async with site.process() as app:
            paths = [item_path(alice, index) for index in range(3)]
            return [await send_request(app, "GET", path, {}, "203.0.113.5") for path in paths]

    site.fault = DomainError("database_full")
    with capture_logs() as lines:
        replies = asyncio.run(ask_often())
    assert {reply.status for reply in replies} == {507}
    [line] = lines
    assert (line["event"], line["code"]) == ("readings_refused", "database_full")
    assert line["request_id"] == replies[0].headers["x-request-id"]
    site.fault = NotFoundError("path_unknown", path="/x")
    with capture_logs() as lines:
        asyncio.run(ask_often())
    assert lines == []


def test_a_defect_is_an_apology_and_a_trace_in_the_log(
    site: Site, dora: Phone, alice: Tenant
) -> None:
    site.fault = RuntimeError("a defect")
    with capture_logs() as lines:
        reply = dora.get(item_path(alice, 7))
    assert reply.status == 500
    assert "a defect" not in reply.text
    assert "Our mistake" in Outline.of(reply.text).text
    assert [(line["event"], line["log_level"]) for line in lines] == [("defect", "error")]
    assert alice.serial(7) not in str(lines)


def test_the_packed_item_page_weighs_what_we_say(dora: Phone, alice: Tenant) -> None:
    reply = dora.get(item_path(alice, 7), accept_encoding="gzip")
    icon = dora.get(
        next(each for each in Outline.of(dora.get("/").text).sources if each.endswith(".svg")),
        accept_encoding="gzip",
    )
    html = gzip.decompress(reply.body).decode()
    scripts = re.findall(r'<script src="([^"]+)"', html)
    packed = [dora.get(each, accept_encoding="gzip").body for each in scripts]
    # All it takes to be read, packed: 7.5 kB, headers aside.
    assert len(reply.body) + len(icon.body) < 7_600
    # And with what offers to share the place: everything a phone loads for one answer.
    assert len(packed) == 1
    assert len(reply.body) + len(icon.body) + sum(map(len, packed)) < 8_100
    assert "immutable" in icon.headers["cache-control"]


def test_a_changed_product_is_on_the_next_page(dora: Phone, alice: Tenant, world: World) -> None:
    dora.get(item_path(alice, 7))
    with world.database.write() as tx:
        accounts.mark_verified(tx, alice.organisation.id, None)
        catalog.bump_revision(tx, alice.scope)
    assert "not verified" in Outline.of(dora.get(item_path(alice, 7)).text).text


PATHS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)
STEMS = st.sampled_from(
    ["/", "/01/", "/00/", "/c/", "/C/", "/confirm/", "/static/", "/check?code="]
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stem=STEMS, rest=PATHS, wants=st.sampled_from(["text/html", "application/json", "*/*", ""]))
def test_nothing_that_can_be_sent_is_a_defect(
    fuzzed: Phone, stem: str, rest: str, wants: str
) -> None:
    reply = fuzzed.get(stem + rest, accept=wants)
    assert reply.status in {200, 204, 303, 404, 422, 429}
    if reply.status == 303:
        assert reply.headers["location"].startswith(("/01/", "/00/", "/c/"))


@pytest.fixture(scope="module")
def fuzzed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Phone]:
    folder = tmp_path_factory.mktemp("fuzzed")
    shutil.copyfile(sqlite_template, folder / FILE_NAME)
    database = Database.open(None, folder)
    yield Phone(Site(World(database=database), folder))
    database.close()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param("7K3M", "this has 4", id="half a code"),
        pytest.param("P7JGM1B54MPSD30M", "only part of the code", id="a serial alone"),
        pytest.param("https://evil.test/01/1/21/2", "evil.test", id="another host"),
        pytest.param("<script>alert(1)</script>", "", id="markup"),
        pytest.param("' OR 1=1 --", "", id="SQL"),
    ],
)
def test_a_code_that_cannot_be_one_stays_in_the_form(dora: Phone, typed: str, said: str) -> None:
    reply = dora.get(f"/check?code={quote(typed)}")
    assert reply.status == 422
    assert 'aria-invalid="true"' in reply.text
    assert f'value="{escape(typed)}"' in reply.text
    assert "<script>alert" not in reply.text
    assert said in Outline.of(reply.text).text


def test_a_typed_code_goes_to_its_own_address(dora: Phone, alice: Tenant) -> None:
    code = build(alice.organisation.prefix, alice.serial(7))
    reply = dora.get(f"/check?code={code.lower()}")
    assert (reply.status, reply.headers["location"]) == (303, f"/c/{code}")
    assert reply.headers["referrer-policy"] == "no-referrer"


def test_a_pasted_group_address_keeps_its_list(dora: Phone, alice: Tenant) -> None:
    code = build(alice.organisation.prefix, alice.serial(1, 1))
    reply = dora.get(f"/check?code={quote(f'https://ZY.EXAMPLE/C/{code}?n=AAAAAA*24')}")
    assert reply.headers["location"] == f"/c/{code}?n=AAAAAA*24"


def test_an_empty_form_is_the_home_page(dora: Phone) -> None:
    assert dora.get("/check?code=+").status == 200
    assert dora.get("/check").status == 200
