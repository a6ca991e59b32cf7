"""The pages of a sealed PDF as pictures and words, for a shared tablet.

A browser may save a PDF on the device, or open it where no page closes by itself; neither may happen to a patient's record.
"""

from dataclasses import dataclass
from io import BytesIO
from threading import Lock

import pypdfium2

SCALE = 2  # dots of a picture for each point of the page: sharp on a tablet held close
ONE_AT_A_TIME = Lock()  # PDFium is not made for threads


class NoSuchPage(LookupError):
    """The record has no page of that number."""


@dataclass(frozen=True)
class Page:
    """A page's number, from 1; its width and height in points, and its words for those who hear them."""

    number: int
    width: int
    height: int
    words: str


def pages(pdf: bytes) -> list[Page]:
    """All pages, in order."""
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        return [
            Page(number, round(page.get_width()), round(page.get_height()), page.get_textpage().get_text_range())
            for number, page in enumerate(document, start=1)
        ]


def picture(pdf: bytes, number: int) -> bytes:
    """The page as PNG; `NoSuchPage` for a number that it does not have."""
    out = BytesIO()
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        if not 1 <= number <= len(document):
            raise NoSuchPage(number)
        document[number - 1].render(scale=SCALE).to_pil().save(out, "PNG")
    return out.getvalue()
