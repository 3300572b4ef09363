"""Goods with everything a manufacturer can attach: logo, colour, picture, certificate, paper."""

import io
from dataclasses import replace
from uuid import UUID

from PIL import Image
from tests.scanning_world import Tenant, World, new_id

from trueorigin.adapters.files import FolderStore
from trueorigin.domain.files import File
from trueorigin.storage import accounts, catalog, files
from trueorigin.storage.database import Tx


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#a33").save(out, kind)
    return out.getvalue()


def keep(tx: Tx, store: FolderStore, tenant: Tenant, content: bytes, **fields: object) -> UUID:
    stored = store.put(io.BytesIO(content), limit=2**24)
    row = File(
        id=new_id(tenant.run.created_at),
        organisation_id=tenant.organisation.id,
        sha256=stored.sha256,
        media_type="image/png",
        bytes=stored.bytes,
        name="bottle.png",
        created_at=tenant.run.created_at,
        actor_id=None,
    )
    row = replace(row, **fields)  # type: ignore[arg-type] # spelled by each test
    files.append_file(tx, tenant.scope, row)
    return row.id


def change_organisation(tx: Tx, tenant: Tenant, **fields: object) -> None:
    now = accounts.find_organisation(tx, tenant.organisation.id)
    assert now is not None
    changed = replace(now, **fields)  # type: ignore[arg-type] # spelled by each test
    accounts.update_organisation(tx, tenant.scope, changed)


def dress(world: World, alice: Tenant, store: FolderStore) -> dict[str, UUID]:
    """Attach one of each to a tenant's goods, and keep one file that no page shows."""
    with world.database.write() as tx:
        ids = {
            "logo": keep(tx, store, alice, picture(300, 200), width=300, height=200),
            "picture": keep(tx, store, alice, picture(1200, 800), width=1200, height=800),
            "certificate": keep(
                tx, store, alice, b"%PDF-1.7 x", media_type="application/pdf", name="证书 1.pdf"
            ),
            "paper": keep(
                tx, store, alice, b"%PDF-1.7 y", media_type="application/pdf", name="lab.pdf"
            ),
            "unused": keep(tx, store, alice, picture(50, 50), width=50, height=50),
        }
        change_organisation(tx, alice, logo_file_id=ids["logo"], colour="#7b1e2b")
        catalog.update_product(
            tx,
            alice.scope,
            replace(
                alice.product,
                picture_file_ids=(ids["picture"],),
                certificate_file_ids=(ids["certificate"],),
            ),
        )
        catalog.update_batch(tx, alice.scope, replace(alice.batch, paper_file_ids=(ids["paper"],)))
    return ids
