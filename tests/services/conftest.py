# SPDX-License-Identifier: Apache-2.0
"""What tests of all services share."""

import pytest

from trueorigin.adapters import passwords


@pytest.fixture(autouse=True)
def _cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little memory and one pass: only `tests/adapters` pay the price of passwords."""
    parameters = "$argon2id$v=19$m=32,t=1,p=4$"
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 32)
    monkeypatch.setattr(passwords, "_PASSES", 1)
    monkeypatch.setattr(passwords, "_PARAMETERS", parameters)
    monkeypatch.setattr(passwords, "DECOY", f"{parameters}{'A' * 22}${'A' * 43}")
