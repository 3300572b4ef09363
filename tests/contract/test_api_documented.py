# SPDX-License-Identifier: Apache-2.0
"""docs/api.md names the limits and routes that the program really has."""

from pathlib import Path

from trueorigin.adapters import images
from trueorigin.adapters.barcodes import PIXELS_MAX
from trueorigin.api import ROUTES
from trueorigin.api.events import OUTCOMES_MAX
from trueorigin.api.forms import PAGE_DEFAULT, PAGE_MAX
from trueorigin.api.positions import GROUPS_MAX, RANGES_MAX as POSITION_RANGES_MAX
from trueorigin.domain.catalog import PACK_MAX, QUANTITY_MAX
from trueorigin.domain.designs import DESIGNS, FREE_LINE_LENGTH_MAX, Part
from trueorigin.domain.epcis import EPCS_MAX
from trueorigin.domain.eventdrafts import UNITS_MAX
from trueorigin.domain.ranges import RANGES_MAX
from trueorigin.domain.territories import AREAS_MAX
from trueorigin.domain.texts import DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX
from trueorigin.services.capturing import EVENTS_MAX
from trueorigin.services.catalog import MATERIALS_MAX
from trueorigin.services.dossiers import READINGS_MAX
from trueorigin.services.labelling import LABELS_PER_FILE_MAX, PICTURES_PER_FILE_MAX
from trueorigin.services.recalls import REASON_LENGTH_MAX
from trueorigin.services.reconciling import PARTS_MAX, READ_MAX
from trueorigin.services.upkeep import IDEMPOTENCY_AGE_MAX
from trueorigin.web.requests import (
    EVENTS_BODY_MAX,
    IDEMPOTENCY_KEY_MAX,
    JSON_BODY_MAX,
    PHOTO_BODY_MAX,
)

TEXT = " ".join((Path(__file__).parents[2] / "docs" / "api.md").read_text().split())


def test_limits_are_the_programs_own() -> None:
    for statement in (
        f"| JSON body | {JSON_BODY_MAX // 2**20} MiB |",
        f"| events in one upload | {EVENTS_MAX:,}, {EVENTS_BODY_MAX // 2**20} MiB |",
        f"Of more than {OUTCOMES_MAX:,} rows",
        f"up to {UNITS_MAX:,} an event",
        f"up to {AREAS_MAX} circles each",
        f"beyond {PARTS_MAX:,} downloads or releases, or {READ_MAX:,} units read",
        f"the newest {READINGS_MAX}.",
        f"Beyond {EPCS_MAX:,} units there is a `quantityList`",
        f"at most {GROUPS_MAX} places with {POSITION_RANGES_MAX} ranges each",
        f"| photograph | {PHOTO_BODY_MAX // 2**20} MiB, {PIXELS_MAX // 10**6} million pixels |",
        f"| picture among files | {images.PIXELS_MAX // 10**6} million pixels |",
        f"| page of a list | {PAGE_MAX} |",
        f"`limit` is {PAGE_DEFAULT} by default and {PAGE_MAX} at most",
        f"| ranges in one act | {RANGES_MAX:,} |",
        f"| raw materials of a batch | {MATERIALS_MAX} |",
        f"| names, lines | {NAME_LENGTH_MAX} characters |",
        f"| descriptions | {DESCRIPTION_LENGTH_MAX:,} characters |",
        f"| reason and instruction of a recall | {REASON_LENGTH_MAX} characters |",
        f"| labels in one file | {LABELS_PER_FILE_MAX:,} |",
        f"| pictures of labels in one file | {PICTURES_PER_FILE_MAX:,} |",
        f"| a line of one's own on a label | {FREE_LINE_LENGTH_MAX} characters |",
        f"1 to {QUANTITY_MAX:,}",
        f"2 to {PACK_MAX:,}",
        f"(1 to {IDEMPOTENCY_KEY_MAX} visible ASCII characters)",
    ):
        assert statement in TEXT, statement
    assert IDEMPOTENCY_AGE_MAX.days == 2


def test_every_design_and_text_of_labels_is_explained() -> None:
    assert [each for each in (*DESIGNS, *Part) if f"`{each}`" not in TEXT] == []


def test_every_noun_of_the_url_table_is_explained() -> None:
    nouns = {route.path.split("/")[1] for route in ROUTES} - {"organisation", "organisations"}
    assert [noun for noun in sorted(nouns) if f"/{noun}" not in TEXT] == []
