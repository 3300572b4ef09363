# SPDX-License-Identifier: Apache-2.0
"""Work that another process overtook begins again, once, and no other work."""

import pytest
from tests.same_instant import overtake

from trueorigin.domain.errors import ConflictError
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.failures import OVERTAKEN
from trueorigin.storage.retrying import write_retrying


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
    ("code", "attempts"), [(OVERTAKEN, [False, True]), ("prefix_taken", [False])]
)
def test_only_a_race_is_run_again_and_once(
    database: Database, code: str, attempts: list[bool]
) -> None:
    begun: list[bool] = []

    def work(tx: Tx) -> None:
        begun.append(tx.is_again)
        raise ConflictError(code)

    with pytest.raises(ConflictError, match=code):
        write_retrying(database, work)
    assert begun == attempts
    with pytest.raises(ConflictError, match=code):
        write_retrying(database, work, is_again=True)
    assert begun == [*attempts, True]
