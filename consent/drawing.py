"""Draws the HTML of a record as PDF/A-3a and PDF/UA-1: offline, with our own fonts and assets, whole or not at all.

Runs in a process of its own (`begin` fences it in), so nothing here may need Django.
"""

import datetime
import gc
import logging
import os
import resource
import sys
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pikepdf
import pypdfium2

from consent.pictures import ONE_AT_A_TIME

MEMORY = 1 << 30  # bytes of address space
SECONDS = 20  # of processor time for one record
MOST_PAGES = 200
RUNS = {"/JavaScript", "/JS", "/Launch", "/OpenAction"}
INERT = {"/StructTreeRoot", "/Resources", "/Parent"}  # tags, fonts and pictures, which are many
FENCED = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
    "subprocess.Popen",
    "os.system",
    "os.exec",
)
DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}  # by Unicode's class of a letter
WARM_UP = """<!DOCTYPE html><html lang="en"><head><title>Record</title></head>
<body><h1>Record</h1><p>Words <b>and</b> more</p></body></html>"""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <config><rescan><int>0</int></rescan></config>
</fontconfig>
"""

# PDF/A asks that a property it does not know is described where it is used.
UNIVERSAL_ACCESS = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of PDF/UA that the document follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


class RenderingFailed(Exception):
    """The record could not be drawn whole; there is no PDF."""


@dataclass(frozen=True)
class Attachment:
    """A file that a record carries with it; its time is fixed, so that the same record has the same bytes."""

    name: str
    data: bytes
    about: str
    created: datetime.datetime


@dataclass(frozen=True)
class Workshop:
    """Where the fonts and the style sheet are, and a folder in which fontconfig may keep its notes."""

    fonts: Path
    stylesheet: Path
    notes: Path


@dataclass(frozen=True)
class Drawing:
    """What is to be drawn. `assets`: bytes and media type by an address such as `asset:logo.png`; `says`: words that the
    drawn pages must hold."""

    html: str
    assets: Mapping[str, tuple[bytes, str]] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    says: tuple[str, ...] = ()


class Faults(logging.Handler):
    """Counts what WeasyPrint would otherwise leave out in silence: a missing picture, a letter that no font of ours has.
    Its words may hold a record's text, so they go nowhere."""

    count = 0

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or str(record.msg).startswith(".notdef"):
            self.count += 1


FAULTS = Faults(logging.WARNING)


class Press(NamedTuple):
    """What every record shares, made once per process: parsed anew for each it costs a quarter more, and memory leaks."""

    fonts: Any
    stylesheet: Any


def begin(workshop: Workshop) -> None:
    """Make this process one that draws and does nothing else: little memory, no network, no programs; warmed up."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.addaudithook(refuse)
    for _ in range(2):
        draw(Drawing(WARM_UP), workshop)
    gc.collect()
    gc.freeze()
    gc.set_threshold(300_000)  # what lives through a drawing is small, and looking for it took a tenth of the time


def refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in FENCED:
        raise PermissionError("a drawing reaches for nothing outside")


def draw_within_limits(drawing: Drawing, workshop: Workshop) -> bytes:
    """As `draw`; the process is killed by the system when one record takes too much of the processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    return draw(drawing, workshop)


def draw(drawing: Drawing, workshop: Workshop) -> bytes:
    """The PDF; `RenderingFailed` when anything on it would be missing."""
    FAULTS.count = 0
    try:
        pdf = write(drawing, set_up(workshop))
    except RenderingFailed:
        raise
    except Exception as error:
        set_up.cache_clear()  # nothing of a drawing that broke off stays in what is shared
        raise RenderingFailed(f"the record could not be drawn ({type(error).__name__})") from None
    if FAULTS.count:
        raise RenderingFailed("something on the page could not be shown")
    return pdf


def write(drawing: Drawing, press: Press) -> bytes:
    from weasyprint import Attachment
    from weasyprint.urls import FatalURLFetchingError

    attached = [
        Attachment(
            string=item.data, name=item.name, description=item.about, relationship="Data", created=item.created,
            modified=item.created,
        )
        for item in drawing.attachments
    ]  # fmt: skip
    try:
        page = page_of(drawing.html, locked_fetcher(drawing.assets))
        pdf: bytes = page.write_pdf(
            finisher=finish, font_config=press.fonts, stylesheets=[press.stylesheet], pdf_variant="pdf/a-3a",
            attachments=attached,
        )  # fmt: skip
    except FatalURLFetchingError:  # a BaseException, which would otherwise pass every handler
        raise RenderingFailed("the page asks for something that is not an asset of ours") from None
    read_over(pdf, drawing.says)
    return pdf


def read_over(pdf: bytes, says: tuple[str, ...]) -> None:
    """Refuse what was drawn when its pages are too few or too many, do not say what they must, or do anything by themselves."""
    with pikepdf.open(BytesIO(pdf)) as document:
        if not 1 <= len(document.pages) <= MOST_PAGES:
            raise RenderingFailed(f"the record has {len(document.pages)} pages, and no record has that many")
        if runs_anything(document):
            raise RenderingFailed("the record holds something that would run by itself")
    if unsaid(pdf, says):
        raise RenderingFailed("the record does not say its number or whose it is")


