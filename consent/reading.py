"""Which pages of a consent were shown on the tablet, and in which language."""

from collections.abc import Iterable

from consent.models import Ceremony, PageRead
from consent.wording import PAGES


def pages_of(ceremony: Ceremony) -> list[str]:
    """The pages of this consent: a child has one of their own."""
    held = {section["page"] for section in ceremony.shown["sections"]}
    return [page for page in PAGES if page in held]


def shown(ceremony: Ceremony, page: str, language: str) -> None:
    """Note that a page was shown; once for each language, however often it is opened."""
    PageRead.objects.get_or_create(ceremony=ceremony, page=page, language=language)


def read_pages(ceremony: Ceremony, among: Iterable[str]) -> list[str]:
    """The pages that were shown, in their order, in whatever language."""
    seen = set(PageRead.objects.filter(ceremony=ceremony).values_list("page", flat=True))
    return [page for page in among if page in seen]
