"""Run commands as people do and keep what they say apart.

Most run inside the test process, which saves the second of imports a process costs; what is about
processes runs the real program.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.command_line import Finished, run_here

PROGRAM = Path(sys.executable).with_name("trueorigin")


@dataclass(frozen=True)
class Shell:
    """A terminal with a data folder of its own."""

    data: Path
    language: str = "en_GB.UTF-8"

    def run(self, *arguments: str, environ: dict[str, str] | None = None) -> Finished:
        """Run one command to its end, in this process."""
        command = [*arguments, "--data", str(self.data)]
        return run_here(command, self._environ() | (environ or {}))

    def run_process(self, *arguments: str) -> Finished:
        """Run one command in a process of its own."""
        ended = subprocess.run(
            [str(PROGRAM), *arguments, "--data", str(self.data)],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env=self._environ(),
        )
        return Finished(returncode=ended.returncode, stdout=ended.stdout, stderr=ended.stderr)

    def _environ(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if "TRUEORIGIN" not in name}
        return plain | {"LC_ALL": self.language}

    def get(self, *arguments: str) -> str:
        """Run a command that must succeed and return its output."""
        finished = self.run(*arguments)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout.strip()

    def get_json(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.get(*arguments, "--json"))

    def refuse(self, *arguments: str) -> str:
        """Run a command that must be refused; return what it says."""
        finished = self.run(*arguments)
        assert finished.returncode == 2, finished
        assert "Traceback" not in finished.stderr
        assert finished.stdout == ""
        return finished.stderr.strip()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path / "data")
    shell.get("init")
    return shell
