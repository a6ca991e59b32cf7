"""A record is drawn with our own fonts and assets, whole, and nothing on it reaches for a file or the network."""

import logging
import re
import subprocess
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from consent import drawing, rendering
from consent.rendering import RenderingFailed, render
from tests.door import Door

SECRET = "top-secret-7391"
PAGE = """<!doctype html><html lang="en"><head><title>Consent to dry needling</title>
<meta name="dcterms.created" content="2026-11-23T10:42:00+00:00">{head}</head>
<body data-clinic="Harbour Physio" data-about="Record 7F3A" data-made-by="Rules 1" data-page="Page" data-of="of">
<div class="head"><p class="head-clinic">Harbour Physio<p class="head-record">Record 7F3A</div>
<h1>Consent</h1>{body}</body></html>"""


def page(body: str, head: str = "") -> str:
    return PAGE.format(body=body, head=head)


def read(pdf: bytes) -> PdfReader:
    return PdfReader(BytesIO(pdf))


def text(pdf: bytes) -> str:
    return "\n".join(sheet.extract_text() for sheet in read(pdf).pages)


def test_the_page_says_its_title_language_and_date() -> None:
    reader = read(render(page("<p>Words")))
    root: Any = reader.trailer["/Root"]
    info: Any = reader.metadata
    assert (info["/Title"], root["/Lang"]) == ("Consent to dry needling", "en")
    assert info["/CreationDate"].startswith("D:20261123104200")


def test_the_pdf_claims_archiving_with_tags_and_universal_access() -> None:
    root: Any = read(render(page("<p>Words"))).trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in metadata
    assert 'pdfaid:conformance="A"' in metadata
    assert metadata.count("<pdfuaid:part>1</pdfuaid:part>") == 1
    assert metadata.count("</rdf:RDF>") == 1
    assert "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>" in metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/OutputIntents"]


def test_the_same_page_is_the_same_pdf_whatever_was_drawn_between() -> None:
    first = render(page("<p>Ann Keogh"))
    assert render(page("<p>王小明")) != first
    assert render(page("<p>Ann Keogh")) == first


def test_every_sheet_has_the_clinic_above_and_its_number_below() -> None:
    sheets = read(render(page("<p>Words" * 120))).pages
    assert len(sheets) > 2
    for number, sheet in enumerate(sheets, 1):
        found = sheet.extract_text()
        assert found.count("Harbour Physio") == 1
        assert f"Page {number} of {len(sheets)}" in found


def embedded(pdf: bytes) -> dict[str, bool]:
    """Every font of the PDF, and whether it is inside it."""
    found: dict[str, bool] = {}
    for sheet in read(pdf).pages:
        resources: Any = sheet["/Resources"]
        for font in resources["/Font"].values():
            [inner] = font.get_object()["/DescendantFonts"]
            described = inner.get_object()["/FontDescriptor"]
            found[font.get_object()["/BaseFont"].split("+")[-1]] = bool({"/FontFile2", "/FontFile3"} & set(described))
    return found


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Nguyễn Thị Ánh", "Noto-Sans"),
        ("Łukasz Żółć", "Noto-Sans"),
        ("王 小明", "Noto-Sans-SC"),
        ("▲ ■ ◆", "Noto-Sans-Symbols2"),
    ],
)
def test_names_of_many_scripts_are_in_the_text_and_their_fonts_inside(name: str, font: str) -> None:
    pdf = render(page(f"<p>{name}"))
    assert name in text(pdf)
    assert embedded(pdf)[font]
    assert all(embedded(pdf).values())


@pytest.mark.parametrize("lost", ["क", "ⵣ", "🙂", "\ue000"])
def test_a_letter_that_no_font_of_ours_has_stops_the_drawing_rather_than_being_lost(lost: str) -> None:
    with pytest.raises(RenderingFailed):
        render(page(f"<p>Ann {lost} Keogh"))


def test_an_arabic_name_is_in_the_text_and_its_font_inside() -> None:
    pdf = render(page("<p><bdi>محمد الأمين</bdi>"))
    assert set("محدين") <= set(text(pdf))
    assert embedded(pdf)["Noto-Sans-Arabic"]
    assert all(embedded(pdf).values())


