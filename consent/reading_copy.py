"""Many records as one PDF to read. Merging breaks their seals, so every page of it says that it is a copy for reading."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import pikepdf
from django.template.loader import render_to_string

from consent import rendering

WORDS = b"Copy for reading: not sealed. The sealed file is the record."
MARK = b"q BT /NeedlepointMark 7 Tf 0.27 0.33 0.37 rg 40 14 Td (" + WORDS + b") Tj ET Q"


def merge(records: Sequence[tuple[str, bytes]], told: Mapping[str, Any]) -> bytes:
    """`records`: name and bytes of each PDF, in order; `told`: clinic, by, reason, at, for the first page."""
    names = [name.rpartition("/")[2].removesuffix(".pdf") for name, _data in records]
    cover = rendering.render(render_to_string("consent/reading_copy.html", {**told, "names": names, "language": "en"}))
    with pikepdf.new() as out:
        with pikepdf.open(BytesIO(cover)) as first:
            out.pages.extend(first.pages)
        starts = []
        for _name, data in records:
            starts.append(len(out.pages))
            with pikepdf.open(BytesIO(data)) as record:
                for page in record.pages:
                    if "/Annots" in page:
                        del page["/Annots"]  # the seal's field, which would show as broken
                out.pages.extend(record.pages)
        for page in out.pages[starts[0] if starts else 0 :]:
            mark(out, page)
        with out.open_outline() as outline:
            outline.root.extend(pikepdf.OutlineItem(name, at) for name, at in zip(names, starts, strict=True))
        saved = BytesIO()
        out.save(saved, deterministic_id=True)
        return saved.getvalue()


def mark(out: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Say at the foot of the page what it is."""
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    page.add_resource(font, pikepdf.Name.Font, pikepdf.Name.NeedlepointMark)
    page.contents_add(b"q", prepend=True)
    page.contents_add(b"Q " + MARK)
