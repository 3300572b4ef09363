"""The doctor finds what is wrong before it hurts, and finds nothing wrong where nothing is."""

import os
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.factories import NOW
from tests.installations import fill_centre, sqlite_place
from tests.postgres_pool import PostgresServer

from trueorigin.domain.errors import DomainError
from trueorigin.domain.tenancy import Role
from trueorigin.services import doctor
from trueorigin.services.accounts import LocalAct, OrganisationDraft, create_local_key
from trueorigin.services.doctor import Finding, Status, check_public_url, examine
from trueorigin.services.installation import Place, ensure_installation
from trueorigin.storage.accounts import list_every_epoch, rewrap_epochs
from trueorigin.storage.database import Database
from trueorigin.web.i18n import languages, translator

URL = "https://zy.example"
PLENTY = 100 * 2**30


def plenty(_folder: Path) -> int:
    return PLENTY


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A static folder in which `make init` has built everything."""
    static = tmp_path / "static"
    names = ("console.js", "detector.js", "home.js", "place.js", "scan.js", "zxing_reader.wasm")
    fonts = ("fonts/NotoSansSC-Regular.ttf", "fonts/NotoSansSC-SemiBold.ttf")
    for name in (*fonts, *(f"built/{name}" for name in names)):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_bytes(b"built")
    monkeypatch.setattr(doctor, "STATIC", static)
    return static


@pytest.fixture
def place(built: Path, tmp_path: Path) -> Place:
    assert built.is_dir()
    place = sqlite_place(tmp_path / "data")
    make(place)
    return place


def make(place: Place) -> None:
    """Make a data centre with one organisation, whose key can be lost."""
    database, vault = ensure_installation(place, at=NOW, entropy=os.urandom)
    with closing(database), database.write() as tx:
        act = LocalAct(at=NOW, entropy=os.urandom, role=Role.MANUFACTURER)
        draft = OrganisationDraft(name="Alice", roles=frozenset({Role.MANUFACTURER}))
        create_local_key(tx, vault, act, draft)


def find(place: Place, **options: object) -> dict[str, Finding]:
    at = options.pop("at", NOW)
    url, proxies = options.pop("url", URL), options.pop("proxies", ["10.0.0.1/32"])
    found = examine(place, url, proxies, at=at, free_bytes=options.pop("free", plenty))  # type: ignore[arg-type]
    return {finding.code: finding for finding in found}


def bad(findings: dict[str, Finding]) -> set[str]:
    return {code for code, finding in findings.items() if finding.status is not Status.OK}


def test_nothing_is_found_in_a_sound_data_centre(place: Place) -> None:
    findings = find(place)
    assert bad(findings) == set()
    assert {"database", "schema", "master-key", "epochs", "durable", "whole", "clock"} <= set(
        findings
    )
    assert findings["epochs"].params["count"] == 1


def test_nothing_is_found_on_a_sound_postgresql(
    built: Path, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    assert built.is_dir()
    name = postgres_server.create("template0")
    url = postgres_server.database_url(name)
    place = Place(data=tmp_path / "data", database=url, master_key=None)
    make(place)
    findings = find(place)
    # The frozen clock of the test is far from the server's, and a test server may be fast and
    # loose with its disk.
    assert bad(findings) - {"weak-settings"} == {"clock-differs"}
    postgres_server.drop(name)


def delete_key(place: Place) -> None:
    (place.data / "master.key").unlink()


def open_key(place: Place) -> None:
    (place.data / "master.key").chmod(0o644)


def open_folder(place: Place) -> None:
    place.data.chmod(0o755)


def take_folder(place: Place) -> None:
    """Let print files belong to somebody else, as after a command that root ran."""
    folder = place.data / "prints"
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, 65534, 65534)
    else:
        folder.chmod(0o500)


def damage_epoch(place: Place) -> None:
    database = Database.open(None, place.data)
    with closing(database), database.write() as tx:
        [(owner, epoch, wrapped)] = list_every_epoch(tx)
        rewrap_epochs(tx, [(owner, epoch, wrapped[:-1] + bytes([wrapped[-1] ^ 1]))])


def damage_file(place: Place) -> None:
    path = place.data / "trueorigin.db"
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        for page in range(8, size // 4096):
            file.seek(page * 4096)
            file.write(b"\xa5" * 64)


def delete_database(place: Place) -> None:
    (place.data / "trueorigin.db").unlink()


@pytest.mark.parametrize(
    ("harm", "codes"),
    [
        pytest.param(delete_key, {"refused"}, id="key lost"),
        pytest.param(open_key, {"key-open"}, id="key readable by others"),
        pytest.param(open_folder, {"folder-open"}, id="folder readable by others"),
        pytest.param(take_folder, {"folder-read-only"}, id="a folder in it is somebody else's"),
        pytest.param(damage_epoch, {"epoch-lost"}, id="epoch key damaged"),
        pytest.param(damage_file, {"damaged", "refused"}, id="database file damaged"),
        pytest.param(delete_database, {"refused"}, id="database lost"),
    ],
)
def test_harm_is_found(place: Place, harm: Callable[[Place], None], codes: set[str]) -> None:
    harm(place)
    found = bad(find(place))
    assert found
    assert found <= codes


def test_looking_makes_nothing(built: Path, tmp_path: Path) -> None:
    assert built.is_dir()
    place = sqlite_place(tmp_path / "nowhere")
    findings = find(place)
    assert bad(findings) == {"folder-missing", "refused"}
    error = findings["refused"].error
    assert isinstance(error, DomainError)
    assert error.code == "installation_missing"
    assert not place.data.exists()


@pytest.mark.parametrize(
    ("megabytes", "code"),
    [(100, "disk-full"), (199, "disk-full"), (201, "disk-low"), (2047, "disk-low"), (2049, "disk")],
)
def test_a_full_disk_is_announced(place: Place, megabytes: int, code: str) -> None:
    assert code in find(place, free=lambda _: megabytes * 2**20)


def test_missing_built_files_are_named(place: Place, built: Path) -> None:
    (built / "fonts/NotoSansSC-SemiBold.ttf").unlink()
    finding = find(place)["files-missing"]
    assert finding.params["files"] == "fonts/NotoSansSC-SemiBold.ttf"


def test_a_clock_before_the_data_centre_was_made_is_wrong(place: Place) -> None:
    assert bad(find(place, at=NOW - timedelta(seconds=1))) == {"clock-behind"}
    assert bad(find(place, at=NOW)) == set()


def test_an_unreachable_database_is_told_as_such(place: Place) -> None:
    gone = replace(place, database="postgresql://nobody@127.0.0.1:1/none")
    findings = find(gone)
    error = findings["refused"].error
    assert isinstance(error, DomainError)
    assert error.code == "database_unreachable"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://zy.cn", "public-url"),
        ("https://abcdefgh.cn", "public-url"),
        ("https://abcdefghi.cn", "public-url-long"),
        ("http://zy.cn", "public-url-plain"),
        ("http://127.0.0.1:8000", "public-url-local"),
        ("https://localhost", "public-url-local"),
    ],
)
def test_the_printed_address_is_judged(url: str, code: str) -> None:
    assert check_public_url(url).code == code


def test_https_without_a_believed_proxy_is_doubted(place: Place) -> None:
    assert bad(find(place, proxies=[])) == {"proxies-none"}
    assert find(place)["proxies"].params == {"proxies": "10.0.0.1/32"}
    plain = find(place, url="http://zy.cn", proxies=[])
    assert not {"proxies", "proxies-none"} & set(plain)


@pytest.mark.parametrize("language", languages())
def test_every_finding_has_its_sentence(language: str) -> None:
    source = Path(doctor.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'_(?:ok|warn|fail)\(\s*"([a-z-]+)"', source)) | {"refused"}
    assert len(codes) > 20
    assert [code for code in codes if not translator(language).has(f"doctor-{code}")] == []


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(Path.unlink, id="missing"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="cut short"),
    ],
)
def test_uploaded_files_that_are_gone_are_missed(
    built: Path, tmp_path: Path, harm: Callable[[Path], object]
) -> None:
    assert built.is_dir()
    centre = fill_centre(sqlite_place(tmp_path / "told"))
    centre.database.close()
    sound = find(centre.place)["contents"]
    assert sound.status is Status.OK
    count = sound.params["count"]
    assert isinstance(count, int)
    assert count > 5
    kept = sorted(path for path in (centre.place.data / "files").rglob("*") if path.is_file())
    assert len(kept) == count
    harm(kept[0])
    lost = find(centre.place)["contents-lost"]
    assert lost.status is Status.FAIL
    assert lost.params == {"lost": 1, "count": count}
