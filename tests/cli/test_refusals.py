"""A refusal is one sentence in the reader's language with a stable code; never a stack trace."""

import os
import re
import resource
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import PROGRAM, Shell
from tests.command_line import run_here
from tools.ports import lend_port
from typer import BadParameter
from typer.main import get_command
from typer.testing import CliRunner

from trueorigin.cli import app
from trueorigin.cli.helping import ERROR, FAULTS, FRAME, HINT, load_help
from trueorigin.cli.options import parse_day, parse_instant
from trueorigin.cli.output import reader_language

ORG = ("--org", "Alice")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("product", "list", *ORG), "organisation_not_found"),
        (("codes", "export", "7", "-o", "never.csv"), "run_not_found"),
        (("verify", "https://example.com/01/09521234000013/21/AAAAAAAAAAAAAAAA"), "foreign_url"),
        (("verify", "not a code!"), "code_malformed"),
        (("restore", "/dev/null"), "backup_damaged"),
        (("restore", "/nowhere/backup.tar"), "file_failed"),
        (("backup", "-o", "/nowhere/backup.tar"), "file_failed"),
    ],
)
def test_a_refusal_is_one_sentence_with_its_code(
    arguments: tuple[str, ...], code: str, shell: Shell
) -> None:
    sentence = shell.refuse(*arguments)
    assert sentence.endswith(f"[{code}]")
    assert len(sentence.splitlines()) == 1


def test_every_fault_of_a_draft_is_told_at_once(shell: Shell) -> None:
    shell.get("apikey", "create", *ORG, "--role", "manufacturer")
    told = shell.refuse("product", "create", *ORG, "--gtin", "9521234000014")
    assert len(told.splitlines()) == 2
    assert told.startswith("gtin: ")


def test_a_chinese_terminal_is_answered_in_chinese(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "nowhere", language="zh_CN.UTF-8")
    assert "没有数据中心" in shell.refuse("org", "list")


@pytest.mark.parametrize(("language", "word"), [("en_GB.UTF-8", "Ready"), ("zh_CN.UTF-8", "就绪")])
def test_what_was_done_is_told_in_the_terminals_language(
    language: str, word: str, tmp_path: Path
) -> None:
    finished = Shell(tmp_path / "data", language=language).run("init")
    assert word in finished.stderr


def test_a_folder_without_a_data_centre_is_told_as_such_and_left_alone(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "nowhere")
    commands = [
        ("org", "list"),
        ("apikey", "create", *ORG, "--role", "seller"),
        ("backup", "-o", str(tmp_path / "b.tar")),
        ("migrate",),
    ]
    for command in commands:
        assert "[installation_missing]" in shell.refuse(*command)
    assert list(tmp_path.iterdir()) == []


def test_four_workers_on_sqlite_are_refused_with_the_reason(tmp_path: Path) -> None:
    told = Shell(tmp_path / "data").refuse("serve", "--workers", "4")
    assert "[workers_need_postgresql]" in told
    assert "SQLite" in told
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_refused_although_it_could_be_shared(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = Shell(tmp_path / "data").refuse("serve", "--port", port)
    assert "[port_in_use]" in told


def test_a_base_map_that_cannot_be_read_stops_the_start_by_its_name(shell: Shell) -> None:
    environ = {"TRUEORIGIN_BASE_MAP": "/nowhere/map.svg"}
    finished = shell.run("serve", "--port", str(lend_port()), environ=environ)
    assert finished.returncode == 2
    assert finished.stderr.startswith("TRUEORIGIN_BASE_MAP: /nowhere/map.svg ")
    assert "[base_map_invalid]" in finished.stderr


def test_the_program_itself_refuses_in_one_sentence(tmp_path: Path) -> None:
    finished = Shell(tmp_path).run_process("serve", "--workers", "4")
    assert (finished.returncode, finished.stdout) == (2, "")
    assert len(finished.stderr.strip().splitlines()) == 1


def test_a_bad_setting_stops_the_start_by_its_name(shell: Shell) -> None:
    finished = shell.run("serve", environ={"TRUEORIGIN_RETENTION_DAYS": "many"})
    assert finished.returncode == 2
    assert finished.stderr.startswith("TRUEORIGIN_RETENTION_DAYS: ")
    chinese = replace(shell, language="zh_CN.UTF-8")
    finished = chinese.run("serve", environ={"TRUEORIGIN_RETENTION_DAYS": "many"})
    assert "应为从 0 到 36500 的整数" in finished.stderr


def test_the_demo_is_not_made_in_somebodys_data_centre(shell: Shell) -> None:
    shell.get("apikey", "create", *ORG, "--role", "manufacturer")
    assert "[demo_place_used]" in shell.refuse("demo", "--port", str(lend_port()))


def test_a_reader_of_our_output_may_go_away(shell: Shell) -> None:
    command = f"{PROGRAM} doctor --data {shell.data} | head -c 1"
    finished = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False
    )
    assert "Traceback" not in finished.stderr
    assert "Exception ignored" not in finished.stderr


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
    ],
)
def test_the_terminal_names_its_language(environ: dict[str, str], language: str) -> None:
    assert reader_language(environ) == language


