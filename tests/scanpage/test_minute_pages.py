"""Pages that a process kept for a minute are those that it would draw anew."""

import asyncio
import gzip
import re
from datetime import timedelta
from itertools import cycle

import pytest
from starlette.types import ASGIApp
from tests.consumer_site import Outline, Reply, Site, item_path, send_request
from tests.dressed_goods import change_organisation
from tests.scanning_world import Tenant, World

from trueorigin.web.i18n import translator

# References to a reading are its own.
REFERENCE = re.compile(r"/(confirm|place)/[\w-]+")


# Nobody is taken for somebody who guesses.
CLIENTS = cycle(f"198.51.{number}.7" for number in range(100))


@pytest.fixture
def minute(world: World) -> World:
    """A world at the beginning of a minute."""
    begin_minute(world)
    return world


def begin_minute(world: World) -> None:
    world.at = world.at.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def look(app: ASGIApp, path: str, **more: str) -> Reply:
    sent = {"accept": "text/html", "accept-language": "en", **more}
    return await send_request(app, "GET", path, sent, next(CLIENTS))


def bare(reply: Reply) -> str:
    assert reply.status == 200
    return REFERENCE.sub("/own", reply.text)


def test_a_kept_page_is_the_page_a_new_process_draws(
    site: Site, alice: Tenant, world: World
) -> None:
    async def read_all(paths: list[str], **more: str) -> list[Reply]:
        async with site.process() as app:
            return [await look(app, path, **more) for path in paths]

    first, second = item_path(alice, 1), item_path(alice, 2)
    invented, mistyped = f"/01/{alice.product.gtin}/21/AAAAAAAAAAAAAA", "/c/AAAAAAAAAAAAAAAAAAA"
    for one, other in ((first, second), (invented, mistyped)):
        begin_minute(world)
        # The other is filled into what was kept of the one.
        kept = asyncio.run(read_all([one, one, other, one]))
        for reply, path in zip(kept, (one, one, other, one), strict=True):
            [drawn] = asyncio.run(read_all([path]))
            assert bare(reply) == bare(drawn)
            assert {**reply.headers, "x-request-id": "", "set-cookie": ""} == {
                **drawn.headers, "x-request-id": "", "set-cookie": ""
            }  # fmt: skip
        [packed] = asyncio.run(read_all([one, one], **{"accept-encoding": "gzip"}))[1:]
        assert REFERENCE.sub("/own", gzip.decompress(packed.body).decode()) == bare(kept[0])


@pytest.mark.usefixtures("minute")
def test_references_in_kept_pages_are_those_of_their_reading(site: Site, alice: Tenant) -> None:
    async def read() -> None:
        async with site.process() as app:
            pages = [(await look(app, item_path(alice, index))).text for index in (1, 2, 1)]
            found = [REFERENCE.findall(page) for page in pages]
            assert all(found)
            references = [re.search(r"/confirm/[\w-]+", page) for page in pages]
            assert len({each[0] for each in references if each}) == len(pages)
            # The phone of the third page is counted, and its unit is no news to another phone.
            assert references[2] is not None
            await look(app, references[2][0])
            again = await look(app, item_path(alice, 1))
            assert bare(again) != REFERENCE.sub("/own", pages[2])

    asyncio.run(read())


def test_a_change_shows_on_the_very_next_page(site: Site, alice: Tenant, minute: World) -> None:
    async def read() -> None:
        async with site.process() as app:
            for _ in range(2):
                assert alice.organisation.name in (await look(app, item_path(alice, 1))).text
            with minute.database.write() as tx:
                change_organisation(tx, alice, name="Another House")
            changed = (await look(app, item_path(alice, 1))).text
            assert "Another House" in changed
            assert alice.organisation.name not in changed

    asyncio.run(read())


def test_what_other_phones_did_is_told_of_each_unit_alone(
    site: Site, alice: Tenant, world: World
) -> None:
    async def read_all(paths: list[str]) -> list[Reply]:
        async with site.process() as app:
            return [await look(app, path) for path in paths]

    async def count(path: str, phones: int) -> None:
        async with site.process() as app:
            for _ in range(phones):
                found = re.search(r"/confirm/[\w-]+", (await look(app, path)).text)
                assert found is not None
                await look(app, found[0])
            world.tick(hours=1)

    few, more = item_path(alice, 1), item_path(alice, 2)
    asyncio.run(count(few, 1))
    asyncio.run(count(more, 3))
    begin_minute(world)
    kept = asyncio.run(read_all([few, more, few]))
    drawn = [asyncio.run(read_all([path]))[0] for path in (few, more, few)]
    assert [bare(each) for each in kept] == [bare(each) for each in drawn]
    told = [translator("en").text("readings-others", count=phones) for phones in (1, 3, 1)]
    assert len(set(told)) == 2
    for words, each in zip(told, kept, strict=True):
        assert words in Outline.of(each.text).text


def test_the_next_minute_is_another(site: Site, alice: Tenant, minute: World) -> None:
    async def read() -> None:
        async with site.process() as app:
            before = bare(await look(app, item_path(alice, 1)))
            minute.tick(minutes=1)
            after = bare(await look(app, item_path(alice, 1)))
            assert before != after
            spoken = [re.findall(r"\d\d:\d\d", page) for page in (before, after)]
            assert spoken[0] != spoken[1]

    asyncio.run(read())


def test_a_link_to_another_language_keeps_its_query(site: Site, alice: Tenant) -> None:
    async def read() -> None:
        async with site.process() as app:
            path = item_path(alice, 1)
            plain = await look(app, path)
            asked = await look(app, f"{path}?n=ABCDEF&lang=en")
            assert "n=ABCDEF&amp;" in asked.text
            assert "n=ABCDEF" not in plain.text
            assert "n=ABCDEF" not in (await look(app, path)).text
            assert len(asked.cookies) == len(plain.cookies) + 1

    asyncio.run(read())


@pytest.mark.parametrize("path", ["/", "/check?code=nothing", "/nowhere", "/01/1/21/2"])
def test_kept_front_pages_and_refusals_are_those_drawn_anew(site: Site, path: str) -> None:
    async def read(paths: list[str]) -> list[Reply]:
        async with site.process() as app:
            return [await look(app, each) for each in paths]

    # The same in Chinese and with other words typed before, which it must not show.
    first = ["/check?code=other", "/elsewhere", "/01/9/21/9", f"{path}?lang=zh", "/?lang=zh"]
    [*_, once, again] = asyncio.run(read([*first, path, path]))
    [drawn] = asyncio.run(read([path]))
    assert (once.status, once.body) == (again.status, again.body) == (drawn.status, drawn.body)
