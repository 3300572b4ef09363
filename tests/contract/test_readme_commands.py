# SPDX-License-Identifier: Apache-2.0
"""What the two READMEs tell people to type exists, and what they point at is there."""

import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trueorigin.cli import app
from trueorigin.storage.database import newest_revision

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
GUIDES = [*READMES, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PICTURE_BYTES_MAX = 300_000


def typed_commands(text: str) -> list[str]:
    """Return every line of the fenced and indented shell blocks of a document."""
    fenced = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    indented = re.findall(
        r"^ {4}((?:make|\.venv/bin/trueorigin|trueorigin) .*)$", text, re.MULTILINE
    )
    lines = [line for block in fenced for line in block.splitlines()] + indented
    return [line for line in (line.split(" #")[0].strip() for line in lines) if line]


COMMANDS = [
    pytest.param(line, id=f"{path.name}: {line[:60]}")
    for path in GUIDES
    for line in typed_commands(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("line", COMMANDS)
def test_command_exists_with_these_options(line: str) -> None:
    words = shlex.split(line)
    if words[0] == "make":
        targets = [word for word in words[1:] if "=" not in word]
        subprocess.run(["make", "--dry-run", *targets], cwd=ROOT, check=True, capture_output=True)
    elif words[0].endswith("trueorigin"):
        # Options are parsed before help is shown, so an unknown one is refused all the same.
        result = CliRunner().invoke(app, [*words[1:], "--help"])
        assert result.exit_code == 0, result.output


def test_both_languages_give_the_same_commands() -> None:
    english, chinese = (typed_commands(path.read_text(encoding="utf-8")) for path in READMES)
    assert english == chinese
    assert "make demo" in english


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_linked_is_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (path.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_it_shows_a_picture_that_loads_quickly(path: Path) -> None:
    pictures = re.findall(r"!\[([^\]]+)\]\(([^)]+\.png)\)", path.read_text(encoding="utf-8"))
    assert pictures
    for text, link in pictures:
        assert len(text) > len("screenshot")
        assert (ROOT / link).stat().st_size <= PICTURE_BYTES_MAX


def test_the_changelog_names_the_tables_of_this_program() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = text.split("\n## ")[1]
    assert re.findall(r"tables are at revision (\d+)", newest) == [newest_revision()]


def test_make_lists_every_target_it_has() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    shown = subprocess.run(
        ["make"], cwd=ROOT, env=alone, check=True, capture_output=True, text=True
    ).stdout
    assert {line.split()[1] for line in shown.splitlines()} == phony


def test_every_file_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text))
    assert len(named) > 30
    missing = [name for name in named if not (ROOT / "src" / "trueorigin" / name).exists()]
    assert missing == []


def test_every_function_the_architecture_names_is_there() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    pairs = re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)` ?\(`([a-z_]+)`\)", text)
    pairs += re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`, `([a-z_]+)`", text)
    assert len(pairs) >= 4
    for name, function in pairs:
        source = (ROOT / "src" / "trueorigin" / name).read_text(encoding="utf-8")
        assert re.search(rf"\bdef {function}\(", source), (name, function)
