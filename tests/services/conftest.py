# SPDX-License-Identifier: Apache-2.0
"""What tests of all services share."""

import pytest
from tests.signing_in import make_hashes_cheap


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    make_hashes_cheap(monkeypatch)
