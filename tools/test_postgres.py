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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
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


def as_server_user(command: Sequence[str]) -> list[str]:
    """PostgreSQL and PgBouncer refuse to run as root: become the packaged user `postgres`."""
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        as_server_user(command), cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}\n{HOW_TO_INSTALL}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """How a cluster is set up: its settings, and where it comes from and goes to, if anywhere.

    `copy_of` is the folder of a stopped cluster to begin with, `keep_as` where to leave the
    stopped cluster afterwards; `core` the one processor core it may use.
    """

    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)
    copy_of: Path | None = None
    keep_as: Path | None = None
    core: int | None = None


@contextmanager
def running_postgres(cluster: Cluster = Cluster()) -> Iterator[str]:
    """Start a cluster in a temporary folder, yield its URL, and leave nothing behind."""
    programs = find_programs()
    # Short: the path of a socket may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="to-pg-"))
    user = getpass.getuser()
    try:
        data, log = folder / "data", folder / "log"
        if cluster.copy_of is not None:
            shutil.copytree(cluster.copy_of, data)
        if os.geteuid() == 0:
            user = "postgres"
            _give_to(user, folder)
        encoding = ("--encoding=UTF8", "--locale=C.UTF-8")
        initdb = (str(programs / "initdb"), "--no-sync", "--auth=trust", f"--username={user}")
        if cluster.copy_of is None:
            _run((*initdb, *encoding, f"--pgdata={data}"), folder)
        pairs = cluster.settings.items()
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in pairs)
        start = (str(programs / "pg_ctl"), "start", "--wait", f"--pgdata={data}", f"--log={log}")
        pinned = () if cluster.core is None else ("taskset", "-c", str(cluster.core))
        _run((*pinned, *start, f"--options={options} -k {folder}"), folder)
        try:
            yield f"postgresql://{user}@/postgres?host={folder}"
        finally:
            # Nothing of a cluster that is thrown away needs to be written out.
            mode = "immediate" if cluster.keep_as is None else "fast"
            stop = (str(programs / "pg_ctl"), "stop", f"--mode={mode}", f"--pgdata={data}")
            _run(stop, folder)
        if cluster.keep_as is not None:
            shutil.copytree(data, cluster.keep_as)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _give_to(user: str, folder: Path) -> None:
    """Make `user` the owner of a folder and all in it."""
    try:
        owner = pwd.getpwnam(user)
    except KeyError as error:
        raise RuntimeError(HOW_TO_INSTALL) from error
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.pw_uid, owner.pw_gid)


def main() -> None:
    """Keep one cluster up until the process is told to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running_postgres() as url:
        print(f"TRUEORIGIN_TEST_POSTGRES={url}", flush=True)
        signal.pause()


if __name__ == "__main__":
    main()
