"""The record says everything that was asked, answered, found, decided and agreed, in full, on paper too."""

import datetime
import re
import subprocess
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from clinic import audit
from consent import rendering, signing
from consent.document import record_html, signature_path
from consent.management.commands.demo import INK, Demo
from consent.models import Ceremony, Signature
from screening import intake, review
from screening.evaluation import current_screening
from screening.models import ClinicPolicy, Review, Screening
from screening.precautions import PRECAUTIONS
from screening.questionnaire import QUESTIONS

SEALED_AT = datetime.datetime(2026, 11, 23, 23, 42, 5, 77, tzinfo=datetime.UTC)
HEAD = audit.Head(214, "ab12" * 16)
SEEN = "The planned sites lie far from it; the patient was told and agrees."
WORDS = " ".join(f"reason{i}" for i in range(1000))  # about 10,000 characters, every word another
TOKEN = "x" * 3000


class Reader(HTMLParser):
    """The page as people read it, with everything in <bdi> apart, and its tables as rows of cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.said: list[str] = []
        self.isolated: list[str] = []
        self.headings: list[int] = []
        self.tables: list[list[int]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "bdi":
            self.isolated.append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append(0)
        if tag in {"td", "th"}:
            self.tables[-1][-1] += 1
        if tag not in {"meta", "br", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "bdi" in self.open:
            self.isolated[-1] += data
        self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


@pytest.fixture
def demo(db) -> Demo:
    return Demo()


def written(review: Review, ceremony: Ceremony | None = None, signatures: list[Signature] | None = None) -> str:
    return record_html(
        review, number="7F3A-92C1-K4MN", sealed_at=SEALED_AT, head=HEAD, certificate="9f" * 32, ceremony=ceremony,
        signatures=signatures or [], valid_until=datetime.date(2027, 11, 23) if ceremony else None,
    )  # fmt: skip


def consented(demo: Demo, screening: Screening) -> str:
    """The record of a consent that everybody signed; the clinician's signature is not saved yet."""
    ceremony = signing.open_ceremony(review.decide(screening, "proceed", demo.siobhan), demo.mia)
    while signer := signing.next_on_tablet(ceremony):
        signing.sign(ceremony, signer.role, strokes=INK)
    last = signing.make_signature(ceremony, signing.unsigned(ceremony)[0], "", "Siobhan Byrne", demo.siobhan)
    return written(ceremony.review, ceremony, [*ceremony.signatures.all(), last])


def clear_case(demo: Demo, name: str = "Ruth Lindqvist", **changes) -> Screening:
    screening = demo.case(name, 44, "Tension in the shoulders", **changes)
    return demo.plan(demo.settle(screening, can_decide="yes"), "infraspinatus_left")


def met(demo: Demo, screening: Screening, note: str = "Seen to, with care", reason: str = SEEN) -> Screening:
    """Record everything that the findings ask for."""
    for finding in screening.findings.all():
        for need in set(finding.requires) & {"education", "measures", "inspection"}:
            review.resolve(finding, need, demo.siobhan, note)
        if "override" in finding.requires:
            over = review.override(finding, demo.siobhan, reason)
            if "second_clinician" in finding.requires:
                review.give_second_opinion(over, demo.tom, agrees=True, reason="I agree, having seen her.")
    return screening


def child_with_everything(demo: Demo, **long) -> Screening:
    """A child of eleven with a guardian and an interpreter; overrides, a corrected answer, a plan that changed."""
    screening = demo.case(
        "Nguyễn Thị Minh Châu", 11, "Neck", language="vietnamese", language_help="yes", needle_fear="little",
        varicose_veins="yes", vessel_where=["calf_left"], skin="unsure", skin_where=["knee_right"], clot_past="yes",
        clot_details=long.get("answer", "In 2024, in the left leg"),
    )  # fmt: skip
    pump = {"device": "yes", "device-which": "pump", "device-where": ["abdomen"]}
    screening = intake.correct(screening.visit, pump, demo.siobhan, "Her mother remembered the pump.")
    screening = demo.settle(
        screening, can_decide="yes", child_explains="yes", guardian_agrees="yes", language_route_works="yes",
        guardian_relationship="mother, Nguyễn Thị Hoa", language_route="interpreter_present",
    )  # fmt: skip
    screening = review.settle(screening, {"skin": "yes"}, demo.siobhan, "A dry graze, seen today.")
    review.record(
        screening, "communication", demo.siobhan, name="Trần Văn Bình", language="Vietnamese", mode="interpreter_present",
        is_adult=True, teach_back=True,
    )  # fmt: skip
    screening = demo.plan(screening, "psoas_major_right", "infraspinatus_left")
    review.override(demo.finding(screening, "4c"), demo.siobhan, "A first thought, for another plan.")
    screening = demo.plan(screening, "infraspinatus_left")
    met(demo, screening, long.get("note", "Lying down, with her mother"), long.get("reason", SEEN))
    return demo.now(screening.visit)


