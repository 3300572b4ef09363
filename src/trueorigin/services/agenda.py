# SPDX-License-Identifier: Apache-2.0
"""What waits to be done in an organisation: the next step of each product, batch and run.

It only looks. Which of several steps comes first is decided by the page that shows them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from trueorigin.domain.days import name_day
from trueorigin.domain.tenancy import TenantScope
from trueorigin.storage import figures, search
from trueorigin.storage.database import Tx
from trueorigin.storage.figures import Period, Subject, Sums
from trueorigin.storage.search import BatchOfProduct, RunOfBatch

# Steps of one kind that are named one by one.
STEPS_MAX: Final = 3
# Today and the six days before it.
DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """What is there, what is missing next, and what was read in the last `DAYS` days."""

    has_product: bool
    has_batch: bool
    without_codes: tuple[BatchOfProduct, ...]
    unreleased: tuple[RunOfBatch, ...]
    period: Period
    sums: Sums


def build_agenda(tx: Tx, scope: TenantScope, at: datetime, time_zone: str) -> Agenda:
    """Look at the newest of everything. At most eleven queries, all by index.

    `time_zone` says when today began.
    """
    today = name_day(at, time_zone)
    period = Period(start=today - DAYS + 1, stop=today + 1, time_zone=time_zone)
    return Agenda(
        has_product=bool(search.list_newest_products(tx, scope, limit=1)),
        has_batch=bool(search.list_newest_batches(tx, scope, limit=1)),
        without_codes=tuple(search.list_batches_without_run(tx, scope, limit=STEPS_MAX)),
        unreleased=tuple(search.list_unreleased_runs(tx, scope, limit=STEPS_MAX)),
        period=period,
        sums=figures.sum_figures(tx, scope, Subject(), period),
    )
