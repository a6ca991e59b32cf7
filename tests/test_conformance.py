"""Every record that the product makes is PDF/A-3a and PDF/UA-1 to an independent judge, and sealed to two more."""

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from clinic import particulars
from clinic.languages import ORIGINAL
from clinic.text import check_name, tidy
from consent import archive, decision, drawing, pictures, rendering, signing
from consent.management.commands.demo import INK, STORIES, Demo
from consent.models import SealedDocument
from consent.redrawing import Redrawn, redraw
from consent.seals import read_seals
from tests import authority, papers, verapdf
from tests.conftest import FIGURE
from tests.test_rendering import page
from tests.test_text import GOOD_NAMES
from tests.written import TOKEN, WORDS, child_with_everything

pytestmark = pytest.mark.needs("java", "pdfsig")

NASTY = [
    *GOOD_NAMES, "O’Brien-Smith", "'t Hooft", "Đặng Thị Ánh Nguyệt", "Þórdís Ægisdóttir", "Ğülşah Çiçek", "Łukasz Żółć",
    "José\u0301", "عبد\u200cالرحمن", "لا إله", "王小明", "Ó Súilleabháin, Seán (Jr.)", "İpek Ilıcalı", "Ng", "A" * 119,
]  # fmt: skip


def judged(data: bytes, folder: Path) -> dict[str, set[str]]:
    """The rules that a file breaks, by standard; empty when it breaks none."""
    path = folder / "judged.pdf"
    path.write_bytes(data)
    broken = {flavour: verapdf.broken_rules(path, flavour) for flavour in verapdf.FLAVOURS}
    return {flavour: rules for flavour, rules in broken.items() if rules}


def amiss(document: SealedDocument, folder: Path) -> dict[str, set[str]]:
    """What any judge says against a sealed record; empty when all take it."""
    seal = {} if seals_agree(document, folder) else {"seal": {"not whole, or not the clinic's"}}
    return judged(archive.get(document.sha256), folder) | seal


def seals_agree(document: SealedDocument, folder: Path) -> bool:
    """pyHanko and poppler say the same: one seal, by the clinic's certificate, over the whole file."""
    data = archive.get(document.sha256)
    seals = read_seals(data)
    path = folder / "sealed.pdf"
    path.write_bytes(data)
    told = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=True).stdout
    return (
        [(seal.whole, seal.trusted, seal.fingerprint) for seal in seals]
        == [(True, True, document.certificate.fingerprint)]
        and told.count("Signature Validation: Signature is Valid.") == 1
        and "Total document signed" in told
        and "Not total document signed" not in told
    )


def test_every_kind_of_record_conforms_and_three_judges_agree(db, tmp_path, record_property):
    demo = Demo()
    for story in STORIES:
        story(demo)
    documents = list(SealedDocument.objects.select_related("certificate"))
    assert len(documents) >= 7
    broken = {row.number: found for row in documents if (found := amiss(row, tmp_path))}
    assert broken == {}
    record_property(FIGURE, f"{len(documents)} records of the demo pass veraPDF 3a and ua1, pyHanko and pdfsig")


def test_the_longest_record_conforms(db, tmp_path, record_property):
    demo = Demo()
    answer = " ".join(f"answer{i}" for i in range(370))
    screening = child_with_everything(demo, reason=WORDS, note=f"{TOKEN} held still", answer=answer)
    ceremony = signing.open_ceremony(decision.record(screening, "proceed", demo.siobhan), demo.mia)
    demo.understand(ceremony)
    while signer := signing.next_on_tablet(ceremony):
        signing.sign(ceremony, signer.role, strokes=INK)
    document = signing.finish(ceremony, demo.siobhan, "thin-needle-demo", typed=demo.siobhan.printed_name)
    data = archive.get(document.sha256)
    assert amiss(document, tmp_path) == {}
    record_property(
        FIGURE, f"longest record: {len(PdfReader(io.BytesIO(data)).pages)} pages, {len(data) // 1024} KB, conforms"
    )


@pytest.mark.parametrize("language", ["spanish", "mandarin", "arabic"])
def test_a_record_in_every_language_conforms(db, tmp_path, language):
    demo = Demo()
    screening = demo.case(
        "Ana Ruiz", 40, "Neck", language=language, blood_thinner="yes", blood_thinner_details="Apixaban"
    )
    screening = demo.plan(demo.settle(screening, can_decide="yes"), "upper_trapezius_left")
    demo.resolve(screening, "11a", "measures", "Press for two minutes after each needle.")
    demo.consent(screening, typed=True)
    document = SealedDocument.objects.get()
    assert document.ceremony
    assert ORIGINAL not in {row.language for row in document.ceremony.signatures.exclude(role="clinician")}
    assert amiss(document, tmp_path) == {}


