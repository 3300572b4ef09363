# SPDX-License-Identifier: Apache-2.0
"""Slow down whoever tries secrets: passwords of people, enrolment codes of devices.

An attempt at a password is counted before anything is looked at, in a transaction of its own, so
many at once are no way round the delay; what succeeds is taken back. Of codes, which cannot be
guessed, only what was refused is counted: that keeps guessers from trying the server's patience.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from trueorigin.domain.errors import DomainError
from trueorigin.domain.people import DELAY_MAX, FAILURE_MEMORY, delay_after
from trueorigin.storage import people as stored
from trueorigin.storage.database import Tx
from trueorigin.storage.people import Failures


def count_attempt(tx: Tx, free: Mapping[bytes, int], at: datetime, *, code: str) -> None:
    """Count a failure in advance for every bucket, or refuse with `code` while one is blocked.

    `free` says for each bucket how many failures cost nothing. The refusal names the seconds.
    """
    found = {
        bucket: row if _is_credible(row, at) else _blank(bucket, at)
        for bucket, row in stored.lock_failures(tx, free.keys(), at).items()
    }
    # Of two at once the later may come first: where nothing is to be waited for, no time counts.
    blocked_until = max(
        (
            row.blocked_until
            for bucket, row in found.items()
            if delay_after(row.failures, free=free[bucket])
        ),
        default=at,
    )
    if blocked_until > at:
        # Rounded up: whoever waits so long is not sent away again.
        raise DomainError(code, seconds=math.ceil((blocked_until - at).total_seconds()))
    for bucket, row in found.items():
        fresh = row if at - row.first_at < FAILURE_MEMORY else _blank(bucket, at)
        failures = fresh.failures + 1
        until = at + delay_after(failures, free=free[bucket])
        stored.update_failures(tx, replace(fresh, failures=failures, blocked_until=until))


def forget_attempt(tx: Tx, at: datetime, *, network: bytes, account: bytes) -> None:
    """Take back what `count_attempt` counted: the account begins anew, the network by one."""
    for bucket, row in stored.lock_failures(tx, (account, network), at).items():
        failures = 0 if bucket == account else max(row.failures - 1, 0)
        stored.update_failures(tx, replace(row, failures=failures, blocked_until=at))


def forget_failures(tx: Tx, account: bytes, at: datetime) -> None:
    """Let an account begin anew."""
    stored.lock_failures(tx, (account,), at)
    stored.update_failures(tx, _blank(account, at))


def _is_credible(row: Failures, at: datetime) -> bool:
    """Tell a wait that could be from one that a clock left behind which has been set right since.

    Else nobody could sign in until the wrong time has come.
    """
    return row.blocked_until - at <= DELAY_MAX and row.first_at - at <= DELAY_MAX


def _blank(bucket: bytes, at: datetime) -> Failures:
    return Failures(bucket=bucket, failures=0, first_at=at, blocked_until=at)
