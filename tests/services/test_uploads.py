"""Uploads are judged by content and kept for their organisation alone, on both databases."""

import io
from pathlib import Path

import pytest
from tests.factories import Cast, make_act, make_cast, make_id
from tests.hostile_files import (
    ACTIVE,
    BROKEN,
    DISGUISED,
    make_active_pdf,
    make_image,
    make_pdf,
    make_photo,
)

from trueorigin.adapters.files import FolderStore
from trueorigin.domain import files as rules
from trueorigin.domain.errors import ConflictError, DomainError, InvalidError, NotFoundError
from trueorigin.domain.files import FILE_BYTES_MAX, IMAGE_TYPES, File, clean_name
from trueorigin.services import files
from trueorigin.services.files import Upload
from trueorigin.storage import audit
from trueorigin.storage.database import Database


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files")


def _keep(
    database: Database, store: FolderStore, cast: Cast, data: bytes, name: str = "a.png"
) -> File:
    upload = Upload(content=io.BytesIO(data), name=name)
    return files.store_file(database, store, make_act(cast.alice.organisation), upload)


def _count(database: Database, cast: Cast) -> int:
    with database.read() as tx:
        return len(files.list_files(tx, cast.alice.scope, after=None, limit=99))


def test_a_photograph_is_kept_without_what_the_camera_added(
    database: Database, store: FolderStore, cast: Cast
) -> None:
    # The client lies about the type and tries to climb out of the folder.
    kept = _keep(database, store, cast, make_photo(6), "../../../etc/cron.d/瓶 身.PNG")
    assert (kept.media_type, kept.name) == ("image/jpeg", "瓶 身.jpg")
    assert (kept.width, kept.height) == (40, 60)
    with database.read() as tx:
        assert files.get_file(tx, cast.alice.scope, kept.id) == kept
        (entry,) = audit.list_audit(tx, cast.alice.scope, limit=9)
    assert (entry.action, entry.subject) == ("file.create", str(kept.id))
    with files.open_content(store, kept) as content:
        data = content.read()
    assert len(data) == kept.bytes
    assert b"SECRET" not in data


def test_a_document_is_kept_byte_for_byte(
    database: Database, store: FolderStore, cast: Cast
) -> None:
    document = make_pdf(pages=3)
    kept = _keep(database, store, cast, document, "report.png")
    assert (kept.media_type, kept.name) == ("application/pdf", "report.pdf")
    with files.open_content(store, kept) as content:
        assert content.read() == document


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_document_that_does_something_by_itself_leaves_nothing(
    sqlite_database: Database, store: FolderStore, kind: str, tmp_path: Path
) -> None:
    with sqlite_database.write() as tx:
        cast = make_cast(tx)
    with pytest.raises(InvalidError, match="pdf_active"):
        _keep(sqlite_database, store, cast, make_active_pdf(kind), "report.pdf")
    assert _count(sqlite_database, cast) == 0
    assert not (tmp_path / "files").exists()


@pytest.mark.parametrize("name", [*DISGUISED, *BROKEN])
def test_what_is_not_taken_leaves_nothing(
    sqlite_database: Database, store: FolderStore, name: str, tmp_path: Path
) -> None:
    with sqlite_database.write() as tx:
        cast = make_cast(tx)
    with pytest.raises(InvalidError) as caught:
        _keep(sqlite_database, store, cast, {**DISGUISED, **BROKEN}[name]())
    assert caught.value.code in {"file_type_refused", "image_broken", "image_type", "pdf_broken"}
    assert _count(sqlite_database, cast) == 0
    assert not (tmp_path / "files").exists()


