# SPDX-License-Identifier: Apache-2.0
"""Every page a consumer can meet, made from believable facts: for screenshots and page tests.

Facts only, put through the real words and templates. Nothing here is used by the running program.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

from trueorigin.domain.catalog import (
    Batch,
    Contents,
    Feature,
    LocalText,
    Material,
    Origin,
    Product,
    Run,
)
from trueorigin.domain.chainfacts import Found
from trueorigin.domain.disclosure import Disclosure, Step, Stop
from trueorigin.domain.errors import InvalidError
from trueorigin.domain.events import EventKind
from trueorigin.domain.inspections import InspectionResult
from trueorigin.domain.risk import build_place
from trueorigin.domain.scans import Evidence, ScanOutcome, ScanUnit
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.domain.texts import LINE_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.domain.units import unit_key
from trueorigin.domain.verdict import Reason, ReasonCode, Verdict
from trueorigin.web.answers import GroupPart
from trueorigin.web.basemap import load_base_map
from trueorigin.web.i18n import Translator, translator
from trueorigin.web.pages import Renderer, build_home, build_message
from trueorigin.web.photopages import (
    CodeChoice,
    SeenCodes,
    build_choice_page,
    build_refused_page,
)
from trueorigin.web.splicing import cut
from trueorigin.web.verdictpage import build_answer, build_verdict_page

PUBLIC_URL = "https://zy.example"
CONFIRM_PATH = "/confirm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
AT = datetime(2026, 11, 22, 6, 5, tzinfo=UTC)
FIRST_AT = datetime(2026, 11, 19, 11, 42, tzinfo=UTC)

LIQUOR_MAKER = Organisation(
    id=UUID(int=1),
    name="宁山酒业有限公司",
    prefix="NSHN",
    roles=frozenset({Role.MANUFACTURER}),
    time_zone="Asia/Shanghai",
    gs1_prefix="6901234",
    website="https://ningshan.example",
    phone="+86 400 820 0100",
    verified_at=datetime(2026, 1, 5, tzinfo=UTC),
    created_at=datetime(2026, 1, 4, tzinfo=UTC),
)
SEED_MAKER = replace(
    LIQUOR_MAKER,
    id=UUID(int=2),
    name="Green Field Seeds Co.",
    prefix="GRFD",
    website=None,
    phone=None,
    verified_at=None,
)
LIQUOR = Product(
    id=UUID(int=3),
    organisation_id=LIQUOR_MAKER.id,
    gtin="06901234000016",
    internal_number=None,
    name=LocalText(zh="宁山陈酿 窖藏十五年", en="Ningshan Reserve, fifteen years in the cellar"),
    description=None,
    category="白酒",
    specification="500 mL · 52% vol",
    created_at=AT,
)
SEEDS = replace(
    LIQUOR,
    id=UUID(int=4),
    organisation_id=SEED_MAKER.id,
    gtin=None,
    internal_number="SEED-7",
    name=LocalText(zh=None, en="Hybrid rice seed GF-7"),
    description=LocalText(zh=None, en="Treated seed. Not for food, feed or oil."),
    category=None,
    specification="2 kg",
)
BATCH = Batch(
    id=UUID(int=5),
    organisation_id=LIQUOR_MAKER.id,
    product_id=LIQUOR.id,
    lot="NS-20260305-B2",
    produced_on=date(2026, 3, 5),
    expires_on=None,
    origin=Origin(
        place=LocalText(zh="四川省泸州市宁山镇", en="Ningshan, Luzhou, Sichuan"),
        line="二号线",
        materials=(
            Material(name="糯红高粱", supplier="泸县金穗合作社", lot="JS-2509-114"),
            Material(name="小麦", supplier="绵阳仓储中心", lot="MY-2511-038"),
            Material(name="宁山泉水", supplier=None, lot=None),
        ),
    ),
    created_at=AT,
)
DATED_BATCH = replace(BATCH, expires_on=date(2026, 11, 20))
SEED_BATCH = replace(
    BATCH,
    product_id=SEEDS.id,
    lot="L7-0423",
    expires_on=date(2027, 4, 30),
    origin=Origin(place=None, line=None, materials=()),
)
RUN = Run(
    id=17,
    organisation_id=LIQUOR_MAKER.id,
    batch_id=BATCH.id,
    product_id=LIQUOR.id,
    epoch=0,
    ordinal=0,
    symbols=16,
    quantity=1_000_000,
    packing=(24, 40),
    group_gtins=("16901234000013", None),
    gs1_prefix="6901234",
    sscc_first=(None, 1),
    contents=Contents.LIST,
    public_url=PUBLIC_URL,
    created_at=AT,
)
UNIT = ScanUnit(
    organisation=LIQUOR_MAKER,
    product=LIQUOR,
    batch=BATCH,
    run=RUN,
    level=0,
    index=123_456,
    number="K7F2QX",
    unit_key=unit_key(17, 0, 123_456),
)
SEED_UNIT = replace(UNIT, organisation=SEED_MAKER, product=SEEDS, batch=SEED_BATCH)
# The longest texts there may be, without a place to break them.
_LONG = LocalText(zh="长" * NAME_LENGTH_MAX, en="W" * NAME_LENGTH_MAX)
LONG_UNIT = replace(
    UNIT,
    product=replace(
        LIQUOR,
        name=_LONG,
        category="W" * LINE_LENGTH_MAX,
        specification="W" * LINE_LENGTH_MAX,
        features=(Feature(name=_LONG, value=_LONG),),
    ),
    batch=replace(
        BATCH,
        lot="W" * 20,
        origin=Origin(
            place=_LONG,
            line="W" * LINE_LENGTH_MAX,
            materials=(
                Material(
                    name="W" * LINE_LENGTH_MAX,
                    supplier="W" * LINE_LENGTH_MAX,
                    lot="W" * LINE_LENGTH_MAX,
                ),
            ),
        ),
    ),
)
CASE = replace(UNIT, level=1, index=5144, number="9D3MT0", unit_key=unit_key(17, 1, 5144))
CASE_CONTENTS = GroupPart(
    title="",
    summary=None,
    numbers=tuple(f"{'0123456789ABCDEFGHJKMNPQRSTVWXYZ'[n]}{n:02}F{n % 7}X" for n in range(24)),
    more=None,
    claim=None,
    missing="",
    extra="",
    is_packed=False,
    gone="",
    added="",
)
SHOP = Stop(
    name="宁山酒业解放路店 (四川成都)",
    organisation="宁山酒业有限公司",
    place=build_place(30.66, 104.07),
)
CELLAR = Stop(
    name="宁山酒窖博物馆 (四川泸州)",
    organisation="宁山酒业有限公司",
    place=build_place(28.87, 105.44),
)
# Sealed by an authority, found to be good, let go and sold.
FINDINGS = tuple(
    Found(
        event_id=UUID(int=20 + number),
        at=datetime(2026, 4, 2 + number, 3, 0, tzinfo=UTC),
        result=result,
        authority="泸州市市场监督管理局",
        document=f"泸市监检〔2026〕{number + 11} 号",
        notes=notes,
    )
    for number, (result, notes) in enumerate(
        (
            (InspectionResult.SEALED, None),
            (
                InspectionResult.CONFORMS,
                LocalText(
                    zh="抽检 12 项，均符合标准。", en="Twelve tests, all within the standard."
                ),
            ),
            (InspectionResult.UNSEALED, None),
        )
    )
)
LIFE = Disclosure(
    steps=tuple(
        Step(kind=kind, at=datetime(2026, month, day, 2, 0, tzinfo=UTC), stop=stop)
        for kind, month, day, stop in (
            (EventKind.COMMISSIONING, 3, 6, CELLAR),
            (EventKind.PACKING, 3, 7, CELLAR),
            (EventKind.SHIPPING, 4, 10, None),
            (EventKind.RECEIVING, 4, 12, None),
            (EventKind.STORING, 5, 1, None),
            (EventKind.SHIPPING, 9, 3, None),
            (EventKind.RECEIVING, 9, 4, SHOP),
            (EventKind.SELLING, 11, 2, SHOP),
        )
    ),
    findings=FINDINGS,
)
SEALED_LIFE = Disclosure(steps=LIFE.steps[:4], findings=FINDINGS[:1])

NOBODY = Evidence(
    devices=0, other_devices=0, first_at=None, first_place=None, is_known_device=False
)
ONE_OTHER = Evidence(
    devices=1, other_devices=1, first_at=FIRST_AT, first_place="28.9,105.4", is_known_device=False
)
MANY_OTHERS = Evidence(
    devices=9, other_devices=8, first_at=FIRST_AT, first_place="28.9,105.4", is_known_device=True
)


def _outcome(verdict: Verdict, *reasons: Reason, **changes: object) -> ScanOutcome:
    whole: dict[str, object] = {"unit": UNIT, "evidence": ONE_OTHER, "scan_id": UUID(int=9)}
    whole |= {"counted": False, "can_confirm": True, "at": AT} | changes
    return ScanOutcome(verdict=verdict, reasons=reasons, **whole)  # type: ignore[arg-type] # spelled above


def _because(code: ReasonCode, **params: object) -> Reason:
    return Reason(code=code, params=params)  # type: ignore[arg-type] # as the verdict rules fill it


_RECALLED = _because(
    ReasonCode.RECALLED,
    at=datetime(2026, 11, 20, 1, 0, tzinfo=UTC),
    reason=LocalText(zh="部分瓶盖密封不严，可能渗漏。", en="Some caps do not seal and may leak."),
    instruction=LocalText(
        zh="请勿饮用，凭本页到任一门店退款。",
        en="Do not drink it. Any shop refunds you when you show this page.",
    ),
    contact="400-820-0100",
)
_UNVERIFIED = _because(ReasonCode.ORGANISATION_UNVERIFIED)

OUTCOMES: Mapping[str, ScanOutcome] = {
    "genuine-first": _outcome(Verdict.GENUINE, _because(ReasonCode.FIRST_READING), evidence=NOBODY),
    "genuine-again": _outcome(
        Verdict.GENUINE, _because(ReasonCode.FEW_DEVICES, devices=1, at=FIRST_AT)
    ),
    "genuine-long": _outcome(
        Verdict.GENUINE, _because(ReasonCode.FIRST_READING), unit=LONG_UNIT, evidence=NOBODY
    ),
    "genuine-unverified": _outcome(
        Verdict.GENUINE,
        _because(ReasonCode.FIRST_READING),
        _UNVERIFIED,
        unit=SEED_UNIT,
        evidence=NOBODY,
    ),
    "genuine-group": _outcome(
        Verdict.GENUINE, _because(ReasonCode.FIRST_READING), unit=CASE, evidence=NOBODY
    ),
    "genuine-sold": _outcome(
        Verdict.GENUINE,
        _because(ReasonCode.FEW_DEVICES, devices=1, at=FIRST_AT),
        _because(ReasonCode.SOLD, at=LIFE.steps[-1].at, place=SHOP.name),
        life=LIFE,
    ),
    "caution-sealed": _outcome(
        Verdict.CAUTION,
        _because(
            ReasonCode.SEALED_BY_AUTHORITY,
            authority=FINDINGS[0].authority,
            at=FINDINGS[0].at,
        ),
        _because(ReasonCode.SEALED_ELSEWHERE, at=LIFE.steps[1].at, km=312),
        life=SEALED_LIFE,
    ),
    "caution": _outcome(
        Verdict.CAUTION,
        _because(ReasonCode.MANY_DEVICES, devices=8, at=FIRST_AT),
        evidence=MANY_OTHERS,
    ),
    "expired": _outcome(
        Verdict.CAUTION,
        _because(ReasonCode.EXPIRED, on=date(2026, 11, 20)),
        unit=replace(UNIT, batch=DATED_BATCH),
    ),
    "suspect": _outcome(
        Verdict.SUSPECT,
        _because(ReasonCode.FAR_APART, km=1512, minutes=22),
        _because(ReasonCode.MANY_DEVICES, devices=8, at=FIRST_AT),
        evidence=MANY_OTHERS,
    ),
    "not_released": _outcome(Verdict.NOT_RELEASED, _because(ReasonCode.NOT_RELEASED)),
    "withdrawn": _outcome(Verdict.WITHDRAWN, _because(ReasonCode.WITHDRAWN, at=FIRST_AT)),
    "recalled": _outcome(Verdict.RECALLED, _RECALLED),
    "not_issued": _outcome(
        Verdict.NOT_ISSUED,
        _because(ReasonCode.NOT_ISSUED),
        unit=None,
        evidence=None,
        scan_id=None,
        can_confirm=False,
    ),
}

FOREIGN = ("https://zy.example.evil.test/01/06901234000016/21/0000?first=1",)
CHOICES = (
    CodeChoice(
        href="/01/06901234000016/21/K7F2QX9A3M0TW8RD",
        shown="K7F2-QX9A-3M0T-W8RD",
        gtin="06901234000016",
    ),
    CodeChoice(href="/c/NSHN9D3MT0AA3M0TW8RDV", shown="NSHN-9D3M-T0AA-3M0T-W8RD-V", gtin=None),
)
PHOTOS: Mapping[str, SeenCodes] = {
    "photo-several": SeenCodes(choices=CHOICES, foreign=()),
    "photo-mixed": SeenCodes(choices=CHOICES[:1], foreign=FOREIGN),
    "photo-foreign": SeenCodes(choices=(), foreign=FOREIGN),
}

MESSAGES = (400, 404, 429, 500, 503)


def render_outcome(renderer: Renderer, outcome: ScanOutcome, language: Translator) -> str:
    """Render the page of one outcome the way the scan page does."""
    path = CONFIRM_PATH if outcome.can_confirm else None
    read = None if outcome.unit else "NSHN-K7F2-QX9A-3M0T-W8RD-V"
    answer = build_answer(outcome, language, confirm_path=path, read_code=read)
    group = None
    if outcome.unit is not None and outcome.unit.level > 0:
        group = replace(
            CASE_CONTENTS,
            title=language.text(
                "contents-title",
                level=language.text("level-1"),
                items=language.text("contents-items", count=24),
            ),
            claim="agrees",
            is_packed=True,
            gone="9D3F0X",
            added="Z7TF4X",
        )
    page = build_verdict_page(answer.frame, group=group, base_map=load_base_map(None))
    return (
        cut(renderer.render("verdict.html", page, language))
        .fill({**answer.fills, "query": ""})
        .decode()
    )


def sample_pages() -> dict[str, Callable[[str], str]]:
    """Return a renderer for each page variant, by name; each takes the code of a language."""
    renderer = Renderer(PUBLIC_URL)

    def whole(template: str, page: object, code: str) -> str:
        html = renderer.render(template, page, translator(code))
        return cut(html).fill({"query": ""}).decode()

    def answer(outcome: ScanOutcome) -> Callable[[str], str]:
        return lambda code: render_outcome(renderer, outcome, translator(code))

    def message(status: int) -> Callable[[str], str]:
        return lambda code: whole(
            "message.html", build_message(status, translator(code), seconds=30), code
        )

    def photo(seen: SeenCodes) -> Callable[[str], str]:
        return lambda code: whole("photo.html", build_choice_page(seen, translator(code)), code)

    def no_code(code: str) -> str:
        refusal = InvalidError("photo_without_code", field="photo")
        return whole("photo.html", build_refused_page(refusal, translator(code)), code)

    def home(code: str) -> str:
        return whole("home.html", build_home(translator(code)), code)

    return (
        {name: answer(outcome) for name, outcome in OUTCOMES.items()}
        | {f"message-{status}": message(status) for status in MESSAGES}
        | {name: photo(seen) for name, seen in PHOTOS.items()}
        | {"home": home, "photo-none": no_code}
    )
