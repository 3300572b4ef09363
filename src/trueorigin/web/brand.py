# SPDX-License-Identifier: Apache-2.0
"""What a manufacturer puts of itself on the page of an answer: logo, colour, pictures, papers.

A logo and a colour convince before a word is read, so only organisations whose identity the
operator has verified show theirs. Goods that were never released show no pictures and no papers:
their addresses would be public before they are.
"""

from collections.abc import Collection, Mapping
from typing import Final, Protocol
from uuid import UUID

from trueorigin.domain.catalog import Batch, Product
from trueorigin.domain.colours import parse_colour, pick_ink
from trueorigin.domain.tenancy import Organisation
from trueorigin.domain.verdict import Verdict
from trueorigin.web.answers import PaperView, PictureView, PlacePart
from trueorigin.web.assets import assets
from trueorigin.web.i18n import Translator
from trueorigin.web.shownfiles import ShownFile

# More would be a catalogue: the page stays light on a weak network.
PICTURES_MAX: Final = 4
PAPERS_MAX: Final = 20
_SRC_WIDTH: Final = 480
_PLACE_STATES: Final = ("asking", "done", "late", "refused", "failed")
_KILO: Final = 1000


class Branded(Protocol):
    """What of an answer decides whether it carries a brand."""

    @property
    def verdict(self) -> Verdict:
        """Return the verdict."""

    @property
    def organisation(self) -> Organisation | None:
        """Return who issued the code."""

    @property
    def product(self) -> Product | None:
        """Return what the goods are."""

    @property
    def batch(self) -> Batch | None:
        """Return which lot they are of."""


def list_file_ids(answer: Branded) -> tuple[UUID, ...]:
    """Return the files that the page of `answer` shows, each once."""
    ids: list[UUID] = []
    if answer.organisation is not None and answer.organisation.verified_at is not None:
        ids += [answer.organisation.logo_file_id] if answer.organisation.logo_file_id else []
    if answer.verdict is not Verdict.NOT_RELEASED:
        if answer.product is not None:
            ids += answer.product.picture_file_ids[:PICTURES_MAX]
            ids += answer.product.certificate_file_ids[:PAPERS_MAX]
        if answer.batch is not None:
            ids += answer.batch.paper_file_ids[:PAPERS_MAX]
    return tuple(dict.fromkeys(ids))


def find_brand_style(answer: Branded) -> str:
    """Return a sheet that paints the maker's plate in its colour, its words readable on it."""
    organisation = answer.organisation
    if organisation is None or organisation.verified_at is None or organisation.colour is None:
        return ""
    colour = parse_colour(organisation.colour)
    return f".plate{{background:{colour};color:{pick_ink(colour)};border-color:{colour}}}"


def find_logo(organisation: Organisation, files: Mapping[UUID, ShownFile]) -> PictureView | None:
    """Return the logo of a verified organisation."""
    if organisation.verified_at is None or organisation.logo_file_id is None:
        return None
    return next(iter(list_pictures((organisation.logo_file_id,), files, src_width=160)), None)


def list_pictures(
    file_ids: Collection[UUID], files: Mapping[UUID, ShownFile], *, src_width: int = _SRC_WIDTH
) -> tuple[PictureView, ...]:
    """Return the pictures among these files, in their order."""
    shown = [files[each] for each in file_ids if each in files and files[each].is_image]
    views = []
    for file in shown:
        sizes = [(f"{file.path}?w={width}", width) for width in file.widths]
        sizes.append((file.path, file.width))
        views.append(
            PictureView(
                href=file.path,
                src=next((path for path, width in sizes if width >= src_width), file.path),
                srcset=", ".join(f"{path} {width}w" for path, width in sizes),
                width=file.width,
                height=file.height,
            )
        )
    return tuple(views)


def list_papers(
    file_ids: Collection[UUID], files: Mapping[UUID, ShownFile], language: Translator
) -> tuple[PaperView, ...]:
    """Return these files as links."""
    return tuple(
        PaperView(
            href=file.path,
            name=file.name,
            detail=language.text(
                "paper-detail",
                kind=file.media_type.rpartition("/")[2].upper(),
                size=_word_size(file.bytes, language),
            ),
            is_download=not file.is_image,
        )
        for file in (files[each] for each in file_ids if each in files)
    )


def build_place_part(to: str, language: Translator) -> PlacePart | None:
    """Build the offer to share the place; None where its script is not built."""
    script = assets().get("built/place.js")
    if script is None:
        return None
    sentences = {name: language.text(f"share-{name}", place="{place}") for name in _PLACE_STATES}
    return PlacePart(to=to, script=script.url, states=tuple(sentences.items()))


def _word_size(size: int, language: Translator) -> str:
    """Return a size in kB, or in MB from a million bytes on."""
    if size < _KILO * _KILO:
        return language.text("size-kb", count=language.number(max(1, round(size / _KILO))))
    return language.text("size-mb", count=f"{size / _KILO / _KILO:.1f}")