def test_a_record_with_the_address_where_it_is_checked_conforms(db, tmp_path, settings):
    settings.PUBLIC_ADDRESS = "https://records.harbour-physio.example.org"
    STORIES[0](Demo())
    document = SealedDocument.objects.get()
    assert amiss(document, tmp_path) == {}
    words = "".join(page.words for page in pictures.pages(archive.get(document.sha256)))
    assert f"{settings.PUBLIC_ADDRESS}/verify/?record={document.number}" in "".join(words.split())


def test_a_record_on_letter_conforms(db, tmp_path):
    demo = Demo()
    demo.clinic.paper = "Letter"
    demo.clinic.save()
    STORIES[0](demo)
    document = SealedDocument.objects.get()
    assert amiss(document, tmp_path) == {}
    assert {(page.width, page.height) for page in pictures.pages(archive.get(document.sha256))} == {(612, 792)}


def test_a_record_with_a_time_stamp_inside_conforms(db, tmp_path, settings):
    with authority.serving() as settings.TIME_STAMPS:
        STORIES[0](Demo())
    document = SealedDocument.objects.get()
    assert document.stamped_at
    assert amiss(document, tmp_path) == {}


def logo(mode: str) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((240, 80)).convert(mode).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGB", "P", "LA", "RGBA"])
def test_a_record_with_any_logo_conforms_and_keeps_it(db, tmp_path, mode):
    demo = Demo()
    particulars.set_logo(demo.clinic, logo(mode), demo.siobhan)
    STORIES[5](demo)
    document = SealedDocument.objects.get()
    data = archive.get(document.sha256)
    assert amiss(document, tmp_path) == {}
    assert [image.image.size for image in PdfReader(io.BytesIO(data)).pages[0].images if image.image] == [(240, 80)]
    particulars.remove_logo(demo.clinic, demo.siobhan)
    assert redraw(document) == Redrawn.SAME, "it is drawn with the logo of its time"


def test_no_name_that_we_take_spoils_a_record(tmp_path):
    for name in map(tidy, NASTY):
        check_name(name)
    drawn = {name: rendering.render(page(f"<p><bdi>{name}</bdi>")) for name in map(tidy, NASTY)}
    assert {name: judged(pdf, tmp_path) for name, pdf in drawn.items() if judged(pdf, tmp_path)} == {}


def rewritten(data: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('changed')")}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """WeasyPrint as it comes, without what we add to it."""
    with monkeypatch.context() as left_out:
        left_out.setattr(drawing, "finish", lambda document, pdf: None)
        yield


def test_the_judge_refuses_what_is_amiss(tmp_path, careless):
    good: Any = page("<h2>Part</h2><p>Words")
    assert judged(rendering.render(good), tmp_path).keys() == {"ua1"}  # it does not say that it is for everyone
    assert "5-1" in judged(rendering.render(good), tmp_path)["ua1"]


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        (lambda html: re.sub("<title>.*</title>", "", html), "ua1"),
        (lambda html: html.replace("<h1>", "<h3>").replace("</h1>", "</h3>"), "ua1"),
        (lambda html: html.replace("</body>", '<svg width="9" height="9"><path d="M0 0h9v9z"/></svg></body>'), "ua1"),
    ],
    ids=["no title", "a level skipped", "a picture without words"],
)  # fmt: skip
def test_the_judge_refuses_a_page_that_leaves_somebody_out(tmp_path, spoil, broken):
    html = page("<p>Words")
    assert judged(rendering.render(html), tmp_path) == {}
    assert spoil(html) != html
    assert broken in judged(rendering.render(spoil(html)), tmp_path)


@pytest.mark.parametrize(
    "spoil", [lambda data: papers.flip(data, 2000), lambda data: data + b"%"], ids=["changed", "added to"]
)
def test_the_judges_of_the_seal_refuse_a_record_that_was_touched(db, tmp_path, monkeypatch, spoil):
    STORIES[5](Demo())
    document = SealedDocument.objects.get()
    assert seals_agree(document, tmp_path)
    spoilt = spoil(archive.get(document.sha256))
    monkeypatch.setattr(archive, "get", lambda sha256: spoilt)
    assert not seals_agree(document, tmp_path)


def test_the_judge_refuses_a_file_that_was_written_anew(tmp_path):
    found = judged(rewritten(rendering.render(page("<p>Words"))), tmp_path)
    assert found.keys() >= {"3a"}
    assert judged(papers.draft(), tmp_path), "a page of another program is no archival record"