def test_every_command_says_what_it_does() -> None:
    runner = CliRunner()
    told = runner.invoke(app, ["--help"])
    assert told.exit_code == 0
    groups = [line.split()[0] for line in told.output.split("Commands:")[1].splitlines() if line]
    assert {"serve", "demo", "backup", "apikey", "codes", "verify"} <= set(groups)
    for name in groups:
        assert runner.invoke(app, [name, "--help"]).exit_code == 0


def list_help(command: Any) -> set[str]:  # noqa: ANN401 - Typer keeps the type to itself
    """Return every sentence of `--help`, and what stands where a default has no value."""
    said = {each.help for each in (command, *command.params) if getattr(each, "help", None)}
    defaults = {str(getattr(each, "show_default", "")) for each in command.params}
    said |= {each for each in defaults if re.fullmatch(r"[a-zA-Z' ]+", each)} - {"True", "False"}
    return said.union(*map(list_help, getattr(command, "commands", {}).values()))


def test_every_sentence_of_help_has_a_chinese_one_and_none_is_left_over() -> None:
    told = list_help(get_command(app)) | {*FRAME, ERROR, HINT, *FAULTS}
    assert load_help().keys() == told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nonsense"], "没有命令 'nonsense'。"),
        (["org", "lst"], "没有命令 'lst'。是不是 'list'？"),
        (["apikey", "create"], "缺少选项 '--org'。"),
        (["verify"], "缺少参数 'code'。"),
        (["verify", "a", "b"], "多出了参数 b。"),
        (["verify", "--x", "a"], "没有选项 --x。"),
        (["serve", "--prot", "1"], "没有选项 --prot（相近的有：--host, --port）。"),
        (["serve", "--port"], "选项 '--port' 须带一个值。"),
        (["serve", "--port", "x"], "'--port' 的值不对：应为整数。"),
        (["org", "list", "--json=1"], "选项 '--json' 不带值。"),
        (
            ["apikey", "create", "--org", "A", "--role", "q"],
            "'--role' 的值不对：'q' 不在可选之列：",
        ),
        (
            ["codes", "export", "7", "-o", "x", "--format", "q"],
            "--format 的值不对：应为 csv 或 txt。",
        ),
    ],
    ids=" ".join,
)
def test_a_chinese_terminal_is_told_in_chinese_what_no_command_is(
    arguments: list[str], told: str
) -> None:
    finished = run_here(arguments, os.environ | {"LC_ALL": "zh_CN.UTF-8"})
    assert (finished.returncode, finished.stdout) == (2, "")
    *_, last = finished.stderr.splitlines()
    assert last.startswith(f"错误：{told}")
    assert "Try" not in finished.stderr
    assert "Error" not in finished.stderr


def test_help_speaks_the_terminals_language(tmp_path: Path) -> None:
    arguments = ("person", "create", "--help")
    chinese = Shell(tmp_path, language="zh_CN.UTF-8").run(*arguments)
    english = Shell(tmp_path).run(*arguments)
    assert "人员的称呼。" in chinese.stdout
    assert "What the person is called." not in chinese.stdout
    assert "What the person is called." in english.stdout


def list_paths(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:  # noqa: ANN401
    """Return the words that lead to each command."""
    beneath = getattr(command, "commands", {}).items()
    return [path, *(each for name, sub in beneath for each in list_paths(sub, (*path, name)))]


@pytest.mark.parametrize("path", list_paths(get_command(app)), ids=" ".join)
def test_no_word_of_the_frame_of_help_stays_english(path: tuple[str, ...]) -> None:
    told = run_here([*path, "--help"], os.environ | {"LC_ALL": "zh_CN.UTF-8"}).stdout
    assert told.startswith(f"用法：{' '.join(('trueorigin', *path))} [选项]")
    assert "选项：\n" in told
    assert "显示本帮助并退出。" in told
    for word in FRAME:
        assert not re.search(rf"(^|[\s\[]){re.escape(word)}", told), word


def test_help_comes_at_once() -> None:
    # The work of the best of three: a busy machine is not taken for a slow program.
    works = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(PROGRAM), "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        works.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert 0 < min(works) < 1


def test_help_imports_neither_server_nor_database() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from trueorigin.cli import app;"
        "CliRunner().invoke(app, ['--help']);"
        "print(sorted({'sqlalchemy', 'numpy', 'granian', 'fastapi'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05T08:00",
        "12026-03-05T08:00+08:00",
        "9999-12-31T23:59-10:00",
        "0001-01-01T00:00+14:00",
        "2200-01-01T00:00Z",
        "1970-12-31T00:00Z",
        "yesterday",
    ],
)
def test_an_instant_beyond_the_calendar_or_without_zone_is_refused(text: str) -> None:
    with pytest.raises(BadParameter):
        parse_instant(text, "--at")


def test_an_instant_is_told_in_utc_and_a_day_has_one_form() -> None:
    found = parse_instant("2026-03-05T08:00+08:00", "--at")
    assert found == datetime(2026, 3, 5, tzinfo=UTC)
    assert found.tzinfo is UTC
    assert parse_day("2026-03-05", "--expires-on") == date(2026, 3, 5)
    for text in ("20260305", "2026-W10-4", "12026-03-05", "2026-02-30"):
        with pytest.raises(BadParameter):
            parse_day(text, "--expires-on")
