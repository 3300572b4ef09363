# SPDX-License-Identifier: Apache-2.0
"""Install the programs that tests and benchmarks drive, on Debian, or say which are missing.

Does nothing when all are present. Never goes on without them: a test that is left out because
PostgreSQL or Chromium is missing is a test nobody runs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path


def _has_postgresql() -> bool:
    return shutil.which("initdb") is not None or any(
        Path("/usr/lib/postgresql").glob("*/bin/initdb")
    )


def _has_cjk_font() -> bool:
    return any(Path("/usr/share/fonts").glob("**/NotoSansCJK*"))


def find_pgbouncer() -> str | None:
    """Return the program; Debian keeps it where only root looks."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


# Debian package -> (is it there, what needs it). Recognised by the program, not by the package,
# so that one installed in another way counts.
NEEDED: dict[str, tuple[Callable[[], bool], str]] = {
    "postgresql": (_has_postgresql, "the storage and service tests run on it as well"),
    "chromium": (lambda: shutil.which("chromium") is not None, "the browser tests drive it"),
    "pgbouncer": (lambda: find_pgbouncer() is not None, "a test puts it before PostgreSQL"),
    "fonts-noto-cjk": (_has_cjk_font, "Chinese pages are drawn with it in the browser tests"),
    "poppler-utils": (lambda: shutil.which("pdftoppm") is not None, "label sheets are rasterised"),
    "wrk": (lambda: shutil.which("wrk") is not None, "benchmarks load the server with it"),
}


def missing_packages() -> list[str]:
    """Return the Debian packages whose programs are not there, in a fixed order."""
    return [package for package, (is_present, _) in NEEDED.items() if not is_present()]


def _administrator_prefix() -> list[str] | None:
    """Return what to put before a command to run it as root; None when that is not possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if (
        sudo
        and subprocess.run([sudo, "-n", "true"], check=False, capture_output=True).returncode == 0
    ):
        return [sudo, "-n"]
    return None


def _install(prefix: list[str], packages: list[str]) -> None:
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    subprocess.run([*apt, "update"], check=True)
    subprocess.run([*apt, "install", "--yes", "--no-install-recommends", *packages], check=True)


def main() -> int:
    """Install what is missing; return 1 with an instruction where that is not possible."""
    missing = missing_packages()
    if not missing:
        return 0
    for package in missing:
        print(f"missing: {package} ({NEEDED[package][1]})", file=sys.stderr)
    prefix = _administrator_prefix()
    if shutil.which("apt-get") is None or prefix is None:
        command = f"apt-get install --no-install-recommends {' '.join(missing)}"
        print(f"They are needed: as root on Debian 12: {command}", file=sys.stderr)
        return 1
    try:
        _install(prefix, missing)
    except subprocess.CalledProcessError as error:
        print(f"apt-get failed with status {error.returncode}.", file=sys.stderr)
        return 1
    still_missing = missing_packages()
    if still_missing:
        print(f"Installed, yet still not found: {' '.join(still_missing)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
