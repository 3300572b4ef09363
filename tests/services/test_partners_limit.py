# SPDX-License-Identifier: Apache-2.0
"""How many partners an organisation may have, and what it may still do with the last of them."""

import pytest
from tests.factories import Cast, make_act, make_organisation

from trueorigin.domain.errors import ConflictError
from trueorigin.services import partners
from trueorigin.storage import accounts
from trueorigin.storage.database import Database


def test_with_as_many_partners_as_may_be_one_can_still_be_changed(
    database: Database, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partners, "PARTNERS_MAX", 1)
    act, charlie = make_act(cast.alice.organisation), cast.charlie.organisation
    other = make_organisation(name="Dave's Shops", prefix="DAV3")
    with database.write() as tx:
        accounts.append_organisation(tx, other)
        assert not partners.link_partner(tx, act, charlie.prefix).partnership.may_bring
    with database.write() as tx:
        changed = partners.link_partner(tx, act, charlie.prefix, may_bring=True)
        assert changed.partnership.may_bring
    with pytest.raises(ConflictError, match="partners_too_many"), database.write() as tx:
        partners.link_partner(tx, act, other.prefix)
    with database.write() as tx:
        partners.end_partnership(tx, act, charlie.id)
        partners.link_partner(tx, act, other.prefix)
    with pytest.raises(ConflictError, match="partners_too_many"), database.write() as tx:
        partners.link_partner(tx, act, charlie.prefix)
