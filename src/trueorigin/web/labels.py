# SPDX-License-Identifier: Apache-2.0
"""Labels at the edge: what they say in a reader's language, and print files that are sent at once.

A print file is written, read back and only then sent, so it lies on disk in between.
"""

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from trueorigin.adapters.aside import run_aside
from trueorigin.adapters.files import naming_failures
from trueorigin.adapters.logos import Logo
from trueorigin.adapters.typesetting import LabelText
from trueorigin.domain.catalog import LocalText
from trueorigin.domain.designs import LOOK_DEFAULT, Look, Part
from trueorigin.domain.errors import DomainError
from trueorigin.domain.sheets import get_layout
from trueorigin.services.issuing import Export
from trueorigin.services.labelling import LabelFormat, LabelOrder, build_labels
from trueorigin.services.printing import PrintOrder
from trueorigin.web.i18n import Translator, translator

# Each takes a core for seconds; readings need the others.
FILES_AT_ONCE: Final = 2
# Up to here they are printed sooner than another process starts.
FEW_LABELS: Final = 100
# About two files of the largest size; then it is better to say so.
WAIT_S_MAX: Final = 20
_CHUNK: Final = 2**18
_PLACES: Final = threading.BoundedSemaphore(FILES_AT_ONCE)


def word_label(
    export: Export, language: Translator, look: Look = LOOK_DEFAULT, *, index: int = 0
) -> LabelText:
    """Word the label of unit `index` of a run in one language, in the order of importance.

    Who carries goods must know what is inside, so a logistic label says all of it or is refused.
    """
    product, batch, level = export.product, export.batch, export.codes.level
    names = [product.name.pick(language.language)] if Part.NAME in look.parts else []
    other = _other_name(product.name, language)
    if Part.OTHER_NAME in look.parts and other is not None and other not in names:
        names.append(other)
    lines, whole = names[1:], list[str]()
    if Part.SPECIFICATION in look.parts:
        if level:
            (whole if look.has_sscc else lines).append(_word_contents(export, language, index))
        elif product.specification is not None:
            lines.append(product.specification)
    if Part.LOT in look.parts:
        whole.append(language.text("label-lot", lot=batch.lot))
    if Part.PRODUCED in look.parts and batch.produced_on is not None:
        whole.append(language.text("label-produced", day=batch.produced_on.isoformat()))
    if Part.EXPIRES in look.parts and batch.expires_on is not None:
        whole.append(language.text("label-expires", day=batch.expires_on.isoformat()))
    if look.line is not None:
        whole.append(look.line)
    title = names[0] if names else ""
    sender = language.text("label-sender", name=export.maker) if look.has_sscc else ""
    if not (look.is_whole or look.has_sscc):
        return LabelText(title=title, lines=(*lines, *whole))
    return LabelText(title=title, lines=tuple(lines), whole=tuple(whole), sender=sender)


def _word_contents(export: Export, language: Translator, index: int) -> str:
    """Say how many units are in a group, and how many items if those are groups too."""
    run, level = export.codes.run, export.codes.level
    kind, count = language.text(f"level-{level}"), run.count_inside(level, index, level - 1)
    if level == 1:
        return language.text("label-group", level=kind, count=count)
    inner, items = language.text(f"level-{level - 1}"), run.count_inside(level, index, 0)
    return language.text("label-group-items", level=kind, count=count, inner=inner, items=items)


def _other_name(name: LocalText, language: Translator) -> str | None:
    """Return a product's name in the language that is not the label's."""
    return name.en if language.language == "zh" else name.zh


def build_label_order(export: Export, order: PrintOrder, logo: Logo | None) -> LabelOrder:
    """Return how the labels of `export` look when they are printed as ordered.

    Only the last group of a run can hold less than the others, so two texts word any file.
    """
    language = translator(order.language)
    text = word_label(export, language, order.look, index=export.start)
    last = word_label(export, language, order.look, index=export.stop - 1)
    return LabelOrder(
        text=text,
        last_text=None if last == text else last,
        language=language.tag,
        layout=get_layout(order.layout),
        dpi=order.dpi,
        skip=order.skip,
        format=LabelFormat(order.format),
        logo=logo,
        is_plain=order.look.is_plain,
        is_logistic=order.look.has_sscc,
    )


def split_parts(text: str | None) -> tuple[str, ...] | None:
    """Return the parts named in a list with commas; None leaves them to the design."""
    if text is None:
        return None
    return tuple(part.strip() for part in text.split(",") if part.strip())


def open_label_file(scratch: Path, export: Export, order: LabelOrder) -> BinaryIO:
    """Build a print file and return it open; it is on no list of files any more.

    `busy` when several others are being built and it takes too long, `disk_full` when that is so.
    """
    if not _PLACES.acquire(timeout=WAIT_S_MAX):
        raise DomainError("busy", seconds=5)
    try:
        # Another process clears away what looks left behind: a folder nothing was made in for long.
        with naming_failures():
            scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The folder goes when the block ends; an open file outlives its name.
        with naming_failures(), tempfile.TemporaryDirectory(dir=scratch) as folder:
            path = Path(folder) / "labels"
            if export.stop - export.start > FEW_LABELS:
                run_aside(build_labels, export, order, path)
            else:
                build_labels(export, order, path)
            return path.open("rb")
    finally:
        _PLACES.release()


def stream_file(file: BinaryIO) -> Iterator[bytes]:
    """Yield the file in pieces and close it, also when the reader goes away."""
    with file:
        while piece := file.read(_CHUNK):
            yield piece


def name_file(export: Export, suffix: str) -> str:
    """Name a file after the first and the last of the units in it."""
    codes, last = export.codes, export.stop - 1
    return f"run-{codes.run.id}-level-{codes.level}-{export.start}-{last}.{suffix}"
