# SPDX-License-Identifier: Apache-2.0
"""Commands run inside the test process, which saves the second of imports a process costs."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from trueorigin.cli import main


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run_here(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> Finished:
    """Run one command to its end, as its program does; without `environ`, in that of the tests."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with (
        patch.dict(os.environ, os.environ if environ is None else environ, clear=True),
        patch.object(sys, "argv", ["trueorigin", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Finished(returncode=status, stdout=out.getvalue(), stderr=err.getvalue())
