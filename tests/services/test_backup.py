"""A backup made while serving holds everything, and comes back on either database or not at all."""

import hashlib
import io
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.factories import NOW, make_entropy
from tests.installations import (
    Centre,
    dump_all,
    fill_centre,
    list_scan_ids,
    open_centre,
    sqlite_place,
)
from tests.postgres_pool import PostgresServer
from tests.scanning_world import sum_devices

from trueorigin.adapters.files import FOLDER_NAME, FolderStore
from trueorigin.domain.errors import DomainError
from trueorigin.services import backup
from trueorigin.services.backup import read_backup, write_backup
from trueorigin.services.installation import Place, ensure_installation
from trueorigin.storage.database import Database

ROOT = Path(__file__).parents[2]


def silent(_table: str, _rows: int) -> None:
    """Report nothing."""


@pytest.fixture
def make_place(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str, str], Place]]:
    """Make empty places: a folder, and an empty database of the kind asked for."""
    used: list[str] = []

    def make(dialect: str, name: str) -> Place:
        place = sqlite_place(tmp_path / name)
        if dialect == "sqlite":
            return place
        server: PostgresServer = request.getfixturevalue("postgres_server")
        used.append(server.create("template0"))
        return replace(place, database=server.database_url(used[-1]))

    yield make
    if used:
        server = request.getfixturevalue("postgres_server")
        for name in used:
            server.drop(name)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """A closed data centre with the demo's story, to be copied."""
    centre = fill_centre(sqlite_place(tmp_path_factory.mktemp("told")))
    centre.database.close()
    return centre


@pytest.fixture
def centre(told: Centre, tmp_path: Path) -> Iterator[Centre]:
    shutil.copytree(told.place.data, tmp_path / "data")
    centre = open_centre(sqlite_place(tmp_path / "data"), told.story)
    yield centre
    centre.database.close()


def list_contents(centre: Centre) -> dict[str, bytes]:
    """Read every uploaded picture and paper through the store that pages read it from."""
    store, contents = FolderStore(centre.place.data / FOLDER_NAME), {}
    with centre.database.read() as tx:
        rows = tx.run("SELECT id, sha256 FROM file")
    for file_id, digest in rows:
        with store.open(bytes(digest)) as content:
            contents[str(file_id)] = content.read()
    assert len(contents) > 5
    assert {hashlib.sha256(each).digest() for each in contents.values()} == {
        bytes(digest) for _, digest in rows
    }
    return contents


def back_up(centre: Centre, target: Path) -> Path:
    write_backup(centre.database, centre.place, target, at=NOW, report=silent)
    return target


@pytest.mark.parametrize(
    ("here", "there"),
    [
        pytest.param("sqlite", "sqlite", id="sqlite"),
        pytest.param("postgresql", "postgresql", id="postgresql"),
        pytest.param("sqlite", "postgresql", id="sqlite to postgresql"),
        pytest.param("postgresql", "sqlite", id="postgresql to sqlite"),
    ],
)
def test_everything_comes_back(
    here: str, there: str, make_place: Callable[[str, str], Place], tmp_path: Path
) -> None:
    centre = fill_centre(make_place(here, "old"))
    files = centre.place.data / "files" / "papers"
    files.mkdir(parents=True)
    (files / "检验报告.pdf").write_bytes(b"%PDF-1.7")
    phone = os.urandom(16)
    assert centre.read("genuine", phone=phone).counted
    archive = back_up(centre, tmp_path / "backup.tar")
    before, uploaded = dump_all(centre.database), list_contents(centre)
    centre.database.close()

    target = make_place(there, "new")
    restored = read_backup(archive, target, report=silent)
    again = open_centre(target, centre.story)
    assert restored.rows == before.count(b"\n[")
    assert dump_all(again.database) == before
    assert (target.data / "files" / "papers" / "检验报告.pdf").read_bytes() == b"%PDF-1.7"
    outcome = again.read("genuine", phone=phone)
    assert outcome.verdict == "genuine"
    assert not outcome.counted
    assert again.read("forged").verdict == "not_issued"
    assert list_contents(again) == uploaded
    again.database.close()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_backup_while_readings_arrive_holds_all_that_were_answered_before(
    dialect: str, make_place: Callable[[str, str], Place], tmp_path: Path
) -> None:
    centre = fill_centre(make_place(dialect, "old"))
    answered: list[UUID] = []
    enough, stop = threading.Event(), threading.Event()

    def keep_reading() -> None:
        while not stop.is_set():
            outcome = centre.read("genuine")
            assert outcome.scan_id is not None
            answered.append(outcome.scan_id)
            if len(answered) >= 20:
                enough.set()

    reader = threading.Thread(target=keep_reading, daemon=True)
    reader.start()
    assert enough.wait(120)
    before = set(answered)
    archive = back_up(centre, tmp_path / "backup.tar")
    stop.set()
    reader.join()
    target = make_place(dialect, "new")
    read_backup(archive, target, report=silent)
    again = open_centre(target, centre.story)
    kept = list_scan_ids(again.database)
    assert before <= kept
    assert kept <= list_scan_ids(centre.database)
    # A reading and the device it counted are in it together.
    with again.database.read() as tx:
        states = sum_devices(tx)
        [(counted,)] = tx.run("SELECT count(*) FROM scan WHERE counted <> 0")
    assert states == int(counted)
    again.database.close()
    centre.database.close()


