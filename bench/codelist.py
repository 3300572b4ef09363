# SPDX-License-Identifier: Apache-2.0
"""How fast a run's code list is written, as a share of making its serials alone.

Both are measured in rounds that take turns, in processor time, so that a busy machine slows
both. Run: python -m bench.codelist
"""

import json
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from trueorigin.domain.catalog import Contents, Run
from trueorigin.domain.codelist import ROWS_MAX, LevelCodes, list_rows
from trueorigin.domain.serials import SerialCipher

ROUNDS = 7
ITEMS = 1 << 19
CASES = 1 << 14
START = 100_000_000
# The least share of the speed of serials that whole rows must reach (0.28 measured).
SHARE_MIN = 0.22

RUN = Run(
    id=1,
    organisation_id=UUID(int=1),
    batch_id=UUID(int=2),
    product_id=UUID(int=3),
    epoch=0,
    ordinal=1,
    symbols=16,
    quantity=1_000_000_000,
    packing=(24, 40),
    group_gtins=(None, None),
    gs1_prefix="6901234",
    sscc_first=(0, 500_000_000),
    contents=Contents.LIST,
    public_url="https://ex.cn",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time this thread spends in `work`."""
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def open_level(level: int) -> LevelCodes:
    """Return what the codes of one level are computed from."""
    gtin = "06901234567892" if level == 0 else None
    cipher = SerialCipher(bytes(32), RUN.symbols)
    return LevelCodes(run=RUN, level=level, gtin=gtin, prefix="7K2M", cipher=cipher)


def main() -> int:
    """Print rows a second and the share; return 1 below the floor."""
    items, cases = open_level(0), open_level(1)

    def make_serials() -> None:
        for first in range(START, START + ITEMS, ROWS_MAX):
            items.cipher.encode_range(RUN.ordinal, 0, first, first + ROWS_MAX)

    def drain(codes: LevelCodes, start: int, count: int) -> None:
        deque(list_rows(codes, start, start + count), maxlen=0)

    floors, rows, groups = [], [], []
    for _ in range(ROUNDS):
        floors.append(seconds(make_serials) / ITEMS)
        rows.append(seconds(lambda: drain(items, START, ITEMS)) / ITEMS)
        groups.append(seconds(lambda: drain(cases, START // 24, CASES)) / CASES)
    share = statistics.median(floor / row for floor, row in zip(floors, rows, strict=True))
    figures = {
        "item_rows_per_second": round(1 / statistics.median(rows)),
        "case_rows_per_second": round(1 / statistics.median(groups)),
        "share_of_serials": round(share, 3),
        "share_min": SHARE_MIN,
    }
    print(json.dumps(figures, indent=2))
    return 0 if share >= SHARE_MIN else 1


if __name__ == "__main__":
    sys.exit(main())