def test_a_record_is_drawn_with_our_own_fonts_only() -> None:
    pdf = render(
        page('<p style="font-family: DejaVu Sans, Liberation Serif, monospace">Words <i>slanted</i> <b>strong</b>')
    )
    assert {name.removesuffix("-Bold").removesuffix("-Oblique") for name in embedded(pdf)} == {"Noto-Sans"}


@pytest.mark.parametrize(
    "around",
    [
        "<p>{}",
        "<p class=words>{}",
        "<table><tr><td>a<td>{}</table>",
        "<dl class=facts><div><dt>Name<dd>{}<div><dt>Born<dd>1968</dl>",
        "<div class='panel override'><p><b>{}</b></div>",
        "<ul><li>{}</ul>",
        "<div class=signatures><div class=signature><p>x<p>{}</div></div>",
    ],
)
@pytest.mark.needs("pdftotext")
def test_a_word_without_end_stays_on_the_page(around: str, tmp_path: Path) -> None:
    word, file = "n33dl1ng" * 120, tmp_path / "record.pdf"
    pdf = render(page(around.format(word)))
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, text=True, check=True).stdout
    pieces = re.findall(r'xMin="([\d.]+)" .* xMax="([\d.]+)" .*>(\w*(?:33|dl|ng|1n)\w*)<', told)
    assert "".join(piece for _, _, piece in pieces) == word
    assert min(float(left) for left, _, _ in pieces) > 40
    assert max(float(right) for _, right, _ in pieces) < 595.3 - 40


def test_typed_lines_stay_lines() -> None:
    assert "first\nsecond" in text(render(page("<p class=words>first\nsecond")))


ASKING = {
    "img": '<img alt="x" src="{url}">',
    "srcset": '<img alt="x" src="{url}" srcset="{url} 2x">',
    "object": '<object data="{url}"></object>',
    "embed": '<embed src="{url}">',
    "background": '<p style="background: url({url})">x',
    "list image": '<ul style="list-style-image: url({url})"><li>x</ul>',
    "content": '<p style="content: url({url})">x',
    "border image": '<p style="border: 1px solid; border-image: url({url}) 1">x',
    "svg image": '<svg viewBox="0 0 9 9"><title>x</title><image href="{url}" width="9" height="9"/></svg>',
    "svg use": '<svg viewBox="0 0 9 9"><title>x</title><use href="{url}#a"/></svg>',
    "attached link": '<a rel="attachment" href="{url}">x</a>',
}
ASKING_HEAD = {
    "style sheet": '<link rel="stylesheet" href="{url}">',
    "import": '<style>@import url("{url}");</style>',
    "import in a string": '<style>@import "{url}";</style>',
    "font": '<style>@font-face {{ font-family: X; src: url("{url}") }} p {{ font-family: X }}</style>',
    "page background": "<style>@page {{ background: url({url}) }}</style>",
    "margin box": "<style>@page {{ @top-right {{ content: url({url}) }} }}</style>",
    "attachment": '<link rel="attachment" href="{url}">',
    "base": '<base href="{url}"><link rel="stylesheet" href="more.css">',
}


def asking(way: str, url: str) -> str:
    if way in ASKING:
        return page("<p>Words" + ASKING[way].format(url=url))
    return page("<p>Words", ASKING_HEAD[way].format(url=url))


