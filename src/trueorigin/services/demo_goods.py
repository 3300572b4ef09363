# SPDX-License-Identifier: Apache-2.0
"""The invented enterprises of the demo and what they make. Values only."""

from dataclasses import dataclass
from typing import Final

from trueorigin.domain.catalog import Feature, LocalText, Material, Origin
from trueorigin.domain.tenancy import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A recall in the story."""

    number: str
    reason: LocalText
    instruction: LocalText
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A batch with one run; its first `released` items are for sale."""

    key: str
    number: str
    produced_days_ago: int
    expires_in_days: int | None
    origin: Origin
    quantity: int
    packing: tuple[int, ...]
    released: int
    recall: Order | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """A product with its lots; `picture` is one of `demo_art.PICTURES`."""

    gtin: str
    picture: str
    features: tuple[Feature, ...]
    name: LocalText
    description: LocalText
    category: str
    specification: str
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an enterprise says of itself, and who signs in for it; `logo` is of `demo_art.LOGOS`."""

    legal_name: str
    uscc: str
    address: str
    email: str
    colour: str
    logo: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """An organisation of the story."""

    name: str
    role: Role
    gs1_prefix: str | None
    website: str | None
    phone: str | None
    goods: tuple[Goods, ...]
    profile: Profile | None = None


OPERATOR = Maker(
    name="真源演示数据中心 TrueOrigin Demo",
    role=Role.OPERATOR,
    gs1_prefix=None,
    website=None,
    phone=None,
    goods=(),
)
# Who signs in for the operator: the e-mail address, and the name.
OPERATOR_PERSON: Final = ("operator@trueorigin.example", "韩守真 Han Shouzhen")

_DISTILLERY = Origin(
    place=LocalText(zh="江苏省镇江市丹徒区 三号酒窖", en="Cellar 3, Dantu, Zhenjiang, Jiangsu"),
    line="2 号灌装线 / Bottling line 2",
    materials=(
        Material(name="糯红高粱 Glutinous sorghum", supplier="泸南粮站", lot="GL-2310-07"),
        Material(name="中温大曲 Daqu starter", supplier="江南春曲房", lot="DQ-2311-02"),
        Material(name="山泉水 Spring water", supplier="本厂 9 号泉", lot=None),
    ),
)

_SEED_FARM = Origin(
    place=LocalText(
        zh="海南省三亚市崖州区 南繁制种基地", en="Nanfan seed farm, Yazhou, Sanya, Hainan"
    ),
    line="1 号精选线 / Grading line 1",
    materials=(
        Material(name="母本 禾优A Female line Heyou A", supplier="禾田育种所", lot="A-0417"),
        Material(name="父本 恢8 Male line Hui 8", supplier="禾田育种所", lot="R-0532"),
    ),
)

_PESTICIDE_PLANT = Origin(
    place=LocalText(zh="山东省潍坊市寿光市 制剂一车间", en="Plant 1, Shouguang, Weifang, Shandong"),
    line="乳油 4 线 / EC line 4",
    materials=(
        Material(name="阿维菌素原药 Abamectin TC 95 %", supplier="齐鲁生化", lot="AVM-24-118"),
        Material(name="溶剂油 Solvent S-150", supplier="东营石化", lot="S150-0923"),
    ),
)


def _feature(zh: str, en: str, value_zh: str, value_en: str | None = None) -> Feature:
    return Feature(
        name=LocalText(zh=zh, en=en), value=LocalText(zh=value_zh, en=value_en or value_zh)
    )


_LIQUOR = Goods(
    gtin="9521234000013",
    picture="liquor",
    features=(
        _feature("酒精度", "Strength", "53 % vol"),
        _feature("香型", "Aroma", "浓香型", "Strong"),
        _feature("陈酿", "Aged", "十二年，陶坛", "Twelve years, in clay jars"),
        _feature("贮存", "Storage", "阴凉避光处", "Cool and dark"),
    ),
    name=LocalText(zh="江南春 十二年陈酿", en="Jiangnan Spring, aged 12 years"),
    description=LocalText(
        zh="地窖陶坛陈放十二年的浓香型白酒。开瓶前请核对瓶盖封条。",
        en="Strong-aroma baijiu, aged twelve years in clay jars. Check the seal before opening.",
    ),
    category="白酒 Baijiu",
    specification="500 mL · 53 % vol",
    lots=(
        Lot(
            key="liquor",
            number="JNC12-A07",
            produced_days_ago=120,
            expires_in_days=None,
            origin=_DISTILLERY,
            quantity=1_000_000,
            packing=(24, 40),
            released=960_000,
        ),
    ),
)

_GIFT_BOX = Goods(
    gtin="9521234000020",
    picture="gift-box",
    features=(
        _feature("酒精度", "Strength", "42 % vol"),
        _feature("内含", "Contents", "酒两瓶、酒杯四只", "Two bottles and four cups"),
    ),
    name=LocalText(zh="江南春 家宴礼盒", en="Jiangnan Spring, family gift box"),
    description=LocalText(
        zh="两瓶装礼盒，附酒杯。", en="Two bottles with cups, in a box for a feast."
    ),
    category="白酒 Baijiu",
    specification="2 × 500 mL · 42 % vol",
    lots=(
        Lot(
            key="labels",
            number="JNC-GIFT-18",
            produced_days_ago=70,
            expires_in_days=None,
            origin=_DISTILLERY,
            quantity=48,
            packing=(6,),
            released=48,
        ),
    ),
)

_SEEDS = Goods(
    gtin="9526789000013",
    picture="seeds",
    features=(
        _feature("发芽率", "Germination", "≥ 85 %"),
        _feature("纯度", "Purity", "≥ 96 %"),
        _feature("水分", "Moisture", "≤ 13 %"),
        _feature("审定编号", "Approval", "国审稻 99990008", "GPA rice 99990008 (invented)"),
    ),
    name=LocalText(zh="禾优 8 号 杂交水稻种子", en="Heyou 8 hybrid rice seed"),
    description=LocalText(
        zh="长江中下游中稻区推广品种，全生育期约 136 天，每亩用种 1 kg。",
        en="For single-crop rice on the middle and lower Yangtze; 136 days; 15 kg a hectare.",
    ),
    category="种子 Seed",
    specification="1 kg",
    lots=(
        Lot(
            key="seeds",
            number="HY8-2502",
            produced_days_ago=150,
            expires_in_days=240,
            origin=_SEED_FARM,
            quantity=50_000,
            packing=(20, 50),
            released=50_000,
        ),
        Lot(
            key="expired",
            number="HY8-2301",
            produced_days_ago=700,
            expires_in_days=-30,
            origin=_SEED_FARM,
            quantity=8_000,
            packing=(20,),
            released=8_000,
        ),
    ),
)

_PESTICIDE = Goods(
    gtin="9526789000020",
    picture="pesticide",
    features=(
        _feature("有效成分", "Active ingredient", "阿维菌素 1.8 %", "Abamectin 1.8 %"),
        _feature("毒性", "Toxicity", "中等毒", "Moderate"),
        _feature("安全间隔期", "Pre-harvest interval", "7 天", "7 days"),
        _feature("登记证号", "Registration", "PD99990018", "PD99990018 (invented)"),
    ),
    name=LocalText(zh="绿盾 1.8 % 阿维菌素乳油", en="Lvdun abamectin 1.8 % EC"),
    description=LocalText(
        zh="防治小菜蛾、红蜘蛛。安全间隔期 7 天，每季最多使用 2 次。",
        en="Against diamondback moth and spider mites. Wait 7 days before harvest; twice a season.",
    ),
    category="农药 Pesticide",
    specification="200 mL",
    lots=(
        Lot(
            key="pesticide",
            number="LD18-241105",
            produced_days_ago=90,
            expires_in_days=640,
            origin=_PESTICIDE_PLANT,
            quantity=24_000,
            packing=(20, 40),
            released=24_000,
        ),
        Lot(
            key="recalled",
            number="LD18-241019",
            produced_days_ago=110,
            expires_in_days=620,
            origin=_PESTICIDE_PLANT,
            quantity=12_000,
            packing=(20, 40),
            released=12_000,
            recall=Order(
                number="LD-2025-01",
                reason=LocalText(
                    zh="部分瓶盖密封不严，运输中可能渗漏。",
                    en="Some caps do not close tightly and may leak in transport.",
                ),
                instruction=LocalText(
                    zh="请停止使用，直立存放于儿童接触不到处，凭本页面到购买处退换。",
                    en="Do not use it. Keep it upright, away from children; return it to the shop.",
                ),
                contact="0536-5550188",
            ),
        ),
    ),
)

MAKERS = (
    Maker(
        name="江南春酒业 Jiangnan Spring Distillery",
        role=Role.MANUFACTURER,
        gs1_prefix="9521234",
        website="https://jiangnanchun.example/",
        phone="0511-5550100",
        goods=(_LIQUOR, _GIFT_BOX),
        profile=Profile(
            legal_name="江苏江南春酒业有限公司",
            uscc="91321112MA00DEM015",
            address="江苏省镇江市丹徒区窖池路 12 号",
            email="hello@jiangnanchun.example",
            colour="#8c2a20",
            logo="distillery",
            person="林晓春 Lin Xiaochun",
        ),
    ),
    Maker(
        name="禾田农科 Hetian Seeds & Crop Care",
        role=Role.MANUFACTURER,
        gs1_prefix="9526789",
        website="https://hetian.example/",
        phone="0536-5550188",
        goods=(_SEEDS, _PESTICIDE),
        profile=Profile(
            legal_name="山东禾田农业科技股份有限公司",
            uscc="91370783MA00DEM02A",
            address="山东省潍坊市寿光市种业路 8 号",
            email="service@hetian.example",
            colour="#1f6b43",
            logo="farm",
            person="何田 He Tian",
        ),
    ),
)
