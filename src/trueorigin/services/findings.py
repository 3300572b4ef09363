# SPDX-License-Identifier: Apache-2.0
"""Gather every fault of a draft before it is refused, so that a form is corrected in one go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from trueorigin.domain.errors import DomainError, InvalidError, SeveralError

T = TypeVar("T")


class Findings:
    """Collects the refusals of one draft, so that a form is corrected in one go."""

    def __init__(self) -> None:
        """Start without any."""
        self.errors: list[DomainError] = []

    def add(self, error: DomainError) -> None:
        """Keep one refusal."""
        self.errors.append(error)

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Keep an `InvalidError` of the block instead of letting it end the check."""
        try:
            yield
        except InvalidError as error:
            self.errors.append(error)

    def check(self, parse: Callable[[], T], fallback: T) -> T:
        """Return what `parse` makes, or keep its refusal and return `fallback`."""
        try:
            return parse()
        except InvalidError as error:
            self.errors.append(error)
            return fallback

    def settle(self) -> None:
        """Raise the one refusal found, or all of them together; do nothing without any."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            raise SeveralError(self.errors)