@pytest.mark.parametrize("way", [*ASKING, *ASKING_HEAD])
@pytest.mark.parametrize("kind", ["file", "http"])
def test_a_page_that_asks_for_anything_is_not_drawn_or_gets_nothing(way: str, kind: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with Door() as door:
        url = secret.as_uri() if kind == "file" else f"http://127.0.0.1:{door.port}/x.png"
        try:
            pdf = render(asking(way, url))
        except RenderingFailed:
            pdf = b""
        assert door.knocks() == 0
    contents = [part.get_data() for part in streams(pdf)]
    assert not any(SECRET.encode() in content for content in [pdf, *contents])
    if pdf:
        assert way in IGNORED
        assert "/EmbeddedFiles" not in str(read(pdf).trailer["/Root"])


IGNORED = {"svg use", "border image", "content"}  # WeasyPrint does not look at these at all


def streams(pdf: bytes) -> list[Any]:
    if not pdf:
        return []
    reader = read(pdf)
    found = [reader.get_object(number) for number in range(1, int(str(reader.trailer["/Size"])))]
    return [part for part in found if hasattr(part, "get_data")]


@pytest.mark.parametrize(
    "url",
    ["data:image/svg+xml,<svg/>", "asset:another.svg", "ASSET:mark.svg", "//127.0.0.1/x", "x.png", "/etc/hostname"],
)
def test_what_is_not_an_asset_of_ours_stops_the_drawing(url: str) -> None:
    with pytest.raises(RenderingFailed):
        render(page(f'<img alt="x" src="{url}">'), {"asset:mark.svg": (b"<svg/>", "image/svg+xml")})


def test_an_asset_of_ours_is_shown() -> None:
    mark = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><text y="5" font-size="3">shown</text></svg>'
    assert "shown" in text(
        render(page('<img alt="Mark" src="asset:mark.svg">'), {"asset:mark.svg": (mark, "image/svg+xml")})
    )


def test_an_asset_that_cannot_be_shown_stops_the_drawing() -> None:
    with pytest.raises(RenderingFailed):
        render(page('<img alt="Mark" src="asset:mark.png">'), {"asset:mark.png": (b"no picture", "image/png")})


def test_a_failure_does_not_spoil_the_next_record() -> None:
    first = render(page("<p>Words"))
    with pytest.raises(RenderingFailed):
        render(asking("font", "http://127.0.0.1:9/x.ttf"))
    assert render(page("<p>Words")) == first


def test_nothing_of_a_record_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    handler = logging.Handler()
    monkeypatch.setattr(handler, "emit", lambda record: logged.append(record.getMessage()))
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    with pytest.raises(RenderingFailed) as told:
        render(page(f'<p style="colour: {SECRET}">x<img alt="x" src="{SECRET}.png">'))
    assert not [line for line in logged if SECRET in line]
    assert SECRET not in str(told.value)


def test_records_are_drawn_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work: list[int] = []
    most: list[int] = []

    def write(wanted: drawing.Drawing, *rest: Any) -> bytes:
        at_work.append(1)
        time.sleep(0.02)
        most.append(len(at_work))
        at_work.pop()
        return wanted.html.encode()

    monkeypatch.setattr(drawing, "write", write)
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda name=name: found.append(render(name))) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [b"a", b"b", b"c", b"d"]
    assert most == [1, 1, 1, 1]


def test_what_breaks_while_drawing_has_a_name_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawing.set_up(rendering.workshop())
    with monkeypatch.context() as broken:
        broken.setattr(drawing, "finish", lambda document, pdf: 1 / 0)
        with pytest.raises(RenderingFailed):
            render(page("<p>Words"))
    assert drawing.set_up(rendering.workshop()) is not before
    assert "Words" in text(render(page("<p>Words")))


def test_a_page_that_does_not_say_what_it_must_is_no_record() -> None:
    html = page("<p>Ann Keogh-Byrne" + "<p>Words" * 120)
    assert render(html, says=["Record 7F3A", "Ann Keogh-Byrne"])
    for says in (["Ann Keogh-Byrnes"], ["Ann Keogh-Byrne", "7F3B"]):
        with pytest.raises(RenderingFailed, match="does not say"):
            render(html, says=says)


def test_a_page_of_far_too_many_sheets_is_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    html = page("<p>Words" * 120)
    monkeypatch.setattr(drawing, "MOST_PAGES", len(read(render(html)).pages))
    assert render(html)
    with pytest.raises(RenderingFailed, match="pages"):
        render(page("<p>Words" * 240))


def started(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])


def scripted(pdf: pikepdf.Pdf) -> None:
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1"))
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=[pikepdf.String("x"), script]))


def launching(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("x"))
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[-1].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))


def emptied(pdf: pikepdf.Pdf) -> None:
    while pdf.pages:
        del pdf.pages[0]


@pytest.mark.parametrize("spoil", [started, scripted, launching, emptied])
def test_a_file_that_would_run_by_itself_or_is_empty_is_no_record(spoil: Callable[[pikepdf.Pdf], None]) -> None:
    good, spoilt = render(page('<p id="here">Words<p><a href="#here">Above</a>')), BytesIO()
    drawing.read_over(good, ("Words",))
    with pikepdf.open(BytesIO(good)) as pdf:
        spoil(pdf)
        pdf.save(spoilt)
    with pytest.raises(RenderingFailed):
        drawing.read_over(spoilt.getvalue(), ())


def test_pages_of_the_product_do_not_pay_for_drawing() -> None:
    source = Path(drawing.__file__).read_text()
    assert "\nimport weasyprint" not in source
    assert "\nfrom weasyprint" not in source
