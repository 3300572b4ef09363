# SPDX-License-Identifier: Apache-2.0
"""services/accounts.py: joining, keys at the command line, and the rotation of every key."""

from dataclasses import replace
from itertools import count

import pytest
import sqlalchemy as sa
from tests.factories import NOW, make_entropy

from trueorigin.domain import humancode
from trueorigin.domain.catalog import LocalText, Run
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError
from trueorigin.domain.ranges import RangeDraft
from trueorigin.domain.tenancy import Organisation, Role
from trueorigin.services import access, accounts, catalog, issuing
from trueorigin.services.accounts import LocalAct, OrganisationDraft
from trueorigin.services.catalog import BatchDraft, ProductDraft
from trueorigin.services.issuing import RunDraft
from trueorigin.services.vault import Vault
from trueorigin.storage import accounts as stored
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.schema import metadata

VAULT = Vault(bytes(range(32)))
_exports = count()
ALICE = OrganisationDraft(name="Alice's Distillery", roles=frozenset({Role.MANUFACTURER}))


def join(tx: Tx, draft: OrganisationDraft = ALICE, seed: str = "") -> Organisation:
    return accounts.create_organisation(tx, VAULT, draft, at=NOW, entropy=make_entropy(seed))


def local(seed: str = "local", role: Role = Role.MANUFACTURER) -> LocalAct:
    return LocalAct(at=NOW, entropy=make_entropy(seed), role=role)


def order_run(tx: Tx, organisation: Organisation, number: str) -> Run:
    act = access.open_local_act(
        organisation.id, Role.MANUFACTURER, at=NOW, entropy=make_entropy(number)
    )
    name = LocalText(zh=None, en="Spirit")
    product = catalog.create_product(tx, act, ProductDraft(name=name, internal_number=number))
    batch = catalog.create_batch(tx, act, BatchDraft(product_id=product.id, lot="1"))
    draft = RunDraft(batch_id=batch.id, quantity=10, public_url="https://ex.cn")
    return issuing.create_run(tx, act, draft)


def list_codes(tx: Tx, organisation: Organisation, run: Run, vault: Vault = VAULT) -> bytes:
    act = access.open_local_act(
        organisation.id, Role.MANUFACTURER, at=NOW, entropy=make_entropy(f"export {next(_exports)}")
    )
    export = issuing.open_export(tx, vault, act, run.id, RangeDraft(level=0), purpose="export")
    return b"".join(issuing.export_codes(export))


def test_an_organisation_joins_unverified_with_a_prefix_and_a_key(database: Database) -> None:
    with database.write() as tx:
        alice = join(tx)
        assert humancode.is_prefix(alice.prefix)
        assert alice.verified_at is None
        assert stored.find_organisation(tx, alice.id) == alice
        [(epoch, wrapped)] = stored.list_epochs(tx, alice.id)
        assert len(VAULT.unwrap(wrapped, organisation_id=alice.id, epoch=epoch)) == 32


def test_two_cannot_have_one_name(database: Database) -> None:
    with database.write() as tx:
        join(tx)
    with pytest.raises(ConflictError) as caught, database.write() as tx:
        join(tx, seed="other")
    assert caught.value.code == "organisation_name_taken"


def test_a_taken_prefix_is_drawn_again(database: Database) -> None:
    """The same randomness draws the same prefix; the next draw of it differs."""
    with database.write() as tx:
        alice = join(tx)
        steps = iter([3, 3])

        def unlucky(size: int) -> bytes:
            if size == 3 and next(steps, None) is not None:
                value = sum(
                    humancode_value(symbol) << 5 * at for at, symbol in enumerate(alice.prefix)
                )
                return value.to_bytes(3, "big")
            return make_entropy(f"other{size}")(size)

        charlie = accounts.create_organisation(
            tx, VAULT, replace(ALICE, name="Charlie's Seeds"), at=NOW, entropy=unlucky
        )
    assert charlie.prefix != alice.prefix


def humancode_value(symbol: str) -> int:
    return "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(symbol)


