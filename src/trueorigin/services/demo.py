# SPDX-License-Identifier: Apache-2.0
"""Tell the story of the demo: two invented enterprises, their goods, and some weeks of readings.

Everything goes through the services and through `record_scans`, as it would for anybody. The
GTINs begin with 952, which GS1 keeps for demonstrations: no real goods carry them.
"""

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from trueorigin.adapters import demo_art
from trueorigin.domain.catalog import Product, Run
from trueorigin.domain.codelist import list_urls
from trueorigin.domain.digitallink import host_of, parse_code
from trueorigin.domain.ids import uuid7
from trueorigin.domain.people import MembershipRole
from trueorigin.domain.ranges import RangeDraft
from trueorigin.domain.scans import Channel, Reading
from trueorigin.domain.serials import ALPHABET
from trueorigin.domain.tenancy import Act, Role
from trueorigin.services import accounts, catalog, files, issuing, people, recalls, remits
from trueorigin.services.access import open_local_act
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.demo_chain import (
    AUTHORITY,
    CATEGORIES,
    HANDLERS,
    PROVINCE,
    Handler,
    play_chain,
)
from trueorigin.services.demo_goods import (
    MAKERS,
    OPERATOR,
    OPERATOR_PERSON,
    Goods,
    Lot,
    Maker,
    Profile,
)
from trueorigin.services.demo_stage import Stage
from trueorigin.services.issuing import Export
from trueorigin.services.remits import RegionDraft, RemitDraft
from trueorigin.services.scanning import record_scans

