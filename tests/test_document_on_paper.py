"""On paper a record loses nothing: every word within the margins, every page numbered, the same page for the same rows."""

import re
import subprocess
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest
from django.conf import settings as in_force
from django.template.loader import render_to_string
from pypdf import PdfReader

from clinic.text import tidy
from consent import decision, document, rendering, signing
from consent.document import notes
from consent.document.words import Clock, is_right_to_left
from consent.management.commands.demo import INK, Demo
from consent.models import SealedDocument
from screening import review
from screening.models import Review
from screening.precautions import PRECAUTIONS
from tests.test_conformance import NASTY
from tests.test_rendering import page as sheet
from tests.translated import made_up
from tests.written import HEAD, SEALED_AT, TOKEN, WORDS, child_with_everything, clear_case, consented, written


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def paper(html: str) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(rendering.render(html))).pages]


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_on_paper_nothing_of_a_long_record_is_lost(demo):
    answer = " ".join(f"answer{i}" for i in range(370))
    screening = child_with_everything(demo, reason=WORDS, note=f"{TOKEN} held still", answer=answer)
    html = consented(demo, screening)
    pages = paper(html)
    whole = letters("".join(pages))
    for i in range(1000):
        assert whole.count(f"reason{i}") >= 2, i  # two overrides, each with its reason in full
    assert all(f"answer{i}" in whole for i in range(370))
    assert whole.count("x") >= 3 * len(TOKEN)
    # Between two pages stand the foot of one and the head of the next; what people wrote is whole without them.
    seam = re.compile(
        r"Rules2026.*?Page\d+of\d+|HarbourPhysio(12QuayStreet,Sydney)?Record7F3A-92C1-K4MN(·NguyễnThịMinhChâu)?"
    )
    body = seam.sub("", letters("".join(pages)))
    assert letters(WORDS) in body
    assert letters(answer) in body


def sides(html: str, folder: Path) -> list[float]:
    """Where the words of a page begin and end, in points from its left."""
    (folder / "record.pdf").write_bytes(rendering.render(html))
    command = ["pdftotext", "-bbox", str(folder / "record.pdf"), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(x) for x in re.findall(r'x(?:Min|Max)="([\d.-]+)"', boxes)]


MARGIN, WIDTH = 15 * 72 / 25.4, 210 * 72 / 25.4


@pytest.mark.needs("pdftotext")
def test_every_word_on_paper_stands_between_the_margins(demo, tmp_path, settings):
    settings.PUBLIC_ADDRESS = "https://records.harbour-physio.example.org"
    html = consented(
        demo, child_with_everything(demo, reason=f"Because {TOKEN}", note=f"{TOKEN} held still", answer=TOKEN)
    )
    found = sides(html, tmp_path)
    assert len(found) > 4000
    assert MARGIN <= min(found) < max(found) <= WIDTH - MARGIN


