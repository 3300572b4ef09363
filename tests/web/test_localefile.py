# SPDX-License-Identifier: Apache-2.0
"""Sentences that are parsed one by one say what they say where the whole file is parsed."""

from typing import Any

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast

from trueorigin.web.i18n import LOCALES, languages
from trueorigin.web.localefile import LocaleFile

TEXT = """\
# A comment = with an equals sign.
-maker = TrueOrigin
    .short = TO

first = One { second.more } of { -maker }
second = Two
    .more = { third }
## Group = of sentences
third = { $count ->
    [one] one
   *[other] { $count } of them = many
}
fourth =
    Over
    two lines
broken = { $count
after = After
first = Again
"""


def say(bundle: FluentBundle, name: str, params: dict[str, Any] | None = None) -> str:
    value = bundle.get_message(name).value
    assert value is not None
    text, errors = bundle.format_pattern(value, params)
    assert not errors
    return str(text)


def open_bundle() -> FluentBundle:
    return FluentBundle(["en"], use_isolating=False)


def test_an_entry_brings_along_what_it_refers_to() -> None:
    file, bundle = LocaleFile(TEXT), open_bundle()
    file.load("first", bundle)
    assert say(bundle, "first", {"count": 3}) == "One 3 of them = many of TrueOrigin"
    # Of what is there twice the first one counts, and twice loaded is once.
    file.load("first", bundle)
    assert say(bundle, "first", {"count": 1}) == "One one of TrueOrigin"
    assert not bundle.has_message("fourth")
    file.load("fourth", bundle)
    assert say(bundle, "fourth") == "Over\ntwo lines"


class _Strict(FluentBundle):
    """Takes nothing in before what it refers to: another thread could ask for it at once."""

    def add_resource(self, resource: ast.Resource, allow_overrides: bool = False) -> None:  # noqa: FBT001, FBT002 - its parent's
        super().add_resource(resource, allow_overrides)
        for entry in resource.body:
            if isinstance(entry, ast.Message):
                said = self.format_pattern(self.get_message(entry.id.name).attributes["more"])
                assert not said[1]


def test_nothing_is_there_before_what_it_refers_to() -> None:
    text = (
        "a =\n    .more = { c.more } { b.more }\nb =\n    .more = { c.more }\nc =\n    .more = C\n"
    )
    bundle = _Strict(["en"], use_isolating=False)
    LocaleFile(text).load("a", bundle)
    assert all(map(bundle.has_message, "abc"))


def test_a_circle_of_references_ends() -> None:
    bundle = open_bundle()
    LocaleFile("a = { b }\nb = { a }\n").load("a", bundle)
    assert bundle.has_message("a")
    assert bundle.has_message("b")


def test_what_is_not_there_or_not_well_formed_is_no_message() -> None:
    file, bundle = LocaleFile(TEXT), open_bundle()
    for name in ("broken", "nothing", "A comment", "## Group", "[one] one", ""):
        assert file.parse(name) is None
        file.load(name, bundle)
        assert not bundle.has_message(name)
    file.load("after", bundle)
    assert say(bundle, "after") == "After"
    assert list(file.list_ids("f")) == ["first", "fourth"]
    assert list(LocaleFile("").list_ids("")) == []


@pytest.mark.parametrize("language", languages())
def test_every_sentence_is_that_of_the_whole_file(language: str) -> None:
    text = (LOCALES / f"{language}.ftl").read_text(encoding="utf-8")
    resource = FluentResource(text)
    whole, single = open_bundle(), open_bundle()
    whole.add_resource(resource)
    file = LocaleFile(text)
    messages = [each for each in resource.body if isinstance(each, ast.Message)]
    assert [each.id.name for each in messages] == list(file.list_ids(""))
    assert len(messages) > 2000
    for each in messages:
        found = file.parse(each.id.name)
        assert found is not None
        assert found.equals(each, ignored_fields=["span", "comment"])
        file.load(each.id.name, single)
        message, other = whole.get_message(each.id.name), single.get_message(each.id.name)
        assert message.attributes.keys() == other.attributes.keys()
        for pattern, its in (
            (message.value, other.value),
            *((message.attributes[key], other.attributes[key]) for key in message.attributes),
        ):
            if pattern is not None and its is not None:
                said, same = whole.format_pattern(pattern), single.format_pattern(its)
                assert (said[0], len(said[1])) == (same[0], len(same[1]))
