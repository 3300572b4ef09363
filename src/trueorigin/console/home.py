# SPDX-License-Identifier: Apache-2.0
"""The first page: what to do next, the most useful thing first."""

from dataclasses import dataclass, field

from starlette.responses import Response

from trueorigin.console.routing import ConsoleRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing worth doing now."""

    title: str = field(metadata={"help": "What, in a few words."})
    text: str = field(metadata={"help": "Why, or on what."})
    href: str = field(metadata={"help": "Where it is done."})
    label: str = field(metadata={"help": "The words on the button."})
    tone: str = field(default="", metadata={"help": "`bad` where something is wrong."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """The first page of the console."""

    tasks: tuple[Task, ...] = field(metadata={"help": "In the order of their importance."})


def show_home(request: ConsoleRequest) -> Response:
    """Show what to do next."""
    text = request.translator.text
    task = Task(
        title=text("console-task-product"),
        text=text("console-task-product.text"),
        href="/console/products/new",
        label=text("console-task-product.button"),
    )
    return request.page("console/home.html", HomePage(tasks=(task,)))
