# SPDX-License-Identifier: Apache-2.0
"""docs/permissions.md says what the tables of the code say."""

import os
import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest

from trueorigin.domain.devices import PROFILES
from trueorigin.domain.people import MEMBERSHIP_PERMISSIONS
from trueorigin.domain.tenancy import ROLE_PERMISSIONS, Permission

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
TABLES: dict[str, dict[StrEnum, frozenset[Permission]]] = {
    "organisations": dict(ROLE_PERMISSIONS.items()),
    "people": dict(MEMBERSHIP_PERMISSIONS.items()),
    "devices": {profile: rule.permissions for profile, rule in PROFILES.items()},
}


def draw(lists: Mapping[StrEnum, frozenset[Permission]]) -> str:
    """Write one table: a line a permission that anybody of it has, a column for each list."""
    heads = [each.value for each in lists]
    lines = ["| permission | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for permission in Permission:
        ticks = ["✓" if permission in each else "" for each in lists.values()]
        if any(ticks):
            lines.append(f"| `{permission.value}` | " + " | ".join(ticks) + " |")
    return "\n".join(lines)


@pytest.mark.parametrize("name", TABLES)
def test_the_document_has_the_table_of_the_code(name: str) -> None:
    """After a wanted change: TRUEORIGIN_SNAPSHOT=1 pytest with this file."""
    text = DOCUMENT.read_text(encoding="utf-8")
    mark = f"<!-- {name} -->\n"
    pattern = re.compile(re.escape(mark) + r"(?:\n?\|[^\n]*\n)*")
    if os.environ.get("TRUEORIGIN_SNAPSHOT"):
        text = pattern.sub(f"{mark}\n{draw(TABLES[name])}\n", text)
        DOCUMENT.write_text(text, encoding="utf-8")
    assert f"{mark}\n{draw(TABLES[name])}\n" in text