def runs_anything(document: pikepdf.Pdf) -> bool:
    """Whether a program, or what starts one, hangs from the root of a PDF."""
    waiting: list[Any] = [document.Root]
    seen: set[tuple[int, int]] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, pikepdf.Array):
            waiting.extend(part)
        elif isinstance(part, pikepdf.Name) and str(part) in RUNS:
            return True
        elif isinstance(part, pikepdf.Dictionary | pikepdf.Stream) and part.objgen not in seen:
            if part.is_indirect:
                seen.add(part.objgen)
            if not RUNS.isdisjoint(part.keys()):
                return True
            waiting.extend(value for key, value in part.items() if key not in INERT)
    return False


def unsaid(pdf: bytes, says: tuple[str, ...]) -> set[str]:
    """Which of these words no page has; it reads no farther than it must."""
    missing = set(map(letters, says))
    with ONE_AT_A_TIME, pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            if not missing:
                break
            told = letters(page.get_textpage().get_text_range())
            missing = {words for words in missing if words not in told}
    return missing


def letters(words: str) -> str:
    """Letters and digits alone, without accents: how lines break, marks are placed and letters joined is no difference."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", words) if mark.isalnum())


def page_of(html: str, fetcher: Any) -> Any:
    """The page, read. Ours are well-formed XML, which the XML parser reads in a tenth of the time that an HTML parser in
    Python takes; the tree is the same. Anything else is read as HTML."""
    from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
    from weasyprint import HTML

    try:
        root = ElementTree.fromstring(html)  # noqa: S314 - our own templates, which escape what people typed
    except ElementTree.ParseError:
        page = HTML(string=html, base_url=None, url_fetcher=fetcher)
        give_directions(page.etree_element)
        return page
    give_directions(root)
    page = HTML.__new__(HTML)  # what its __init__ sets, once it has parsed
    page.base_url, page.url_fetcher, page.media_type = None, fetcher, "print"
    page.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
    page.etree_element = page.wrapper_element.etree_element
    return page


def give_directions(root: Any) -> None:
    """What HTML says of <bdi> and WeasyPrint leaves out: it runs in the direction of its first letter that has one."""
    for isolated in root.iter("bdi"):
        letters = (unicodedata.bidirectional(mark) for mark in "".join(isolated.itertext()))
        if "dir" not in isolated.attrib and (first := next((way for way in letters if way in DIRECTIONS), None)):
            isolated.set("dir", DIRECTIONS[first])


@cache
def set_up(workshop: Workshop) -> Press:
    logger = logging.getLogger("weasyprint")
    logger.addHandler(FAULTS)
    logger.propagate = False
    use_own_fonts(workshop)
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = workshop.stylesheet.read_text()
    return Press(fonts, CSS(string=sheet, font_config=fonts, url_fetcher=locked_fetcher({})))


def use_own_fonts(workshop: Workshop) -> None:
    """Point fontconfig at our fonts alone, so that a record looks the same on every host; before WeasyPrint is imported."""
    file = workshop.notes / "fonts.conf"
    told = FONTS.format(fonts=escape(str(workshop.fonts)), cache=escape(str(workshop.notes / "cache"))).encode()
    if not file.exists() or file.read_bytes() != told:
        workshop.notes.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = file.with_name(f"fonts.{os.getpid()}")
        unfinished.write_bytes(told)
        unfinished.replace(file)
    os.putenv("FONTCONFIG_FILE", str(file))


def locked_fetcher(assets: Mapping[str, tuple[bytes, str]]) -> Any:
    """Hands out our own assets; any other address stops the drawing."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class LockedFetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            if url not in assets:
                raise FatalURLFetchingError("not an asset of ours")
            data, media_type = assets[url]
            return URLFetcherResponse(url, data, {"Content-Type": media_type})

    return LockedFetcher(allowed_protocols={"asset"}, allow_redirects=False, timeout=1)


def finish(document: Any, pdf: Any) -> None:
    """What WeasyPrint leaves to us before it writes."""
    conform(document, pdf)
    for part in pdf.objects:
        if getattr(part, "compress", False):
            pack(part)


def conform(_document: Any, pdf: Any) -> None:
    """Say in the metadata that the PDF follows PDF/UA-1 too, as WeasyPrint names one standard only; say which cells a
    heading is for; and name each attachment once."""
    for part in pdf.objects:
        if getattr(part, "extra", {}).get("Type") == "/Metadata":
            part.stream = [line.replace(b"</rdf:RDF>", UNIVERSAL_ACCESS) for line in part.stream]
        if isinstance(part, dict) and part.get("S") == "/TH":
            row = parent_of(part, pdf)
            part["A"]["Scope"] = "/Column" if parent_of(row, pdf).get("S") == "/THead" else "/Row"
    if attached := pdf.catalog.get("AF"):
        pdf.catalog["AF"] = type(attached)(dict.fromkeys(attached))


def pack(stream: Any) -> None:
    """At zlib's usual level: its highest, which is taken else, costs a twelfth of the whole record and saves two per cent."""
    stream.compress = False
    _, _, data = stream.data.partition(b"\nstream\n")
    stream.stream = [zlib.compress(data.removesuffix(b"\nendstream"))]
    stream.extra["Filter"] = "/FlateDecode"


def parent_of(part: Any, pdf: Any) -> Any:
    return pdf.objects[int(part["P"].split()[0])]
