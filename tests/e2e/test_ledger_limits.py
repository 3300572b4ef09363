# SPDX-License-Identifier: Apache-2.0
"""How many readings of one unit get a line each is the operator's to set."""

from urllib.parse import urlsplit

import httpx
import pytest
from tests.e2e.program import Server

READINGS = 65


@pytest.mark.parametrize(
    ("per_hour", "lines"),
    [
        pytest.param("2", 2, id="two"),
        pytest.param("0", READINGS, id="no limit"),
    ],
)
def test_a_unit_gets_as_many_lines_an_hour_as_the_setting_says(
    sqlite_server: Server, per_hour: str, lines: int
) -> None:
    sqlite_server.environment["TRUEORIGIN_READINGS_PER_HOUR"] = per_hour
    base = sqlite_server.start()
    maker = sqlite_server.sign_in(base)
    [row] = maker.list_codes(maker.create_run(1)["id"], 0, 1)
    path = urlsplit(row[5]).path
    with httpx.Client(base_url=base, headers={"Accept": "application/json"}) as phone:
        verdicts = {phone.get(path).json()["verdict"] for _ in range(READINGS)}
    assert verdicts == {"genuine"}
    found = sqlite_server.query("SELECT readings FROM scan")
    assert sum(readings for (readings,) in found) == READINGS
    # The hour may end between two readings; then both hours have their lines.
    assert len(found) in {lines, 2 * lines}
