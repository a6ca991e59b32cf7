"""Draws the HTML of a record as PDF/A-3a and PDF/UA-1: offline, with our own fonts and assets, whole or not at all."""

import logging
import os
import threading
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from django.conf import settings

from consent import durable

NOTHING: Mapping[str, tuple[bytes, str]] = MappingProxyType({})
ONE_AT_A_TIME = threading.Lock()  # WeasyPrint's font configuration and style sheet are reused, and not made for threads

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


def render(html: str, assets: Mapping[str, tuple[bytes, str]] = NOTHING) -> bytes:
    """The PDF of this page. `assets`: bytes and media type of what it may show, under addresses such as `asset:logo.svg`."""
    with ONE_AT_A_TIME:
        FAULTS.count = 0
        try:
            pdf = draw(html, set_up(), assets)
        except Exception as error:
            set_up.cache_clear()  # nothing of a drawing that broke off stays in what is shared
            raise RenderingFailed("the record could not be drawn") from error
        if FAULTS.count:
            raise RenderingFailed("something on the page could not be shown")
        return pdf


def draw(html: str, press: Press, assets: Mapping[str, tuple[bytes, str]]) -> bytes:
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    try:
        page = HTML(string=html, base_url=None, url_fetcher=locked_fetcher(assets))
        pdf: bytes = page.write_pdf(
            finisher=claim_universal_access,
            font_config=press.fonts,
            stylesheets=[press.stylesheet],
            pdf_variant="pdf/a-3a",
        )
    except FatalURLFetchingError as error:  # a BaseException, which would otherwise pass every handler
        raise RenderingFailed("the page asks for something that is not an asset of ours") from error
    return pdf


@cache
def set_up() -> Press:
    logger = logging.getLogger("weasyprint")
    logger.addHandler(FAULTS)
    logger.propagate = False
    use_own_fonts()
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    sheet = (settings.BASE_DIR / "static" / "css" / "record.css").read_text()
    return Press(fonts, CSS(string=sheet, font_config=fonts, url_fetcher=locked_fetcher(NOTHING)))


def use_own_fonts() -> None:
    """Point fontconfig at our fonts alone, so that a record looks the same on every host; before WeasyPrint is imported."""
    folder = settings.VAR / "fontconfig"
    file = folder / "fonts.conf"
    told = FONTS.format(fonts=escape(str(settings.BASE_DIR / "static" / "fonts")), cache=escape(str(folder / "cache")))
    durable.write(file, told.encode(), replace=True)
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


def claim_universal_access(document: Any, pdf: Any) -> None:
    """Say in the metadata that the PDF follows PDF/UA-1 too; WeasyPrint names one standard only."""
    for part in pdf.objects:
        if getattr(part, "extra", {}).get("Type") == "/Metadata":
            part.stream = [line.replace(b"</rdf:RDF>", UNIVERSAL_ACCESS) for line in part.stream]
