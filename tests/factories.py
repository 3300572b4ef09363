"""The cast and what it owns: Alice and Charlie are tenants, Bob works for Alice, Dora has a phone.

Every `make_*` builds a valid value with defaults that a test overrides; nothing is stored, except
by `make_cast`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

from trueorigin.domain.catalog import Batch, Contents, LocalText, Material, Origin, Product, Run
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import ScanUnit
from trueorigin.domain.tenancy import Act, Actor, Organisation, Role, TenantScope
from trueorigin.domain.units import RangeFact, RangeKind, Recall
from trueorigin.domain.verdict import Verdict
from trueorigin.storage import accounts, catalog
from trueorigin.storage.accounts import ApiKey
from trueorigin.storage.database import Tx
from trueorigin.storage.scans import ScanRow

# The instant at which tests begin.
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
# Dora's phone and the network she uses, as pseudonyms.
DORAS_PHONE = 0x0D0A
DORAS_NETWORK = -0x0D0A

_serial = count(1)


def later(**delta: float) -> datetime:
    """Return NOW plus the given `timedelta` parts."""
    return NOW + timedelta(**delta)


def make_id(at: datetime = NOW) -> UUID:
    """Make a time-ordered id that differs from every other one; ids of one instant ascend."""
    return uuid7(at, next(_serial).to_bytes(10, "big"))


def make_entropy(seed: str = "") -> Callable[[int], bytes]:
    """Make a repeatable source of bytes that never gives the same ones twice."""
    steps = count()

    def entropy(size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += sha256(f"{seed}:{next(steps)}".encode()).digest()
        return found[:size]

    return entropy


def scope_of(organisation: Organisation) -> TenantScope:
    return TenantScope(organisation.id)


def make_act(
    organisation: Organisation, *, role: Role = Role.MANUFACTURER, at: datetime = NOW
) -> Act:
    actor = Actor(organisation_id=organisation.id, role=role, credential_id=make_id())
    entropy = make_entropy(str(next(_serial)))
    return Act(scope=scope_of(organisation), actor=actor, at=at, entropy=entropy)


def make_prefix(number: int) -> str:
    """Write `number`, below 32768, as a code prefix that begins with T."""
    symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "T" + "".join(symbols[number >> shift & 31] for shift in (10, 5, 0))


def make_organisation(**fields: object) -> Organisation:
    number = next(_serial)
    values: dict[str, Any] = {
        "id": make_id(),
        "name": f"Organisation {number}",
        "prefix": make_prefix(number),
        "roles": frozenset({Role.MANUFACTURER}),
        "time_zone": "Asia/Shanghai",
        "gs1_prefix": None,
        "website": None,
        "phone": None,
        "verified_at": None,
        "created_at": NOW,
    }
    values.update(fields)
    return Organisation(**values)


def make_api_key(organisation: Organisation, **fields: object) -> ApiKey:
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": organisation.id,
        "role": Role.MANUFACTURER,
        "label": "Packing line 2",
        "created_at": NOW,
        "revoked_at": None,
    }
    values.update(fields)
    return ApiKey(**values)


def make_gtin(body: str) -> str:
    """Append the check digit to the first 13 digits of a GTIN-14."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def make_product(organisation: Organisation, **fields: object) -> Product:
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": organisation.id,
        "gtin": make_gtin(f"0690123{next(_serial):06}"),
        "internal_number": None,
        "name": LocalText(zh="青瓷酒 500 毫升", en="Celadon Spirit 500 ml"),
        "description": None,
        "category": None,
        "specification": "500 ml",
        "created_at": NOW,
    }
    values.update(fields)
    return Product(**values)


def make_batch(product: Product, **fields: object) -> Batch:
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": product.organisation_id,
        "product_id": product.id,
        "lot": f"L{next(_serial):05}",
        "produced_on": date(2026, 3, 1),
        "expires_on": date(2031, 2, 28),
        "origin": Origin(
            place=LocalText(zh="贵州仁怀", en="Renhuai, Guizhou"),
            line="2",
            materials=(Material(name="高粱", supplier="红缨子合作社", lot="S-7"),),
        ),
        "created_at": NOW,
    }
    values.update(fields)
    return Batch(**values)


