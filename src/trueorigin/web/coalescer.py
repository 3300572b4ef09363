# SPDX-License-Identifier: Apache-2.0
"""Gather what many requests want written into few transactions; answer each after its commit.

This is the one place where the async edge meets the synchronous core. It knows nothing of what
it carries and keeps nothing: what is not committed was never answered.

    submit -> queue (bounded) -> a batch of all that waits -> worker thread: begin, work, commit
                                                              the next batch may begin
                                                              wait for the disk, if need be
                                                           -> every submit returns or raises

No artificial delay: while one batch is worked on, the next gathers by itself. SQLite's commits are
put on the disk beside the next batch's work; PostgreSQL does both with the commit. A batch of
nothing that must last does not wait for it: it is there within a second of its answer.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

from trueorigin.domain.errors import DomainError
from trueorigin.storage.database import Database, Tx
from trueorigin.storage.retrying import write_retrying

T = TypeVar("T")
R = TypeVar("R")

# One batch is one commit: this many share the wait for the disk, and none waits long for others.
BATCH_MAX = 512
# About a second of readings. A longer queue only makes every answer late.
QUEUE_MAX = 8192
# Batches that are worked on at a time. One leaves a core idle while it waits for PostgreSQL; SQLite
# has one writer.
CONCURRENCY = {"sqlite": 1, "postgresql": 2}
# Those, and batches that wait for the disk: more would only be smaller.
_UNANSWERED_MAX = 3
# Searching a failed batch for the one bad item stops here: then it is the database that is ill.
ISOLATION_S_MAX = 2.0


class Coalescer(Generic[T, R]):
    """Runs `worker` over batches of submitted items, each batch in one write transaction.

    `worker(tx, items)` returns one result an item, in order, and must be safe to run in
    `CONCURRENCY` threads. Belongs to one event loop. If a batch fails, its items are tried one by
    one, so that a bad item fails alone; a worker must therefore be repeatable.
    """

    def __init__(
        self,
        database: Database,
        worker: Callable[[Tx, list[T]], list[R]],
        *,
        batch_max: int = BATCH_MAX,
        queue_max: int = QUEUE_MAX,
        note: Callable[[int], None] | None = None,
        must_last: Callable[[R], bool] = lambda _result: True,
    ) -> None:
        """Start the threads; nothing else happens until the first `submit`.

        `note` is told, on the event loop, how many items each batch has. `must_last` says whether
        what a result stands for must be on the disk before anybody is given the result.
        """
        self._database = database
        self._worker = worker
        self._batch_max = batch_max
        self._queue_max = queue_max
        self._note = note
        self._must_last = must_last
        self._concurrency = CONCURRENCY[database.dialect]
        self._threads = ThreadPoolExecutor(_UNANSWERED_MAX, thread_name_prefix="coalescer")
        self._queue: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._in_work = 0
        self._unanswered = 0
        self._is_due = False
        self._is_closing = False
        self._idle: asyncio.Future[None] | None = None

    @property
    def waiting(self) -> int:
        """Return how many items wait for a batch; for metrics."""
        return len(self._queue)

    async def submit(self, item: T) -> R:
        """Return the result of `item` after its transaction was committed.

        Refused with `busy` when the queue is full or the process is stopping; then nothing was
        done. If the caller is cancelled, the item is dropped unless its batch has begun.
        """
        return await self.enqueue(item)

    def enqueue(self, item: T) -> "asyncio.Future[R]":
        """Return what `submit` waits for: a coroutine less, where every 0.2 us counts."""
        if self._is_closing or len(self._queue) >= self._queue_max:
            raise DomainError("busy", seconds=1)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._queue.append((item, future))
        # One turn of the loop later, so that all requests read in this turn share the batch.
        if not self._is_due and self._has_room:
            self._is_due = True
            loop.call_soon(self._start_batch, loop)
        return future

    @property
    def _has_room(self) -> bool:
        return self._in_work < self._concurrency and self._unanswered < _UNANSWERED_MAX

    async def close(self) -> None:
        """Refuse new items, finish all that were accepted, and stop the threads."""
        self._is_closing = True
        if self._queue or self._unanswered:
            if self._idle is None:
                self._idle = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._idle)
        self._threads.shutdown()

    def _start_batch(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_due = False
        batch: list[tuple[T, asyncio.Future[R]]] = []
        while self._queue and len(batch) < self._batch_max:
            entry = self._queue.popleft()
            if not entry[1].cancelled():
                batch.append(entry)
        if not batch:
            self._report_idle()
            return
        if self._note is not None:
            self._note(len(batch))
        self._in_work += 1
        self._unanswered += 1
        # The thread itself calls back: a future around it costs the loop 25 us a batch.
        self._threads.submit(self._run, loop, batch)
        if self._queue and self._has_room:
            self._is_due = True
            loop.call_soon(self._start_batch, loop)

    def _free_lane(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin the next batch, if any waits: the last one is committed."""
        self._in_work -= 1
        if self._queue and not self._is_due and self._has_room:
            self._start_batch(loop)

    def _finish_batch(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[tuple[T, asyncio.Future[R]]],
        results: Sequence[R | BaseException],
    ) -> None:
        self._unanswered -= 1
        # The next batch first: its thread works while this loop hands out answers.
        if self._queue and not self._is_due and self._has_room:
            self._start_batch(loop)
        for (_, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        self._report_idle()

    def _report_idle(self) -> None:
        if self._idle is not None and not (self._queue or self._unanswered or self._idle.done()):
            self._idle.set_result(None)

    def _run(
        self, loop: asyncio.AbstractEventLoop, batch: list[tuple[T, asyncio.Future[R]]]
    ) -> None:
        """Run in a worker thread: the whole batch at once, or else each item by itself."""
        results: Sequence[R | BaseException]
        try:
            try:
                results = self._work_on([item for item, _ in batch])
            finally:
                loop.call_soon_threadsafe(self._free_lane, loop)
            if any(isinstance(each, BaseException) or self._must_last(each) for each in results):
                self._database.sync()
        except BaseException as failure:  # noqa: BLE001 - whatever it was, it goes to all submitters.
            results = [failure] * len(batch)
        loop.call_soon_threadsafe(self._finish_batch, loop, batch, results)

    def _work_on(self, items: list[T]) -> "list[R | Exception]":
        try:
            return list(self._commit(items))
        except Exception as failure:  # noqa: BLE001 - whatever it was, it goes to its submitter.
            if len(items) == 1:
                return [failure]
            return self._isolate(items, failure)

    def _isolate(self, items: list[T], failure: Exception) -> "list[R | Exception]":
        results: list[R | Exception] = []
        give_up_at = time.monotonic() + ISOLATION_S_MAX
        for item in items:
            if time.monotonic() > give_up_at:
                results.append(failure)
                continue
            try:
                results += self._commit([item], is_again=True)
            except Exception as own:  # noqa: BLE001 - the item's own failure, for its submitter.
                results.append(own)
        return results

    def _commit(self, items: list[T], *, is_again: bool = False) -> list[R]:
        return write_retrying(self._database, partial(self._work, items), is_again=is_again)

    def _work(self, items: list[T], tx: Tx) -> list[R]:
        results = self._worker(tx, items)
        if len(results) != len(items):
            raise RuntimeError("the worker must return one result an item")
        if not any(map(self._must_last, results)):
            tx.wait_for_no_disk()
        return results
