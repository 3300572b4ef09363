"""The folder of contents: whole or not there, never overwritten, nothing outside it."""

import hashlib
import io
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from trueorigin.adapters.files import FileStore, FolderStore
from trueorigin.domain.errors import DomainError, InvalidError

CONTENT = b"celadon" * 100_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path) -> FileStore:
    return FolderStore(folder)


def _names(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_a_content_comes_back_under_its_digest(store: FileStore, folder: Path) -> None:
    kept = store.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    digest = hashlib.sha256(CONTENT)
    assert (kept.sha256, kept.bytes) == (digest.digest(), len(CONTENT))
    with store.open(kept.sha256) as content:
        assert content.read() == CONTENT
    name = digest.hexdigest()
    assert _names(folder) == [f"{name[:2]}/{name}"]
    path = folder / name[:2] / name
    assert path.stat().st_mode & 0o077 == 0


def test_the_same_content_is_kept_once_and_not_written_again(
    store: FileStore, folder: Path
) -> None:
    first = store.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    (path,) = [path for path in folder.rglob("*") if path.is_file()]
    before = path.stat()
    assert store.put(io.BytesIO(CONTENT), limit=len(CONTENT)) == first
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_byte_too_many_leaves_nothing(store: FileStore, folder: Path) -> None:
    with pytest.raises(InvalidError, match="file_too_large"):
        store.put(io.BytesIO(CONTENT), limit=len(CONTENT) - 1)
    assert _names(folder) == []


def test_what_killed_uploads_left_goes_once_it_is_old(store: FileStore, folder: Path) -> None:
    before = datetime(2026, 11, 1, tzinfo=UTC)
    # An empty data centre has no folder yet.
    assert store.clear(before) == 0
    kept = store.put(io.BytesIO(CONTENT), limit=len(CONTENT))
    for name, seconds in ((".draft-1-old", -1), (".draft-1-new", 1), ("other", -1)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, times=(before.timestamp() + seconds,) * 2)
    name = kept.sha256.hex()
    os.utime(folder / name[:2] / name, times=(0, 0))
    assert store.clear(before) == 1
    assert _names(folder) == sorted([".draft-1-new", "other", f"{name[:2]}/{name}"])


def test_200_megabytes_are_refused_long_before_their_end(store: FileStore, folder: Path) -> None:
    class Endless(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.taken += size
            return bytes(size)

    source = Endless()
    with pytest.raises(InvalidError, match="file_too_large"):
        store.put(source, limit=2**20)
    assert source.taken <= 2**21
    assert _names(folder) == []


def test_a_source_that_breaks_leaves_nothing(store: FileStore, folder: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError(size)

    with pytest.raises(DomainError, match="file_not_stored"):
        store.put(Broken(), limit=10)
    assert _names(folder) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "files").write_bytes(b"a file is in the way")
    store = FolderStore(tmp_path / "files")
    with pytest.raises(DomainError, match="file_not_stored"):
        store.put(io.BytesIO(CONTENT), limit=len(CONTENT))


def test_a_lost_content_is_named(store: FileStore) -> None:
    with pytest.raises(DomainError) as caught:
        store.open(bytes(32))
    assert caught.value.params == {"sha256": "00" * 32}


def test_only_digests_lead_to_files(store: FileStore) -> None:
    for name in (b"../../etc/passwd", b"", bytes(31), bytes(33)):
        with pytest.raises(ValueError, match="a digest has 32 bytes"):
            store.open(name)


def test_many_at_once_agree(store: FileStore, folder: Path) -> None:
    failures: list[BaseException] = []

    def put() -> None:
        try:
            store.put(io.BytesIO(CONTENT), limit=len(CONTENT))
        except BaseException as error:  # noqa: BLE001 - told in the main thread
            failures.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(_names(folder)) == 1
