"""The tools behind make say what is missing, and the locks name packages and hashes only."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tools import install_debian, lock

ROOT = Path(__file__).resolve().parents[2]


def pretend(monkeypatch: pytest.MonkeyPatch, *, missing: set[str], user: int) -> None:
    """Make the packages `missing` absent and the user one without rights, or root."""
    needed = {
        package: (lambda package=package: package not in missing, why)
        for package, (_, why) in install_debian.NEEDED.items()
    }
    monkeypatch.setattr(install_debian, "NEEDED", needed)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(
        shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}"
    )


def refuse_to_run(*command: object, **_options: object) -> None:
    raise AssertionError(command)


def test_nothing_is_done_when_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, missing=set(), user=1000)
    monkeypatch.setattr(subprocess, "run", refuse_to_run)
    assert install_debian.main() == 0


def test_without_rights_the_command_is_told_and_the_tests_do_not_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, missing={"postgresql", "chromium"}, user=1000)
    monkeypatch.setattr(subprocess, "run", refuse_to_run)
    assert install_debian.main() == 1
    told = capsys.readouterr().err
    assert "apt-get install --no-install-recommends postgresql chromium" in told
    assert "poppler" not in told


def test_root_installs_exactly_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = {"poppler-utils"}
    pretend(monkeypatch, missing=missing, user=0)
    commands: list[list[str]] = []

    def run(command: list[str], **_options: object) -> None:
        commands.append(command)
        if "install" in command:
            missing.clear()

    monkeypatch.setattr(subprocess, "run", run)
    assert install_debian.main() == 0
    assert commands[0][-1] == "update"
    assert commands[1][-1] == "poppler-utils"
    assert "sudo" not in commands[1]


def test_an_install_that_does_not_help_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, missing={"chromium"}, user=0)
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: None)
    assert install_debian.main() == 1
    assert "still not found: chromium" in capsys.readouterr().err


@pytest.mark.parametrize("name", list(lock.LOCKS))
def test_a_lock_names_packages_and_hashes_and_no_place(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if re.match(r"[a-z0-9]", line)]
    assert len(packages) > 30
    for line in packages:
        assert re.fullmatch(r"[a-z0-9._-]+(\[[a-z,]+\])?==[\w.+!-]+( ; .+)? \\", line), line
    hashes = [line for line in lines if line.startswith("    --hash=sha256:")]
    assert len(hashes) >= len(packages)
    assert len(lines) == len(packages) + len(hashes)


def test_every_dependency_is_locked_and_says_what_it_is_for() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("\ndependencies = [\n")[1].split("\n]")[0]
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for line in block.splitlines():
        found = re.fullmatch(r'  "([a-z0-9.-]+)(\[[a-z]+\])?",\s+# \S.*', line)
        assert found, line
        # With its extras: without them a newer release of the same package is looked at, and
        # refused for having no hash.
        name = re.escape(found[1].replace(".", "-") + (found[2] or ""))
        assert re.search(rf"^{name}==", locked.replace(".runtime==", "-runtime=="), re.MULTILINE), (
            line
        )


def test_a_lock_is_made_of_releases_old_enough_to_be_trusted() -> None:
    command = lock.compile_command("requirements.txt", [], before="2026-01-01")
    assert "--generate-hashes" in command
    assert command[command.index("--exclude-newer") + 1] == "2026-01-01"
    assert not [part for part in command if "://" in part]


def test_no_tracked_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Written in pieces, so that this file does not name them either.
    words = ["pypi" + ".org", "registry" + ".npmjs", "files." + "pythonhosted"]
    words += ["/root" + "/", "/work" + "/"]
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if not name or path.suffix in {".png", ".ttf", ".ico"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert [word for word in words if word in text] == [], name
