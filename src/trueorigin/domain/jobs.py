# SPDX-License-Identifier: Apache-2.0
"""Long work of the background: what is known of it, and when it counts as abandoned."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

# A worker shows every second or two that it lives. After so long without, another one takes over:
# longer than the longest step between two signs, the reading back of a print file.
ABANDONED_AFTER: Final = timedelta(seconds=30)
# How long a job is taken up again that met no database; a restart of one takes minutes.
GIVE_UP_AFTER: Final = timedelta(hours=1)
# How often a living worker writes that it is.
BEAT_EVERY: Final = timedelta(seconds=1)
# What was made for somebody is thrown away so long after it was finished.
RESULT_AGE_MAX: Final = timedelta(days=7)
# Unfinished orders of one organisation; beyond that somebody pressed a button too often.
UNFINISHED_MAX: Final = 20


class JobState(StrEnum):
    """Where an order of work is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing will happen any more."""
        return self not in {JobState.QUEUED, JobState.RUNNING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One order of work: `done` of `total` steps, what came out, or why not.

    `heartbeat_at` is also the claim of whoever works on it: a worker whose last sign is not the
    stored one has lost the work to another.
    """

    id: UUID
    organisation_id: UUID
    actor_id: UUID | None
    kind: str
    params: Mapping[str, Any]
    state: JobState
    done: int
    total: int
    result: Mapping[str, Any] | None
    error: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
