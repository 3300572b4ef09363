# SPDX-License-Identifier: Apache-2.0
"""Run every benchmark, or those named, and say which fell below its floor.

A benchmark is a module here with a `main`; it prints its figures and ends with status 1 below its
floor. One at a time: they are measured in processor time and would share caches.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def list_benchmarks() -> list[str]:
    """Return the names of the modules that can be run, in alphabetical order."""
    return [
        path.stem
        for path in sorted(HERE.glob("*.py"))
        if path.stem != "run" and "\ndef main(" in path.read_text(encoding="utf-8")
    ]


def main(names: list[str]) -> int:
    """Run the benchmarks named, by default all; return 1 if one is unknown or below its floor."""
    known = list_benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are: {', '.join(known)}")
        return 1
    failed = []
    for name in names or known:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        command = [sys.executable, "-m", f"bench.{name}"]
        if subprocess.run(command, cwd=HERE.parent, check=False).returncode:
            failed.append(name)
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    print(f"below the floor: {', '.join(failed)}" if failed else "all above their floors")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
