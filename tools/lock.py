# SPDX-License-Identifier: Apache-2.0
"""Renew requirements.txt and requirements-dev.txt from pyproject.toml, every file with its hash.

The locks name packages and hashes, never the registry they came from. Releases younger than a
week are left out: most bad releases are withdrawn within days.
"""

import importlib.util
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COOLING_OFF = timedelta(days=7)
LOCKS: dict[str, list[str]] = {
    "requirements.txt": [],
    "requirements-dev.txt": ["--extra", "dev"],
}


def compile_command(target: str, extras: list[str], *, before: str) -> list[str]:
    """Build the command that resolves one lock from releases made before the day `before`."""
    return [
        *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--upgrade"),
        *(
            "--generate-hashes",
            "--no-emit-index-url",
            "--no-header",
            "--no-annotate",
            "--no-strip-extras",
        ),
        *("--python-version", "3.11", "--exclude-newer", before),
        *extras,
        *("pyproject.toml", "--output-file", target),
    ]


def main() -> int:
    """Install uv into this environment on demand, then write both locks."""
    if importlib.util.find_spec("uv") is None:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    before = (datetime.now(UTC) - COOLING_OFF).date().isoformat()
    for target, extras in LOCKS.items():
        subprocess.run(compile_command(target, extras, before=before), check=True, cwd=ROOT)
        print(f"{target} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
