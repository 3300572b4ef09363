# SPDX-License-Identifier: Apache-2.0
"""No function is longer than 70 lines and no file longer than 500."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
SOURCES = sorted(
    path
    for folder in ("src", "tests", "bench", "tools", "frontend/src")
    for suffix in ("*.py", "*.ts", "*.html", "*.css")
    for path in (ROOT / folder).rglob(suffix)
    if not {"node_modules", "built", "__pycache__"} & set(path.parts)
)


def long_functions(source: str) -> list[tuple[str, int]]:
    """Return name and length of every function that is too long; decorators do not count."""
    return [
        (node.name, length)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    ]


def test_sources_are_found() -> None:
    assert any(path.name == "settings.py" for path in SOURCES)
    assert any(path == Path(__file__).resolve() for path in SOURCES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_short_enough(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES_MAX
    if path.suffix == ".py":
        assert long_functions(text) == []


def test_a_function_of_71_lines_is_noticed() -> None:
    body = "\n".join(["    pass"] * FUNCTION_LINES_MAX)
    assert long_functions(f"def long():\n{body}\n") == [("long", FUNCTION_LINES_MAX + 1)]
    assert long_functions(f"def fits():\n{body.removesuffix('    pass')}") == []
