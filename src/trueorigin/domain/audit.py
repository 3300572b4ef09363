# SPDX-License-Identifier: Apache-2.0
"""The trail: what is recorded as done, by its names. Each name has words in the locale files."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

# `noun.verb`, in alphabetical order; a test compares them with what services record.
ACTIONS: Final = (
    "api_key.create",
    "api_key.revoke",
    "audit.export",
    "batch.create",
    "batch.update",
    "code.export",
    "code.label",
    "code.print",
    "device.create",
    "device.enrol",
    "device.renew",
    "device.revoke",
    "device.update",
    "diversion.export",
    "download.allow",
    "epoch.rotate",
    "event.declare",
    "event.look",
    "figure.export",
    "file.create",
    "import.discard",
    "import.reject",
    "import.reveal",
    "inspection.answer",
    "inspection.close",
    "inspection.export",
    "inspection.reopen",
    "job.cancel",
    "job.order",
    "organisation.create",
    "organisation.look",
    "organisation.unverify",
    "organisation.update",
    "organisation.verify",
    "partner.end",
    "partner.link",
    "person.change_password",
    "person.change_role",
    "person.create",
    "person.disable",
    "person.enable",
    "person.join",
    "person.remove",
    "person.reset_password",
    "product.create",
    "product.look",
    "product.update",
    "reading.export",
    "recall.create",
    "recall.lift",
    "remit.set",
    "run.create",
    "run.release",
    "run.withdraw",
    "session.create",
    "session.end",
    "session.end_others",
    "site.close",
    "site.create",
    "site.update",
    "territory.close",
    "territory.create",
    "unit.look",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which lines are wanted: of one sort of act, of one actor, or all."""

    action: str | None = None
    actor_id: UUID | None = None