@pytest.mark.needs("pdftotext")
def test_on_a_short_record_every_word_stands_between_the_margins_and_labels_below_each_other(demo, tmp_path, settings):
    settings.PUBLIC_ADDRESS = "https://records.harbour-physio.example.org"
    lines = (notes.Line("What had been done by the time of it", "Little"), notes.Line("What else", TOKEN))
    review_of = review.decide(clear_case(demo), "proceed", demo.siobhan)
    found = sides(short(notes.Note("Consent withdrawn", "It was taken back.", (*lines, *lines)), review_of), tmp_path)
    assert MARGIN <= min(found) < max(found) <= WIDTH - MARGIN
    command = ["pdftotext", "-bbox", str(tmp_path / "record.pdf"), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    labels = re.findall(r'xMin="([\d.]+)"[^>]*>(?:What|Made)</word>', boxes)
    assert len(labels) == 5
    assert len(set(labels)) == 1


def short(note: notes.Note, decided: Review) -> str:
    return notes.note_html(
        note, decided, number="7F3A-92C1-K4MN", sealed_at=SEALED_AT, head=HEAD, certificate="9f" * 32, previous=None,
        address=in_force.PUBLIC_ADDRESS,
    )  # fmt: skip


def refusal(demo: Demo, words: str) -> str:
    ceremony = signing.open_ceremony(review.decide(clear_case(demo), "proceed", demo.siobhan), demo.mia)
    refused = signing.refuse(ceremony, "patient", words)
    return short(notes.of_refusal(refused, Clock(demo.clinic.zone)), ceremony.review)


def test_every_page_is_numbered_and_says_whose_it_is_and_none_is_empty(demo):
    screening = child_with_everything(demo, reason=WORDS)
    pages = paper(consented(demo, screening))
    assert len(pages) > 9
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in " ".join(page.split())
        assert "7F3A-92C1-K4MN" in page
        assert "Nguyễn Thị Minh Châu" in page
        assert len(page) > 400


def test_on_paper_all_fifteen_and_every_question_are_there(demo):
    screening = child_with_everything(demo)
    whole = letters("".join(paper(consented(demo, screening))))
    for precaution in PRECAUTIONS:
        assert letters(f"{precaution.number}. {precaution.title}") in whole
    for row in screening.intake.asked:
        assert letters(row["text"]) in whole
    for name in ("Nguyễn Thị Minh Châu", "Nguyễn Thị Hoa", "Trần Văn Bình"):
        assert letters(name) in whole


def test_an_arabic_name_is_drawn_with_an_arabic_font(demo):
    html = consented(demo, clear_case(demo, "ليلى حداد"))
    front: Any = PdfReader(BytesIO(rendering.render(html))).pages[0]["/Resources"]
    assert any("Arabic" in font["/BaseFont"] for font in front["/Font"].values())


def test_every_name_is_found_on_its_page_however_it_is_written_and_broken():
    names = [name for name in map(tidy, NASTY) if not is_right_to_left(name)]
    assert len(names) > 15
    for name in names:
        html = sheet(f'<dl class="facts"><div><dt>Patient</dt><dd><bdi>{escape(name)}</bdi></dd></div></dl>')
        assert rendering.render(html, says=[name])


def test_a_record_that_would_not_say_whose_it_is_is_neither_sealed_nor_stored(demo, monkeypatch):
    record_html = document.record_html
    monkeypatch.setattr(
        document, "record_html", lambda *args, **more: record_html(*args, **more).replace("Ruth Lindqvist", "Somebody")
    )
    with pytest.raises(rendering.RenderingFailed, match="whose it is"):
        decision.record(clear_case(demo), "defer", demo.siobhan, "Another day")
    assert not SealedDocument.objects.exists()
    assert not list(in_force.VAR.glob("records/**/*.pdf"))


def test_the_same_page_gives_the_same_paper(demo):
    html = consented(demo, clear_case(demo))
    assert rendering.render(html) == rendering.render(html)


def test_arabic_and_chinese_words_are_drawn_with_fonts_of_ours(demo, monkeypatch):
    phrases = {"ar": "يمكنك التوقف في أي وقت", "zh-hans": "您可以随时停止", "es": "Puede parar cuando quiera"}
    made_up(monkeypatch, lambda code, text: phrases[code])
    ceremony = signing.open_ceremony(review.decide(child_with_everything(demo), "proceed", demo.siobhan), demo.mia)
    signing.sign(ceremony, "patient", strokes=INK, language="ar")
    signing.sign(ceremony, "guardian", strokes=INK, language="zh-hans")
    pdf = PdfReader(BytesIO(rendering.render(written(ceremony.review, ceremony, list(ceremony.signatures.all())))))
    pages: list[Any] = list(pdf.pages)
    fonts = {font["/BaseFont"] for page in pages for font in page["/Resources"]["/Font"].values()}
    assert any("Arabic" in name for name in fonts)
    assert any("SC" in name for name in fonts)
    assert phrases["zh-hans"] in "".join(page.extract_text() for page in pages)


def places(pdf: bytes, first: str, second: str) -> list[tuple[float, float]]:
    """How far from the left two marks stand on each line that has both, of the second the one on the farthest right."""
    found = []
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            words = page.get_textpage()
            marks = [(mark, words.get_charbox(i)) for i, mark in enumerate(words.get_text_range())]
            for mark, (left, bottom, _, top) in marks:
                line = [box[0] for other, box in marks if other == second and box[1] < (bottom + top) / 2 < box[3]]
                if mark == first and line:
                    found.append((left, max(line)))
    return found


def test_questions_and_answers_in_arabic_run_from_the_right(demo, monkeypatch):
    asked, typed = "هل تأخذ دواء (مثل Zyxaban)؟", "Zyxaban، منذ سنة!"
    made_up(monkeypatch, lambda code, text: asked if text.endswith("?") else text)
    screening = demo.case(
        "ليلى حداد", 40, "Neck", language="arabic", blood_thinner="yes", blood_thinner_details=typed, clot_past="yes",
        clot_details="Zyxaban!",
    )  # fmt: skip
    html = written(review.decide(screening, "defer", demo.siobhan, "Another day"))
    assert html.count('<p class="meta" lang="ar" dir="rtl">') > 30
    pdf = rendering.render(html)
    questions = places(pdf, "؟", "Z")
    assert len(questions) > 30
    assert all(mark < name for mark, name in questions)
    in_arabic, in_latin = places(pdf, "!", "Z")
    assert in_arabic[0] < in_arabic[1]
    assert in_latin[0] > in_latin[1], "a name in Latin letters alone stays from left to right"


def test_what_somebody_typed_runs_as_its_first_letter_does_whatever_is_around_it():
    typed = rendering.render(sheet("<p>Reason: <bdi>لا Zyx.</bdi></p>"))
    [(stop, name)] = places(typed, ".", "Z")
    assert stop < name
    quoted = rendering.render(sheet('<div dir="rtl"><p>قال <bdi>Zyx.</bdi></p></div>'))
    [(stop, name)] = places(quoted, ".", "Z")
    assert stop > name


def test_pages_are_well_formed_so_that_they_are_read_fast_and_the_paper_is_the_same_as_of_html(demo, monkeypatch):
    ceremony = signing.open_ceremony(review.decide(child_with_everything(demo), "proceed", demo.siobhan), demo.mia)
    signing.sign(ceremony, "patient", strokes=INK, language="ar")
    signing.refuse(ceremony, "guardian", "Not <today> & not so")
    again = review.decide(
        review.reopen(ceremony.visit, demo.siobhan), "decline", demo.siobhan, "No & no, \xa0 thank you"
    )
    refused = refusal(demo, "Not <today> & not so")
    told = {
        "clinic": demo.clinic,
        "by": demo.mia,
        "at": again.created_at,
        "reason": "An <insurer> & more",
        "names": ["1"],
    }
    cover = render_to_string("consent/reading_copy.html", {**told, "language": "en"})
    for html in (consented(demo, clear_case(demo, "O'Brien <b>")), written(again), refused, cover):
        ElementTree.fromstring(html)
        fast = rendering.render(html)
        with monkeypatch.context() as slow:
            slow.setattr(ElementTree, "fromstring", unreadable)
            assert rendering.render(html) == fast


def unreadable(_text: str) -> None:
    raise ElementTree.ParseError
