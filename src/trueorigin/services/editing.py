# SPDX-License-Identifier: Apache-2.0
"""Two people change one thing: the second is told, and nobody's words are lost.

Whoever changes something says which version they saw. Every change leaves a line in the trail
with the version it began from and the fields it touched; so the refusal can name what is new.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from trueorigin.domain.errors import ConflictError
from trueorigin.domain.tenancy import Act
from trueorigin.storage import audit
from trueorigin.storage.database import Tx

# More changes than this behind, and the whole thing is as good as new.
CHANGES_NAMED_MAX = 20


def require_version(
    tx: Tx,
    act: Act,
    subject: tuple[str, UUID],
    *,
    seen: int,
    stored: int,
    since: datetime | None = None,
) -> None:
    """Refuse with `edited_meanwhile` unless the version `seen` is still the stored one.

    `subject` is the action that changes it, such as "product.update", and its id. The refusal
    names the fields that were changed since, and the version that is stored. `since` is when
    `seen` was made, where that is known: no change before it is looked for.
    """
    if seen == stored:
        return
    action, subject_id = subject
    changes = audit.list_recent(
        tx,
        act.scope,
        action,
        str(subject_id),
        limit=min(max(stored - seen, 1), CHANGES_NAMED_MAX),
        since=since,
    )
    # Versions that are instants leave gaps, so there may be fewer changes than their difference.
    unseen = [each for each in changes if each.detail.get("version", seen) >= seen]
    fields = {name for change in unseen for name in change.detail.get("fields", ())}
    raise ConflictError(
        "edited_meanwhile", field="version", version=stored, fields=", ".join(sorted(fields))
    )


def append_change(
    tx: Tx, act: Act, subject: tuple[str, UUID], *, seen: int, fields: Sequence[str]
) -> None:
    """Leave the line in the trail that `require_version` reads."""
    action, subject_id = subject
    detail = {"version": seen, "fields": list(fields)}
    audit.append_audit(tx, act, action, str(subject_id), detail)