def paper(html: str) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(rendering.render(html))).pages]


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_all_fifteen_are_there_with_number_title_and_what_the_source_says(demo):
    text = Reader(consented(demo, clear_case(demo))).text
    for precaution in PRECAUTIONS:
        assert f"{precaution.number}. {precaution.title}" in text
        assert f"Source, precaution {precaution.number}:" in text
        for statement in precaution.statements:
            assert statement.says in text


def test_every_question_stands_as_asked_with_its_answer_beside_it(demo):
    screening = child_with_everything(demo)
    text = Reader(consented(demo, screening)).text
    assert len(screening.intake.asked) > 30
    for row in screening.intake.asked:
        asked = " ".join([row["text"], row["hint"]]).strip()
        assert f"{asked} {row['said']}" in text


def test_questions_to_staff_and_guardian_say_who_was_asked_and_who_answered(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    for code, asked in {
        "can-decide": "clinician",
        "language-route": "staff",
        "guardian-agrees": "parent or guardian",
    }.items():
        assert re.search(re.escape(f"{QUESTIONS[code].text} ({asked})") + r" \w[\w ]+ Siobhan Byrne , ", text)


def test_a_settled_answer_shows_what_the_patient_said_who_settled_it_when_and_the_note(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    pattern = r"I am not sure|Not sure"
    assert re.search(
        rf"({pattern}) Settled: Yes Siobhan Byrne , \d+ \w+ \d{{4}}, \d\d:\d\d A dry graze, seen today\.", text
    )


def test_a_question_that_nobody_answered_is_said_to_count_as_not_sure(demo):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    text = Reader(written(review.decide(screening, "defer", demo.siobhan, "A cold with fever."))).text
    assert f"{QUESTIONS['can-decide'].text} (clinician) Not answered; it counts as not sure" in text


def test_an_override_is_on_record_with_its_reason_and_both_clinicians(demo):
    html = consented(demo, met(demo, clear_case(demo, varicose_veins="yes", vessel_where=["calf_left"])))
    front = Reader(html.partition('class="fifteen"')[0]).text
    assert (
        "What was overridden, and why Source, precaution 14: Veins and arteries Contraindicated Siobhan Byrne" in front
    )
    assert SEEN in front
    assert re.search(r"Second clinician: Tom Ellis , .{18,26}: agrees I agree, having seen her\.", front)
    assert "One override." in front


def test_an_override_that_was_disagreed_with_says_so(demo):
    screening = clear_case(demo, varicose_veins="yes", vessel_where=["calf_left"])
    over = review.override(demo.finding(screening, "14a"), demo.siobhan, SEEN)
    review.give_second_opinion(over, demo.tom, agrees=False, reason="The veins are inflamed.")
    made = review.decide(screening, "defer", demo.siobhan, "Vein clinic first.")
    text = Reader(written(made)).text
    assert "does not agree The veins are inflamed." in text
    assert "Second clinician (open) Tom Ellis" in text


def test_how_each_requirement_was_met_is_said_or_that_it_was_open(demo):
    screening = met(demo, clear_case(demo, blood_thinner="yes", blood_thinner_details="Warfarin"), "Press for a minute")
    assert re.search(r"Measures Siobhan Byrne , [\w :,]+ Press for a minute", Reader(consented(demo, screening)).text)
    other = clear_case(demo, "Ann Keogh", blood_thinner="yes")
    made = review.decide(other, "decline", demo.siobhan, "She prefers exercises.")
    assert "Measures (open) : Open when the decision was made." in Reader(written(made)).text


def test_needles_are_on_the_first_page_and_in_full_later(demo):
    screening = clear_case(demo, metal_rash="yes", metal_which="nickel")
    details = {"material": "gold_plated", "brand": "Seirin", "coating": "gold", "lot": "4471-B", "free_of_metal": True}
    demo.resolve(screening, "10a", "needle_material", "", **details)
    front, _, rest = consented(demo, screening).partition('class="fifteen"')
    assert "Gold plated, Seirin, coating gold, lot 4471-B, free of the named metal" in Reader(front).text
    assert "Decision: proceed, with changes" in front
    later = Reader(rest).text
    assert "Material Gold plated Brand Seirin Coating gold Lot 4471-B Free of the named metal Yes, confirmed" in later


def test_interpreter_and_guardian_are_named_with_what_they_are(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Name or ID Trần Văn Bình Language Vietnamese How Interpreter in the room An adult Yes, confirmed" in text
    assert "Parent or guardian: Nguyễn Thị Hoa Relationship: mother" in text
    assert "Interpreter: Trần Văn Bình Language: Vietnamese" in text


def test_the_clinic_s_own_practice_stands_apart_from_the_source(demo):
    html = consented(demo, child_with_everything(demo))
    beyond = re.findall(r'<div class="finding[^"]* beyond[^"]*">(.*?)</div>', html, re.DOTALL)
    assert len(beyond) == 1
    assert "This clinic's practice" in Reader(beyond[0]).text
    assert "Source, precaution" not in Reader(beyond[0]).text
    order = [html.index(f"edge-{kind}", html.index("14. Veins")) for kind in ("contraindicated", "caution")]
    assert order == sorted(order)


def test_the_plan_is_said_with_its_places_and_what_was_left_out(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Planned at first, then left out: Psoas major, right." in text
    assert "The map in words: Planned: left shoulder blade" in text
    assert "Not here: belly, right knee." in text


def test_the_consent_is_printed_exactly_as_it_was_shown(demo):
    ceremony = signing.open_ceremony(review.decide(clear_case(demo), "proceed", demo.siobhan), demo.mia)
    text = Reader(written(ceremony.review, ceremony)).text
    for section in ceremony.shown["sections"]:
        told = [section["title"], *section["paragraphs"], *section["items"]]
        assert " ".join(" ".join(told).split()) in text
        for row in section["rows"]:
            assert " ".join(row) in text


def test_signatures_carry_role_name_meaning_and_time_with_zone_the_clinician_last(demo):
    screening = child_with_everything(demo)
    html = consented(demo, screening)
    signatures = html[html.index(">Signatures<") :]
    text = Reader(signatures).text
    roles = re.findall(r"(Patient|Parent or guardian|Interpreter|Clinician): ", text)
    assert roles == ["Patient", "Parent or guardian", "Interpreter", "Clinician"]
    assert signatures.count("<path ") == signatures.count("<svg ") == signatures.count("<title>Signature drawn by") == 3
    for meaning in Ceremony.objects.get().shown["meanings"].values():
        assert meaning in text
    assert (
        len(re.findall(r"(drawn|typed) · \d+ \w+ \d{4}, \d\d:\d\d:\d\d Australia/Sydney \(UTC\+1[01]:00\)", text)) == 4
    )


def test_a_signature_is_one_curved_path_and_a_dot_stays():
    assert signature_path([[[1, 2], [3, 4], [6, 8]], [[9, 9]]]) == "M1 2Q1 2 2 3Q3 4 4.5 6L6 8M9 9h.1"
    assert signature_path([]) == ""


@pytest.mark.parametrize("value", ['"/><script>', None, "M"])
def test_nothing_but_numbers_gets_into_a_path(value):
    with pytest.raises((ValueError, TypeError)):
        signature_path([[[1, value]]])


def test_a_correction_shows_who_why_and_both_answers(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    assert "Her mother remembered the pump." in text
    assert f"{QUESTIONS['device'].text} Before: No After: Yes" in text
    assert f"{QUESTIONS['device-which'].text} Before: not asked After: Medicine or insulin pump" in text


def test_what_no_longer_binds_stays_in_the_history(demo):
    text = Reader(consented(demo, child_with_everything(demo))).text
    history = text[text.index("History of this visit") :]
    assert "Override of 4. Age and willingness (Not recommended)" in history
    assert "A first thought, for another plan." in history
    assert "A first thought" not in text[: text.index("History of this visit")]


def test_a_refusal_is_on_the_first_page_of_the_decision_that_follows(demo):
    ceremony = signing.open_ceremony(review.decide(clear_case(demo), "proceed", demo.siobhan), demo.mia)
    signing.refuse(ceremony, "patient", "I would rather try exercise first.")
    again = review.reopen(ceremony.visit, demo.siobhan)
    text = Reader(written(review.decide(again, "decline", demo.siobhan, "He prefers exercises."))).text
    assert text.index("Did not agree Patient: Ruth Lindqvist") < text.index("Findings")
    assert "I would rather try exercise first." in text
    assert "Decision: declined" in text
    assert "Earlier decisions Proceed · Siobhan Byrne" in text


def test_a_deferral_says_why_and_when_to_come_back(demo):
    screening = demo.case("Peter Walsh", 35, "Elbow", ill_today="yes")
    day = demo.clinic.today() + datetime.timedelta(days=10)
    text = Reader(written(review.decide(screening, "defer", demo.siobhan, "A cold with fever.", day))).text
    assert f"A cold with fever. Come back on {day.day} {day:%B %Y}." in text
    assert "Signatures" not in text


def test_versions_and_settings_and_the_way_to_check_are_printed(demo):
    ClinicPolicy.objects.create(clinic=demo.clinic, values={"second_clinician": False, "minimum_age": 14})
    screening = clear_case(demo)
    html = consented(demo, screening)
    text = Reader(html).text
    for said in (
        HEAD.hash, "Entry 214", "9f" * 32, screening.intake.questionnaire_digest[:16], "python manage.py verify FILE",
        "No second clinician is asked", "Not recommended below 14 years", f"Rules {screening.rules_version}",
    ):  # fmt: skip
        assert said in text
    assert Ceremony.objects.get().shown_digest[:16] in text


def test_times_are_the_clinic_s(demo):
    assert (
        "Sealed 24 November 2026, 10:42:05 Australia/Sydney (UTC+11:00)"
        in Reader(consented(demo, clear_case(demo))).text
    )


def test_what_people_typed_is_isolated_and_escaped(demo):
    evil = '</bdi><script src="//x"></script>&amp;'
    screening = clear_case(demo, "ليلى حداد", blood_thinner="yes", blood_thinner_details=evil)
    html = consented(demo, met(demo, screening, f"{evil} noted"))
    assert "<script" not in html
    isolated = Reader(html).isolated
    for typed in (evil, f"{evil} noted", "ليلى حداد", "Tension in the shoulders", "Harbour Physio"):
        assert typed in isolated


def test_the_page_keeps_the_rules_of_tagged_papers(demo):
    html = consented(demo, child_with_everything(demo))
    page = Reader(html)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    assert page.tables
    assert all(len(set(rows)) == 1 for rows in page.tables)
    assert '<html lang="en">' in html
    assert not re.search(r"\sstyle=|opacity|<img|<th(?! scope=)[ >]", html)
    assert all("<title>" in svg for svg in re.findall(r"<svg.*?</svg>", html, re.DOTALL))


def test_the_templates_never_switch_escaping_off():
    folder = settings.BASE_DIR / "templates" / "consent"
    for file in folder.glob("record*.html"):
        assert not re.search(r"\|\s*safe|autoescape", file.read_text()), file.name


def test_the_same_rows_give_the_same_page(demo, settings):
    made = review.decide(child_with_everything(demo), "proceed", demo.siobhan)
    first = written(made)
    settings.TIME_ZONE = "Asia/Tokyo"
    assert written(Review.objects.get(pk=made.pk)) == first


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


@pytest.mark.needs("pdftotext")
def test_every_word_on_paper_stands_between_the_margins(demo, tmp_path):
    html = consented(
        demo, child_with_everything(demo, reason=f"Because {TOKEN}", note=f"{TOKEN} held still", answer=TOKEN)
    )
    (tmp_path / "record.pdf").write_bytes(rendering.render(html))
    command = ["pdftotext", "-bbox", str(tmp_path / "record.pdf"), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sides = [float(x) for x in re.findall(r'x(?:Min|Max)="([\d.-]+)"', boxes)]
    margin, width = 15 * 72 / 25.4, 210 * 72 / 25.4
    assert len(sides) > 4000
    assert margin <= min(sides) < max(sides) <= width - margin


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


def test_the_same_page_gives_the_same_paper(demo):
    html = consented(demo, clear_case(demo))
    assert rendering.render(html) == rendering.render(html)


def test_the_screening_that_was_decided_is_the_one_that_is_printed(demo):
    made = review.decide(clear_case(demo), "proceed", demo.siobhan)
    before = written(made)
    review.reopen(made.visit, demo.siobhan)
    newest = current_screening(made.visit)
    assert newest is not None
    demo.settle(newest, can_decide="no")
    assert "proceed" in before
    assert "Screening: clear" in Reader(written(Review.objects.get(pk=made.pk))).text