def test_the_archive_is_for_its_owner_alone_and_leaves_nothing_beside_it(
    centre: Centre, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    archive = back_up(centre, folder / "today.tar")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert list(folder.iterdir()) == [archive]


def test_a_failed_backup_leaves_the_previous_one(centre: Centre, tmp_path: Path) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    before = archive.read_bytes()

    def fail(_table: str, _rows: int) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_backup(centre.database, centre.place, archive, at=NOW, report=fail)
    assert archive.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup.tar", "data"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="cut short"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"not a tar file" * 100, id="something else"),
        pytest.param(
            lambda data: data[:20_000] + bytes([data[20_000] ^ 1]) + data[20_001:], id="one bit"
        ),
    ],
)
def test_a_damaged_archive_is_refused_and_changes_nothing(
    damage: Callable[[bytes], bytes], centre: Centre, tmp_path: Path
) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    archive.write_bytes(damage(archive.read_bytes()))
    target = sqlite_place(tmp_path / "new")
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, target, report=silent)
    assert refusal.value.code in {"backup_damaged", "backup_unknown"}
    assert not target.data.exists()


def add_member(archive: Path, name: str) -> None:
    with tarfile.open(archive, "a") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))


@pytest.mark.parametrize("name", ["files/../../evil", "/etc/evil", "files/new"])
def test_a_file_nobody_backed_up_is_refused(name: str, centre: Centre, tmp_path: Path) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    add_member(archive, name)
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, sqlite_place(tmp_path / "new"), report=silent)
    assert refusal.value.code == "backup_damaged"
    assert not (tmp_path / "evil").exists()


def test_restoring_over_a_data_centre_is_refused(centre: Centre, tmp_path: Path) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    before, contents = dump_all(centre.database), list_contents(centre)
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, centre.place, report=silent)
    assert refusal.value.code == "database_not_empty"
    assert dump_all(centre.database) == before
    assert list_contents(centre) == contents

    foreign = centre.place.data / "files" / "ab" / "abcd"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_bytes(b"not of this archive")
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, centre.place, report=silent)
    assert refusal.value.code == "place_not_empty"
    assert foreign.read_bytes() == b"not of this archive"

    other = sqlite_place(tmp_path / "other")
    database, _ = ensure_installation(other, at=NOW, entropy=make_entropy("other"))
    database.close()
    key = (other.data / "master.key").read_bytes()
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, other, report=silent)
    assert refusal.value.code == "place_not_empty"
    assert (other.data / "master.key").read_bytes() == key


def test_a_restore_that_failed_halfway_can_be_repeated(centre: Centre, tmp_path: Path) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    target = sqlite_place(tmp_path / "new")

    def fail(table: str, _rows: int) -> None:
        if table == "scan":
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        read_backup(archive, target, report=fail)
    assert not (target.data / "master.key").exists()
    read_backup(archive, target, report=silent)
    again = open_centre(target, centre.story)
    assert dump_all(again.database) == dump_all(centre.database)
    again.database.close()


