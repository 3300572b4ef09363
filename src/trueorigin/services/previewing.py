# SPDX-License-Identifier: Apache-2.0
"""Specimens of labels: what a run's labels will look like, before and after it is ordered.

A specimen's serial is made with a key of nobody, so that showing a label gives no code away; its
length, and with it the symbol, is that of the real ones.
"""

from dataclasses import replace

from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.codelist import LevelCodes, gtin_of_level
from trueorigin.domain.serials import SerialCipher
from trueorigin.domain.tenancy import Act, TenantScope
from trueorigin.services.issuing import Export, RunDraft, parse_run
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts, catalog
from trueorigin.storage.database import Tx


def open_specimen(tx: Tx, vault: Vault, scope: TenantScope, run: Run, level: int) -> Export:
    """Return an export of the first unit of a level, whose code nobody was given."""
    batch = catalog.get_batch(tx, scope, run.batch_id)
    product = catalog.get_product(tx, scope, run.product_id)
    organisation = accounts.get_organisation(tx, scope)
    codes = LevelCodes(
        run=run,
        level=level,
        gtin=gtin_of_level(run, level, product.gtin),
        prefix=organisation.prefix,
        cipher=SerialCipher(vault.decoy_key, run.symbols),
    )
    return Export(
        codes=codes, batch=batch, product=product, maker=organisation.name, start=0, stop=1
    )


def plan_run(tx: Tx, act: Act, draft: RunDraft) -> Run:
    """Return the run that `issuing.create_run` would make of `draft`, without making it.

    Refused with the same faults, save those that only ordering finds: a GTIN of somebody else's,
    or a shortage of SSCCs.
    """
    draft = parse_run(draft)
    batch = catalog.get_batch(tx, act.scope, draft.batch_id)
    prefix = accounts.get_organisation(tx, act.scope).gs1_prefix
    is_sscc = prefix is not None
    planned = Run(
        id=0,
        organisation_id=act.scope,
        batch_id=batch.id,
        product_id=batch.product_id,
        epoch=0,
        ordinal=0,
        symbols=draft.symbols,
        quantity=draft.quantity,
        packing=draft.packing,
        group_gtins=draft.group_gtins,
        gs1_prefix=prefix,
        sscc_first=tuple(0 if is_sscc and gtin is None else None for gtin in draft.group_gtins),
        contents=draft.contents or Contents.LIST,
        public_url=draft.public_url,
        created_at=act.at,
    )
    has_sscc = any(first is not None for first in planned.sscc_first)
    return planned if has_sscc else replace(planned, gs1_prefix=None)
