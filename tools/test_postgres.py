# SPDX-License-Identifier: Apache-2.0
"""Start a throw-away PostgreSQL cluster for tests: private, on a socket, without durability.

Run by itself it keeps one up and prints its URL: `python tools/test_postgres.py`.
"""

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HOW_TO_INSTALL = (
    "PostgreSQL 15 or newer is needed for the tests: install it (on Debian: apt-get install "
    "postgresql), or set TRUEORIGIN_TEST_POSTGRES to the URL of a server whose user may create "
    "databases."
)
# Nothing in a test database outlives the test, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
    "timezone": "Asia/Shanghai",
}


def find_programs() -> Path:
    """Return the folder that holds initdb and pg_ctl; raise with a sentence when there is none."""
    in_path = shutil.which("initdb")
    if in_path is not None:
        return Path(in_path).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3])
    )
    if not versions:
        raise RuntimeError(HOW_TO_INSTALL)
    return versions[-1].parent


def _as_server_user(command: Sequence[str]) -> list[str]:
    """PostgreSQL refuses to run as root: become the packaged user `postgres` for it."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        _as_server_user(command), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}\n{HOW_TO_INSTALL}")


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a cluster in a temporary folder, yield its URL, and leave nothing behind."""
    programs = find_programs()
    # Short: the path of a socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="to-pg-"))
    user = getpass.getuser()
    try:
        if os.geteuid() == 0:
            user = "postgres"
            try:
                owner = pwd.getpwnam(user)
            except KeyError as error:
                raise RuntimeError(HOW_TO_INSTALL) from error
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data, log = folder / "data", folder / "log"
        encoding = ("--encoding=UTF8", "--locale=C.UTF-8")
        initdb = (str(programs / "initdb"), "--no-sync", "--auth=trust", f"--username={user}")
        _run((*initdb, *encoding, f"--pgdata={data}"), folder)
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
        start = (str(programs / "pg_ctl"), "start", "--wait", f"--pgdata={data}", f"--log={log}")
        _run((*start, f"--options={options} -k {folder}"), folder)
        try:
            yield f"postgresql://{user}@/postgres?host={folder}"
        finally:
            stop = (str(programs / "pg_ctl"), "stop", "--mode=immediate", f"--pgdata={data}")
            _run(stop, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Keep one cluster up until the process is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running_postgres() as url:
        print(f"TRUEORIGIN_TEST_POSTGRES={url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
