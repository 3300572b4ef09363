"""Everything a manufacturer registers, on the one page behind the code, in both languages."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.consumer_site import Outline, Phone, Site, item_path
from tests.dressed_goods import change_organisation, dress
from tests.factories import make_fact
from tests.scanning_world import Tenant, World, new_id

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.catalog import Feature, LocalText
from trueorigin.domain.units import RangeKind
from trueorigin.storage import catalog, units
from trueorigin.web.i18n import languages, translator

LEGAL = "仁怀青瓷酒业有限公司"
USCC = "91520382MA6DJ2KK5X"


@pytest.fixture
def dressed(world: World, alice: Tenant, tmp_path: Path) -> Tenant:
    """Alice's goods with all that can be said of them."""
    dress(world, alice, FolderStore(tmp_path / "files"))
    with world.database.write() as tx:
        change_organisation(
            tx,
            alice,
            legal_name=LEGAL,
            uscc=USCC,
            address="贵州省仁怀市酒都大道 9 号",
            email="hello@celadon.example",
            phone="+86 400 820 0100",
            website="https://celadon.example/",
        )
        product = catalog.get_product(tx, alice.scope, alice.product.id)
        strength = Feature(
            name=LocalText(zh="酒精度", en="Strength"), value=LocalText(zh="53 度", en="53 % vol")
        )
        catalog.update_product(
            tx,
            alice.scope,
            replace(
                product,
                description=LocalText(zh="窖藏五年。", en="Five years in the cellar."),
                category="白酒",
                features=(strength,),
            ),
        )
    return alice


WORDS = {
    "en": ("Celadon Spirit 500 ml", "Five years in the cellar.", "Strength", "53 % vol",
           "Renhuai, Guizhou", "Identity verified"),
    "zh": ("青瓷酒 500 毫升", "窖藏五年。", "酒精度", "53 度", "贵州仁怀", "身份已核验"),
}  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_the_page_holds_maker_goods_origin_papers_and_what_to_do(
    site: Site, dressed: Tenant, language: str
) -> None:
    html = Phone(site, language=language).get(item_path(dressed, 7)).text
    page = Outline.of(html)
    of_goods = ("高粱", "红缨子合作社", "S-7", dressed.batch.lot, "500 ml", "白酒")
    of_maker = (dressed.organisation.name, LEGAL, USCC, "贵州省仁怀市酒都大道 9 号")
    for words in (*WORDS[language], *of_goods, *of_maker, "证书 1.pdf", "lab.pdf"):
        assert words in page.text, words
    # Logo and picture are drawn, the plate has the maker's colour.
    assert re.search(r'class="logo">\s*<img src="/files/', html)
    assert re.search(r'class="pictures">.*?<img src="/files/', html, re.DOTALL)
    assert ".plate{background:#7b1e2b" in html
    # In doubt: what to do, and three ways to reach the maker.
    text = translator(language).text
    for name in ("section-doubt", "doubt-stop", "doubt-keep", "doubt-authority"):
        assert text(name) in page.text
    for link in ("tel:+864008200100", "https://celadon.example/", "mailto:hello@celadon.example"):
        assert link in page.sources


def test_whatever_the_verdict_who_is_in_doubt_is_helped(
    site: Site, world: World, dressed: Tenant
) -> None:
    with world.database.write() as tx:
        fact = make_fact(dressed.run, 20, 21, id=new_id(world.tick()), kind=RangeKind.WITHDRAW)
        units.append_range_fact(tx, dressed.scope, replace(fact, effective_at=world.at))
        catalog.bump_revision(tx, dressed.scope)
        unreleased = world.add_run(tx, dressed)
    seen = {}
    for path in (item_path(dressed, 7), item_path(dressed, 20), item_path(unreleased, 1)):
        page = Outline.of(Phone(site).get(path).text)
        seen[page.verdict] = page
    assert set(seen) == {"genuine", "withdrawn", "not_released"}
    for verdict, page in seen.items():
        assert "In doubt?" in page.text, verdict
        assert "12315" in page.text, verdict


@pytest.mark.parametrize(
    "typed",
    [
        "https://zy.example.evil.test/01/06901234000016/21/0000",
        "HTTPS://evil.test@zy.example.evil.test/c/AAAA",
        "https://zy.example@evil.test/01/06901234000016/21/0000",
    ],
)
def test_a_foreign_address_that_was_typed_is_shown_and_not_followed(
    dora: Phone, typed: str
) -> None:
    reply = dora.get("/check?code=" + typed.replace("@", "%40"))
    assert reply.status == 422
    assert "location" not in reply.headers
    page = Outline.of(reply.text)
    assert "evil.test" in page.text
    # The link to the same page in another language keeps what was typed.
    leading = [source for source in page.sources if not source.startswith("?")]
    assert leading
    assert not [source for source in leading if "evil" in source]
