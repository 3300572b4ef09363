"""PDF documents are recognised by content, and checked before they are kept."""

import io
import resource

import pikepdf
import pytest
from tests.hostile_files import (
    ACTIVE,
    HTML,
    make_active_pdf,
    make_image,
    make_pdf,
    make_pdf_bomb,
)

from trueorigin.adapters.papers import PAGES_MAX, check_pdf, is_pdf
from trueorigin.domain.errors import InvalidError


def test_a_document_is_recognised_and_counted() -> None:
    for pages in (1, 3):
        document = make_pdf(pages=pages)
        assert is_pdf(document)
        assert check_pdf(document) == pages


def test_a_large_document_is_counted_in_a_process_of_its_own() -> None:
    document = pikepdf.new()
    for number in range(300):
        page = document.add_blank_page(page_size=(200, 200))
        # Where to go, and a link that only leads somewhere: nothing that runs.
        link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=f"https://lab.example/{number}" * 40)
        page.obj.Annots = pikepdf.Array([pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=link)])
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=pikepdf.Array([]))
    assert check_pdf(save(document)) == 300


def save(document: pikepdf.Pdf) -> bytes:
    target = io.BytesIO()
    document.save(target, compress_streams=False)
    return target.getvalue()


@pytest.mark.parametrize("data", [HTML, make_image(), b"", HTML[:20] + make_pdf()])
def test_what_does_not_begin_as_a_document_is_none(data: bytes) -> None:
    assert not is_pdf(data)


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_document_that_does_something_by_itself_is_refused(kind: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_pdf(make_active_pdf(kind), field="paper")
    assert (caught.value.code, caught.value.field) == ("pdf_active", "paper")


def test_a_document_that_unpacks_to_much_unpacks_in_another_process() -> None:
    bomb = make_pdf_bomb(150)
    assert len(bomb) < 200_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert check_pdf(bomb) == 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 2**10


def test_a_document_with_a_part_nobody_can_look_into_is_refused() -> None:
    # A stream of objects that is damaged, as one is that does not fit the memory.
    document = make_pdf_bomb(1)
    at = document.index(b"stream\n") + 20
    damaged = document[:at] + bytes(40) + document[at + 40 :]
    with pytest.raises(InvalidError, match="pdf_broken"):
        check_pdf(damaged)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(make_pdf(password="p"), "pdf_protected", id="password"),  # noqa: S106 - of a test
        pytest.param(b"%PDF-1.7\n" + HTML, "pdf_broken", id="script behind the first line"),
        pytest.param(make_pdf()[:40], "pdf_broken", id="cut off"),
        pytest.param(make_pdf(pages=0), "pdf_pages", id="no page"),
        pytest.param(make_pdf(pages=PAGES_MAX + 1), "pdf_pages", id="too many pages"),
    ],
)
def test_a_document_nobody_can_read_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_pdf(data, field="paper")
    assert (caught.value.code, caught.value.field) == (code, "paper")