def test_a_restore_that_failed_at_its_end_can_be_repeated(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    target = sqlite_place(tmp_path / "new")

    def fail(_tx: object, _place: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(backup, "unlock", fail)
    with pytest.raises(OSError, match="disk full"):
        read_backup(archive, target, report=silent)
    monkeypatch.undo()
    assert not [path for path in (target.data / "files").rglob("*") if path.is_file()]
    read_backup(archive, target, report=silent)


def be_killed(what: str, folder: Path, archive: Path, step: str) -> None:
    """Have a process do something and be killed at a step of it."""
    command = [sys.executable, "-m", "tests.dying", what, str(folder), str(archive), step]
    command.append(NOW.isoformat())
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    killed = subprocess.run(command, cwd=ROOT, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL


@pytest.mark.parametrize("step", ["_write_files", "unlock"])
def test_a_restore_that_was_killed_can_be_repeated(
    centre: Centre, tmp_path: Path, step: str
) -> None:
    archive = back_up(centre, tmp_path / "backup.tar")
    target = sqlite_place(tmp_path / "new")
    be_killed("restore", target.data, archive, step)
    for path in list((target.data / "files").rglob("[!.]*")):
        # As if it had been killed in the middle of one of them.
        if path.is_file() and path.stat().st_size > 1000:
            path.replace(path.with_name(f".{path.name}.restored")).write_bytes(b"torn")
            break
    read_backup(archive, target, report=silent)
    assert not list(target.data.rglob("*.restored"))
    again = open_centre(target, centre.story)
    assert dump_all(again.database) == dump_all(centre.database)
    assert list_contents(again) == list_contents(centre)
    again.database.close()


def test_what_a_killed_backup_left_goes_with_the_next_one(centre: Centre, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar"
    be_killed("backup", centre.place.data, archive, "_sync")
    left = {path for path in tmp_path.iterdir() if path.name != "data"}
    assert len(left) == 2, "nothing was left to be thrown away"
    foreign = tmp_path / ".backup.tar.1"
    foreign.write_bytes(b"somebody else's")
    minute = timedelta(minutes=1).total_seconds()
    # Young ones may be another backup's that has not locked them yet.
    for path in left:
        os.utime(path, times=(NOW.timestamp() - minute + 1,) * 2)
    back_up(centre, archive)
    assert left <= set(tmp_path.iterdir())
    for path in left:
        os.utime(path, times=(NOW.timestamp() - minute - 1,) * 2)
    back_up(centre, archive)
    assert {path.name for path in tmp_path.iterdir()} == {"backup.tar", ".backup.tar.1", "data"}


def test_a_backup_that_is_being_written_is_not_swept_away_by_another(
    centre: Centre, tmp_path: Path
) -> None:
    archive = tmp_path / "backup.tar"
    nested: list[Path] = []

    def look(_table: str, _rows: int) -> None:
        """Make another one in the middle of the first, which has written nothing for an hour."""
        if nested:
            return
        nested.extend(path for path in tmp_path.iterdir() if path.name != "data")
        for path in nested:
            os.utime(path, times=(NOW.timestamp() - 3600,) * 2)
        other = Database.open(None, centre.place.data)
        write_backup(other, centre.place, archive, at=NOW, report=silent)
        other.close()

    write_backup(centre.database, centre.place, archive, at=NOW, report=look)
    assert len(nested) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"backup.tar", "data"}
    read_backup(archive, sqlite_place(tmp_path / "new"), report=silent)


def test_a_key_from_a_setting_is_backed_up_too_and_must_match(tmp_path: Path) -> None:
    text = os.urandom(32).hex()
    place = Place(data=tmp_path / "old", database=None, master_key=text)
    centre = fill_centre(place)
    assert not (place.data / "master.key").exists()
    archive = back_up(centre, tmp_path / "backup.tar")
    wrong = Place(data=tmp_path / "wrong", database=None, master_key=os.urandom(32).hex())
    with pytest.raises(DomainError) as refusal:
        read_backup(archive, wrong, report=silent)
    assert refusal.value.code == "master_key_wrong"
    target = sqlite_place(tmp_path / "new")
    read_backup(archive, target, report=silent)
    again = open_centre(target, centre.story)
    assert again.read("genuine").verdict == "genuine"
    again.database.close()
    centre.database.close()


def test_the_database_opens_while_a_backup_is_written(centre: Centre, tmp_path: Path) -> None:
    second = Database.open(None, centre.place.data)

    def write_meanwhile(table: str, _rows: int) -> None:
        if table == "scan":
            assert centre.read("genuine").scan_id is not None

    write_backup(second, centre.place, tmp_path / "b.tar", at=NOW, report=write_meanwhile)
    second.close()