_BATCH_MAX = 512
_SEED = 952
# Cities in which goods of the demo are read, as cells of 0.1 degree.
_CITIES = ("31.2,121.5", "32.1,118.8", "30.3,120.2", "39.9,116.4", "23.1,113.3", "30.6,104.1")
# Networks that RFC 5737 keeps for documentation.
_NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
# Enough to look alive, few enough to be made in a second or two.
_READ_UNITS = 220
_INVENTED = 40
_PHONES_OF_A_COPY = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """The credentials of one organisation of the demo: a key, and a person for the console."""

    organisation: str
    role: str
    key: str
    email: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What somebody needs to look around; `items` are paths by what they show.

    `witness` is an organisation that exists if the demo was stored. `label_run` is the run whose
    labels are worth printing, `label_range` its units.
    """

    witness: UUID
    sign_ins: tuple[SignIn, ...]
    items: dict[str, str]
    label_run: int
    label_range: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issued:
    """A lot whose codes exist."""

    lot: Lot
    run: Run
    export: Export

    def url(self, index: int) -> str:
        return list_urls(self.export.codes, index, index + 1)[0]


def build_demo(stage: Stage) -> Story:
    """Play the whole story inside the transaction of `stage`, into an empty data centre."""
    operator = _join(stage, OPERATOR)
    issued: dict[str, _Issued] = {}
    sign_ins = []
    for maker in MAKERS:
        key = _join(stage, maker)
        organisation_id = key.key.organisation_id
        sign_in = SignIn(organisation=maker.name, role=maker.role.value, key=key.secret)
        if maker.profile is not None:
            _introduce(stage, organisation_id, maker.profile)
            password = _employ(stage, organisation_id, maker.profile.email, maker.profile.person)
            sign_in = replace(sign_in, email=maker.profile.email, password=password)
        sign_ins.append(sign_in)
        _verify(stage, operator.key.organisation_id, organisation_id)
        for goods in maker.goods:
            issued.update(_register(stage, organisation_id, goods))
    handlers = {}
    for handler in HANDLERS:
        sign_in, handlers[handler.name] = _hire(stage, handler, operator.key.organisation_id)
        sign_ins.append(sign_in)
    _limit(stage, operator.key.organisation_id, handlers[AUTHORITY.name])
    email, name = OPERATOR_PERSON
    sign_ins.append(
        SignIn(
            organisation=OPERATOR.name,
            role=OPERATOR.role.value,
            key=operator.secret,
            email=email,
            password=_employ(stage, operator.key.organisation_id, email, name),
        )
    )
    liquor, recalled = issued["liquor"], issued["recalled"]
    owner_id = liquor.run.organisation_id
    journey = play_chain(stage, owner_id, liquor.run, _released(liquor), handlers)
    _read(stage, issued)
    genuine = liquor.url(_released(liquor) // 2)
    return Story(
        witness=operator.key.organisation_id,
        sign_ins=tuple(sign_ins),
        items={
            "genuine": _path(genuine),
            "not-released": _path(liquor.url(liquor.run.quantity - 1)),
            "forged": _path(forge(genuine)),
            "recalled": _path(recalled.url(7)),
            "copied": _path(liquor.url(_copied_index(liquor))),
            "expired": _path(issued["expired"].url(11)),
            "case": _path(_group_url(stage, liquor.run, 1, 3)),
            **{
                name: _path(_group_url(stage, liquor.run, level, index))
                for name, (level, index) in journey.items()
            },
        },
        label_run=issued["labels"].run.id,
        label_range=(0, issued["labels"].run.quantity),
    )


def _group_url(stage: Stage, run: Run, level: int, index: int) -> str:
    """Return the printed address of one unit of any level."""
    act = _act(stage, run.organisation_id, days=44)
    wanted = RangeDraft(level=level, start=index, stop=index + 1)
    export = issuing.open_export(stage.tx, stage.vault, act, run.id, wanted, purpose="export")
    return list_urls(export.codes, index, index + 1)[0]


def _hire(stage: Stage, handler: Handler, operator_id: UUID) -> tuple[SignIn, UUID]:
    """Let an organisation join through whose hands goods pass, with a person."""
    draft = accounts.OrganisationDraft(
        name=handler.name, roles=frozenset({handler.role}), phone=handler.phone
    )
    key = accounts.create_local_key(stage.tx, stage.vault, _open_join(stage, handler.role), draft)
    organisation_id = key.key.organisation_id
    password = _employ(stage, organisation_id, handler.email, handler.person)
    _verify(stage, operator_id, organisation_id)
    sign_in = SignIn(
        organisation=handler.name,
        role=handler.role.value,
        key=key.secret,
        email=handler.email,
        password=password,
    )
    return sign_in, organisation_id


def _limit(stage: Stage, operator_id: UUID, authority_id: UUID) -> None:
    """Let the operator say what the authority answers for: its province, and the demo's goods.

    Not the seed: that is another authority's.
    """
    act = open_local_act(operator_id, Role.OPERATOR, at=_ago(stage, days=89), entropy=stage.entropy)
    draft = RemitDraft(regions=(RegionDraft(code=PROVINCE),), categories=CATEGORIES)
    remits.set_remit(stage.tx, act, authority_id, draft)


def forge(url: str) -> str:
    """Return `url` with its last symbol changed: well-formed, and never issued."""
    last = ALPHABET[(ALPHABET.index(url[-1]) + 1) % len(ALPHABET)]
    return url[:-1] + last


def _join(stage: Stage, maker: Maker) -> accounts.IssuedKey:
    draft = accounts.OrganisationDraft(
        name=maker.name,
        roles=frozenset({maker.role}),
        gs1_prefix=maker.gs1_prefix,
        website=maker.website,
        phone=maker.phone,
    )
    return accounts.create_local_key(stage.tx, stage.vault, _open_join(stage, maker.role), draft)


def _open_join(stage: Stage, role: Role) -> accounts.LocalAct:
    at = _ago(stage, days=90)
    return accounts.LocalAct(at=at, entropy=stage.entropy, role=role, label="Demo")


def _introduce(stage: Stage, organisation_id: UUID, profile: Profile) -> None:
    """Let an enterprise say who it is, with its logo."""
    act = _act(stage, organisation_id, days=90)
    logo = _upload(stage, act, demo_art.LOGOS[profile.logo](), "logo.png")
    said = accounts.get_organisation(stage.tx, act.scope)
    accounts.update_organisation(
        stage.tx,
        act,
        replace(
            said,
            legal_name=profile.legal_name,
            uscc=profile.uscc,
            address=profile.address,
            email=profile.email,
            colour=profile.colour,
            logo_file_id=logo,
        ),
    )


def _employ(stage: Stage, organisation_id: UUID, email: str, name: str) -> str:
    """Make the person who signs in for an organisation and return the password, drawn anew."""
    act = _act(stage, organisation_id, days=90)
    symbols = "".join(ALPHABET[byte & 31] for byte in stage.entropy(12)).lower()
    password = "-".join(symbols[at : at + 4] for at in range(0, 12, 4))
    draft = people.PersonDraft(email=email, name=name, password=password, role=MembershipRole.OWNER)
    people.keep_person(stage.tx, act, people.prepare_person(act, draft))
    return password


def _upload(stage: Stage, act: Act, content: bytes, name: str) -> UUID:
    upload = files.Upload(content=io.BytesIO(content), name=name)
    return files.keep_file(stage.tx, act, files.prepare_file(stage.files, act, upload)).id


def _verify(stage: Stage, operator_id: UUID, organisation_id: UUID) -> None:
    at = _ago(stage, days=89)
    act = open_local_act(operator_id, Role.OPERATOR, at=at, entropy=stage.entropy)
    accounts.verify_organisation(stage.tx, act, organisation_id, is_verified=True)


def _register(stage: Stage, organisation_id: UUID, goods: Goods) -> dict[str, _Issued]:
    """Register a product with its lots; order, release and recall their codes."""
    act = _act(stage, organisation_id, days=80)
    picture = _upload(stage, act, demo_art.PICTURES[goods.picture](), f"{goods.picture}.jpg")
    product = catalog.create_product(
        stage.tx,
        act,
        catalog.ProductDraft(
            name=goods.name,
            gtin=goods.gtin,
            description=goods.description,
            category=goods.category,
            specification=goods.specification,
            features=goods.features,
            picture_file_ids=(picture,),
        ),
    )
    return {lot.key: _order(stage, product, lot) for lot in goods.lots}


def _inspect(stage: Stage, act: Act, product: Product, lot: Lot) -> UUID:
    """Upload the inspection report of a lot."""
    maker = accounts.get_organisation(stage.tx, act.scope)
    day = stage.at.date() - timedelta(days=lot.produced_days_ago - 3)
    report = demo_art.Report(
        title="检验报告 Inspection report",
        maker=maker.legal_name or maker.name,
        product=f"{product.name.pick('zh')}  {product.name.pick('en')}",
        lot=lot.number,
        day=day.isoformat(),
        rows=(
            *(
                (f"{each.name.pick('zh')} {each.name.pick('en')}", each.value.pick("zh"))
                for each in product.features
            ),
            ("结论 Conclusion", "合格 Passed"),
        ),
        seal="检验合格",
    )
    return _upload(stage, act, demo_art.draw_report(report), f"{lot.number}.pdf")


def _order(stage: Stage, product: Product, lot: Lot) -> _Issued:
    organisation_id = product.organisation_id
    act = _act(stage, organisation_id, days=60)
    today = stage.at.date()
    batch = catalog.create_batch(
        stage.tx,
        act,
        catalog.BatchDraft(
            product_id=product.id,
            lot=lot.number,
            produced_on=today - timedelta(days=lot.produced_days_ago),
            expires_on=None
            if lot.expires_in_days is None
            else today + timedelta(days=lot.expires_in_days),
            origin=lot.origin,
            paper_file_ids=(_inspect(stage, act, product, lot),),
        ),
    )
    run = issuing.create_run(
        stage.tx,
        act,
        issuing.RunDraft(
            batch_id=batch.id,
            quantity=lot.quantity,
            packing=lot.packing,
            public_url=stage.public_url,
        ),
    )
    _release(stage, organisation_id, run, lot)
    if lot.recall is not None:
        recalls.create_recall(
            stage.tx,
            _act(stage, organisation_id, days=2),
            recalls.RecallDraft(
                batch_id=batch.id,
                number=lot.recall.number,
                reason=lot.recall.reason,
                instruction=lot.recall.instruction,
                contact=lot.recall.contact,
            ),
        )
    whole = RangeDraft(level=0)
    export = issuing.open_export(stage.tx, stage.vault, act, run.id, whole, purpose="export")
    return _Issued(lot=lot, run=run, export=export)


def _release(stage: Stage, organisation_id: UUID, run: Run, lot: Lot) -> None:
    """Release the first `lot.released` items and the groups they fill."""
    ranges = tuple(
        RangeDraft(level=level, start=0, stop=lot.released // run.pack_size(level))
        for level in run.levels
        if lot.released >= run.pack_size(level)
    )
    act = _act(stage, organisation_id, days=45)
    issuing.release(stage.tx, act, run.id, issuing.StageDraft(ranges=ranges))


def _read(stage: Stage, issued: dict[str, _Issued]) -> None:
    """Let phones read, in the order of time, in batches as a server would."""
    readings = sorted(_list_readings(stage, issued), key=lambda reading: reading.at)
    catalogue = Catalogue()
    for start in range(0, len(readings), _BATCH_MAX):
        record_scans(stage.tx, catalogue, stage.vault, readings[start : start + _BATCH_MAX])


def _list_readings(stage: Stage, issued: dict[str, _Issued]) -> Iterator[Reading]:
    chance = random.Random(_SEED)  # noqa: S311 - tells a story, keeps no secret
    lots = [each for each in issued.values() if each.lot.released]
    for _ in range(_READ_UNITS):
        each = chance.choice(lots)
        url = each.url(chance.randrange(_released(each) // 2))
        city = chance.choice(_CITIES)
        moment = _ago(stage, days=40) + timedelta(minutes=chance.randrange(38 * 24 * 60))
        phone = chance.randbytes(16)
        yield _reading(stage, url, moment, phone, city)
        if chance.random() < 0.4:  # noqa: PLR2004 - the same phone once more
            later = moment + timedelta(minutes=chance.randrange(1, 600))
            yield _reading(stage, url, later, phone, city)
        if chance.random() < 0.2:  # noqa: PLR2004 - somebody else in the house
            later = moment + timedelta(minutes=chance.randrange(5, 2000))
            yield _reading(stage, url, later, chance.randbytes(16), city)
    liquor = issued["liquor"]
    copied = liquor.url(_copied_index(liquor))
    for place in range(_PHONES_OF_A_COPY):
        moment = _ago(stage, days=6) + timedelta(hours=5 * place, minutes=chance.randrange(60))
        city = _CITIES[place % len(_CITIES)]
        yield _reading(stage, copied, moment, chance.randbytes(16), city)
    for place in range(_INVENTED):
        moment = _ago(stage, days=3) + timedelta(seconds=7 * place)
        url = liquor.url(place)[:-6] + "".join(chance.choices(ALPHABET, k=6))
        yield _reading(stage, url, moment, chance.randbytes(16), _CITIES[0])


def _reading(stage: Stage, url: str, at: datetime, phone: bytes, city: str) -> Reading:
    return Reading(
        code=parse_code(url, hosts={host_of(stage.public_url)}),
        at=at,
        id=uuid7(at, stage.entropy(10)),
        channel=Channel.PAGE,
        device_token=phone,
        minted_token=None,
        network=_NETWORKS[phone[0] % len(_NETWORKS)],
        place=city,
        place_trusted=False,
        actor=None,
        is_confirmed=True,
    )


def _released(issued: _Issued) -> int:
    return issued.lot.released


def _copied_index(liquor: _Issued) -> int:
    """Return a unit that the ordinary readings, all in the first half, never meet."""
    return _released(liquor) - 17


def _act(stage: Stage, organisation_id: UUID, *, days: int) -> Act:
    at = _ago(stage, days=days)
    return open_local_act(organisation_id, Role.MANUFACTURER, at=at, entropy=stage.entropy)


def _ago(stage: Stage, *, days: int) -> datetime:
    return stage.at - timedelta(days=days)


def _path(url: str) -> str:
    """Return the part of a printed URL that stays the same under another host."""
    return "/" + url.split("/", 3)[3]
