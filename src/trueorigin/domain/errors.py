# SPDX-License-Identifier: Apache-2.0
"""Refusals the users can understand: each has a stable code, a field and what would be right.

The sentence a reader sees lives in the locale files under `error-<code>`; the HTTP status lives
in `web/errors.py`. Nothing here knows of either.
"""

from collections.abc import Mapping
from typing import TypeAlias

Param: TypeAlias = str | int


class DomainError(Exception):
    """A business refusal with a stable `code`, the offending `field` and facts for its sentence.

    `field` is a dotted path into the request (`packing.0`), or None when no one field is at
    fault. `params` fill the placeholders of the translated sentence and are shown to the user.
    """

    def __init__(self, code: str, *, field: str | None = None, **params: Param) -> None:
        """Keep the parts; the text of the exception is for logs only."""
        super().__init__(code if field is None else f"{code} ({field})")
        self.code = code
        self.field = field
        self.params: Mapping[str, Param] = params

    def __reduce__(self) -> tuple[object, ...]:
        """Let a refusal pass from one process to another with all it says."""
        return _rebuild, (type(self), self.code, self.field, dict(self.params))


class InvalidError(DomainError):
    """A value is malformed or breaks a rule that needs no database to check."""


class NotFoundError(DomainError):
    """Nothing of that name is visible to this caller; another tenant's object looks the same."""


class ConflictError(DomainError):
    """The request is well-formed but contradicts what is stored."""


class ForbiddenError(DomainError):
    """The caller belongs here but may not do this."""


class UnauthenticatedError(DomainError):
    """No valid credential was shown."""


class UnavailableError(DomainError):
    """The database is away or busy, or a disk is full: what was asked is right, ask again later."""


class SeveralError(DomainError):
    """Several fields or rows are wrong; all are reported at once, nothing was stored."""

    def __init__(self, errors: list[DomainError]) -> None:
        """Carry every single refusal, in the order of the input."""
        super().__init__("several", count=len(errors))
        self.errors = errors

    def __reduce__(self) -> tuple[object, ...]:
        """Let them pass from one process to another."""
        return SeveralError, (self.errors,)


def _rebuild(
    kind: type[DomainError], code: str, field: str | None, params: Mapping[str, Param]
) -> DomainError:
    # A refusal of its own kind may be made from other parts than these.
    error = kind.__new__(kind)
    DomainError.__init__(error, code, field=field, **params)
    return error
