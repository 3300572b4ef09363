"""The whole job from the terminal: register, order, release, write out, read back, call back."""

import csv
import json
import os
import stat
import subprocess
from pathlib import Path

import pytest
from tests.cli.conftest import Shell

from trueorigin.storage.accounts import list_organisations
from trueorigin.storage.database import Database

ORG = ("--org", "Alice Distillery")


@pytest.fixture
def batch(shell: Shell) -> str:
    shell.get("apikey", "create", *ORG, "--role", "manufacturer")
    product = shell.get(
        *("product", "create", *ORG, "--gtin", "9521234000013"),
        *("--name-zh", "真源大曲", "--name-en", "Qu"),
    )
    return shell.get(
        *("batch", "create", *ORG, "--product", product, "--lot", "L1"),
        *("--produced-on", "2026-01-01", "--place-en", "Renhuai"),
        *("--material", "高粱|红缨子合作社|S-7", "--material", "Water"),
    )


@pytest.fixture
def run(shell: Shell, batch: str) -> str:
    return shell.get("run", "create", *ORG, "--batch", batch, "--quantity", "50", "--packing", "6")


def read_codes(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_key_is_printed_once_and_lists_never_show_it(shell: Shell) -> None:
    made = shell.get_json("apikey", "create", *ORG, "--role", "manufacturer", "--label", "Line 2")
    assert made["key"].startswith("to_")
    listed = shell.get_json("apikey", "list", *ORG)
    assert [(each["label"], each["revoked_at"]) for each in listed] == [("Line 2", None)]
    assert made["key"] not in shell.get("apikey", "list", *ORG)
    shell.get("apikey", "revoke", made["id"], *ORG)
    assert shell.get_json("apikey", "list", *ORG)[0]["revoked_at"]


def test_an_organisation_is_verified_and_no_longer(shell: Shell) -> None:
    shell.get("apikey", "create", *ORG, "--role", "seller")
    assert shell.get_json("org", "list")[0]["verified_at"] is None
    shell.get("org", "verify", "Alice Distillery")
    assert shell.get_json("org", "list")[0]["verified_at"]
    shell.get("org", "verify", "Alice Distillery", "--undo")
    assert shell.get_json("org", "list")[0]["verified_at"] is None


def test_what_was_registered_is_listed(shell: Shell, run: str) -> None:
    assert [each["name_zh"] for each in shell.get_json("product", "list", *ORG)] == ["真源大曲"]
    assert [each["lot"] for each in shell.get_json("batch", "list", *ORG)] == ["L1"]
    assert [str(each["id"]) for each in shell.get_json("run", "list", *ORG)] == [run]


def test_codes_go_out_come_back_and_are_called_back(
    shell: Shell, batch: str, run: str, tmp_path: Path
) -> None:
    out = tmp_path / "codes.csv"
    shell.get("codes", "export", run, "-o", str(out))
    rows = read_codes(out)
    assert [int(row["index"]) for row in rows] == list(range(50))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    url, code = rows[49]["url"], rows[49]["code"]

    assert shell.get_json("verify", url)["verdict"] == "not_released"
    shell.get("run", "release", run, *ORG, "--from", "0", "--to", "49")
    assert shell.get_json("verify", url)["verdict"] == "not_released"
    shell.get("run", "release", run, *ORG, "--from", "49", "--to", "50")
    answer = shell.get_json("verify", code.lower())
    assert answer["verdict"] == "genuine"
    assert answer["scan"]["counted"] is False
    assert answer["scans"]["devices"] == 0

    shell.get("run", "withdraw", run, *ORG, "--from", "10", "--to", "20", "--reason", "Spoilt")
    assert shell.get_json("verify", rows[10]["url"])["verdict"] == "withdrawn"
    assert shell.get_json("verify", rows[20]["url"])["verdict"] == "genuine"

    reason = ("--reason-zh", "瓶盖渗漏", "--reason-en", "Leaking caps")
    recall = shell.get("recall", "create", *ORG, "--batch", batch, *reason)
    assert shell.get_json("verify", url)["verdict"] == "recalled"
    assert "已召回 [recalled]" in shell.get("verify", url, "--language", "zh")
    shell.get("recall", "lift", recall, *ORG)
    assert shell.get_json("verify", url)["verdict"] == "genuine"
    assert shell.get_json("recall", "list", *ORG)[0]["lifted_at"]


def test_an_interrupted_export_is_taken_up_and_equals_an_uninterrupted_one(
    shell: Shell, run: str, tmp_path: Path
) -> None:
    whole, half = tmp_path / "whole.csv", tmp_path / "half.csv"
    shell.get("codes", "export", run, "-o", str(whole))
    (tmp_path / "half.csv.part").write_bytes(whole.read_bytes()[:1777])
    shell.get("codes", "export", run, "-o", str(half))
    assert half.read_bytes() == whole.read_bytes()
    assert not (tmp_path / "half.csv.part").exists()


def test_another_exports_part_is_left_alone(shell: Shell, run: str, tmp_path: Path) -> None:
    out = tmp_path / "codes.csv"
    shell.get("codes", "export", run, "-o", str(out), "--from", "1")
    part = tmp_path / "other.csv.part"
    part.write_bytes(out.read_bytes()[:1777])
    before = part.read_bytes()
    sentence = shell.refuse("codes", "export", run, "-o", str(tmp_path / "other.csv"))
    assert "export_of_another" in sentence
    assert part.read_bytes() == before


def test_text_has_one_url_a_line(shell: Shell, run: str, tmp_path: Path) -> None:
    out, table = tmp_path / "codes.txt", tmp_path / "codes.csv"
    options = ("--level", "1", "--from", "2", "--to", "9")
    shell.get("codes", "export", run, "-o", str(out), "--format", "txt", *options)
    shell.get("codes", "export", run, "-o", str(table), *options)
    assert out.read_text().splitlines() == [row["url"] for row in read_codes(table)]


def test_labels_are_a_pdf_for_the_owner_alone(shell: Shell, run: str, tmp_path: Path) -> None:
    out = tmp_path / "labels.pdf"
    shell.get("labels", run, "-o", str(out), "--to", "24")
    assert out.read_bytes().startswith(b"%PDF-")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []


def test_labels_have_designs_and_texts_of_ones_own(shell: Shell, run: str, tmp_path: Path) -> None:
    def text_of(*options: str) -> str:
        out = tmp_path / "labels.pdf"
        shell.get("labels", run, "-o", str(out), "--to", "3", "--language", "en", *options)
        command = ["pdftotext", str(out), "-"]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode()

    assert "Lot L1" in text_of()
    assert "Lot" not in text_of("--design", "plain")
    own = text_of("--parts", "name", "--line", "窖藏 Cellar 4")
    assert "窖藏 Cellar 4" in own
    assert "Lot" not in own
    out = str(tmp_path / "refused.pdf")
    refused = {
        "logo_missing": ("--design", "branded"),
        "design_unknown": ("--design", "bold"),
        "part_unknown": ("--parts", "price"),
        "label_texts_too_long": ("--layout", "a4-65", "--line", "W" * 60, "--parts", "name,lot"),
    }
    for code, options in refused.items():
        assert code in shell.refuse("labels", run, "-o", out, *options)
    assert not (tmp_path / "refused.pdf").exists()
    # Whoever has the master key is not held to the limit: five files of one range.
    assert "Lot L1" in text_of()


def test_the_answer_is_told_in_words(shell: Shell, run: str, tmp_path: Path) -> None:
    out = tmp_path / "codes.csv"
    shell.get("codes", "export", run, "-o", str(out), "--to", "1")
    told = shell.get("verify", read_codes(out)[0]["url"])
    assert "[not_released]" in told
    assert "Alice Distillery" in told
    assert "L1" in told


def test_a_backup_is_restored_into_another_folder(shell: Shell, run: str, tmp_path: Path) -> None:
    archive, out = tmp_path / "backup.tar", tmp_path / "codes.csv"
    shell.get("codes", "export", run, "-o", str(out), "--to", "1")
    shell.get("backup", "-o", str(archive))
    other = Shell(tmp_path / "other")
    other.get("restore", str(archive))
    assert other.get_json("verify", read_codes(out)[0]["url"])["verdict"] == "not_released"
    assert "database_not_empty" in other.refuse("restore", str(archive))


def test_keys_are_rotated_and_codes_stay_valid(shell: Shell, run: str, tmp_path: Path) -> None:
    out = tmp_path / "codes.csv"
    shell.get("codes", "export", run, "-o", str(out), "--to", "1")
    url = read_codes(out)[0]["url"]
    before = (shell.data / "master.key").read_text()
    shell.get("keys", "rotate-epoch", *ORG)
    shell.get("keys", "rotate-master")
    assert (shell.data / "master.key").read_text() != before
    assert shell.get_json("verify", url)["verdict"] == "not_released"


def test_the_doctor_warns_of_an_address_no_phone_can_reach(shell: Shell) -> None:
    found = shell.get_json("doctor")
    by_code = {each["code"]: each["status"] for each in found}
    assert by_code["public-url-local"] == "warn"
    assert by_code["master-key"] == "ok"
    told = shell.get("doctor", "--public-url", "https://zy.cn")
    assert "https://zy.cn" in told


def test_the_doctor_ends_with_status_1_when_something_is_wrong(shell: Shell) -> None:
    (shell.data / "master.key").unlink()
    finished = shell.run("doctor")
    assert finished.returncode == 1
    assert "[master_key_missing]" in finished.stdout


def test_migrating_what_is_current_changes_nothing(shell: Shell) -> None:
    shell.get("migrate")
    assert shell.get_json("org", "list") == []


def test_output_is_json_that_names_the_organisation(shell: Shell) -> None:
    made = json.loads(shell.get("apikey", "create", *ORG, "--role", "seller", "--json"))
    assert set(made) == {"key", "id", "organisation_id", "role"}
    assert os.fspath(shell.data) not in json.dumps(made)


def test_whoever_joins_has_the_time_zone_of_the_installation(shell: Shell) -> None:
    zone = {"TRUEORIGIN_TIME_ZONE": "Europe/Berlin"}
    assert (
        shell.run("apikey", "create", *ORG, "--role", "manufacturer", environ=zone).returncode == 0
    )
    database = Database.open(None, shell.data)
    with database.read() as tx:
        [joined] = list_organisations(tx, None, 9)
    database.close()
    assert joined.time_zone == "Europe/Berlin"