def make_scan_unit(organisation: Organisation) -> ScanUnit:
    """Build the first item of a run of an organisation, as a reading finds it."""
    product = make_product(organisation)
    batch = make_batch(product)
    return ScanUnit(
        organisation=organisation,
        product=product,
        batch=batch,
        run=make_run(batch),
        level=0,
        index=0,
        number="ABC234",
        unit_key=0,
    )


def make_run(batch: Batch, **fields: object) -> Run:
    number = next(_serial)
    values: dict[str, Any] = {
        "id": number,
        "organisation_id": batch.organisation_id,
        "batch_id": batch.id,
        "product_id": batch.product_id,
        "epoch": 0,
        "ordinal": number,
        "symbols": 16,
        "quantity": 1000,
        "packing": (24, 40),
        "group_gtins": (None, None),
        "gs1_prefix": None,
        "sscc_first": (None, None),
        "contents": Contents.LIST,
        "public_url": "https://t.example",
        "created_at": NOW,
    }
    values.update(fields)
    return Run(**values)


def make_fact(run: Run, start: int = 0, stop: int | None = None, **fields: object) -> RangeFact:
    values: dict[str, Any] = {
        "id": make_id(),
        "run_id": run.id,
        "level": 0,
        "start": start,
        "stop": run.quantity if stop is None else stop,
        "kind": RangeKind.RELEASE,
        "effective_at": NOW,
        "recall_id": None,
        "reason": None,
        "actor_id": None,
        "created_at": NOW,
    }
    values.update(fields)
    return RangeFact(**values)


def make_recall(batch: Batch, **fields: object) -> Recall:
    values: dict[str, Any] = {
        "id": make_id(),
        "organisation_id": batch.organisation_id,
        "number": None,
        "batch_id": batch.id,
        "run_id": None,
        "level": None,
        "start": None,
        "stop": None,
        "reason": LocalText(zh="玻璃碎屑", en="Glass splinters"),
        "instruction": LocalText(zh="请勿饮用", en="Do not drink"),
        "contact": "400-000-0000",
        "effective_at": NOW,
        "lifted_at": None,
        "created_at": NOW,
    }
    values.update(fields)
    return Recall(**values)


def make_scan(unit_key: int, **fields: object) -> ScanRow:
    at = fields.get("at", NOW)
    assert isinstance(at, datetime)
    values: dict[str, Any] = {
        "unit_key": unit_key,
        "id": make_id(at),
        "at": at,
        "channel": 1,
        "verdict": Verdict.GENUINE,
        "is_counted": True,
        "device": DORAS_PHONE,
        "network": DORAS_NETWORK,
        "place": "CN-52",
    }
    values.update(fields)
    return ScanRow(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """One member of the cast with a product, a batch and a run of 1000 items."""

    organisation: Organisation
    product: Product
    batch: Batch
    run: Run

    @property
    def scope(self) -> TenantScope:
        return scope_of(self.organisation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Alice's organisation is tenant A, Charlie's is tenant B and must never see hers."""

    alice: Tenant
    charlie: Tenant


def make_tenant(tx: Tx, organisation: Organisation) -> Tenant:
    """Store `organisation` with one key epoch, product, batch and run."""
    scope = scope_of(organisation)
    accounts.append_organisation(tx, organisation)
    accounts.append_epoch(tx, scope, 0, b"wrapped", NOW)
    product = make_product(organisation)
    assert product.gtin is not None
    catalog.claim_gtin(tx, scope, product.gtin)
    catalog.append_product(tx, scope, product)
    batch = make_batch(product)
    catalog.append_batch(tx, scope, batch)
    epoch, ordinal = accounts.allocate_ordinal(tx, scope)
    run = make_run(batch, id=catalog.next_run_id(tx), epoch=epoch, ordinal=ordinal)
    catalog.append_run(tx, scope, run)
    return Tenant(organisation=organisation, product=product, batch=batch, run=run)


def make_cast(tx: Tx) -> Cast:
    """Store the two tenants."""
    alice = make_organisation(name="Alice's Distillery", prefix="A1CE", gs1_prefix="690123")
    charlie = make_organisation(name="Charlie's Seeds", prefix="CH4R", gs1_prefix="690456")
    return Cast(alice=make_tenant(tx, alice), charlie=make_tenant(tx, charlie))
