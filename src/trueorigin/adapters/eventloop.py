# SPDX-License-Identifier: Apache-2.0
"""The event loop of a worker: whoever brings it work wakes it only if it sleeps.

The server's own threads hand the loop each request, and threads that write hand it each finished
batch. asyncio writes a byte into a pair of sockets for every one of them and reads all of them
again, also where the loop is in the middle of its work: a twentieth of what an invented code costs.
"""

import asyncio
import selectors
from typing import Any, cast


class Sleep(selectors.DefaultSelector):
    """Waits for files and sockets; knows whether the loop waits, and whether anything came since.

        the loop                          another thread
        is_asleep = True                  puts its callback into the loop's queue
        looks at has_news                 has_news = True
        sleeps, unless there are any      looks at is_asleep; wakes the loop if it is

    Each first says what it does and then looks at what the other does, so that at least one of them
    sees the other: the interpreter runs one at a time and keeps this order.
    """

    def __init__(self) -> None:
        """Begin awake."""
        super().__init__()
        self.is_asleep = False
        self.has_news = False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait up to `timeout` seconds, for ever where it is None; not at all if there are news."""
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        self.is_asleep = True
        try:
            return super().select(0 if self.has_news else timeout)
        finally:
            # What was brought until here is in the queue, which the loop works off next.
            self.is_asleep = self.has_news = False


class WorkerLoop(asyncio.SelectorEventLoop):
    """asyncio's own loop, but for how it is woken.

    A Python whose asyncio wakes its loops through another method wakes this one as it does others.
    """

    def __init__(self) -> None:
        """Make a loop; the caller says for which thread."""
        self.sleep = Sleep()
        super().__init__(self.sleep)

    def _write_to_self(self) -> None:
        """Wake the loop, for `call_soon_threadsafe`, which has put its callback into the queue."""
        sleep = self.sleep
        sleep.has_news = True
        if sleep.is_asleep:
            # Others need not: it will look at all of the queue.
            sleep.is_asleep = False
            cast("Any", super())._write_to_self()  # noqa: SLF001 - our own


def open_worker_loop() -> asyncio.AbstractEventLoop:
    """Make the loop of this thread."""
    loop = WorkerLoop()
    asyncio.set_event_loop(loop)
    return loop
