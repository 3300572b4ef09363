"""PDF documents are recognised by content, and checked before they are kept."""

import pytest
from tests.hostile_files import HTML, make_image, make_pdf

from trueorigin.adapters.papers import PAGES_MAX, check_pdf, is_pdf
from trueorigin.domain.errors import InvalidError


def test_a_document_is_recognised_and_counted() -> None:
    for pages in (1, 3):
        document = make_pdf(pages=pages)
        assert is_pdf(document)
        assert check_pdf(document) == pages


def test_a_document_with_a_script_is_taken_and_left_alone() -> None:
    assert check_pdf(make_pdf(script=True)) == 1


@pytest.mark.parametrize("data", [HTML, make_image(), b"", HTML[:20] + make_pdf()])
def test_what_does_not_begin_as_a_document_is_none(data: bytes) -> None:
    assert not is_pdf(data)


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
