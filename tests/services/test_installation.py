"""A data centre is made once, never gets a second key, and survives interruption at every step."""

import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories import NOW
from tests.installations import fill_centre, open_centre, sqlite_place
from tests.postgres_pool import PostgresServer

from trueorigin.adapters import keyfile
from trueorigin.domain.errors import DomainError
from trueorigin.domain.keys import format_master_key
from trueorigin.services.installation import (
    Place,
    ensure_installation,
    open_installation,
    rotate_master,
    upgrade_schema,
)
from trueorigin.services.vault import Vault
from trueorigin.storage.database import Database


def make(place: Place) -> bytes:
    """Make or open a data centre at `place`; return what proves its key."""
    database, vault = ensure_installation(place, at=NOW, entropy=os.urandom)
    database.close()
    return vault.check


def refused(place: Place) -> str:
    """Return the code with which opening `place` is refused."""
    with pytest.raises(DomainError) as refusal:
        make(place)
    return refusal.value.code


def test_an_empty_folder_becomes_a_data_centre_with_a_key_for_its_owner(tmp_path: Path) -> None:
    place = sqlite_place(tmp_path / "data")
    check = make(place)
    key = place.data / keyfile.FILE_NAME
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.data.stat().st_mode) == 0o700
    content = key.read_bytes()
    assert make(place) == check
    assert key.read_bytes() == content


def test_opening_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    place = sqlite_place(tmp_path / "typing-error")
    for attempt in (open_installation, upgrade_schema):
        with pytest.raises(DomainError) as refusal:
            attempt(place)
        assert refusal.value.code == "installation_missing"
    assert not place.data.exists()


def test_a_used_database_without_its_key_is_refused_and_gets_no_new_one(tmp_path: Path) -> None:
    place = sqlite_place(tmp_path)
    make(place)
    (tmp_path / keyfile.FILE_NAME).unlink()
    assert refused(place) == "master_key_missing"
    assert not (tmp_path / keyfile.FILE_NAME).exists()


def test_a_second_process_with_an_empty_folder_on_a_used_database_is_refused(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    name = postgres_server.create("template0")
    url = postgres_server.database_url(name)
    first = Place(data=tmp_path / "one", database=url, master_key=None)
    check = make(first)
    second = replace(first, data=tmp_path / "two")
    assert refused(second) == "master_key_missing"
    assert list((tmp_path / "two").iterdir()) == []
    key = (tmp_path / "one" / keyfile.FILE_NAME).read_text()
    assert make(replace(second, master_key=key)) == check
    postgres_server.drop(name)


def test_processes_that_start_together_on_an_empty_database_make_one_data_centre(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    name = postgres_server.create("template0")
    place = Place(data=tmp_path, database=postgres_server.database_url(name), master_key=None)
    checks: list[bytes] = []
    codes: list[str] = []
    barrier = threading.Barrier(4)

    def start(folder: str) -> None:
        barrier.wait()
        try:
            checks.append(make(replace(place, data=tmp_path / folder)))
        except DomainError as error:
            codes.append(error.code)

    threads = [threading.Thread(target=start, args=(folder,)) for folder in ("a", "a", "b", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(checks)) == 1
    assert set(codes) <= {"installation_exists", "master_key_missing", "database_busy"}
    keys = list(tmp_path.glob("*/master.key"))
    assert len(keys) == 1
    # Whoever lost the race at the very same moment only has to start again.
    assert make(replace(place, data=keys[0].parent)) == checks[0]
    postgres_server.drop(name)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "master_key_malformed", id="empty"),
        pytest.param(b"half", "master_key_malformed", id="cut short"),
        pytest.param(b"\xff" * 44, "master_key_malformed", id="binary"),
        pytest.param(format_master_key(os.urandom(32)).encode(), "master_key_wrong", id="another"),
    ],
)
def test_a_wrong_key_is_refused_and_left_as_it_is(
    content: bytes, code: str, tmp_path: Path
) -> None:
    place = sqlite_place(tmp_path)
    make(place)
    key = tmp_path / keyfile.FILE_NAME
    key.write_bytes(content)
    assert refused(place) == code
    assert key.read_bytes() == content


class CrashError(Exception):
    """Stands for a power failure."""


def test_a_crash_between_key_and_commit_leaves_a_key_the_next_start_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = sqlite_place(tmp_path)
    write = keyfile.create_master_key

    def write_and_crash(folder: Path, key: bytes) -> None:
        write(folder, key)
        raise CrashError

    monkeypatch.setattr(keyfile, "create_master_key", write_and_crash)
    with pytest.raises(CrashError):
        make(place)
    monkeypatch.undo()
    key = keyfile.find_master_key(tmp_path)
    assert key is not None
    assert make(place) == Vault(key).check


def test_rotating_the_master_key_keeps_every_code_valid(tmp_path: Path) -> None:
    centre = fill_centre(sqlite_place(tmp_path / "data"))
    old = (centre.place.data / keyfile.FILE_NAME).read_bytes()
    assert rotate_master(centre.database, centre.place, os.urandom) == len(centre.story.sign_ins)
    centre.database.close()
    assert (centre.place.data / keyfile.FILE_NAME).read_bytes() != old
    assert not (centre.place.data / keyfile.NEXT_FILE_NAME).exists()
    again = open_centre(centre.place, centre.story)
    assert again.read("genuine").verdict == "genuine"
    again.database.close()
    (centre.place.data / keyfile.FILE_NAME).write_bytes(old)
    assert refused(centre.place) == "master_key_wrong"


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_rotation_interrupted_anywhere_is_finished_or_undone(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = fill_centre(sqlite_place(tmp_path / "data"))

    def crash(*_: object) -> None:
        raise CrashError

    if moment == "before the commit":
        monkeypatch.setattr("trueorigin.services.installation.rewrap_under", crash)
    else:
        monkeypatch.setattr(keyfile, "promote_next_key", crash)
    with pytest.raises(CrashError):
        rotate_master(centre.database, centre.place, os.urandom)
    monkeypatch.undo()
    centre.database.close()
    again = open_centre(centre.place, centre.story)
    assert again.read("genuine").verdict == "genuine"
    again.database.close()


def test_a_key_from_a_setting_cannot_be_rotated_here(tmp_path: Path) -> None:
    place = Place(data=tmp_path, database=None, master_key=os.urandom(32).hex())
    make(place)
    database = Database.open(None, tmp_path)
    with pytest.raises(DomainError) as refusal:
        rotate_master(database, place, os.urandom)
    assert refusal.value.code == "master_key_elsewhere"
    database.close()


def test_an_unreadable_key_is_an_error_and_not_a_reason_for_a_new_one(tmp_path: Path) -> None:
    (tmp_path / keyfile.FILE_NAME).mkdir()
    assert refused(sqlite_place(tmp_path)) == "master_key_unreadable"