def test_prefixes_that_never_come_free_end_in_a_refusal(database: Database) -> None:
    def stuck(size: int) -> bytes:
        return bytes(size)

    with database.write() as tx:
        accounts.create_organisation(tx, VAULT, ALICE, at=NOW, entropy=stuck)
    draft = replace(ALICE, name="Charlie's Seeds")
    with pytest.raises(ConflictError) as caught, database.write() as tx:
        accounts.create_organisation(tx, VAULT, draft, at=NOW, entropy=stuck)
    assert caught.value.code == "organisation_prefixes_exhausted"


def test_a_wrong_draft_names_every_fault(database: Database) -> None:
    draft = OrganisationDraft(
        name="\x00", roles=frozenset(), time_zone="x", gs1_prefix="1", website="ftp://x"
    )
    with pytest.raises(DomainError) as caught, database.write() as tx:
        join(tx, draft)
    fields = [each.field for each in caught.value.errors]  # type: ignore[attr-defined] # SeveralError
    assert fields == ["name", "roles", "time_zone", "gs1_prefix", "website"]


def test_a_key_at_the_command_line_makes_the_organisation_once(database: Database) -> None:
    with database.write() as tx:
        first = accounts.create_local_key(tx, VAULT, local("a"), ALICE)
        second = accounts.create_local_key(tx, VAULT, local("b"), ALICE)
        third = accounts.create_local_key(tx, VAULT, local("c", Role.SELLER), ALICE)
        [alice] = stored.list_organisations(tx, None, 10)
    owners = {issued.key.organisation_id for issued in (first, second, third)}
    assert owners == {alice.id}
    assert alice.roles == {Role.MANUFACTURER, Role.SELLER}
    assert len({issued.secret for issued in (first, second, third)}) == 3
    with database.read() as tx:
        assert access.get_actor(tx, third.secret).role is Role.SELLER


def test_old_codes_outlive_a_new_epoch(database: Database) -> None:
    with database.write() as tx:
        alice = join(tx)
        old = order_run(tx, alice, "1")
        before = list_codes(tx, alice, old)
        act = access.open_local_act(
            alice.id, Role.MANUFACTURER, at=NOW, entropy=make_entropy("rotate")
        )
        assert accounts.rotate_epoch(tx, VAULT, act) == 1
        new = order_run(tx, alice, "2")
        assert ((old.epoch, old.ordinal), (new.epoch, new.ordinal)) == ((0, 0), (1, 0))
        assert list_codes(tx, alice, old) == before
        assert list_codes(tx, alice, new) != before


def test_a_new_master_key_wraps_every_epoch_and_changes_no_code(database: Database) -> None:
    new = Vault(bytes(reversed(range(32))))
    with database.write() as tx:
        stored.append_installation(
            tx, stored.Installation(instance=NO_ID, key_check=VAULT.check, created_at=NOW)
        )
        alice = join(tx)
        run = order_run(tx, alice, "1")
        before = list_codes(tx, alice, run)
        assert accounts.rotate_master(tx, VAULT, new, make_entropy("nonces")) == 1
        assert list_codes(tx, alice, run, new) == before
        with pytest.raises(DomainError) as caught:
            list_codes(tx, alice, run, VAULT)
        assert caught.value.code == "master_key_wrong"
        with pytest.raises(DomainError):
            accounts.rotate_master(tx, VAULT, new, make_entropy("again"))


def test_no_key_lies_in_the_database_in_the_clear(database: Database) -> None:
    drawn: list[bytes] = []
    source = make_entropy("noted")

    def noted(size: int) -> bytes:
        found = source(size)
        drawn.append(found)
        return found

    with database.write() as tx:
        issued = accounts.create_local_key(tx, VAULT, replace(local(), entropy=noted), ALICE)
        rows = [tx.execute(sa.select(table)).all() for table in metadata.tables.values()]
    stored_bytes = b"".join(
        value if isinstance(value, bytes) else str(value).encode()
        for table in rows
        for row in table
        for value in row
    )
    assert not any(each in stored_bytes for each in drawn if len(each) == 32)
    assert issued.secret.encode() not in stored_bytes


NO_ID = access.LOCAL_CREDENTIAL


def test_a_label_is_a_text_like_any_other(database: Database) -> None:
    with database.write() as tx:
        alice = join(tx)
        act = access.open_local_act(alice.id, Role.MANUFACTURER, at=NOW, entropy=make_entropy("l"))
        with pytest.raises(InvalidError):
            accounts.create_api_key(tx, act, Role.MANUFACTURER, "\x00")
