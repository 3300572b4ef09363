"""A data centre small enough to reason about: tenants with real keys, phones, and a clock."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from tests.factories import (
    NOW,
    make_batch,
    make_fact,
    make_organisation,
    make_product,
    make_run,
    scope_of,
)

from trueorigin.domain.catalog import Batch, Product, Run
from trueorigin.domain.digitallink import PrintedCode
from trueorigin.domain.ids import uuid7
from trueorigin.domain.scans import Channel, Reading, ScanOutcome
from trueorigin.domain.serials import Position, SerialCipher
from trueorigin.domain.tenancy import Actor, Organisation, Role, TenantScope
from trueorigin.domain.units import RangeKind, unit_key
from trueorigin.services.catalogue import Catalogue
from trueorigin.services.scanning import record_scans
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog, counting, units
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.retrying import write_retrying

MASTER = bytes(range(32))
_joined, _drawn = count(), count(1)
NETWORK = "198.51.100.0/24"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An organisation with one product, batch and run; `keys` are its epochs' keys."""

    organisation: Organisation
    product: Product
    batch: Batch
    run: Run
    keys: dict[int, bytes]

    @property
    def scope(self) -> TenantScope:
        return scope_of(self.organisation)

    def serial(self, index: int, level: int = 0) -> str:
        cipher = SerialCipher(self.keys[self.run.epoch], self.run.symbols)
        return cipher.encode(Position(self.run.ordinal, level, index))

    def code(self, index: int, level: int = 0) -> PrintedCode:
        """Return the code printed on an item, or on a group by its human-readable code."""
        serial = self.serial(index, level)
        if level == 0 and self.product.gtin is not None:
            return PrintedCode(gtin=self.product.gtin, serial=serial)
        return PrintedCode(prefix=self.organisation.prefix, serial=serial)

    def key(self, index: int, level: int = 0) -> int:
        return unit_key(self.run.id, level, index)


@dataclass(slots=True)
class World:
    """A database with its process: vault, cache and a clock that moves with every reading."""

    database: Database
    vault: Vault = field(default_factory=lambda: Vault(MASTER))
    catalogue: Catalogue = field(default_factory=Catalogue)
    at: datetime = NOW

    def tick(self, **delta: float) -> datetime:
        """Move the clock, by a second unless told otherwise."""
        self.at += timedelta(**(delta or {"seconds": 1}))
        return self.at

    def other_process(self) -> "World":
        """Return the same data centre as another process sees it: nothing cached."""
        return replace(self, catalogue=Catalogue())

    def join(self, tx: Tx, *, is_released: bool = True, **fields: object) -> Tenant:
        """Store an organisation with a run of 1000 items, released from NOW on if so wished.

        `fields` are those of the run, of the batch where named `expires_on`, and of the
        organisation where named `prefix`, `gs1_prefix` or `verified_at`.
        """
        names = {"prefix", "gs1_prefix", "verified_at", "time_zone"}
        own = {name: value for name, value in fields.items() if name in names}
        organisation = make_organisation(
            **{"verified_at": NOW, "prefix": f"W{next(_joined) % 1000:03}", **own}
        )
        scope = scope_of(organisation)
        accounts.append_organisation(tx, organisation)
        product_fields = {"gtin": fields["gtin"]} if "gtin" in fields else {}
        if product_fields and product_fields["gtin"] is None:
            product_fields["internal_number"] = "P-1"
        product = make_product(organisation, **product_fields)
        if product.gtin is not None:
            catalog.claim_gtin(tx, scope, product.gtin)
        catalog.append_product(tx, scope, product)
        batch_fields = {"expires_on": fields["expires_on"]} if "expires_on" in fields else {}
        batch = make_batch(product, **batch_fields)
        catalog.append_batch(tx, scope, batch)
        tenant = Tenant(
            organisation=organisation,
            product=product,
            batch=batch,
            run=make_run(batch),
            keys={},
        )
        self.start_epoch(tx, tenant)
        other = names | {"gtin", "expires_on"}
        rest = {name: value for name, value in fields.items() if name not in other}
        tenant = self.add_run(tx, tenant, **rest)
        if is_released:
            self.release(tx, tenant)
        return tenant

    def start_epoch(self, tx: Tx, tenant: Tenant) -> None:
        epoch = len(tenant.keys)
        key = tenant.organisation.id.bytes + bytes([epoch]) * 16
        wrapped = self.vault.wrap(
            key, organisation_id=tenant.organisation.id, epoch=epoch, nonce=new_id(NOW).bytes[4:]
        )
        accounts.append_epoch(tx, tenant.scope, epoch, wrapped, NOW)
        tenant.keys[epoch] = key

    def add_run(self, tx: Tx, tenant: Tenant, **fields: Any) -> Tenant:  # noqa: ANN401 - of any type
        epoch, ordinal = accounts.allocate_ordinal(tx, tenant.scope)
        run = make_run(
            tenant.batch, id=catalog.next_run_id(tx), epoch=epoch, ordinal=ordinal, **fields
        )
        catalog.append_run(tx, tenant.scope, run)
        return replace(tenant, run=run)

    def release(self, tx: Tx, tenant: Tenant, **fields: Any) -> None:  # noqa: ANN401 - of any type
        kind = fields.pop("kind", RangeKind.RELEASE)
        fact = make_fact(tenant.run, **{"id": new_id(self.at), "kind": kind, **fields})
        units.append_range_fact(tx, tenant.scope, fact)

    def reading(self, code: PrintedCode, **fields: object) -> Reading:
        """Make a reading by a page, of a phone with a cookie, one second after the last."""
        at = self.tick()
        values: dict[str, Any] = {
            "code": code,
            "at": at,
            "id": new_id(at),
            "channel": Channel.API,
            "device_token": None,
            "minted_token": None,
            "network": NETWORK,
            "place": None,
            "place_trusted": False,
            "actor": None,
            "is_confirmed": True,
        }
        values.update(fields)
        return Reading(**values)

    def record(
        self, readings: Sequence[Reading], *, per_hour_max: int | None = 60
    ) -> list[ScanOutcome]:
        return write_retrying(
            self.database,
            lambda tx: record_scans(
                tx, self.catalogue, self.vault, readings, per_hour_max=per_hour_max
            ),
        )

    def read(self, code: PrintedCode, **fields: object) -> ScanOutcome:
        [outcome] = self.record([self.reading(code, **fields)])
        return outcome


def new_id(at: datetime) -> UUID:
    """Make an id of `at`; ids of one instant ascend."""
    return uuid7(at, next(_drawn).to_bytes(10, "big"))


def make_actor(tenant: Tenant, role: Role) -> Actor:
    return Actor(organisation_id=tenant.organisation.id, role=role, credential_id=new_id(NOW))


def phone(number: int) -> bytes:
    """Return the cookie of a phone."""
    return number.to_bytes(16, "big")


def sum_devices(tx: Tx) -> int:
    """Return how many phones the states of all units count, wherever they are held."""
    keys = [key for (key,) in tx.run("SELECT DISTINCT unit_key FROM scan")]
    return sum(state.devices for state in counting.find_unit_states(tx, keys).values())
