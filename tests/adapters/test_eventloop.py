# SPDX-License-Identifier: Apache-2.0
"""How the loop of a worker is woken: never too late, and seldom."""

import asyncio
import selectors
import threading
from collections.abc import Coroutine, Iterator
from typing import TypeAlias, TypeVar

import pytest

from trueorigin.adapters.eventloop import Sleep, WorkerLoop, open_worker_loop

T = TypeVar("T")
Events: TypeAlias = list[tuple[selectors.SelectorKey, int]]

# Nothing here takes as long; a loop that is not woken sleeps for ever.
TOO_LONG_S = 30


class CountingLoop(WorkerLoop):
    """Counts what it is woken by: bytes that arrive in its pair of sockets."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes_read = 0

    def _process_self_data(self, data: bytes) -> None:
        self.bytes_read += len(data)


@pytest.fixture
def loop() -> Iterator[CountingLoop]:
    made = CountingLoop()
    yield made
    made.close()


def run(loop: asyncio.AbstractEventLoop, coroutine: Coroutine[None, None, T]) -> T:
    return loop.run_until_complete(asyncio.wait_for(coroutine, TOO_LONG_S))


def test_a_sleeping_loop_is_woken(loop: CountingLoop) -> None:
    async def wait() -> None:
        came = asyncio.Event()
        thread = threading.Timer(0.05, lambda: loop.call_soon_threadsafe(came.set))
        thread.start()
        await came.wait()
        thread.join()

    run(loop, wait())
    assert loop.bytes_read >= 1


def test_a_loop_at_work_is_not_woken_and_finds_what_came(loop: CountingLoop) -> None:
    async def work() -> None:
        came: list[int] = []
        # Whatever came of waking the loop before.
        await asyncio.sleep(0.01)
        before = loop.bytes_read

        def bring() -> None:
            for number in range(500):
                loop.call_soon_threadsafe(came.append, number)

        thread = threading.Thread(target=bring)
        thread.start()
        # The loop does not sleep meanwhile: this blocks it.
        thread.join()
        assert came == []
        await asyncio.sleep(0)
        assert came == list(range(500))
        assert loop.bytes_read == before

    run(loop, work())


def test_many_that_find_it_asleep_wake_it_once(loop: CountingLoop) -> None:
    async def wait() -> None:
        came, is_all = [], asyncio.Event()
        before = loop.bytes_read

        def take(number: int) -> None:
            came.append(number)
            if len(came) == 100:
                is_all.set()

        def bring() -> None:
            # All in one turn of this thread, as far as the interpreter lets it.
            for number in range(100):
                loop.call_soon_threadsafe(take, number)

        thread = threading.Timer(0.05, bring)
        thread.start()
        await is_all.wait()
        thread.join()
        assert came == list(range(100))
        assert loop.bytes_read - before < 50

    run(loop, wait())


def test_what_comes_before_it_sleeps_keeps_it_awake(
    loop: CountingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeouts: list[float | None] = []

    def select(_self: Sleep, timeout: float | None = None) -> Events:
        timeouts.append(timeout)
        return []

    monkeypatch.setattr(selectors.DefaultSelector, "select", select)
    loop.call_soon_threadsafe(print)
    loop.sleep.select(None)
    # Said once: it was looked at.
    loop.sleep.select(None)
    loop.sleep.select(5)
    loop.sleep.select(0)
    assert timeouts == [0, None, 5, 0]


def test_what_comes_at_the_last_moment_wakes_it(
    loop: CountingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = selectors.DefaultSelector.select

    def select(self: Sleep, timeout: float | None = None) -> Events:
        assert timeout is None
        assert self.is_asleep
        loop.call_soon_threadsafe(print)
        return real(self, timeout)

    monkeypatch.setattr(selectors.DefaultSelector, "select", select)
    assert len(loop.sleep.select(None)) == 1
    assert not loop.sleep.is_asleep


def test_none_is_forgotten_where_many_bring_and_wait(loop: CountingLoop) -> None:
    rounds, threads = 1500, 4
    late: list[int] = []

    def bring() -> None:
        for number in range(rounds):
            is_taken = threading.Event()
            loop.call_soon_threadsafe(is_taken.set)
            if not is_taken.wait(TOO_LONG_S):
                late.append(number)
                return

    async def take() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(threads):
                group.create_task(asyncio.to_thread(bring))

    loop.run_until_complete(take())
    assert late == []


def test_timers_and_sockets_work_as_ever(loop: CountingLoop) -> None:
    async def talk() -> str:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()
            await writer.wait_closed()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.01)
        writer.write(b"well\n")
        line = await reader.readline()
        writer.close()
        await writer.wait_closed()
        server.close()
        await server.wait_closed()
        return line.decode()

    assert run(loop, talk()) == "well\n"


def test_it_is_the_loop_of_its_thread() -> None:
    loop = open_worker_loop()
    try:
        assert asyncio.get_event_loop_policy().get_event_loop() is loop
    finally:
        asyncio.set_event_loop(None)
        loop.close()
