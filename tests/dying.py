"""A process that is killed in the middle of a backup or a restore, at a place one can choose.

Started by `tests/services/test_backup.py` with what to do, the data folder, the archive, and the
name of the function of `services/backup.py` at which it dies.
"""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from trueorigin.services import backup
from trueorigin.services.installation import Place, open_installation


def die(*_given: object) -> None:
    """Be killed by nobody one could talk to."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Do what is asked, and die of it."""
    what, folder, archive, step, at = sys.argv[1:]
    place = Place(data=Path(folder), database=None, master_key=None)
    setattr(backup, step, die)
    if what == "restore":
        backup.read_backup(Path(archive), place, report=lambda *_: None)
        return
    database, _ = open_installation(place)
    backup.write_backup(
        database, place, Path(archive), at=datetime.fromisoformat(at), report=lambda *_: None
    )


if __name__ == "__main__":
    main()
