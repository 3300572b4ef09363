# SPDX-License-Identifier: Apache-2.0
"""Run heavy work in a process of its own, so that requests never wait for the interpreter's lock.

Python runs one thread of a process at a time: beside a spreadsheet of 100,000 rows that was read
in a thread, readings took 11 times as long. It knows nothing of what it runs. What passes in and
out goes through pipes, never to disk: it may hold keys.
"""

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Generic, NoReturn, ParamSpec, TypeVar, cast

from trueorigin.adapters.processes import die_with_parent, never_interrupt, offer_to_die_first
from trueorigin.domain.errors import DomainError

P = ParamSpec("P")
T = TypeVar("T")

# Readings go first on a busy machine, but not by much: the work may hold the database for a moment.
_NICENESS: Final = 5
# A file that unpacks to more than any honest one ends the process, not the machine.
_MEMORY_BYTES_MAX: Final = 2 * 2**30
# -P: whatever lies in the folder the server was started from is not imported.
_COMMAND: Final = (sys.executable, "-P", "-m", "trueorigin.adapters.aside")


class AsideError(RuntimeError):
    """The process failed as nobody foresaw, or was killed; the text is for logs only."""


class Aside(Generic[T]):
    """One piece of work, begun at once. `result` must be called, by the thread that made this.

    The process ends with that thread: no work outlives a server that was killed.
    """

    def __init__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin; costs about a second of processor time before `work` itself.

        `work` is a function of a module, and the arguments can be pickled.
        """
        self._order = pickle.dumps((os.getpid(), work, args, kwargs))
        # The command is ours, word by word.
        self._process = subprocess.Popen(  # noqa: S603
            _COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def stop(self) -> None:
        """Ask the work to end early, by SIGTERM; may be called from any thread, at any time."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def result(self) -> T:
        """Wait; return what `work` returned, or raise what it raised.

        `AsideError` where that cannot be told, and when the process was killed.
        """
        answer, _ = self._process.communicate(self._order)
        if not answer:
            raise AsideError(f"ended with status {self._process.returncode}")
        value, failure = pickle.loads(answer)  # noqa: S301 - from our own process
        if isinstance(failure, (DomainError, MemoryError)):
            raise failure
        if failure is not None:
            raise AsideError(failure)
        return cast("T", value)


def run_aside(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in a process of its own and return what it returns; see `Aside`."""
    return Aside(work, *args, **kwargs).result()


def _serve() -> NoReturn:
    """Do the work that comes in, in the process that was made for it."""
    # Ctrl+C reaches the whole group; the server then stops us in its own way.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(_NICENESS)
    never_interrupt()
    offer_to_die_first(_MEMORY_BYTES_MAX)
    # Whatever a library prints must not get between the bytes of the answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    order = sys.stdin.buffer.read()
    if not order:
        sys.exit(1)
    with answers:
        answers.write(_do(order))
    sys.exit(0)


def _do(order: bytes) -> bytes:
    """Return the answer to an order: what came out, a refusal, or a trace."""
    try:
        parent, work, args, kwargs = pickle.loads(order)  # noqa: S301 - from our own parent
        die_with_parent(parent)
        return pickle.dumps((work(*args, **kwargs), None))
    except (DomainError, MemoryError) as refusal:
        return pickle.dumps((None, refusal))
    except Exception:  # noqa: BLE001 - it is raised again where somebody reports it
        return pickle.dumps((None, traceback.format_exc()))


if __name__ == "__main__":
    _serve()