def test_a_document_is_no_picture(database: Database, store: FolderStore, cast: Cast) -> None:
    upload = Upload(content=io.BytesIO(make_pdf()), name="logo.png")
    act = make_act(cast.alice.organisation)
    with pytest.raises(InvalidError) as caught:
        files.store_file(database, store, act, upload, accept=IMAGE_TYPES, field="logo")
    assert (caught.value.code, caught.value.field) == ("file_type_refused", "logo")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "file_empty", id="nothing"),
        pytest.param(make_pdf() + bytes(FILE_BYTES_MAX), "file_too_large", id="16 MiB and more"),
        pytest.param(bytes(200 * 2**20), "file_too_large", id="200 MB"),
    ],
)
def test_a_size_beyond_reason_is_refused(
    sqlite_database: Database, store: FolderStore, data: bytes, code: str
) -> None:
    with sqlite_database.write() as tx:
        cast = make_cast(tx)
    with pytest.raises(InvalidError, match=code):
        _keep(sqlite_database, store, cast, data)


def test_all_files_of_an_organisation_have_a_limit(
    database: Database, store: FolderStore, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _keep(database, store, cast, make_pdf())
    monkeypatch.setattr(files, "ORGANISATION_BYTES_MAX", 2 * first.bytes)
    _keep(database, store, cast, make_pdf())
    with pytest.raises(ConflictError, match="storage_full"):
        _keep(database, store, cast, make_pdf())
    assert rules.ORGANISATION_BYTES_MAX == 4 * 2**30


def test_files_of_others_are_not_there(database: Database, store: FolderStore, cast: Cast) -> None:
    kept = _keep(database, store, cast, make_image())
    scope = cast.charlie.scope
    with database.read() as tx:
        with pytest.raises(NotFoundError, match="file_not_found"):
            files.get_file(tx, scope, kept.id)
        assert files.find_files(tx, scope, [kept.id]) == {}
        assert files.list_files(tx, scope, after=None, limit=9) == []
        for unknown in (kept.id, make_id()):
            with pytest.raises(InvalidError) as caught:
                files.require_files(tx, scope, [unknown], accept=IMAGE_TYPES, field="logo")
            assert (caught.value.code, caught.value.field) == ("file_unknown", "logo.0")
        files.require_files(tx, cast.alice.scope, [kept.id], accept=IMAGE_TYPES, field="logo")


def test_files_are_listed_in_pages(database: Database, store: FolderStore, cast: Cast) -> None:
    kept = sorted(
        (_keep(database, store, cast, make_image()) for _ in range(3)), key=lambda f: f.id
    )
    with database.read() as tx:
        scope = cast.alice.scope
        assert files.list_files(tx, scope, after=None, limit=2) == kept[:2]
        assert files.list_files(tx, scope, after=kept[1].id, limit=2) == kept[2:]


def test_a_content_that_is_lost_is_told(
    database: Database, store: FolderStore, cast: Cast, tmp_path: Path
) -> None:
    kept = _keep(database, store, cast, make_image())
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(DomainError, match="file_content_missing"):
        files.open_content(store, kept)
    with pytest.raises(NotFoundError, match="file_not_found"):
        files.open_content(store, None)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        pytest.param("a.png", "a.png", id="plain"),
        pytest.param("C:\\Users\\alice\\检验 报告.jpeg", "检验 报告.png", id="Windows path"),
        pytest.param("../../etc/passwd", "passwd.png", id="parent folders"),
        pytest.param("", "file.png", id="nothing"),
        pytest.param("....", "file.png", id="dots"),
        pytest.param("/", "file.png", id="slash"),
        pytest.param("a\r\nSet-Cookie: x=1", "aSet-Cookie x=1.png", id="header"),
        pytest.param("a\u202egnp.exe", "agnp.png", id="text turned round"),
        pytest.param('"><script>.svg', "script.png", id="markup"),
        pytest.param("a" * 10**6, "a" * 116 + ".png", id="endless"),
        pytest.param("run.php.png", "run.php.png", id="two endings"),
    ],
)
def test_names_are_only_names(given: str, shown: str) -> None:
    assert clean_name(given, "image/png") == shown
