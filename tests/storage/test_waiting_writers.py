"""Whoever works in small steps sees that somebody else waits to write."""

import threading

from trueorigin.storage.database import Database


def test_a_writer_knows_that_another_one_waits(database: Database) -> None:
    is_in, done = threading.Event(), threading.Event()

    def write() -> None:
        with database.write():
            is_in.set()
        done.set()

    def is_awaited() -> bool:
        return database.is_awaited

    thread = threading.Thread(target=write)
    with database.write():
        assert not is_awaited()
        thread.start()
        if database.dialect == "sqlite":
            while not is_awaited():
                pass
            assert not is_in.is_set()
    assert done.wait(60)
    thread.join()
    assert not is_awaited()
