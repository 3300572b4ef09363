# SPDX-License-Identifier: Apache-2.0
"""Check that every language has every sentence the program can ask for, and no other.

    .venv/bin/python tools/check_translations.py

Compares locale/*.ftl with one another and with what templates and code use: message ids,
attributes and placeholders; every error code, reason and verdict has its sentence. Exits 1 and
names each fault.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fluent.syntax import FluentParser, ast as ftl
from fluent.syntax.visitor import Visitor

from trueorigin.domain.verdict import ReasonCode, Verdict
from trueorigin.web.errors import STATUS_OF_CODE

SOURCE: Final = Path(__file__).resolve().parent.parent / "src" / "trueorigin"

_TEMPLATE_USE: Final = re.compile(r"""\bt\(\s*["']([a-z0-9.-]+)["']""")
_ID: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)?")
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
# Every file introduces its language by these; `web/i18n.py` reads them by prefix.
_INTRODUCTION: Final = frozenset({"language-tag", "language-name", "language-locale"})
# Classes of `domain/errors.py` and their children are the only ones whose names end like this
# and whose first argument is a code; pydantic's come with their facts in a dictionary.
_ERROR_NAME: Final = re.compile(r"(?!Pydantic)[A-Z]\w*Error")
# Sentences that are named after a code which the domain gives: refusals and advice on labels.
_FAMILIES: Final = ("error", "advice")
# Keywords of a refusal that are not placeholders of its sentence.
_NOT_PARAMS: Final = frozenset({"field"})


@dataclass(slots=True)
class Uses:
    """What templates and code ask for.

    `asked` are ids given literally, with the placeholders that are filled (None: not known);
    `mentioned` all other texts that look like ids, `stems` the constant starts of built ids.
    """

    asked: list[tuple[str, frozenset[str] | None, str]] = field(default_factory=list)
    mentioned: set[str] = field(default_factory=set)
    stems: set[str] = field(default_factory=set)


class _Variables(Visitor):
    """Collects the placeholders of one pattern."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802 - its API
        """Note one placeholder."""
        self.names.add(node.id.name)


def read_locale(path: Path) -> tuple[dict[str, frozenset[str]], list[str]]:
    """Return ids and attributes of a file with their placeholders, and what is wrong with it."""
    found: dict[str, frozenset[str]] = {}
    faults = []
    for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
        if isinstance(entry, ftl.Junk):
            faults.append(f"{path.name}: cannot be read: {(entry.content or '')[:60]!r}")
        if not isinstance(entry, ftl.Message):
            continue
        patterns = {} if entry.value is None else {entry.id.name: entry.value}
        for attribute in entry.attributes:
            patterns[f"{entry.id.name}.{attribute.id.name}"] = attribute.value
        for name, pattern in patterns.items():
            if name in found:
                faults.append(f"{path.name}: {name} is there twice")
            variables = _Variables()
            variables.visit(pattern)
            found[name] = frozenset(variables.names)
    return found, faults


def compare_locales(locales: Mapping[str, Mapping[str, frozenset[str]]]) -> Iterator[str]:
    """Yield each id that a language lacks and each placeholder that differs."""
    everything = set().union(*locales.values())
    for name in sorted(everything):
        lacking = [language for language, ids in locales.items() if name not in ids]
        for language in lacking:
            yield f"{language}.ftl: {name} is missing"
        if not lacking and len({ids[name] for ids in locales.values()}) > 1:
            listed = ", ".join(
                f"{language}: {' '.join(sorted(ids[name])) or 'none'}"
                for language, ids in locales.items()
            )
            yield f"{name}: placeholders differ ({listed})"


def find_uses(sources: Iterable[Path], templates: Iterable[Path]) -> Uses:
    """Read what templates and code ask for."""
    uses = Uses()
    for path in templates:
        for match in _TEMPLATE_USE.finditer(path.read_text(encoding="utf-8")):
            if match[1].endswith("-"):
                uses.stems.add(match[1])
            else:
                uses.asked.append((match[1], None, path.name))
    for path in sources:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            _note(node, path.name, uses)
    return uses


def _note(node: ast.AST, where: str, uses: Uses) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if _ID.fullmatch(node.value):
            uses.mentioned.add(node.value)
        # A code that a table maps something to, or that is handed on before it is worded.
        if _CODE.fullmatch(node.value):
            code = node.value.replace("_", "-")
            uses.mentioned |= {f"{family}-{code}" for family in _FAMILIES}
    elif isinstance(node, ast.keyword) and node.arg == "words_prefix":
        # All sentences with this start go to a script, which asks for them itself.
        if isinstance(node.value, ast.Constant):
            uses.stems.add(str(node.value.value))
    elif isinstance(node, ast.JoinedStr):
        start = node.values[0] if node.values else None
        if isinstance(start, ast.Constant) and re.fullmatch(r"[a-z-]+-", str(start.value)):
            uses.stems.add(str(start.value))
    elif isinstance(node, ast.Call):
        uses.asked += [(name, filled, where) for name, filled in _asked_by(node)]


def _asked_by(call: ast.Call) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Yield what one call asks for: a sentence, or a refusal that needs one."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    is_super = (
        name == "__init__"
        and isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Call)
    )
    first = list(_texts(call.args[0])) if call.args else []
    keywords = [keyword.arg for keyword in call.keywords]
    filled = None if None in keywords else frozenset(each for each in keywords if each)
    if name == "text" and not _is_form(function):
        yield from ((each, filled) for each in first if _ID.fullmatch(each))
    elif is_super or _ERROR_NAME.fullmatch(name):
        for code in first:
            if _CODE.fullmatch(code):
                params = None if filled is None else filled - _NOT_PARAMS
                yield f"error-{code.replace('_', '-')}", params


def _is_form(function: ast.expr) -> bool:
    """Tell whether it is a form's field that is asked for, not a sentence."""
    owner = function.value if isinstance(function, ast.Attribute) else None
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")) == "form"


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def required_ids() -> set[str]:
    """Return what must exist because the program builds its id from a value."""
    verdicts = {f"verdict-{each.value.replace('_', '-')}" for each in Verdict}
    return (
        verdicts
        | {f"{each}.sentence" for each in verdicts}
        | {f"{each}.step-1" for each in verdicts}
        | {f"reason-{each.value.replace('_', '-')}" for each in ReasonCode}
        | {f"error-{code.replace('_', '-')}" for code in STATUS_OF_CODE}
    )


def compare_uses(ids: Mapping[str, frozenset[str]], uses: Uses) -> Iterator[str]:
    """Yield what is asked for and missing, filled wrongly, or never asked for."""
    required = required_ids()
    for name in sorted(required - ids.keys()):
        yield f"{name} is missing: its value exists"
    for name, filled, where in uses.asked:
        if name not in ids:
            yield f"{where}: {name} is missing"
        elif filled is not None and (lacking := ids[name] - filled):
            yield f"{where}: {name} is not given {' '.join(sorted(lacking))}"
    used = {name for name, _, _ in uses.asked} | uses.mentioned | required | _INTRODUCTION
    for name in sorted(ids):
        message = name.partition(".")[0]
        built = any(name.startswith(stem) for stem in uses.stems if stem != "error-")
        if not (name in used or message in used or built):
            yield f"{name} is never used"


def main() -> int:
    """Print every fault; return 1 if there is one."""
    faults: list[str] = []
    locales = {}
    for path in sorted((SOURCE / "locale").glob("*.ftl")):
        locales[path.stem], wrong = read_locale(path)
        faults += wrong
    faults += compare_locales(locales)
    templates = (path for path in (SOURCE / "templates").rglob("*") if path.is_file())
    uses = find_uses(sorted(SOURCE.rglob("*.py")), sorted(templates))
    faults += compare_uses(
        {name: ids for each in locales.values() for name, ids in each.items()}, uses
    )
    for fault in dict.fromkeys(faults):
        print(fault, file=sys.stderr)
    if not faults:
        count = len(next(iter(locales.values())))
        print(f"{len(locales)} languages, {count} sentences each: complete")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
