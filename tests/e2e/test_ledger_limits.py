# SPDX-License-Identifier: Apache-2.0
"""How many readings of one unit get a line each is the operator's to set."""

from urllib.parse import urlsplit

import httpx
import pytest
from tests.e2e.program import Server
from tools.clerk import TRUST

READINGS = 65
HOUR_US = 3_600_000_000


@pytest.mark.parametrize(
    ("per_hour", "lines_max"),
    [
        pytest.param("2", 2, id="two"),
        pytest.param("0", READINGS, id="no limit"),
    ],
)
def test_a_unit_gets_as_many_lines_an_hour_as_the_setting_says(
    sqlite_server: Server, per_hour: str, lines_max: int
) -> None:
    sqlite_server.environment["TRUEORIGIN_READINGS_PER_HOUR"] = per_hour
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    [row] = maker.list_codes(maker.create_run(1)["id"], 0, 1)
    path = urlsplit(row[5]).path
    headers = {"Accept": "application/json"}
    with httpx.Client(base_url=base, headers=headers, timeout=60, verify=TRUST) as phone:
        verdicts = {phone.get(path).json()["verdict"] for _ in range(READINGS)}
    assert verdicts == {"genuine"}
    found = sqlite_server.query("SELECT at, readings FROM scan")
    # The hour may end between two readings; each hour has its lines.
    hours: dict[int, list[int]] = {}
    for at, readings in found:
        hours.setdefault(at // HOUR_US, []).append(readings)
    for lines in hours.values():
        assert len(lines) == min(sum(lines), lines_max)
    assert sum(readings for _, readings in found) == READINGS
