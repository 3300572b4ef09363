# SPDX-License-Identifier: Apache-2.0
"""Load a server with wrk from a core of its own, and tell what it measured can be trusted.

wrk keeps 64 connections busy and counts every answer that is not 200 and every lost one. A burst
that left more than a tenth of the load's core idle was held up by the server, not by wrk.
"""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.rounds import LOAD_CORE, children_seconds

CONNECTIONS: Final = 64
CORE_SHARE_MAX: Final = 0.9
# No server of ours answers more in a second, nor the bare one; so many unread codes are laid ready.
# With more of them the load itself pauses: the floor's 99 % was 21 ms instead of 2.6.
RATE_MAX: Final = 60_000
_SCRIPT: Final = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Shares of readings: codes read for the first time, codes read before; the rest: one code."""

    first: float
    repeat: float

    @property
    def popular(self) -> float:
        """Return the share of the one code that everybody reads."""
        return 1 - self.first - self.repeat


EVERYDAY: Final = Mix(first=0.6, repeat=0.3)
ONLY_FIRST: Final = Mix(first=1, repeat=0)
ONLY_REPEATS: Final = Mix(first=0, repeat=1)


@dataclass(slots=True, kw_only=True)
class Codes:
    """A file of paths, one length each, and how many of them have been read.

    `read` moves on with every burst, so that a first reading is a first reading.
    """

    file: Path
    popular: str = ""
    read: int = 0
    width: int = field(init=False)
    count: int = field(init=False)

    def __post_init__(self) -> None:
        """Measure the file."""
        with self.file.open("rb") as lines:
            self.width = len(lines.readline())
        self.count = self.file.stat().st_size // self.width

    @staticmethod
    def of_pool(file: Path) -> "Codes":
        """Return codes that are only read again and again."""
        codes = Codes(file=file)
        codes.read = codes.count
        return codes

    def path(self, number: int) -> str:
        """Return one path."""
        with self.file.open("rb") as lines:
            lines.seek(number * self.width)
            return lines.readline().decode().strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is loaded: a port, what the client asks for, and which codes it draws how."""

    port: int
    codes: Codes
    mix: Mix = EVERYDAY
    headers: Sequence[str] = ("Accept: application/json",)
    # Requests a second for which there are codes.
    rate_max: int = RATE_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What one burst measured. `errors` are answers other than 200 and lost ones together."""

    rate: float
    p99_ms: float
    answers: int
    errors: int
    core_share: float


def measure_burst(target: Target, seconds: int) -> Burst:
    """Load `target` for `seconds` and return what came back."""
    codes = target.codes
    stock = round(seconds * target.rate_max * target.mix.first)
    if codes.read + stock > codes.count:
        raise RuntimeError(f"{codes.file} holds too few codes that nobody has read")
    arguments = (codes.file, codes.width, stock, codes.read, codes.popular or codes.path(0))
    command = [
        *("taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{CONNECTIONS}"),
        *("-d", f"{seconds}s", "--latency", "--timeout", "10s", "-s", str(_SCRIPT)),
        *(part for header in target.headers for part in ("-H", header)),
        f"http://127.0.0.1:{target.port}",
        *("--", *map(str, arguments), str(target.mix.first), str(target.mix.repeat)),
    ]
    used = children_seconds()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    used = children_seconds() - used
    if done.returncode:
        raise RuntimeError(f"wrk failed: {done.stderr}{done.stdout}")
    found = json.loads(done.stdout.splitlines()[-1])
    codes.read += found["used"]
    return Burst(
        rate=found["answers"] / found["seconds"],
        p99_ms=found["p99_ms"],
        answers=found["answers"],
        errors=found["refused"] + found["lost"],
        core_share=used / found["seconds"],
    )


def refuse(bursts: Sequence[Burst], floor: Sequence[Burst] = ()) -> str:
    """Say why no ratio may be made of these bursts and their floor's; "" where one may."""
    errors = sum(burst.errors for burst in (*bursts, *floor))
    if errors:
        return f"{errors} requests were lost or refused"
    share = max((burst.core_share for burst in floor), default=0)
    if share > CORE_SHARE_MAX:
        return f"the load used {share:.0%} of its core at the floor"
    return ""
