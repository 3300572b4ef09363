# SPDX-License-Identifier: Apache-2.0
"""Work that another process overtook begins again, as often as is reasonable, and no other work."""

import pytest
from tests.same_instant import overtake

from trueorigin.domain.errors import ConflictError
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.failures import OVERTAKEN
from trueorigin.storage.retrying import ATTEMPTS_MAX, write_retrying


def _keep(tx: Tx) -> bool:
    """Write what was not there; say whether it was this transaction that did."""
    if tx.run("SELECT 1 FROM public_host WHERE host = 't.example'"):
        return False
    tx.run("INSERT INTO public_host VALUES ('t.example', 1)")
    return True


def test_who_was_overtaken_finds_what_the_other_did(database: Database) -> None:
    attempts: list[bool] = []

    def work(tx: Tx) -> bool:
        attempts.append(tx.is_again)
        return _keep(tx)

    assert overtake(database, _keep, lambda: write_retrying(database, work)) is False
    # SQLite lets the second writer in when the first one is done.
    assert attempts == ([False] if database.dialect == "sqlite" else [False, True])


@pytest.mark.parametrize(
    ("code", "attempts"), [(OVERTAKEN, ATTEMPTS_MAX), ("prefix_taken", 1)], ids=["race", "refusal"]
)
def test_only_a_race_is_run_again_and_not_for_ever(
    database: Database, code: str, attempts: int
) -> None:
    begun: list[bool] = []

    def work(tx: Tx) -> None:
        begun.append(tx.is_again)
        raise ConflictError(code)

    with pytest.raises(ConflictError, match=code):
        write_retrying(database, work)
    assert begun == [number > 0 for number in range(attempts)]
