# SPDX-License-Identifier: Apache-2.0
"""Describe the machine a table was measured on: what a reader needs to judge the figures."""

import os
import platform
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Final

from tools.test_postgres import find_programs

_SYNCS: Final = 50


def describe_machine(folder: Path) -> dict[str, str]:
    """Return what is said of the machine; `folder` is on the disk that readings wait for."""
    return {
        "processor": f"{_find_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "disk": f"{_measure_sync(folder):.2g} ms to make 4 KB durable",
        "system": f"Linux {platform.release()}, Python {platform.python_version()}",
        "programs": ", ".join(
            [
                f"granian {version('granian')}",
                f"SQLite {sqlite3.sqlite_version}",
                f"PostgreSQL {_ask_version(find_programs() / 'postgres', '--version')}",
                f"wrk {_ask_version('wrk', '-v')}",
            ]
        ),
    }


def is_in_memory(folder: Path) -> bool:
    """Say whether what is written in `folder` never reaches a disk."""
    found = subprocess.run(
        ["stat", "--file-system", "--format=%T", str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip() in {"tmpfs", "ramfs"}


def _find_processor() -> str:
    found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    return found[1] if found else platform.machine()


def _measure_sync(folder: Path) -> float:
    """Return the median time in ms of adding a page to a file until it is on the disk."""
    taken = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_SYNCS):
            started = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def _ask_version(program: Path | str, option: str) -> str:
    """Return the first number with a point that a program prints."""
    done = subprocess.run([str(program), option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.[\d.]*\d", done.stdout + done.stderr)
    return found[0] if found else "of unknown version"
